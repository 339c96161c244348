"""The front's ASGI application: `dragoman.delivery.front.app:app`, configured by the environment."""

import asyncio
import os
import resource
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.delivery.front.answers import Receive, Scope, Send, sentence
from dragoman.delivery.front.disk import Disk
from dragoman.delivery.front.entries import Sharing
from dragoman.delivery.front.files import Files
from dragoman.delivery.front.forwarding import Networks, networks
from dragoman.delivery.front.hearing import Hearing
from dragoman.delivery.front.hub import Hub
from dragoman.delivery.front.listener import Listener
from dragoman.delivery.front.live import Live
from dragoman.delivery.front.protocol import remembered
from dragoman.delivery.front.proxy import Proxy
from dragoman.delivery.front.settling import Settling
from dragoman.delivery.front.store import ResponseStore
from dragoman.delivery.front.upstream import Upstream

_READY_SECONDS = 2.0
_EXPIRE_SECONDS = 1.0
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Configuration:
    """`upstream`: Django's socket. `conninfo`: libpq's. `trusted`: proxies whose X-Forwarded-* are believed.

    `memory_bytes`: for stored responses; `disk_bytes` the same, in `folder` (None: they do not survive a restart), for
    this `build` of the software. `sharing`: what caches before us may keep.
    """

    upstream: str
    conninfo: str
    static: Path
    media: Path
    trusted: Networks = ()
    memory_bytes: int = 64 * _MEGABYTE
    sharing: Sharing = field(default_factory=Sharing)
    folder: Path | None = None
    build: str = "unknown"
    disk_bytes: int = 512 * _MEGABYTE

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Configuration":
        """Raises KeyError and ValueError: the supervisor's log shows them."""
        return cls(
            upstream=environment["DRAGOMAN_FRONT_UPSTREAM"],
            conninfo=environment["DRAGOMAN_FRONT_DATABASE"],
            static=Path(environment["DRAGOMAN_FRONT_STATIC"]),
            media=Path(environment["DRAGOMAN_FRONT_MEDIA"]),
            trusted=networks(environment.get("DRAGOMAN_FRONT_TRUSTED_PROXIES", "")),
            memory_bytes=int(environment.get("DRAGOMAN_FRONT_MEMORY_MB", "64")) * _MEGABYTE,
            folder=Path(environment["DRAGOMAN_FRONT_STORE"])
            if "DRAGOMAN_FRONT_STORE" in environment
            else None,
            build=environment.get("DRAGOMAN_FRONT_BUILD", "unknown"),
            disk_bytes=int(environment.get("DRAGOMAN_FRONT_DISK_MB", "512")) * _MEGABYTE,
            sharing=Sharing(
                int(environment.get("DRAGOMAN_FRONT_SHARED_SECONDS", "1")),
                int(environment.get("DRAGOMAN_FRONT_SHARED_STALE_SECONDS", "5")),
            ),
        )


class Front:
    """Routes: live events, files, health, and everything else to Django."""

    def __init__(self, configuration: Configuration) -> None:
        self._disk = (
            Disk(configuration.folder, configuration.build, bytes_at_most=configuration.disk_bytes)
            if configuration.folder is not None
            else None
        )
        self._store = ResponseStore(bytes_at_most=configuration.memory_bytes, disk=self._disk)
        self._settling = Settling(self._store)
        self._hub = Hub(is_current=self._store.is_current)
        self._live = Live(self._hub)
        hearing = Hearing(self._store, self._hub, _later)
        self._listener = Listener(configuration.conninfo, hearing)
        self._proxy = Proxy(
            Upstream(configuration.upstream),
            self._store,
            trusted=configuration.trusted,
            sharing=configuration.sharing,
            heard=hearing.hear_answer,
            remember=remembered.remember,
        )
        self._files = (
            Files("/static/", configuration.static, trusted=True),
            Files("/media/", configuration.media, trusted=False),
        )
        self._running: list[asyncio.Task[None]] = []
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
        _allow_many_files()
        self._running = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._expire()),
        ]

    async def _listen(self) -> None:
        """First what an earlier run left behind: what happened since is heard before it is read."""
        if self._disk is not None:
            entries, position, seconds_ago = await self._disk.open()
            if position is not None:
                self._store.adopt(entries, seconds_ago)
                self._listener.go_on_from(position)
            self._listener.advanced = self._disk.reach
        await self._listener.run()

    async def _expire(self) -> None:
        while True:
            await asyncio.sleep(_EXPIRE_SECONDS)
            self._store.expire()
            self._store.settle()
            self._settling.tend()
            remembered.forget_stale()

    def close_streams(self) -> None:
        """The server waits for open responses: unless live streams end first, it waits in vain."""
        self._closing = self._closing or asyncio.ensure_future(self._live.close())

    async def _stop(self) -> None:
        self.close_streams()
        if self._closing is not None:
            await self._closing
        await self._proxy.close()
        self._settling.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._disk is not None:
            await asyncio.to_thread(self._disk.close)


def _later(seconds: float, function: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, function)


def _allow_many_files() -> None:
    """An open page is an open file: as many as the system lets us have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


_front: Front | None = None
_loop: asyncio.AbstractEventLoop | None = None


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI entry point. Made at the first call: then there is an event loop, and a process of its own."""
    global _front, _loop
    if _front is None:
        _front, _loop = Front(Configuration.of(os.environ)), asyncio.get_running_loop()
    await _front(scope, receive, send)


def close_streams() -> None:
    """From a signal handler."""
    if _front is not None and _loop is not None:
        _loop.call_soon_threadsafe(_front.close_streams)
