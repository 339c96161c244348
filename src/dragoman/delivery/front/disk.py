"""The disk tier: stored responses survive a restart, and those that memory has no room for are read from here.

One file for each, written whole and renamed, its bytes verified by digest when it is read. Everything that changes the
folder goes through one thread, in order: a response that was withdrawn is gone from the disk before the position after
the withdrawal is written down. A disk that cannot be written to is no reason not to serve.
"""

import asyncio
import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard

from dragoman.delivery.front.entries import Entry
from dragoman.delivery.front.position import Position, recalled, write_down
from dragoman.delivery.front.questions import Question

_ENDING = ".response"
_POSITION = "position.json"
_LINE_LONGEST = 262_144
_COMPLAIN_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Damaged(Exception):
    """A file that is not as it was written."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What a file says of its response; see `entries.Entry`. `stored_ms`: when it was written; `size` of the body."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    preference: str
    names: frozenset[str]
    rendered_ms: int
    stored_ms: int
    size: int
    told: dict[str, Any]


class Disk:
    """The folder of one build of the software: another's pages may look different, and are thrown away."""

    def __init__(self, root: Path, build: str, *, bytes_at_most: int) -> None:
        self.folder = root / build
        self._root, self._most = root, bytes_at_most
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="disk")
        self._used = 0
        self._trustworthy = True
        self._complained = 0.0

    async def open(self) -> tuple[list[Entry], Position | None, float]:
        """What is there, asleep; up to where it is known to be right; and how many seconds ago that was."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    def keep(self, entry: Entry) -> None:
        """Write it, some time soon."""
        self._do(self._write, entry, _line(entry), entry.body)

    def remove(self, entry: Entry) -> None:
        """Nobody reads it from here any more."""
        entry.filing = entry.filed = False
        self._do(self._unlink, self._file(entry))

    def reach(self, position: Position) -> None:
        """Up to here everything was heard, and is done before this is written down."""
        self._do(self._write_position, position)

    async def body(self, entry: Entry) -> bytes:
        """Raises Damaged."""
        return await asyncio.to_thread(read_body, self._file(entry))

    def close(self) -> None:
        """After everything that is still to be written."""
        self._thread.shutdown(wait=True)

    # In the thread

    def _do(self, work: Callable[..., None], *arguments: Any) -> None:
        with suppress(RuntimeError):  # closing
            self._thread.submit(self._try, work, *arguments)

    def _try(self, work: Callable[..., None], *arguments: Any) -> None:
        try:
            work(*arguments)
        except OSError as fault:
            if time.monotonic() - self._complained > _COMPLAIN_SECONDS:
                self._complained = time.monotonic()
                _log.warning("stored responses cannot be written to disk: %s", fault.strerror)

    def _open(self) -> tuple[list[Entry], Position | None, float]:
        position_file = self.folder / _POSITION
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for other in self._root.iterdir():
                if other != self.folder:
                    shutil.rmtree(other, ignore_errors=True)
            position = recalled(position_file)
            age = time.time() - position_file.stat().st_mtime if position else 0.0
            return list(self._filed(position)), position, max(age, 0.0)
        except OSError as fault:
            _log.warning("stored responses cannot be read from disk: %s", fault.strerror)
            return [], None, 0.0

    def _filed(self, position: Position | None) -> Iterator[Entry]:
        for file in self.folder.iterdir():
            if file.name == _POSITION:
                continue
            try:
                entry = _entry(filed(file)) if position is not None and file.suffix == _ENDING else None
            except (Damaged, OSError):
                entry = None
            if entry is None or self._file(entry) != file:
                file.unlink(missing_ok=True)
            else:
                self._used += file.stat().st_size
                yield entry

    def _write(self, entry: Entry, line: dict[str, Any], body: bytes) -> None:
        if not entry.fresh or not entry.filing:
            return
        packed = zstandard.ZstdCompressor(level=3).compress(body)
        line["digest"] = hashlib.sha256(packed).hexdigest()
        whole = json.dumps(line).encode() + b"\n" + packed
        if self._used + len(whole) > self._most or len(whole) - len(packed) > _LINE_LONGEST:
            return
        file = self._file(entry)
        before = file.stat().st_size if file.exists() else 0
        unfinished = file.with_suffix(".new")
        try:
            unfinished.write_bytes(whole)
            unfinished.replace(file)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        self._used += len(whole) - before
        entry.filed = True

    def _unlink(self, file: Path) -> None:
        try:
            size = file.stat().st_size
            file.unlink()
            self._used -= size
        except FileNotFoundError:
            return
        except OSError:
            self._trustworthy = (
                False  # the next start must hear of what changed since: the position stays behind
            )
            raise

    def _write_position(self, position: Position) -> None:
        if self._trustworthy:
            write_down(self.folder / _POSITION, position)

    def _file(self, entry: Entry) -> Path:
        name = hashlib.sha256(repr(entry.key).encode()).hexdigest()[:40]
        return self.folder / f"{name}{_ENDING}"


def filed(file: Path) -> Filed:
    """What a file says, without its body. Raises Damaged, OSError."""
    with file.open("rb") as stream:
        line = stream.readline(_LINE_LONGEST)
    try:
        told = json.loads(line)
        return Filed(
            path=str(told["path"]),
            pairs=tuple((str(name), str(value)) for name, value in told["pairs"]),
            preference=str(told["preference"]),
            names=frozenset(map(str, told["names"])),
            rendered_ms=int(told["rendered_ms"]),
            stored_ms=int(told["stored_ms"]),
            size=int(told["size"]),
            told=told,
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise Damaged from fault


def read_body(file: Path) -> bytes:
    """The body of a response, as it was. Raises Damaged."""
    try:
        line, _, packed = file.read_bytes().partition(b"\n")
        if hashlib.sha256(packed).hexdigest() != json.loads(line)["digest"]:
            raise Damaged
        return zstandard.ZstdDecompressor().decompress(packed)
    except (OSError, ValueError, KeyError, TypeError, zstandard.ZstdError) as fault:
        raise Damaged from fault


def all_filed(root: Path) -> Iterator[Filed]:
    """What every file under the folder of a host says; those that vanish or are damaged are left out."""
    for file in sorted(root.glob(f"*/*{_ENDING}")):
        with suppress(Damaged, OSError):
            yield filed(file)


def _line(entry: Entry) -> dict[str, Any]:
    now = time.time()
    left = None if entry.ends_at is None else entry.ends_at - time.monotonic()
    return {
        "path": entry.question.path,
        "language": entry.question.language,
        "pairs": entry.key[1],
        "preference": entry.key[2],
        "parameters": sorted(entry.parameters),
        "target": entry.target.decode("latin-1"),
        "origin": _texts(entry.origin),
        "status": entry.status,
        "headers": _texts(entry.headers),
        "names": sorted(entry.names),
        "complete": entry.complete,
        "ends": None if left is None else now + left,
        "digest_of_body": entry.digest,
        "begun_ms": entry.begun_ms,
        "rendered_ms": entry.rendered_ms,
        "stored_ms": int(now * 1000),
        "size": len(entry.body),
    }


def _entry(found: Filed) -> Entry | None:
    """Asleep; None where its time is up, or it cannot be understood."""
    told = found.told
    try:
        left = None if told["ends"] is None else float(told["ends"]) - time.time()
        question = Question(found.path, str(told["language"]), found.pairs, found.preference)
        return (
            None
            if left is not None and left <= 0
            else Entry(
                question=question,
                key=(found.path, found.pairs, found.preference),
                parameters=frozenset(map(str, told["parameters"])),
                target=told["target"].encode("latin-1"),
                origin=_bytes(told["origin"]),
                status=int(told["status"]),
                headers=_bytes(told["headers"]),
                body=b"",
                names=found.names,
                complete=told["complete"] is True,
                begun=0,
                begun_at=time.monotonic(),
                begun_ms=int(told["begun_ms"]),
                ends_at=None if left is None else time.monotonic() + left,
                digest=str(told["digest_of_body"]),
                rendered_ms=found.rendered_ms,
                asleep=True,
                filing=True,
                filed=True,
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeError):
        return None


def _texts(headers: tuple[tuple[bytes, bytes], ...]) -> list[list[str]]:
    return [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]


def _bytes(headers: list[list[str]]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
