"""The command lines of the servers, and how to see that they answer: in one place."""

import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

WEB = "dragoman.site.wsgi:application"
WORKER = (sys.executable, "-m", "dragoman.site.worker")

_CONNECT_SECONDS = 0.2  # to this machine


def fork_server_command(unix_socket: str) -> tuple[str, ...]:
    """What Django and worker have in common, in memory once; it listens on a Unix socket."""
    return (sys.executable, "-m", "dragoman.site.preloaded", unix_socket)


def web_command(unix_socket: str, *, application: str = WEB) -> tuple[str, ...]:
    """Django on a Unix socket."""
    return (sys.executable, "-m", "dragoman.delivery.web", unix_socket, application)


def front_command(host: str, port: int) -> tuple[str, ...]:
    """The front on a TCP port: one process, which serves from memory; a second would hold a second store."""
    return (sys.executable, "-m", "dragoman.delivery.front.serving", host, str(port))


def clear_socket(unix_socket: str) -> Callable[[], None]:
    """A service's `before`: after kill -9 Granian's socket remains, and Granian does not bind over it."""
    return lambda: Path(unix_socket).unlink(missing_ok=True)


class Answering:
    """Whether a server answers HTTP, seen without ever waiting: a service's `ready`.

    A connection alone proves nothing: Granian listens long before its worker has loaded the application.
    """

    def __init__(self, address: str | tuple[str, int], path: str = "/healthz") -> None:
        """`address`: the path of a Unix socket, or host and port."""
        self._address, self._path = address, path
        self._asking: socket.socket | None = None

    def __call__(self) -> bool:
        try:
            if self._asking is None:
                self._ask()
            return self._answered()
        except BlockingIOError:
            return False
        except OSError:
            self._forget()
            return False

    def _ask(self) -> None:
        if isinstance(self._address, str):
            self._asking = socket.socket(socket.AF_UNIX)
            self._asking.settimeout(_CONNECT_SECONDS)
            self._asking.connect(self._address)
        else:
            self._asking = socket.create_connection(self._address, _CONNECT_SECONDS)
        self._asking.sendall(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        self._asking.setblocking(False)

    def _answered(self) -> bool:
        answer = self._asking.recv(12) if self._asking is not None else b""
        self._forget()
        return answer.startswith(b"HTTP/1.1 ")

    def _forget(self) -> None:
        if self._asking is not None:
            with suppress(OSError):
                self._asking.close()
            self._asking = None
