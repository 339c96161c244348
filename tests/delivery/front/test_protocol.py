"""The short way: what is known, the next version of it, and connections that rest."""

import gc
import gzip
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from uvicorn.server import ServerState

from dragoman.delivery.front.protocol import FrontProtocol, remembered
from dragoman.delivery.front.serving import configuration
from dragoman.delivery.front.store import GRACE_SECONDS
from tests.delivery.front.asgi import run
from tests.delivery.front.test_proxy import FakeAnswer, Site, storable

GET = b"GET /fr/page/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Clock:
    """An event loop's timers, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, function: Callable[[], None]) -> "Clock":
        self.timers.append((self.now + seconds, function))
        return self

    def cancel(self) -> None:
        self.timers.clear()

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        due = [timer for timer in self.timers if timer[0] <= self.now]
        self.timers = [timer for timer in self.timers if timer[0] > self.now]
        for _, function in due:
            function()


class FakeTransport:
    """What was written to it, and whether it was closed."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def writelines(self, parts: tuple[bytes, ...]) -> None:
        self.written.append(b"".join(parts))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


class FakeFlow:
    """The client takes what is written."""

    write_paused = False


class Short:
    """A connection on which this very request was answered by the long way, once."""

    def __init__(self, site: Site, request: bytes = GET, *, impatient: bool = False, **headers: Any) -> None:
        self.site, self.request, self.impatient, self.headers = site, request, impatient, headers
        config = configuration("127.0.0.1", 0)
        config.load()
        self.clock, self.transport = Clock(), FakeTransport()
        self.protocol = FrontProtocol(config=config, server_state=ServerState(), app_state={})
        self.protocol.loop, self.protocol.transport = cast(Any, self.clock), cast(Any, self.transport)
        self.protocol.flow = cast(Any, FakeFlow())
        self.parsed: list[bytes] = []
        cast(Any, self.protocol)._parse = self.parsed.append

    async def learn(self) -> None:
        await self.site.ask(**self.headers)
        (entry,) = self.site.store
        (ready,) = entry.ready.values()
        remembered.remember({"dragoman.head": self.request}, ready, self.impatient)

    def asks(self) -> bytes | None:
        """What is answered; None by the long way."""
        before = len(self.parsed)
        self.protocol.data_received(self.request)
        return None if len(self.parsed) > before else self.transport.written[-1]


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    yield
    remembered.answers.clear()
    remembered.impatient.clear()


async def changed(site: Site, words: bytes) -> None:
    site.words(words)
    site.change("document:7")
    await site.settled()


def test_the_next_version_is_given_by_the_short_way_too() -> None:
    async def story() -> None:
        site = Site(FakeAnswer([b"old " * 100], storable()))
        reader = Short(site, Accept_Encoding="gzip")
        await reader.learn()
        assert reader.asks() is not None
        for words in (b"new " * 100, b"newer " * 100):
            await changed(site, words)
            answer = reader.asks()
            assert answer is not None
            head, _, body = answer.partition(b"\r\n\r\n")
            assert gzip.decompress(body) == words
            long = await site.ask(Accept_Encoding="gzip")
            assert b"etag: " + long.headers["etag"].encode() in head
            assert b"content-length: %d" % len(body) in head

    run(story())


def test_a_version_that_was_missed_is_passed_over() -> None:
    async def story() -> None:
        site = Site(FakeAnswer([b"old " * 100], storable()))
        reader = Short(site, Accept_Encoding="gzip")
        await reader.learn()
        (first,) = site.store
        await changed(site, b"new " * 100)
        (second,) = site.store
        await site.ask(Accept_Encoding="gzip")
        await changed(site, b"newer " * 100)
        assert first.successor() is second
        answer = reader.asks()
        assert answer is not None
        assert gzip.decompress(answer.partition(b"\r\n\r\n")[2]) == b"newer " * 100

    run(story())


@pytest.mark.parametrize("reason", ["identity", "known", "parameters", "small", "withdrawn", "dropped"])
def test_where_the_next_version_may_be_another_answer_one_goes_the_long_way(reason: str) -> None:
    async def story() -> None:
        site = Site(FakeAnswer([b"old " * 100], storable()))
        await site.ask(Accept_Encoding="gzip")
        (entry,) = site.store
        wishes: dict[str, Any] = {} if reason == "identity" else {"Accept_Encoding": "gzip"}
        if reason == "known":
            wishes["If_None_Match"] = '"' + entry.digest + '"'
        entry.ready.clear()
        reader = Short(site, **wishes)
        await reader.learn()
        assert reader.asks() is not None
        if reason == "parameters":
            site.store.parameters.learn(entry.question.path, frozenset({"original"}))
        if reason == "withdrawn":
            site.words(b"new " * 100)
            site.change("document:7", withdraws=True)
            await site.settled()
        else:
            await changed(site, b"new" if reason == "small" else b"new " * 100)
        if reason == "dropped":
            (anew,) = site.store
            site.store.drop(anew)
        assert reader.asks() is None

    run(story())


@pytest.mark.parametrize("impatient", [False, True])
def test_the_next_version_is_read_for_a_moment_when_it_is_stale_but_not_by_the_impatient(
    impatient: bool,
) -> None:
    async def story() -> None:
        site = Site(FakeAnswer([b"old " * 100], storable()))
        reader = Short(site, impatient=impatient, Accept_Encoding="gzip")
        await reader.learn()
        await changed(site, b"new " * 100)
        (entry,) = site.store
        entry.fresh, entry.stale_since = False, time.monotonic()
        assert (reader.asks() is None) is impatient
        entry.stale_since = time.monotonic() - GRACE_SECONDS * 1.1
        assert reader.asks() is None

    run(story())


def test_who_gave_way_is_held_by_nothing() -> None:
    async def story() -> None:
        site = Site(FakeAnswer([b"old " * 100], storable()))
        await site.ask(Accept_Encoding="gzip")
        (first,) = site.store
        gone = weakref.ref(first)
        gc.collect()
        gc.disable()
        try:
            del first
            await changed(site, b"new " * 100)
            assert gone() is None
        finally:
            gc.enable()

    run(story())


def test_a_connection_is_closed_when_it_has_rested_for_so_long_and_not_while_known_requests_come() -> None:
    async def story() -> None:
        site = Site(FakeAnswer([b"words"], storable()))
        reader = Short(site)
        await reader.learn()
        protocol, clock, transport = reader.protocol, reader.clock, reader.transport
        longest = protocol.timeout_keep_alive
        # As uvicorn sets it when a request that went the long way is answered.
        protocol.timeout_keep_alive_task = cast(
            Any, clock.call_later(longest, protocol.timeout_keep_alive_handler)
        )
        for _ in range(9):
            clock.pass_by(longest / 2)
            assert reader.asks() is not None
            assert not transport.closed
        clock.pass_by(longest * 0.9)
        assert not transport.closed
        clock.pass_by(longest * 0.2)
        assert transport.closed

    run(story())
