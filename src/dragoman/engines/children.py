"""The processes of the embedded engine: born in one thread, leased to one caller at a time, killed at once.

Whoever leases a child owns it until it is released or discarded. Those who wait get children in the order in
which they came, so that a long batch does not starve a short comment (see `Pool.contended`).
"""

import os
import queue
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from dragoman.engines import errors
from dragoman.engines.errors import DamagedModel, EngineError, TimedOut, Unavailable
from dragoman.engines.mother import Child, Mother
from dragoman.engines.protocol import Pair
from dragoman.engines.wire import BrokenWire, Message

COMMAND: tuple[str, ...] = (sys.executable, "-P", "-m", "dragoman.engines.embedded_child")
ERRORS: dict[str, type[EngineError]] = {
    kind.code: kind for kind in (errors.Refused, errors.DamagedModel, errors.Unavailable)
}
_END_SECONDS = 5.0
_TRIES = 2  # of what a process died of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Load:
    """How a model is loaded: what is said for it, the bytes it takes, and which models have to be forgotten first."""

    message: Message
    size: int
    forgotten: tuple[Pair, ...]


Loader = Callable[[Pair, Mapping[Pair, int]], Load]
"""Of a pair, when these models are loaded (bytes each, least recently used first). Raises EngineError."""


class Nursery:
    """The one thread that starts processes, for as long as this process lives, and the mother it started.

    A process is killed by the kernel when the *thread* that started it ends (PR_SET_PDEATHSIG), so the threads
    that ask for translations, which come and go, must not start any.
    """

    def __init__(
        self, command: Sequence[str], loader: Loader, tick: Callable[[], None], tick_seconds: float
    ) -> None:
        self._command = command
        self._loader = loader
        self._tick = tick
        self._tick_seconds = tick_seconds
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="dragoman-engine-nursery", daemon=True)
        self._started = threading.Lock()
        self._mother: Mother | None = None
        self._models = threading.Lock()
        self._loaded: OrderedDict[Pair, int] = OrderedDict()  # bytes in memory; least recently used first

    @property
    def loaded(self) -> tuple[Pair, ...]:
        """The models that who is born now has; least recently used first."""
        with self._models:
            return tuple(self._loaded)

    def use(self, pair: Pair) -> None:
        """Notes that a model is used."""
        with self._models:
            if pair in self._loaded:
                self._loaded.move_to_end(pair)

    def provide(self, pair: Pair) -> bool:
        """Whether a model had to be loaded. Raises DamagedModel, Unavailable and what the process says of it."""
        return self._ordered(lambda: self._provide(pair))

    def start_child(self, pair: Pair) -> Child:
        """A child that has the model. Raises as `provide`."""
        return self._ordered(lambda: self._bear(pair))

    def bury(self, child: Child) -> None:
        """Ends a child and waits for its end; the socket stays, for whoever listens to it."""
        self._ordered(lambda: self._bury(child))

    def has(self, child: Child) -> bool:
        """Whether the mother of a child lives, as far as is known; else it died with her."""
        mother = self._mother
        return mother is not None and mother.has(child)

    def rest(self) -> None:
        """Ends the mother: nobody has needed a child for long."""
        self._ordered(self._lose_mother)

    def close(self) -> None:
        """To be called when its children have ended."""
        if self._thread.ident is not None:
            self._ordered(self._lose_mother)
            self._orders.put(None)
            self._thread.join()

    def _ordered(self, function: Callable[[], T]) -> T:
        """What the function gives or raises, in our thread."""
        if threading.current_thread() is self._thread:
            return function()
        with self._started:
            if self._thread.ident is None:
                self._thread.start()
        future: Future[T] = Future()

        def fulfil() -> None:
            try:
                future.set_result(function())
            except BaseException as error:
                future.set_exception(error)

        self._orders.put(fulfil)
        return future.result()

    def _run(self) -> None:
        while True:
            try:
                order = self._orders.get(timeout=self._tick_seconds)
            except queue.Empty:
                self._tick()
                continue
            if order is None:
                return
            order()

    # In our thread

    def _bear(self, pair: Pair) -> Child:
        for _ in range(_TRIES):
            self._provide(pair)
            try:
                return self._present_mother().bear(frozenset(self.loaded))
            except BrokenWire:
                self._lose_mother()
        raise Unavailable("Engine processes end as soon as they are started.")

    def _provide(self, pair: Pair) -> bool:
        for _ in range(_TRIES):
            mother = self._present_mother()
            with self._models:
                if pair in self._loaded:
                    return False
                load = self._loader(pair, self._loaded)
                for each in load.forgotten:
                    del self._loaded[each]
            try:
                answer = mother.ask(load.message)
            except BrokenWire:
                self._lose_mother()
                continue
            if "loaded" not in answer:
                raise said_to_be_wrong(answer)
            with self._models:
                self._loaded[pair] = load.size
            return True
        raise DamagedModel(f"Engine processes die of loading the model of {pair}.")

    def _bury(self, child: Child) -> None:
        if self._mother is not None:
            try:
                self._mother.bury(child)
            except BrokenWire:
                self._lose_mother()

    def _present_mother(self) -> Mother:
        if self._mother is None:
            self._mother = Mother(self._command)
        return self._mother

    def _lose_mother(self) -> None:
        mother, self._mother = self._mother, None
        with self._models:
            self._loaded.clear()
        if mother is not None:
            mother.end()


def said_to_be_wrong(answer: Mapping[str, Any]) -> EngineError:
    """The error that a process tells of."""
    kind = ERRORS.get(str(answer.get("error")), errors.MalformedAnswer)
    return kind(str(answer.get("message", "The engine process answered something else than a translation.")))


class Pool:
    """At most `size` children, started when first needed, ended after `idle_seconds` without work.

    `loader` tells how models are loaded. When all children have been idle for so long, the models go, too.
    """

    def __init__(
        self, size: int, idle_seconds: float, loader: Loader, command: Sequence[str] = COMMAND
    ) -> None:
        self._size = size
        self._idle_seconds = idle_seconds
        self._nursery = Nursery(command, loader, lambda: self.end_idle(time.monotonic()), idle_seconds)
        self._changed = threading.Condition()
        self._idle: list[Child] = []
        self._leased: set[Child] = set()
        self._starting = 0
        self._waiting: deque[object] = deque()
        self._closed = False
        self._owner = os.getpid()

    @property
    def contended(self) -> bool:
        """Whether someone waits for a child."""
        return bool(self._waiting)

    @property
    def closed(self) -> bool:
        return self._closed

    def pids(self) -> tuple[int, ...]:
        """The processes that live now."""
        with self._changed:
            return tuple(sorted(child.pid for child in (*self._idle, *self._leased)))

    def loaded(self) -> tuple[Pair, ...]:
        """The models in memory, least recently used first."""
        return self._nursery.loaded

    def provide(self, pair: Pair) -> bool:
        """Whether a model had to be loaded: it is there for whoever leases next. Raises EngineError."""
        self._require_open()
        return self._nursery.provide(pair)

    def lease(self, pair: Pair, until: float) -> Child:
        """A child that has the model of `pair`, waited for until the monotonic time `until`.

        Raises TimedOut, Unavailable after close() or in a fork of the process that made the pool, and what
        loading the model raises.
        """
        self._require_open()
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                self._changed.wait_for(lambda: self._may_take(ticket), max(0.0, until - time.monotonic()))
                self._require_open()
                if not self._may_take(ticket):
                    raise TimedOut("All engine processes were busy until the deadline.")
                child = self._take(pair)
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        return child or self._start(pair)

    def lease_spare(self, pair: Pair) -> Child | None:
        """A child that is free at this moment and that nobody waits for."""
        with self._changed:
            if self._waiting or self._closed or not self._has_room():
                return None
            child = self._take(pair)
        return child or self._start(pair)

    def release(self, child: Child) -> None:
        """Gives back a child that has answered all it was asked."""
        with self._changed:
            if not self._closed:
                child.idle_since = time.monotonic()
                self._leased.discard(child)
                self._idle.append(child)
                self._changed.notify_all()
                return
        self.discard(child)

    def discard(self, child: Child) -> None:
        """Ends a leased child; its place is free for another."""
        self._end(child)
        with self._changed:
            self._leased.discard(child)
            orphans = [each for each in self._idle if not self._nursery.has(each)]
            self._idle = [each for each in self._idle if each not in orphans]
            self._changed.notify_all()
        for each in orphans:
            each.close()

    def end_idle(self, now: float) -> None:
        """Ends the children that have had no work for `idle_seconds` at the monotonic time `now`."""
        with self._changed:
            tired = [child for child in self._idle if now - child.idle_since >= self._idle_seconds]
            self._idle = [child for child in self._idle if child not in tired]
            unused = not (self._idle or self._leased or self._starting)
        for child in tired:
            self._end(child)
        if unused:
            self._nursery.rest()

    def close(self) -> None:
        """Ends all children. Whoever leases one sees it die and is told Unavailable."""
        if self._owner != os.getpid():
            return
        with self._changed:
            already, self._closed = self._closed, True
            idle, self._idle = self._idle, []
            leased = tuple(self._leased)
            self._changed.notify_all()
        for child in idle:
            self._end(child)
        for child in leased:
            self._nursery.bury(child)
        with self._changed:
            self._changed.wait_for(lambda: not self._starting and not self._leased, _END_SECONDS)
        if not already:
            self._nursery.close()

    def _may_take(self, ticket: object) -> bool:
        return self._closed or (self._waiting[0] is ticket and self._has_room())

    def _has_room(self) -> bool:
        return bool(self._idle) or len(self._leased) + self._starting < self._size

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("The embedded engine is closed.")
        if self._owner != os.getpid():
            raise Unavailable("The embedded engine belongs to the process that this one was forked from.")

    def _take(self, pair: Pair) -> Child | None:
        """An idle child, or None and a place kept for one that is to be started."""
        self._nursery.use(pair)
        child = next((child for child in self._idle if pair in child.loaded), None)
        if child is None:
            self._starting += 1
            return None
        self._idle.remove(child)
        self._leased.add(child)
        return child

    def _start(self, pair: Pair) -> Child:
        """In place of those who were born before a model came or went."""
        started: list[Child] = []
        outdated: list[Child] = []
        try:
            started.append(self._nursery.start_child(pair))
        finally:
            with self._changed:
                self._starting -= 1
                self._leased.update(started)
                if started:
                    outdated = [child for child in self._idle if child.loaded != started[0].loaded]
                    self._idle = [child for child in self._idle if child not in outdated]
                self._changed.notify_all()
        for each in outdated:
            self._end(each)
        child = started[0]
        if self._closed:
            self.discard(child)
            self._require_open()
        return child

    def _end(self, child: Child) -> None:
        self._nursery.bury(child)
        child.close()
