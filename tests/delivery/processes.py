"""What the tests of processes share: who lives, and waiting for what must come."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 30.0
PORTS = range(12_000, 32_000)


def wait_until(
    condition: Callable[[], bool], what: str, seconds: float = PATIENCE, *, every: float = 0.01
) -> None:
    """Returns when `condition`, asked `every` so many seconds, holds; fails, naming `what`, when it never does."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(every)


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie (signal 0 takes zombies for living)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def marked(marker: str) -> dict[int, str]:
    """The living processes whose environment holds `marker` ("NAME=value"): pid → command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if marker.encode() in (entry / "environ").read_bytes().split(b"\0") and alive(int(entry.name)):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(entry.name)] = command.decode(errors="replace").strip()
    return found


def working_in(directory: Path) -> dict[int, str]:
    """The living processes that work in `directory`: PostgreSQL's, which write over their environment."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == directory.resolve():
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(entry.name)] = command.decode(errors="replace").strip()
    return found


def end_marked(marker: str) -> None:
    """Ends what a failed test left behind."""
    for pid in marked(marker):
        if pid != os.getpid():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    """A port that nobody listens on now, below those that Linux gives to whoever connects somewhere: it stays free
    while nobody else is told of it."""
    while True:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def listening() -> Iterator[int]:
    """A port in use."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]
