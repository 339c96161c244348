"""The front's ASGI application: `dragoman.delivery.front.app:app`, configured by the environment."""

import asyncio
import os
import resource
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dragoman.delivery.front.answers import Receive, Scope, Send, sentence
from dragoman.delivery.front.files import Files
from dragoman.delivery.front.forwarding import Networks, networks
from dragoman.delivery.front.hub import Hub
from dragoman.delivery.front.listener import Listener
from dragoman.delivery.front.live import Live
from dragoman.delivery.front.proxy import Proxy
from dragoman.delivery.front.store import NoStore, Store
from dragoman.delivery.front.upstream import Upstream
from dragoman.delivery.tether import tether_to_spawner

_READY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Configuration:
    """`upstream`: Django's socket. `conninfo`: libpq's. `trusted`: proxies whose X-Forwarded-* are believed."""

    upstream: str
    conninfo: str
    static: Path
    media: Path
    trusted: Networks = ()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Configuration":
        """Raises KeyError and ValueError: the supervisor's log shows them."""
        return cls(
            upstream=environment["DRAGOMAN_FRONT_UPSTREAM"],
            conninfo=environment["DRAGOMAN_FRONT_DATABASE"],
            static=Path(environment["DRAGOMAN_FRONT_STATIC"]),
            media=Path(environment["DRAGOMAN_FRONT_MEDIA"]),
            trusted=networks(environment.get("DRAGOMAN_FRONT_TRUSTED_PROXIES", "")),
        )


class Front:
    """Routes: live events, files, health, and everything else to Django."""

    def __init__(self, configuration: Configuration, store: Store | None = None) -> None:
        self._hub = Hub()
        self._live = Live(self._hub)
        self._listener = Listener(configuration.conninfo, self._hub)
        upstream = Upstream(configuration.upstream)
        self._proxy = Proxy(upstream, store or NoStore(), trusted=configuration.trusted)
        self._files = (
            Files("/static/", configuration.static, trusted=True),
            Files("/media/", configuration.media, trusted=False),
        )
        self._listening: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._route(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        files = next((files for files in self._files if path.startswith(files.prefix)), None)
        if files is not None:
            await files.serve(scope, send)
        elif path == "/live":
            await self._live.serve(scope, receive, send)
        elif path == "/healthz":
            await sentence(scope, send, 200, "ok")
        elif path == "/readyz":
            await self._tell_readiness(scope, send)
        else:
            await self._proxy.serve(scope, receive, send)

    async def _tell_readiness(self, scope: Scope, send: Send) -> None:
        missing = [] if self._listener.listening else ["the database's notifications"]
        try:
            async with asyncio.timeout(_READY_SECONDS):
                site = await self._proxy.ready(scope)
        except TimeoutError:
            site = False
        missing += [] if site else ["the site"]
        await sentence(
            scope, send, 503 if missing else 200, f"waiting for {', '.join(missing)}" if missing else "ok"
        )

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _start(self) -> None:
        tether_to_spawner()  # Granian's worker must not outlive Granian and share its port with the next
        _allow_many_files()
        self._listening = asyncio.create_task(self._listener.run())
        loop = asyncio.get_running_loop()

        def close_streams(*_: object) -> None:
            loop.call_soon_threadsafe(self._close_streams)

        # Granian waits for open responses: unless live streams end first, SIGTERM never ends. Its own handlers
        # hang on the loop's wake-up descriptor and go on working beside these.
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(ValueError):  # not the main thread
                signal.signal(number, close_streams)

    def _close_streams(self) -> None:
        self._closing = self._closing or asyncio.ensure_future(self._live.close())

    async def _stop(self) -> None:
        self._close_streams()
        if self._closing is not None:
            await self._closing
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)


def _allow_many_files() -> None:
    """An open page is an open file: as many as the system lets us have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


_front: Front | None = None


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI entry point. Made at the first call: then there is an event loop, and a process of its own."""
    global _front
    if _front is None:
        _front = Front(Configuration.of(os.environ))
    await _front(scope, receive, send)
