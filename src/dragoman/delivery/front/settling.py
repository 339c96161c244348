"""Makes small what does not change any more: in a thread of its own that has nothing better to do."""

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from dragoman.delivery.front.encodings import Effort, encode
from dragoman.delivery.front.entries import Entry
from dragoman.delivery.front.store import ResponseStore

SETTLED_SECONDS = 5.0
SETTLED_HITS = 20
"""A page is worth a third of a second of idle time when it has stayed as it is for so long, and was read so often. One
that was read less often is worth what it would have been, had it not been made in a hurry."""
LONGEST = 1_000_000
"""Bytes: more would take seconds."""

_IDLE = 19


class Settling:
    """At most one response at a time. `tend` is called every now and then."""

    def __init__(self, store: ResponseStore) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, "settling", initializer=_give_way)
        self._task: asyncio.Task[None] | None = None

    def tend(self) -> None:
        """Sets to work on what is read most."""
        if self._task is None or self._task.done():
            worth = max(self._worth_it(), key=lambda entry: entry.hits, default=None)
            self._task = asyncio.ensure_future(self._settle(worth)) if worth is not None else None

    def close(self) -> None:
        """What is not made by now is not made."""
        if self._task is not None:
            self._task.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _worth_it(self) -> list[Entry]:
        earliest = self._store.clock() - SETTLED_SECONDS
        return [
            entry
            for entry in self._store
            if entry.fresh and entry.begun_at <= earliest and _unfinished(entry)
        ]

    async def _settle(self, entry: Entry) -> None:
        effort = _worth(entry)
        for encoding in _unfinished(entry):
            made = await asyncio.get_running_loop().run_in_executor(
                self._thread, encode, entry.body, encoding, effort
            )
            before = entry.bodies.get(encoding)
            if not entry.fresh or before is None:
                return
            entry.encoded(encoding, made, effort)
            self._store.grow(entry, len(made) - len(before))


def _worth(entry: Entry) -> Effort:
    often = entry.hits >= SETTLED_HITS and len(entry.body) <= LONGEST
    return Effort.UTMOST if often else Effort.USUAL


def _unfinished(entry: Entry) -> list[bytes]:
    """The codings that it was not made in with the effort it is worth."""
    worth = _worth(entry)
    return [encoding for encoding, effort in entry.made.items() if effort < worth]


def _give_way() -> None:
    """On Linux a thread has a priority of its own; elsewhere it would be the process's, and there is none to lower."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _IDLE)
