"""The process that holds the models, and the children it forks, as seen from the process that uses them.

A child has every model its mother had when it was born, in the mother's memory: any number of children hold a
model once. Only children translate, so a text that kills one leaves the models where they are.
"""

import os
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from dragoman.engines.errors import Unavailable
from dragoman.engines.protocol import Pair
from dragoman.engines.wire import BrokenWire, Message, Reader, packed

# An engine process reads hostile text with native code: it is told where Python is, and no secret.
_ENVIRONMENT = (
    "PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
)
_ANSWER_SECONDS = 20.0  # a model is loaded within it
_SEND_SECONDS = 5.0  # a process that does not read within it hangs


def _environment() -> dict[str, str]:
    told = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return told | {"RUST_BACKTRACE": "0"}


class Child:
    """One engine process and the socket to it; `loaded` are its models. Not for two threads at once."""

    def __init__(self, pid: int, sock: socket.socket, loaded: frozenset[Pair]) -> None:
        sock.settimeout(_SEND_SECONDS)
        self.pid = pid
        self.loaded = loaded
        self.idle_since = 0.0
        self._sock = sock
        self._reader = Reader(sock)

    def fileno(self) -> int:
        return self._sock.fileno()

    def send(self, message: Message) -> None:
        """Raises BrokenWire when the process is gone or hangs."""
        try:
            self._sock.sendall(packed(message))
        except OSError as error:
            raise BrokenWire(str(error)) from error

    def receive(self) -> Message | None:
        """What it has said, when that is a whole message; to be called when `fileno()` is readable."""
        return self._reader.receive()

    def close(self) -> None:
        """When it has ended, and nobody listens to it."""
        self._sock.close()


class Mother:
    """Every method but `end` raises BrokenWire when she is gone or hangs. For the thread that made her."""

    def __init__(self, command: Sequence[str]) -> None:
        """Raises Unavailable when the machine gives no process."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [*command, str(os.getpid())],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                )
            except OSError as error:
                ours.close()
                raise Unavailable(f"No engine process can be started: {error.strerror}.") from error
        ours.settimeout(_ANSWER_SECONDS)
        self._sock = ours
        self._reader = Reader(ours)
        self._children: set[int] = set()

    def ask(self, message: Message) -> Message:
        """What she answers."""
        try:
            self._sock.sendall(packed(message))
            return self._reader.wait()
        except OSError as error:
            raise BrokenWire(str(error)) from error

    def bear(self, loaded: frozenset[Pair]) -> Child:
        """A child; `loaded` is what she has loaded."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                if "ready" not in self.ask({"bear": True}):
                    raise BrokenWire("an answer that is not the one expected")
                socket.send_fds(self._sock, [b"\0"], [theirs.fileno()])
            pid = self._reader.wait().get("born")
            if not isinstance(pid, int):
                raise BrokenWire("an answer that is not the one expected")
        except (BrokenWire, OSError) as error:
            ours.close()
            raise BrokenWire(str(error)) from error
        self._children.add(pid)
        return Child(pid, ours, loaded)

    def bury(self, child: Child) -> None:
        """Ends a child of hers and waits for its end; nothing when it is another's, or buried."""
        if self.has(child):
            self.ask({"end": child.pid})
            self._children.discard(child.pid)

    def has(self, child: Child) -> bool:
        """Whether she bore it, and it is not buried."""
        return child.pid in self._children

    def end(self) -> None:
        """Ends her and, with her, all children of hers."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._sock.close()
