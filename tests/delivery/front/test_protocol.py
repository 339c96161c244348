"""Connections that rest, and connections that do not."""

from collections.abc import Callable
from typing import Any, cast

from uvicorn.server import ServerState

from dragoman.delivery.front.protocol import FrontProtocol, Remembered
from dragoman.delivery.front.serving import configuration
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


def test_a_connection_is_closed_when_it_has_rested_for_so_long_and_not_while_known_requests_come() -> None:
    async def story() -> None:
        site = Site(FakeAnswer([b"words"], storable()))
        await site.ask()
        (entry,) = site.store
        config = configuration("127.0.0.1", 0)
        config.load()
        protocol = FrontProtocol(config=config, server_state=ServerState(), app_state={})
        clock, transport = Clock(), FakeTransport()
        protocol.loop, protocol.transport = cast(Any, clock), cast(Any, transport)
        protocol.flow = cast(Any, FakeFlow())
        memory = Remembered()
        (ready,) = entry.ready.values()
        memory.remember({"dragoman.head": GET}, ready, False)
        protocol._answers = memory.answers
        longest = protocol.timeout_keep_alive
        # As uvicorn sets it when a request that went the long way is answered.
        protocol.timeout_keep_alive_task = cast(
            Any, clock.call_later(longest, protocol.timeout_keep_alive_handler)
        )
        for asked in range(1, 10):
            clock.pass_by(longest / 2)
            protocol.data_received(GET)
            assert len(transport.written) == asked
            assert not transport.closed
        clock.pass_by(longest * 0.9)
        assert not transport.closed
        clock.pass_by(longest * 0.2)
        assert transport.closed

    run(story())


class FakeFlow:
    """The client takes what is written."""

    write_paused = False
