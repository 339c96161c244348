"""The front as a process: `python -m dragoman.delivery.front.serving HOST PORT`."""

import logging
import sys
from socket import socket
from types import FrameType

import uvicorn

from dragoman.delivery.front import app as application
from dragoman.delivery.front.protocol import FrontProtocol
from dragoman.delivery.memory import give_back

_KEEP_ALIVE_SECONDS = 75  # longer than the 60 of proxies before us: they close, not we under their hands
_STOP_SECONDS = 1  # the supervisor gives all of us 1.8
_BACKLOG = 4096


class Server(uvicorn.Server):
    """Ends live streams before it waits for what is still being answered."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Before the first request: what only starting needed is given back."""
        await super().startup(sockets)
        give_back()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM, SIGINT."""
        application.close_streams()
        super().handle_exit(sig, frame)


def configuration(host: str, port: int) -> uvicorn.Config:
    """What uvicorn is told."""
    return uvicorn.Config(
        application.app,
        host=host,
        port=port,
        http=FrontProtocol,
        ws="none",
        loop="uvloop",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


def main(arguments: list[str]) -> None:
    """Serves until it is asked to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    host, port = arguments
    Server(configuration(host, int(port))).run()


if __name__ == "__main__":
    main(sys.argv[1:])
