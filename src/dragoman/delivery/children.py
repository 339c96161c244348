"""A supervised process: started tied to us, heard on two pipes, ended with everything it started."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from dragoman.delivery import forkserver
from dragoman.delivery.forkserver import Forked
from dragoman.delivery.logs import Lines
from dragoman.delivery.tether import tethered

Speak = Callable[[bytes], None]

_QUICK_SECONDS = 10.0
_DELAYS = (0.0, 0.2, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0)
_CHUNK = 65_536
LONGEST_DELAY = 5.0
"""Seconds between attempts at something that nobody gives up."""


class Deaths:
    """Counts deaths that followed a short life: how long to wait before the next one, and when to give up."""

    def __init__(self) -> None:
        self._quick = 0

    def another(self, lived: float) -> float | None:
        """Seconds to wait before starting again; None: it is hopeless."""
        self._quick = self._quick + 1 if lived < _QUICK_SECONDS else 1
        return _DELAYS[self._quick - 1] if self._quick <= len(_DELAYS) else None


class Stream:
    """One pipe from a child, read by the selector's owner, line by line."""

    def __init__(self, selector: selectors.BaseSelector, speak: Speak) -> None:
        self._selector, self._speak, self._lines = selector, speak, Lines()
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        selector.register(self._reading, selectors.EVENT_READ, self._hear)
        self._open = True

    def close(self) -> None:
        """After what is still in the pipe was heard."""
        while self._open and self._hear():
            pass
        if self._open:
            self._end()

    def _hear(self) -> bool:
        """Whether anything was there."""
        try:
            chunk = os.read(self._reading, _CHUNK)
        except BlockingIOError:
            return False
        for line in self._lines.feed(chunk):
            self._speak(line)
        if not chunk:
            self._end()
        return bool(chunk)

    def _end(self) -> None:
        for line in self._lines.end():
            self._speak(line)
        self._open = False
        self._selector.unregister(self._reading)
        os.close(self._reading)


class Child:
    """One run of a command, in a session and process group of its own."""

    def __init__(
        self,
        selector: selectors.BaseSelector,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        say: Speak,
        note: Speak,
        fork_server: str = "",
    ) -> None:
        """`say` gets the lines of its standard output, `note` those of its standard error.

        `fork_server`: the socket of one that can become `command`; where it does not answer, it is started.
        """
        self._streams = (Stream(selector, say), Stream(selector, note))
        self._born = time.monotonic()
        whole = os.environ | environment
        try:
            self._process = self._forked(fork_server, command, whole) or self._started(command, whole)
        finally:
            for stream in self._streams:
                os.close(stream.writing)

    def _forked(self, server: str, command: Sequence[str], environment: Mapping[str, str]) -> Forked | None:
        output, errors = (stream.writing for stream in self._streams)
        return forkserver.fork(server, command, environment, output, errors) if server else None

    def _started(self, command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            tethered(command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._streams[0].writing,
            stderr=self._streams[1].writing,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """None while it runs; as in `subprocess`, negative for a signal."""
        return self._process.poll()

    @property
    def age(self) -> float:
        return time.monotonic() - self._born

    def terminate(self) -> None:
        """Asks it to end. Only the leader is told: it knows in which order its own children end."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def bury(self) -> None:
        """Ends its whole process group, and hears what it said last. Idempotent."""
        with suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a group of zombies
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        for stream in self._streams:
            stream.close()

    def how_it_ended(self) -> str:
        status = self.status
        if status is not None and status < 0:
            return f"signal {-status}"
        return f"status {status}"
