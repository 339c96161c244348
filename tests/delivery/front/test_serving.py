"""The store as it runs: under uvicorn, before the tiny site, hearing a real database."""

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.delivery.processes import wait_until
from tests.delivery.stack import Reader, Stack

pytestmark = pytest.mark.db

SEEN_WITHIN_SECONDS = 0.2  # a promise (issue 5)
CHANGED = '{"topics": ["thread:7"], "event": "comment", "language": null, "data": {}}'
WITHDRAWN = '{"topics": ["thread:7"], "event": "comment", "language": null, "data": {}, "withdraws": true}'
GET = "GET /fr/page/ HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br\r\n\r\n"


class Connection:
    """A client that keeps its connection, and sends the very same bytes each time."""

    def __init__(self, stack: Stack) -> None:
        self._socket = socket.create_connection(("127.0.0.1", stack.port), timeout=20)

    def ask(self, request: str = GET) -> tuple[int, dict[str, str], bytes]:
        self._socket.sendall(request.encode())
        return self.answer(has_body=not request.startswith("HEAD"))

    def send(self, text: str) -> None:
        self._socket.sendall(text.encode())

    def answer(self, *, has_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._read()
        head, _, body = received.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        while has_body and len(body) < int(headers.get("content-length", 0)):
            body += self._read()
        return int(status.split()[1]), headers, body

    def _read(self) -> bytes:
        part = self._socket.recv(65_536)
        assert part, "the connection ended"
        return part

    def is_closed(self) -> bool:
        return self._socket.recv(1) == b""

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def client(stack: Stack) -> Iterator[Connection]:
    wait_until(stack.answers, "the stack to answer")
    connection = Connection(stack)
    yield connection
    connection.close()


def said(stack: Stack, words: str, payload: str = CHANGED) -> None:
    (stack.directory / "words").write_text(words)
    stack.notify(payload)


def text(stack: Stack, **headers: str) -> str:
    return httpx.get(stack.url("/fr/page/"), headers=headers).text


def test_the_same_request_gets_the_same_answer_by_the_short_way(stack: Stack, client: Connection) -> None:
    first = client.ask()
    asked = len(stack.asked())
    answers = [client.ask() for _ in range(5)]
    assert all(answer[0] == 200 and answer[2] == first[2] for answer in answers)
    assert {name: value for name, value in answers[-1][1].items() if name != "date"} == {
        name: value for name, value in first[1].items() if name != "date"
    }
    assert "date" in answers[-1][1]
    assert len(stack.asked()) == asked


def test_a_write_is_seen_by_the_next_anonymous_request_within_200_ms(
    stack: Stack, client: Connection
) -> None:
    plain = GET.replace("Accept-Encoding: br\r\n", "")
    for number in range(3):
        words = f"words {number}".encode()
        client.ask(plain)
        with Reader(stack, "topics=thread:7") as page:
            said(stack, words.decode())
            committed = time.monotonic()
            assert page.block()["event"] == "comment"  # the machine may be busy: it has been heard
        wait_until(lambda: time.monotonic() - committed > SEEN_WITHIN_SECONDS, "the promise to be due")  # noqa: B023
        assert words in client.ask(plain)[2]


def test_what_was_withdrawn_is_gone_once_it_is_heard(stack: Stack, client: Connection) -> None:
    said(stack, "something secret")
    wait_until(lambda: "secret" in text(stack), "the secret")
    client.ask()
    client.ask()
    with Reader(stack, "topics=thread:7") as page:
        said(stack, "nothing to see", WITHDRAWN)
        assert page.block()["event"] == "comment"  # heard
    assert "secret" not in text(stack)
    assert "secret" not in text(stack, **{"Accept-Encoding": "br"})


def test_pipelined_and_parted_requests_are_answered_in_order(client: Connection) -> None:
    plain = GET.replace("br", "identity")
    whole = client.ask(plain)
    client.send(plain[:30])
    client.send(plain[30:])
    assert client.answer()[2] == whole[2]
    head = client.ask(plain.replace("GET", "HEAD"))
    assert (head[1]["content-length"], head[2]) == (str(len(whole[2])), b"")
    client.send(plain + "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    received = b""
    while not received.endswith(b"ok\n"):
        received += client._read()
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert whole[2] in received


def test_a_known_answer_is_not_used_for_what_only_begins_like_it(stack: Stack, client: Connection) -> None:
    client.ask()
    client.ask()
    post = f"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(GET)}\r\n\r\n"
    client.send(post)
    client.send(GET)  # this is the body
    status, _, body = client.answer()
    assert status == 200
    assert b"GET /fr/page/" in body


def test_an_endless_head_is_cut_off(stack: Stack, client: Connection) -> None:
    def go_on() -> None:
        client.send("GET /fr/page/ HTTP/1.1\r\nHost: localhost\r\n")
        for number in range(3000):
            client.send(f"X-{number}: {'x' * 100}\r\n")
        client.answer()

    with pytest.raises((ConnectionError, AssertionError)):
        go_on()
    assert httpx.get(stack.url("/healthz")).text == "ok\n"


def test_a_page_shows_no_header_of_ours_and_sets_no_cookie(stack: Stack, client: Connection) -> None:
    headers = client.ask()[1]
    assert not any(name.startswith("x-dragoman") for name in headers)
    assert "set-cookie" not in headers
    assert "server" not in headers
