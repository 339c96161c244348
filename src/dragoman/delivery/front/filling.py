"""Makes stored responses anew: one render at a time for each, whoever waits for it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from dragoman.delivery.front.encodings import Effort, encode
from dragoman.delivery.front.entries import Entry, keepable, kept_headers, seconds_left
from dragoman.delivery.front.forwarding import response_head
from dragoman.delivery.front.questions import Key, Question, cookie_of, query_of
from dragoman.delivery.front.store import GRACE_SECONDS, Head, Header, ResponseStore
from dragoman.delivery.front.upstream import Answer, BrokenAnswer, MalformedRequest, Unreachable, Upstream

BODY_BYTES_AT_MOST = 8 * 1024 * 1024
"""A longer response is passed on, not kept."""

_REST_SECONDS = 0.1  # from one render of a page to the next, however much happens to it
_SHARE = 0.5  # of the time, at most, one and the same page is being made: who writes needs Django, too
_UNKNOWN_SECONDS = 0.1  # what one from disk may take
_SLOWER = 1.5  # than last time a render may be, and still land before its readers would have to wait
_BRIEF_SECONDS = 2.0  # what was asked for so soon after the one before will not be read for long, either
_AT_ONCE = 2  # renders that nobody waits for
_ATTEMPTS = 4  # what is withdrawn while it is rendered is rendered again
_SPARE_AFTER_SECONDS = 2.0  # who waits so long gets what there is, if there is something
_AGENT = b"Mozilla/5.0 (compatible; dragoman-front)"
_log = logging.getLogger(__name__)


class NotKept(Exception):
    """The answer is for who asked, and for nobody else."""


class Failed(Exception):
    """There was no answer, or it said that something is broken."""


@dataclass(slots=True, eq=False)
class Flight:
    """A render on its way. `begun`: the number of the last change heard of when it was asked for, at `begun_at`
    (seconds of the store's clock) and `begun_ms` (milliseconds since 1970); None before."""

    landed: asyncio.Future[Entry]
    begun: int | None = None
    begun_at: float = 0.0
    begun_ms: int = 0
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


class Filling:
    """All renders on their way. Sets itself to work on whatever the store calls stale."""

    def __init__(self, store: ResponseStore, upstream: Upstream) -> None:
        self._store, self._upstream = store, upstream
        self._flights: dict[Key, Flight] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_AT_ONCE)
        store.renew = self.renew

    async def close(self) -> None:
        """Ends what is on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # For readers

    def flight(self, key: Key) -> Flight | None:
        """The render that is on its way."""
        return self._flights.get(key)

    def depart(self, key: Key) -> Flight:
        """Announces a render: others with the same question wait for it. It must `land` or `fail`."""
        flight = Flight(asyncio.get_running_loop().create_future(), self._store.changes.number)
        self._flights[key] = flight
        return flight

    def land(self, key: Key, flight: Flight, outcome: Entry | Exception) -> None:
        """Everybody who waits goes on."""
        if self._flights.get(key) is flight:
            del self._flights[key]
        if flight.landed.done():
            return
        if isinstance(outcome, Entry):
            flight.landed.set_result(outcome)
        else:
            flight.landed.set_exception(outcome)
            flight.landed.exception()  # nobody may be waiting: that is no fault

    async def entry_for(self, question: Question) -> Entry:
        """What every change is in that an answer must know of now. Raises NotKept, Failed: ask for yourself.

        Where a spare is at hand, it is what one gets instead of waiting for long, and instead of a failure.
        """
        due = self._store.due(question)
        for _ in range(_ATTEMPTS):
            spare = self._store.find(question)
            if spare is not None and spare.asleep:
                await self._store.wake(spare)
                continue
            if spare is not None and spare.fresh:
                return spare
            flight = self._flights.get(self._store.key(question))
            if flight is None:
                if spare is None:
                    raise NotKept
                flight = self._start(spare, delay=0.0)
            flight.hurry.set()
            entry = await self._landing(flight, spare)
            if entry is spare or self._is_new_enough(entry, flight, due):
                return entry
        raise NotKept

    async def _landing(self, flight: Flight, spare: Entry | None) -> Entry:
        try:
            async with asyncio.timeout(_SPARE_AFTER_SECONDS if spare is not None else None):
                return await asyncio.shield(flight.landed)
        except (TimeoutError, Failed):
            if spare is None or spare.withdrawn:
                raise Failed from None
            return spare

    def _is_new_enough(self, entry: Entry, flight: Flight, due: int) -> bool:
        if entry.withdrawn:
            return False
        if entry.fresh or (flight.begun is not None and flight.begun >= due):
            return True
        overtaking = self._store.changes.after(entry.begun, entry.names, entry.question.language)
        return all(change.number > due for change in overtaking)

    # In the background

    def renew(self, entry: Entry) -> None:
        """Makes it anew soon, unless that is on its way."""
        if entry.key not in self._flights:
            now = self._store.clock()
            self._start(entry, delay=max(best_moment(entry), entry.failed_at + 1.0) - now)

    def _start(self, entry: Entry, delay: float) -> Flight:
        flight = Flight(asyncio.get_running_loop().create_future())
        self._flights[entry.key] = flight
        task = asyncio.get_running_loop().create_task(self._fly(entry, flight, delay))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return flight

    async def _fly(self, entry: Entry, flight: Flight, delay: float) -> None:
        outcome: Entry | Exception = Failed("the front is closing")
        try:
            outcome = await self._renewed(entry, flight, delay)
        except NotKept as reason:
            outcome = reason
            if not entry.withdrawn:
                self._store.drop(entry)
        except Failed as fault:
            outcome = fault
            entry.failed_at = self._store.clock()
        finally:
            self.land(entry.key, flight, outcome)
        if isinstance(outcome, Entry) and not outcome.fresh and not outcome.withdrawn:
            self.renew(outcome)

    async def _renewed(self, entry: Entry, flight: Flight, delay: float) -> Entry:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(delay, 0.0)):
                await flight.hurry.wait()
        if flight.hurry.is_set():
            return await self._ask(entry, flight)
        async with _room_or_hurry(self._room, flight.hurry):
            return await self._ask(entry, flight)

    async def _ask(self, entry: Entry, flight: Flight) -> Entry:
        headers = [
            *entry.origin,
            (b"user-agent", _AGENT),
            *([(b"cookie", cookie_of(entry.question.preference))] if entry.question.preference else []),
        ]
        query = query_of(entry.key[1])
        target = entry.target.partition(b"?")[0] + (b"?" + query if query else b"")

        async def ask() -> Entry:
            try:
                async with self._upstream.ask("GET", target, headers) as answer:
                    head = response_head(answer.status, answer.headers)
                    anew = await self.entry(entry.question, target, entry.origin, head, answer, flight)
            except (Unreachable, BrokenAnswer, MalformedRequest) as fault:
                raise Failed(str(fault)) from fault
            if flight.begun_at - entry.begun_at < _BRIEF_SECONDS:
                anew.effort = Effort.QUICK
            made = await asyncio.to_thread(_encoded, anew, entry.wanted)
            for coding, encoded in made.items():
                anew.encoded(coding, encoded, anew.effort)
            return anew

        return await self.until_valid(flight, ask)

    async def until_valid(self, flight: Flight, ask: Callable[[], Awaitable[Entry]]) -> Entry:
        """Asks, and again while what came was withdrawn meanwhile. Raises NotKept, Failed."""
        for _ in range(_ATTEMPTS):
            flight.begun = self._store.changes.number
            flight.begun_at, flight.begun_ms = self._store.clock(), _now_ms()
            entry = await ask()
            entry.took = self._store.clock() - flight.begun_at
            if self._store.keep(entry) or not self._is_withdrawn(entry):
                return entry
        raise NotKept

    def _is_withdrawn(self, entry: Entry) -> bool:
        later = self._store.changes.after(entry.begun, entry.names, entry.question.language)
        return any(change.told.withdraws for change in later)

    async def entry(
        self,
        question: Question,
        target: bytes,
        origin: tuple[Header, ...],
        head: Head,
        answer: Answer,
        flight: Flight,
    ) -> Entry:
        """The answer as a response to keep. Raises NotKept, Failed, BrokenAnswer."""
        store = self._store
        now = store.clock()
        if head.status >= 500:
            raise Failed(f"status {head.status}")
        if not keepable(head) or head.parameters is None:
            store.note_passing(question.path, True)
            raise NotKept
        parts, size = list[bytes](), 0
        async for part in answer.parts():
            parts.append(part)
            size += len(part)
            if size > BODY_BYTES_AT_MOST:
                raise NotKept
        store.note_passing(question.path, False)
        left = seconds_left(head)
        parameters = store.parameters.learn(question.path, head.parameters)
        return Entry(
            question=question,
            key=question.key(parameters),
            parameters=parameters,
            target=target,
            origin=origin,
            status=head.status,
            headers=kept_headers(head),
            body=b"".join(parts),
            names=head.dependencies,
            complete=not head.pending,
            begun=flight.begun or 0,
            begun_at=flight.begun_at,
            begun_ms=flight.begun_ms,
            ends_at=None if left is None else now + left,
        )


def best_moment(entry: Entry) -> float:
    """When to ask for it anew: so late that whatever happens meanwhile is in it, too, so soon that nobody has to wait
    for it, and not much of the time."""
    late = entry.stale_since + GRACE_SECONDS - (entry.took or _UNKNOWN_SECONDS) * _SLOWER
    return max(entry.begun_at + max(_REST_SECONDS, entry.took / _SHARE), late)


def _encoded(entry: Entry, codings: Iterable[bytes]) -> dict[bytes, bytes]:
    """In the codings that readers of the one before asked for: nobody waits for them."""
    return {
        coding: encode(entry.body, coding, entry.effort) for coding in codings if entry.encoding_for(coding)
    }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def _room_or_hurry(room: asyncio.Semaphore, hurry: asyncio.Event) -> AsyncIterator[None]:
    """Holds the semaphore, unless somebody is in a hurry before there is room."""
    waiting, hurried = asyncio.ensure_future(room.acquire()), asyncio.ensure_future(hurry.wait())
    held = False
    try:
        try:
            await asyncio.wait((waiting, hurried), return_when=asyncio.FIRST_COMPLETED)
        finally:
            hurried.cancel()
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                held = await waiting
        yield
    finally:
        if held:
            room.release()
