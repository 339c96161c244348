"""The response store: rendered once, read by many, never past a change.

Everything here happens on the event loop, without waiting: what may be read is known at once.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dragoman.delivery.front.changes import Changes, Told
from dragoman.delivery.front.questions import Key, Parameters, Question

if TYPE_CHECKING:
    from dragoman.delivery.front.disk import Disk
    from dragoman.delivery.front.entries import Entry

Header = tuple[bytes, bytes]

GRACE_SECONDS = 0.15
"""For so long after a change what was right before it is read, while it is made anew: with what it takes for a change
to be heard and an answer to be sent, anybody's next request after 200 ms sees what was written. Who asks then waits
for the render on its way, however many they are."""
NEVER = float("-inf")
SPARE_SECONDS = 600.0
"""For so long it is read while it cannot be made anew; a host cut off from the database reads nothing older."""
AGAIN_SECONDS = 1.0
"""Between attempts to make anew what could not be made."""

SETTLED_SECONDS = 2.0
"""What is made anew sooner than that is not worth writing to disk."""

_log = logging.getLogger(__name__)
_BYTES_AT_MOST = 64 * 1024 * 1024
_VARIANTS_SHARE = 0.5  # of the memory, for preferences and parameters: nobody can push the plain pages out
_VARIANT_HITS = 2  # who read a variant first had it made; whether anybody else wants it is not known yet
_PASSING_AT_MOST = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """How a response of Django's begins, without what is for the front only, which stands beside it.

    `dependencies` are names like "document:7"; `valid_until` is ISO 8601 or empty; `parameters`: those of the query
    that were looked at, None when that is not known; `pending`: a text in it will soon be translated; `changes`: JSON,
    the notifications that the request caused.
    """

    status: int
    headers: tuple[Header, ...]
    dependencies: frozenset[str]
    valid_until: str
    parameters: frozenset[str] | None = None
    pending: bool = False
    changes: bytes = b""


class ResponseStore:
    """All stored responses of this process. `renew` is called for each that readers want and that has become stale."""

    def __init__(
        self,
        *,
        bytes_at_most: int = _BYTES_AT_MOST,
        clock: Callable[[], float] = time.monotonic,
        disk: Disk | None = None,
    ) -> None:
        self.changes = Changes()
        self.parameters = Parameters()
        self.clock = clock
        self.renew: Callable[[Entry], None] = lambda _: None
        self.disk = disk
        self.blind_since: float | None = clock()
        self._most = bytes_at_most
        self._plain: OrderedDict[Key, Entry] = OrderedDict()
        self._variants: OrderedDict[Key, Entry] = OrderedDict()
        self._awake: dict[bool, OrderedDict[Key, Entry]] = {True: OrderedDict(), False: OrderedDict()}
        self._sizes = {True: 0, False: 0}
        self._by_name: defaultdict[str, set[Entry]] = defaultdict(set)
        self._passing: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._plain) + len(self._variants)

    def __iter__(self) -> Iterator[Entry]:
        yield from list(self._plain.values())
        yield from list(self._variants.values())

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(self._sizes.values())

    # Reading

    def key(self, question: Question) -> Key:
        """Of the response that would answer, as far as is known."""
        return question.key(self.parameters.of(question.path))

    def find(self, question: Question) -> Entry | None:
        """The response, fresh or as a spare; None when there is none that may be read at all."""
        key = self.key(question)
        entry = self._plain.get(key) or self._variants.get(key)
        if entry is None or not self._is_readable(entry):
            return None
        return entry

    def read(self, question: Question) -> Entry | None:
        """The response to send at once: fresh, or stale for a moment, or a spare where a render has just failed."""
        entry = self.find(question)
        if entry is None:
            return None
        entry.hits += 1
        if entry.asleep:
            return None
        if entry.fresh:
            return entry
        now = self.clock()
        if now - entry.failed_at < AGAIN_SECONDS:
            return entry
        if not question.impatient and entry.in_grace(now):
            self.renew(entry)
            return entry
        return None

    def due(self, question: Question) -> int:
        """The number of the last change that an answer to this must know of."""
        return self.changes.number if question.impatient else self.changes.until(self.clock() - GRACE_SECONDS)

    def is_current(self, topics: frozenset[str], language: str | None, rendered_ms: int) -> bool:
        """Whether it is known that nothing happened to these since a page was rendered: the page is a fresh response
        that depends on all of them, or such a one was asked for no later."""
        if self.blind_since is not None or not topics:
            return False
        candidates = min((self._by_name.get(topic, set()) for topic in topics), key=len)
        return any(
            entry.fresh
            and (entry.rendered_ms == rendered_ms or entry.begun_ms <= rendered_ms)
            and entry.question.language == language
            and topics <= entry.names
            for entry in candidates
        )

    # The disk tier

    def adopt(self, entries: Iterable[Entry], known_seconds_ago: float) -> None:
        """What is on disk from an earlier run, as right as it was so many seconds ago."""
        self.blind_since = self.clock() - known_seconds_ago
        for entry in entries:
            self.parameters.learn(entry.question.path, entry.parameters)
            self._add(entry)

    def settle(self) -> None:
        """Writes to disk what has stayed fresh for a moment."""
        if self.disk is None or self.blind_since is not None:
            return
        earliest = self.clock() - SETTLED_SECONDS
        for entry in self:
            if entry.fresh and not entry.filing and entry.begun_at <= earliest:
                entry.filing = True
                self.disk.keep(entry)

    async def wake(self, entry: Entry) -> None:
        """Reads its body; drops it where that is damaged."""
        assert self.disk is not None
        try:
            body = await self.disk.body(entry)
        except Exception as fault:  # whatever is wrong with a file: it is made anew
            _log.warning("a stored response cannot be read from disk: %s", type(fault).__name__)
            if entry.asleep:
                self.drop(entry)
            return
        if entry.asleep and not entry.withdrawn:
            entry.wake(body)
            entry.hits += 1
            self._awake[entry.is_default][entry.key] = entry
            self.grow(entry, len(body))

    # What passes

    def passes(self, path: str) -> bool:
        """Whether what came from this path lately could not be kept: nobody waits there for anybody else's answer."""
        return path in self._passing

    def note_passing(self, path: str, passing: bool) -> None:
        """What came from there just now could not be kept, or could."""
        if not passing:
            self._passing.pop(path, None)
            return
        self._passing[path] = None
        self._passing.move_to_end(path)
        if len(self._passing) > _PASSING_AT_MOST:
            self._passing.popitem(last=False)

    # Keeping

    def keep(self, entry: Entry) -> bool:
        """Whether it was kept. One that was overtaken by a change while it was made is kept as stale, so that readers
        of a busy thread need not wait; one whose changes cannot be known, or that was withdrawn, is not."""
        entry.fresh = False
        if self.blind_since is not None or not self.changes.knows_since(entry.begun):
            return False
        overtaking = list(self.changes.after(entry.begun, entry.names, entry.question.language))
        known = self._shelf(entry).get(entry.key)
        newer_known = known is not None and known.begun > entry.begun
        if newer_known or any(change.told.withdraws for change in overtaking):
            return False
        if known is not None:
            self._remove(known)
            self._unfile(known)
            known.give_way(entry)
        entry.fresh = not overtaking
        if overtaking:
            entry.stale_since = overtaking[-1].moment
        self._add(entry)
        self._make_room(entry.is_default)
        return True

    def grow(self, entry: Entry, size: int) -> None:
        """One of its bodies was added."""
        if self._shelf(entry).get(entry.key) is entry:
            self._sizes[entry.is_default] += size
            self._make_room(entry.is_default)

    def drop(self, entry: Entry) -> None:
        """It is not read any more, by anybody."""
        entry.withdrawn, entry.fresh = True, False
        if self._shelf(entry).get(entry.key) is entry:
            self._remove(entry)
        self._unfile(entry)

    def forget_everything(self) -> None:
        """Nothing that is here may be read any more."""
        for entry in self:
            self.drop(entry)

    # What happened

    def hear(self, told: Told) -> None:
        """Everything that depends on it is made anew before it is read again, or in a moment."""
        change = self.changes.note(told, self.clock())
        concerned = {entry for topic in told.topics for entry in self._by_name.get(topic, ())}
        for entry in concerned:
            if told.language in (None, entry.question.language):
                self._overtake(entry, change.moment, withdraws=told.withdraws)

    def expire(self) -> None:
        """Drops what is out of date by itself; and everything, on a host that has been cut off for too long."""
        now = self.clock()
        if self.blind_since is not None and now - self.blind_since > SPARE_SECONDS:
            self.forget_everything()
        for entry in self:
            if entry.ends_at is not None and now >= entry.ends_at:
                self._overtake(entry, now, withdraws=True)

    def purge(self, path: str = "") -> int:
        """Drops what answers at a path, or everything; gives the number."""
        wanted = [entry for entry in self if path in ("", entry.question.path)]
        for entry in wanted:
            self.drop(entry)
        return len(wanted)

    def _overtake(self, entry: Entry, moment: float, *, withdraws: bool) -> None:
        if entry.fresh:
            entry.fresh, entry.stale_since = False, moment
        if withdraws or entry.asleep:
            self.drop(entry)
        else:
            self._unfile(entry)
        if entry.hits >= (1 if entry.is_default else _VARIANT_HITS):
            self.renew(entry)

    def _unfile(self, entry: Entry) -> None:
        if entry.filing and self.disk is not None:
            self.disk.remove(entry)

    def _is_readable(self, entry: Entry) -> bool:
        now = self.clock()
        if entry.ends_at is not None and now >= entry.ends_at:
            return False
        if self.blind_since is not None and now - self.blind_since > SPARE_SECONDS:
            return False
        return entry.fresh or now - entry.stale_since <= SPARE_SECONDS

    def _shelf(self, entry: Entry) -> OrderedDict[Key, Entry]:
        return self._plain if entry.is_default else self._variants

    def _add(self, entry: Entry) -> None:
        self._shelf(entry)[entry.key] = entry
        if not entry.asleep:
            self._awake[entry.is_default][entry.key] = entry
        self._sizes[entry.is_default] += entry.size
        for name in entry.names:
            self._by_name[name].add(entry)

    def _remove(self, entry: Entry) -> None:
        del self._shelf(entry)[entry.key]
        self._awake[entry.is_default].pop(entry.key, None)
        self._sizes[entry.is_default] -= entry.size
        entry.fresh, entry.stale_since = False, NEVER
        for name in entry.names:
            self._by_name[name].discard(entry)
            if not self._by_name[name]:
                del self._by_name[name]

    def _make_room(self, plain: bool) -> None:
        """Takes from memory what nobody asked for since it was last looked at (the clock algorithm: a hit costs
        nothing); what is on disk falls asleep, and goes only when there is no other room to be made."""
        shelf, awake = self._plain if plain else self._variants, self._awake[plain]
        most = self._most if plain else int(self._most * _VARIANTS_SHARE)
        while self._sizes[plain] > most and len(shelf) > 1:
            entry = next(iter(awake.values())) if len(awake) > 1 else next(iter(shelf.values()))
            if entry.hits > entry.hits_at_clock and len(awake) > 1:
                entry.hits_at_clock = entry.hits
                awake.move_to_end(entry.key)
            elif entry.filed and entry.fresh and not entry.asleep:
                self._sizes[plain] -= entry.size
                entry.fall_asleep()
                self._sizes[plain] += entry.size
                del awake[entry.key]
            else:
                self._remove(entry)
                self._unfile(entry)
