"""The front's ASGI application: `dragoman.delivery.front.app:app`, configured by the environment."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from dragoman.delivery.front.answers import Receive, Scope, Send, sentence
from dragoman.delivery.front.files import Files
from dragoman.delivery.front.live import Hub
from dragoman.delivery.front.proxy import Proxy
from dragoman.delivery.front.store import NoStore, Store
from dragoman.delivery.tether import tether


class Front:
    """Routes: live events, files, health, and everything else to Django."""

    def __init__(
        self, *, upstream: str, conninfo: str, static: Path, media: Path, store: Store | None = None
    ) -> None:
        self._conninfo = conninfo
        self.hub = Hub()
        self._store = store or NoStore()
        self._proxy = Proxy(upstream, self._store)
        self._files = (Files("/static/", static, trusted=True), Files("/media/", media, trusted=False))
        self._listener: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/live":
            await self.hub.serve(scope, receive, send)
        elif path == "/healthz":
            await sentence(send, 200, "ok")
        elif path == "/readyz":
            await self._readiness(send)
        else:
            for files in self._files:
                if path.startswith(files.prefix):
                    await files.serve(scope, send)
                    return
            await self._proxy.serve(scope, receive, send)

    async def _readiness(self, send: Send) -> None:
        missing = [] if self.hub.listening else ["live events"]
        missing += [] if await self._proxy.ready() else ["the site"]
        await sentence(
            send, 503 if missing else 200, f"waiting for {', '.join(missing)}" if missing else "ready"
        )

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _start(self) -> None:
        tether(os.getppid(), signal.SIGKILL)  # Granian's worker must not outlive Granian
        self._listener = asyncio.create_task(self.hub.listen(self._conninfo))
        loop = asyncio.get_running_loop()
        # Granian waits for open responses: live streams end first, or SIGTERM never ends.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(signal.SIGTERM, self.hub.close)

    async def _stop(self) -> None:
        self.hub.close()
        if self._listener is not None:
            self._listener.cancel()
        await self._proxy.close()


def from_environment() -> Front:
    """The front as the supervisor starts it."""
    return Front(
        upstream=os.environ["DRAGOMAN_FRONT_UPSTREAM"],
        conninfo=os.environ["DRAGOMAN_FRONT_DATABASE"],
        static=Path(os.environ["DRAGOMAN_FRONT_STATIC"]),
        media=Path(os.environ["DRAGOMAN_FRONT_MEDIA"]),
    )


_front: Front | None = None


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI entry point."""
    global _front
    if _front is None:
        _front = from_environment()
    await _front(scope, receive, send)
