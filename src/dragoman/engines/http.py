"""Asking an engine over HTTP: deadlines, statuses, retries with jitter, bounded answers, and no secret told.

Neither a key nor a text is in any error or log line: addresses are told without query, bodies never.
"""

import json
import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from dragoman.engines.breaker import Breaker
from dragoman.engines.errors import (
    EngineError,
    MalformedAnswer,
    NotAuthorized,
    QuotaExceeded,
    RateLimited,
    Refused,
    TimedOut,
    TooLong,
    Unavailable,
)

LARGEST_ANSWER = 8 << 20  # bytes
_FIRST_PAUSE = 0.25  # seconds, doubled each time, each shortened by up to half at random
_LONGEST_PAUSE = 8.0
_CONNECT_SECONDS = 3.0
_GRACE = 0.5  # seconds more than the request has: httpx is to notice first
_PORTION = 1 << 16


@dataclass(frozen=True, slots=True)
class Patience:
    """`timeout`: seconds for one attempt, connecting included. The breaker opens after `failures` in a row."""

    timeout: float = 10.0
    attempts: int = 3
    failures: int = 5
    pause: float = 30.0


@dataclass(frozen=True, slots=True)
class Said:
    """A whole answer of a server."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises MalformedAnswer."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise MalformedAnswer("The server's answer is not JSON.") from error

    def complaint(self) -> str:
        """What the server says is wrong, in small letters, for telling kinds of errors apart; never shown."""
        return self.body[:4096].decode("utf-8", "replace").lower()


Classify = Callable[[Said], EngineError | None]


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that httpx trusts; reading them takes 20 ms, so it is done once."""
    return httpx.create_ssl_context(trust_env=False)


class _Watch:
    """Ends a request that goes on and on: httpx's time-outs are for each portion, of the headers too.

    It closes the client, so others on their way to the same server fail with it, and try again.
    """

    def __init__(self, client: httpx.Client, seconds: float) -> None:
        self.barked = False
        self._client = client
        self._timer = threading.Timer(seconds, self._bark)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _bark(self) -> None:
        self.barked = True
        self._client.close()


class Caller:
    """One server. Its methods may be called by several threads at once."""

    def __init__(
        self,
        engine: str,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        patience: Patience | None = None,
        classify: Classify = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._engine = engine
        self._base = base_url.rstrip("/")
        self._patience = patience or Patience()
        self._headers = dict(headers or {})
        self._classify = classify
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._breaker = Breaker(engine, clock, failures=self._patience.failures, seconds=self._patience.pause)
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._closed = False

    def until(self, deadline: float) -> float:
        """The moment `deadline` seconds from now."""
        return self._clock() + deadline

    def get(self, path: str, until: float) -> Any:
        return self._ask("GET", path, None, until)

    def post(self, path: str, message: Mapping[str, Any], until: float) -> Any:
        """The JSON that the server answers to this JSON. Raises EngineError."""
        # ASCII, so that whatever is in a text can be sent; what no server may get, the adapters refuse before.
        return self._ask("POST", path, json.dumps(message).encode("ascii"), until)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._client is not None:
                self._client.close()

    def _ask(self, method: str, path: str, body: bytes | None, until: float) -> Any:
        for attempt in range(1, self._patience.attempts + 1):
            try:
                return self._once(method, path, body, until)
            except EngineError as error:
                pause = self._pause_before_next(attempt, error, until)
                if pause is None:
                    raise
            self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _pause_before_next(self, attempt: int, error: EngineError, until: float) -> float | None:
        """Seconds to wait before trying again; None when that cannot help, or would leave too little time.

        Half of what is left is for the next engine. Who did not answer once will hardly answer now.
        """
        if not error.retryable or isinstance(error, TimedOut) or attempt == self._patience.attempts:
            return None
        pause = min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE) * (1 - self._chance() / 2)
        if isinstance(error, RateLimited):
            if error.retry_after is None:
                return None  # guessing makes it worse: some servers ban who does
            pause += error.retry_after
        return pause if not self._closed and pause < (until - self._clock()) / 2 else None

    def _once(self, method: str, path: str, body: bytes | None, until: float) -> Any:
        self._breaker.require_closed()
        try:
            said = self._said(method, path, body, until)
            self._require_good(said)
            answer = said.json()
        except EngineError as error:
            self._breaker.failed(error)
            raise
        except BaseException:  # whatever it is, the breaker must not wait for this request for ever
            self._breaker.failed(Unavailable(f"“{self._engine}” was not asked to the end."))
            raise
        self._breaker.worked()
        return answer

    def _said(self, method: str, path: str, body: bytes | None, until: float) -> Said:
        seconds = min(self._patience.timeout, until - self._clock())
        if seconds <= 0:
            raise TimedOut(f"No time was left to ask “{self._engine}”.")
        client = self._opened()
        watch = _Watch(client, seconds + _GRACE)
        try:
            with (
                watch,
                client.stream(
                    method,
                    self._base + path,
                    content=body,
                    headers=self._headers,
                    timeout=httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
                ) as response,
            ):
                return self._whole(response, self._clock() + seconds)
        except httpx.ConnectTimeout:
            raise Unavailable(f"“{self._engine}” cannot be reached in time.") from None
        except httpx.TimeoutException:
            raise TimedOut(f"“{self._engine}” gave no answer within {seconds:.3g} seconds.") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError) as error:
            if watch.barked:
                raise TimedOut(f"“{self._engine}” did not finish its answer in time.") from None
            # RuntimeError: httpx says so of a client that was closed, by us or by another request's watch.
            raise Unavailable(f"“{self._engine}” cannot be reached ({type(error).__name__}).") from None

    def _whole(self, response: httpx.Response, until: float) -> Said:
        """The body in portions: httpx's own time-outs are for each portion, and know no size."""
        body = bytearray()
        for portion in response.iter_bytes(_PORTION):
            body += portion
            if len(body) > LARGEST_ANSWER:
                raise MalformedAnswer(f"“{self._engine}” answered more than {LARGEST_ANSWER} bytes.")
            if self._clock() > until:
                raise TimedOut(f"“{self._engine}” did not finish its answer in time.")
        return Said(response.status_code, response.headers, bytes(body))

    def _opened(self) -> httpx.Client:
        with self._lock:
            if self._closed:
                raise Unavailable(f"“{self._engine}” is closed.")
            if self._client is None or self._client.is_closed:
                # No redirects: a key is for the server that was named. No proxies from the environment either.
                self._client = httpx.Client(
                    verify=trusted(),
                    follow_redirects=False,
                    trust_env=False,
                    headers={
                        "Content-Type": "application/json",
                        "Accept": "application/json",
                        "Accept-Encoding": "identity",
                    },
                )
            return self._client

    def _require_good(self, said: Said) -> None:
        if said.status == 200:
            return
        own = self._classify(said)
        raise own if own is not None else self._by_status(said)

    def _by_status(self, said: Said) -> EngineError:
        name, status = self._engine, said.status
        if status in (401, 403):
            return NotAuthorized(f"“{name}” does not accept the key (HTTP {status}).")
        if status in (402, 456):
            return QuotaExceeded(f"The quota of “{name}” is used up (HTTP {status}).")
        if status == 413:
            return TooLong(f"“{name}” says that the texts are too long.")
        if status == 429 or (status == 503 and "retry-after" in said.headers):
            return RateLimited(f"“{name}” was asked too fast.", seconds_to_wait(said.headers))
        if status == 408 or status >= 500:
            return Unavailable(f"“{name}” is out of order (HTTP {status}).")
        if 300 <= status < 400:
            return MalformedAnswer(f"“{name}” sends us elsewhere (HTTP {status}), where we do not go.")
        return Refused(f"“{name}” refused the request (HTTP {status}).")


def seconds_to_wait(headers: Mapping[str, str], now: Callable[[], datetime] | None = None) -> float | None:
    """Retry-After, in seconds or as a date (RFC 9110, 10.2.3); None when it is absent or nonsense."""
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.replace(".", "", 1).isdigit():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    here = now() if now else datetime.now(UTC)
    return max(0.0, (moment - here).total_seconds())
