"""What supervised processes say: their log files, and the calm console.

A process of ours says on standard output what is for people (mails of the demo, results) and on standard error
what is for the log. The console is never waited for: a terminal that hangs must not stop the publication.
"""

import os
import select
import time
from contextlib import suppress
from pathlib import Path

LONGEST_LINE = 16_384
_PATIENCE = 100  # milliseconds
_PIPE_BUFFER = 4_096  # POSIX: when poll says writable, so much fits without waiting (PIPE_BUF)


class LogFile:
    """Lines with their moment, appended to a file that is moved aside when it grows past `most` bytes."""

    def __init__(self, path: Path, *, most: int = 5_000_000, kept: int = 3) -> None:
        self.path, self._most, self._kept = path, most, kept
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)

    def write(self, line: bytes) -> None:
        """A full disk or a vanished directory costs log lines, nothing else."""
        seconds, rest = divmod(time.time_ns(), 1_000_000_000)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest // 1000:06}Z"
        with suppress(OSError):
            if self._file.tell() > self._most:
                self._rotate()
            self._file.write(moment.encode() + b" " + line + b"\n")

    def close(self) -> None:
        self._file.close()

    def _rotate(self) -> None:
        for number in range(self._kept - 1, 0, -1):
            with suppress(FileNotFoundError):
                self._numbered(number).replace(self._numbered(number + 1))
        self.path.replace(self._numbered(1))
        self._file.close()
        self._file = self.path.open("ab", buffering=0)

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


class Console:
    """Standard output of the supervisor. What does not fit at once is dropped."""

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor
        self._patience = _PATIENCE

    def say(self, sentence: str) -> None:
        self.write(sentence.encode() + b"\n")

    def say_bytes(self, line: bytes) -> None:
        self.write(line + b"\n")

    def write(self, chunk: bytes) -> None:
        for start in range(0, len(chunk), _PIPE_BUFFER):
            if not self._writable():
                return
            with suppress(OSError):  # nobody reads any more
                os.write(self._descriptor, chunk[start : start + _PIPE_BUFFER])

    def _writable(self) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        writable = any(event & select.POLLOUT for _, event in poll.poll(self._patience))
        self._patience = _PATIENCE if writable else 0  # who did not read once is not waited for again
        return writable


class Lines:
    """Cuts a stream of bytes into lines; a line without end is cut at LONGEST_LINE."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        while len(self._rest) > LONGEST_LINE:
            lines.append(self._rest[:LONGEST_LINE])
            self._rest = self._rest[LONGEST_LINE:]
        return lines

    def end(self) -> list[bytes]:
        rest, self._rest = self._rest, b""
        return [rest] if rest else []
