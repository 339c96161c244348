"""The command lines of the servers, in one place."""

import sys

FRONT = "dragoman.delivery.front.app:app"
WEB = "dragoman.site.wsgi:application"
_COMMON = (
    "--http", "1",
    "--no-ws",
    "--respawn-failed-workers",
    "--workers-kill-timeout", "1",
    "--log-level", "warning",
    "--no-access-log",
)  # fmt: skip


def web_command(socket: str, *, workers: int = 1, threads: int = 4) -> tuple[str, ...]:
    """Django on a Unix socket."""
    return (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--uds", socket,
        "--workers", str(workers), "--blocking-threads", str(threads), *_COMMON, WEB,
    )  # fmt: skip


def front_command(host: str, port: int) -> tuple[str, ...]:
    """The front on a TCP port."""
    return (
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", host, "--port", str(port),
        "--workers", "1", *_COMMON, FRONT,
    )  # fmt: skip
