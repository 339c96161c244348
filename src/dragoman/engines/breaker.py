"""A circuit breaker: an engine that failed again and again is left alone for a while, then tried once."""

import threading
from collections.abc import Callable

from dragoman.engines.errors import EngineError, RateLimited, TimedOut, Unavailable

PAUSE_WITHOUT_WORD = 30.0  # seconds to leave a server alone that says “too fast” and not for how long
LONGEST_PAUSE = 3600.0  # seconds; a server that says more is asked again all the same


class Breaker:
    """Counts failures in a row. `clock` gives monotonic seconds. May be used by several threads."""

    def __init__(self, engine: str, clock: Callable[[], float], *, failures: int, seconds: float) -> None:
        self._engine = engine
        self._clock = clock
        self._most = failures
        self._seconds = seconds
        self._lock = threading.Lock()
        self._failed = 0
        self._shut_until = 0.0
        self._slow_until = 0.0
        self._trying = False

    def require_closed(self) -> None:
        """Raises Unavailable while the engine is left alone, RateLimited while it asked to be."""
        with self._lock:
            now = self._clock()
            if now < self._slow_until:
                wait = self._slow_until - now
                raise RateLimited(f"“{self._engine}” asked to be left alone for {wait:.0f} seconds.", wait)
            if self._failed < self._most:
                return
            if now < self._shut_until or self._trying:
                raise Unavailable(f"“{self._engine}” failed {self._failed} times in a row and is left alone.")
            self._trying = True  # one request finds out; the others stay away until it has

    def worked(self) -> None:
        with self._lock:
            self._failed, self._trying = 0, False

    def failed(self, error: EngineError) -> None:
        """What is wrong with a request says nothing about the engine; what is wrong with the engine counts."""
        with self._lock:
            self._trying = False
            if isinstance(error, RateLimited):
                wait = PAUSE_WITHOUT_WORD if error.retry_after is None else error.retry_after
                self._slow_until = max(self._slow_until, self._clock() + min(wait, LONGEST_PAUSE))
            elif isinstance(error, Unavailable | TimedOut):
                self._failed += 1
                self._shut_until = self._clock() + self._seconds
            else:
                self._failed = 0
