"""What goes on to Django and what comes back."""

import pytest

from dragoman.delivery.front.answers import Message
from dragoman.delivery.front.forwarding import (
    BODY_BYTES_AT_MOST,
    BodyTooLarge,
    ClientGone,
    body_of,
    networks,
    request_headers,
    response_head,
    target,
)
from tests.delivery.front.asgi import Exchange, run, scope

HOST = ("Host", "news.example")


def forwarded(*headers: tuple[str, str], client: str = "203.0.113.9", trusted: str = "") -> dict[str, str]:
    asked = scope("/", headers=[HOST, *headers], client=client)
    return {name.decode(): value.decode() for name, value in request_headers(asked, networks(trusted), None)}


def test_who_asked_for_what_is_told() -> None:
    assert forwarded() == {
        "host": "news.example",
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "news.example",
    }


def test_what_a_client_says_about_itself_is_replaced() -> None:
    told = forwarded(
        ("X-Forwarded-For", "10.0.0.1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "for=10.0.0.1"),
        ("X-Real-IP", "10.0.0.1"),
        ("X-Dragoman-Dependencies", "document:1"),
    )
    assert told["x-forwarded-for"] == "203.0.113.9"
    assert told["x-forwarded-proto"] == "http"
    assert told["x-forwarded-host"] == "news.example"
    assert not {"forwarded", "x-real-ip", "x-dragoman-dependencies"} & set(told)


def test_one_of_our_proxies_is_believed_and_noted() -> None:
    told = forwarded(
        ("X-Forwarded-For", "198.51.100.7"),
        ("X-Forwarded-Proto", "HTTPS"),
        ("X-Forwarded-Host", "news.example.org"),
        client="10.1.2.3",
        trusted="10.0.0.0/8, ::1",
    )
    assert told["x-forwarded-for"] == "198.51.100.7, 10.1.2.3"
    assert told["x-forwarded-proto"] == "https"
    assert told["x-forwarded-host"] == "news.example.org"


def test_even_our_proxy_cannot_invent_a_scheme() -> None:
    assert (
        forwarded(("X-Forwarded-Proto", "gopher"), client="::1", trusted="::1")["x-forwarded-proto"] == "http"
    )


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X-Forwarded_For", "Content_Length"])
def test_names_with_underscores_are_dropped(name: str) -> None:
    assert name.lower() not in forwarded((name, "6.6.6.6"))


@pytest.mark.parametrize(
    "name",
    [
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Proxy-Authorization",
        "Expect",
    ],
)
def test_what_is_meant_for_the_next_hop_ends_here(name: str) -> None:
    assert name.lower() not in forwarded((name, "x"))


def test_what_connection_names_ends_here_too() -> None:
    assert "x-secret" not in forwarded(("Connection", "close, X-Secret"), ("X-Secret", "1"))


def test_the_target_is_passed_on_as_it_was_written() -> None:
    assert target(scope("/a%20b/c%2Fd", query="x=1&y=%C3%A9")) == b"/a%20b/c%2Fd?x=1&y=%C3%A9"
    assert target(scope("/")) == b"/"


def test_the_answer_is_parted_into_what_is_the_clients_and_what_is_ours() -> None:
    headers = [
        (b"content-type", b"text/html"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"connection", b"close, x-hop"),
        (b"x-hop", b"1"),
        (b"transfer-encoding", b"chunked"),
        (b"x-dragoman-dependencies", b"document:7 thread:3"),
        (b"x-dragoman-valid-until", b"2030-01-01T00:00:00+00:00"),
    ]
    head = response_head(200, headers)
    assert head.headers == tuple(headers[:3])
    assert head.dependencies == {"document:7", "thread:3"}
    assert head.valid_until == "2030-01-01T00:00:00+00:00"


def test_a_body_is_gathered_whole() -> None:
    exchange = Exchange(body=[b"a" * 200_000, b"b" * 200_000])
    with run(body_of(scope("/", method="POST"), exchange.receive)) as body:
        assert body.length == 400_000
        assert b"".join(body) == b"a" * 200_000 + b"b" * 200_000
        assert max(map(len, body)) <= 65_536


def test_a_short_body_stays_as_it_came() -> None:
    with run(body_of(scope("/", method="POST"), Exchange(body=[b"a=1", b"&b=2"]).receive)) as body:
        assert list(body) == [b"a=1", b"&b=2"]
        assert body.length == 7


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    async def never() -> Message:
        raise AssertionError("the body was read")

    asked = scope("/", method="POST", headers=[("Content-Length", str(BODY_BYTES_AT_MOST + 1))])
    with pytest.raises(BodyTooLarge):
        run(body_of(asked, never))


def test_a_body_that_grows_too_large_is_given_up() -> None:
    exchange = Exchange(body=[b"x" * 1_048_576] * 13)
    with pytest.raises(BodyTooLarge):
        run(body_of(scope("/", method="POST"), exchange.receive))


def test_half_a_body_is_no_body() -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"half", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return parts.pop(0)

    with pytest.raises(ClientGone):
        run(body_of(scope("/", method="POST"), receive))
