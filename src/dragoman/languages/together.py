"""Calls that arrive together are done together: group commit.

Whoever finds nobody at work does what waits, the own call included, in one go, and hands on to the next who came
meanwhile. A call that nobody joins is a batch of one: there is no second way.
"""

import threading
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError, connection

Asked = TypeVar("Asked")
Given = TypeVar("Given")
AT_MOST = 100
"""Calls in a batch: how long somebody's locks are held for others."""


def _shut() -> threading.Lock:
    gate = threading.Lock()
    gate.acquire()
    return gate


@dataclass(slots=True, eq=False)
class Call(Generic[Asked, Given]):
    """One call, with the context it came in: the language of its sentences, what its answer tells."""

    asked: Asked
    context: Context = field(default_factory=copy_context)
    outcome: Given | Exception | None = None
    _gate: threading.Lock = field(default_factory=_shut)  # opened once: it is done, or its turn to lead
    _leads: bool = False

    def given(self) -> Given:
        """What came of it. Raises what was refused."""
        if isinstance(self.outcome, Exception):
            raise self.outcome
        assert self.outcome is not None
        return self.outcome


Do = Callable[[Sequence[Call[Asked, Given]]], None]


class Together(Generic[Asked, Given]):
    """A function of one thing, done by a function of many.

    `do` gives each call its outcome, an exception for what is refused, or raises: then nothing was done, and each
    call is done by itself, so that no call fails for another's sake. It runs in a context of its own, not in that of
    whoever happens to lead: what is one call's belongs into `call.context`.
    """

    def __init__(self, do: Do[Asked, Given]) -> None:
        self._do = do
        self._lock = threading.Lock()
        self._waiting: list[Call[Asked, Given]] = []
        self._is_led = False

    def __call__(self, asked: Asked) -> Given:
        """Returns when it is done, and what came of it. Raises what was refused."""
        call: Call[Asked, Given] = Call(asked)
        if connection.in_atomic_block:  # part of somebody's transaction: nobody else's is
            Context().run(self._do, [call])
            return call.given()
        with self._lock:
            self._waiting.append(call)
            leads, self._is_led = not self._is_led, True
        try:
            if not leads:
                connection.close()  # back to the pool: who is at work may need it
        finally:  # whatever happens to this one, others may wait for it to lead
            if not leads:
                call._gate.acquire()
            if leads or call._leads:
                self._lead()
        return call.given()

    def _lead(self) -> None:
        """Does what waits; the caller's own call is the first of it, for the one who leads has waited longest."""
        with self._lock:
            calls, self._waiting = self._waiting[:AT_MOST], self._waiting[AT_MOST:]
        try:
            self._settle(calls)
        finally:
            self._hand_on()
            for call in calls[1:]:
                call._gate.release()

    def _hand_on(self) -> None:
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._is_led = following is not None
        if following is not None:
            following._leads = True
            following._gate.release()

    def _settle(self, calls: Sequence[Call[Asked, Given]]) -> None:
        try:
            Context().run(self._do, calls)
        except Exception as fault:
            if len(calls) > 1 and not _is_away(fault):
                for call in calls:
                    self._settle([call])
                return
            for call in calls:
                call.outcome = fault
        except BaseException as fault:
            for call in calls:
                call.outcome = RuntimeError(f"interrupted: {type(fault).__name__}")
            raise


def _is_away(fault: Exception) -> bool:
    """Whether the database does not answer: then it answers none of them. A deadlock is something else."""
    state = getattr(fault.__cause__, "sqlstate", None) or ""
    return isinstance(fault, OperationalError | InterfaceError) and not state.startswith("40")
