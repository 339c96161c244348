"""Between client, store and Django."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from dragoman.delivery.front.proxy import Proxy
from dragoman.delivery.front.store import Asked, Head, NoStore, Recorder, Store, Stored
from dragoman.delivery.front.upstream import BrokenAnswer, MalformedRequest, Unreachable, Upstream
from tests.delivery.front.asgi import Exchange, run, scope


class FakeAnswer:
    def __init__(
        self, parts: Iterable[bytes | Exception], headers: Iterable[tuple[bytes, bytes]] = ()
    ) -> None:
        self.status, self.headers, self._parts = 200, list(headers), parts

    async def parts(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part


class FakeUpstream:
    """Answers, or raises; remembers what it was asked."""

    def __init__(self, outcome: FakeAnswer | Exception) -> None:
        self._outcome = outcome
        self.asked: list[tuple[str, bytes, dict[bytes, bytes], bytes]] = []

    @asynccontextmanager
    async def ask(
        self, method: str, target: bytes, headers: Any, body: Any = None
    ) -> AsyncIterator[FakeAnswer]:
        self.asked.append((method, target, dict(headers), body.read() if body is not None else b""))
        if isinstance(self._outcome, Exception):
            raise self._outcome
        yield self._outcome


class Shelf:
    """A store that keeps everything it is offered."""

    def __init__(self) -> None:
        self.kept: dict[bytes, Stored] = {}
        self.heads: list[Head] = []

    def lookup(self, asked: Asked) -> Stored | None:
        return self.kept.get(asked.target)

    def offer(self, asked: Asked, head: Head) -> Recorder:
        self.heads.append(head)
        return Tape(self, asked, head)


class Tape:
    def __init__(self, shelf: Shelf, asked: Asked, head: Head) -> None:
        self._shelf, self._asked, self._head, self._body = shelf, asked, head, b""

    def add(self, part: bytes) -> None:
        self._body += part

    def complete(self) -> None:
        self._shelf.kept[self._asked.target] = Stored(self._head.status, self._head.headers, self._body)


def served(
    upstream: FakeUpstream,
    path: str = "/",
    *,
    store: Store | None = None,
    body: bytes = b"",
    method: str = "GET",
) -> Exchange:
    exchange = Exchange(body=[body])
    proxy = Proxy(cast(Upstream, upstream), store or NoStore())
    run(proxy.serve(scope(path, method=method, headers=[("Host", "x")]), exchange.receive, exchange.send))
    return exchange


def test_an_answer_is_passed_back_without_what_is_ours() -> None:
    headers = [(b"content-type", b"text/html"), (b"x-dragoman-dependencies", b"document:7")]
    answer = served(FakeUpstream(FakeAnswer([b"a", b"b"], headers)))
    assert (answer.status, answer.text, answer.complete) == (200, "ab", True)
    assert answer.headers == {"content-type": "text/html"}


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [("GET", b"", None), ("POST", b"", b"0"), ("POST", b"ab", b"2"), ("GET", b"ab", b"2")],
)
def test_a_length_is_declared_where_there_can_be_a_body(
    method: str, body: bytes, length: bytes | None
) -> None:
    upstream = FakeUpstream(FakeAnswer([]))
    served(upstream, method=method, body=body)
    assert upstream.asked[0][2].get(b"content-length") == length
    assert upstream.asked[0][3] == body


@pytest.mark.parametrize(
    ("path", "language", "word"),
    [
        ("/fr/", "fr", "redémarre"),
        ("/ar/x/1-y/", "ar", "الموقع"),
        ("/admin/", "en", "restarting"),
        ("/pt", "pt", "reiniciando"),
    ],
)
@pytest.mark.parametrize("fault", [Unreachable(), BrokenAnswer()])
def test_without_an_answer_there_is_a_page_in_the_language_of_the_address(
    path: str, language: str, word: str, fault: Exception
) -> None:
    answer = served(FakeUpstream(fault), path)
    assert answer.status == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in answer.text
    assert word in answer.text


def test_an_answer_that_breaks_off_is_not_made_to_look_whole() -> None:
    upstream = FakeUpstream(FakeAnswer([b"half", BrokenAnswer()]))
    shelf = Shelf()
    exchange = Exchange()
    proxy = Proxy(cast(Upstream, upstream), shelf)
    with pytest.raises(BrokenAnswer):
        run(proxy.serve(scope("/"), exchange.receive, exchange.send))
    assert not exchange.complete
    assert shelf.kept == {}


def test_an_answer_that_breaks_off_before_its_first_part_is_a_page_like_none_at_all() -> None:
    answer = served(FakeUpstream(FakeAnswer([BrokenAnswer()])), "/ar/")
    assert answer.status == 503
    assert answer.headers["content-language"] == "ar"


def test_what_cannot_be_written_as_http_is_a_400() -> None:
    assert served(FakeUpstream(MalformedRequest())).status == 400


def test_a_body_too_large_is_a_413_and_never_sent() -> None:
    upstream = FakeUpstream(FakeAnswer([]))
    answer = served(upstream, method="POST", body=b"x" * (12 * 1024 * 1024 + 1))
    assert (answer.status, answer.text) == (413, "More than 12 MB cannot be sent here.\n")
    assert upstream.asked == []


def test_a_stored_response_is_sent_without_asking() -> None:
    upstream, shelf = (
        FakeUpstream(FakeAnswer([b"a", b"b"], [(b"x-dragoman-dependencies", b"document:7")])),
        Shelf(),
    )
    first = served(upstream, "/fr/", store=shelf)
    second = served(upstream, "/fr/", store=shelf)
    assert first.text == second.text == "ab"
    assert len(upstream.asked) == 1
    assert shelf.heads[0].dependencies == {"document:7"}
    assert served(upstream, "/fr/", store=shelf, method="HEAD").content == b""


def test_a_post_neither_comes_from_the_store_nor_goes_there() -> None:
    upstream, shelf = FakeUpstream(FakeAnswer([b"a"])), Shelf()
    shelf.kept[b"/"] = Stored(200, (), b"stored")
    assert served(upstream, store=shelf, method="POST").text == "a"
    assert shelf.heads == []
