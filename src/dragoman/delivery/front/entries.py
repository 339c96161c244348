"""A stored response: what it depends on, whether it may be read, and its bytes for every reader."""

import asyncio
import hashlib
import re
import weakref
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from dragoman.delivery.front.encodings import IDENTITY, SMALLEST, Effort
from dragoman.delivery.front.questions import Key, Question
from dragoman.delivery.front.store import GRACE_SECONDS, NEVER, Head, Header

SURROGATE_KEYS_LONGEST = 2_000
"""Bytes; proxies take some 4 kB of headers. A response with more is kept by us alone."""

_RENDERED = re.compile(rb'data-rendered="(\d{1,15})"')
_OVERHEAD = 2_048  # bytes an entry takes beside its bodies
_OURS = frozenset({
    b"content-length", b"cache-control", b"vary", b"etag", b"date", b"server", b"expires", b"last-modified", b"age",
    b"surrogate-key", b"surrogate-control", b"cdn-cache-control",
})  # fmt: skip
_NEVER = frozenset({b"set-cookie", b"content-encoding", b"location"})
_NOT_STORED = (b"no-store", b"private")
_VARIES_ANYHOW = frozenset({b"accept-encoding"})
_OF_304 = frozenset({b"cache-control", b"etag", b"vary", b"surrogate-key", b"surrogate-control"})


@dataclass(frozen=True, slots=True)
class Sharing:
    """For how many seconds caches before us may keep a complete page without asking, and serve it while they ask."""

    seconds: int = 1
    stale_seconds: int = 5


@dataclass(slots=True, eq=False)
class Ready:
    """Bytes to be sent as they are: `status_line`, the date, `head` (the headers and the blank line), `body`.

    In this `encoding`; `known`: to whom has it. `superseded`: there are better ones by now; these are not wrong.
    """

    entry: "Entry"
    encoding: bytes
    known: bool
    sharing: Sharing
    status: int
    headers: tuple[Header, ...]
    body: bytes
    status_line: bytes
    head: bytes
    superseded: bool = False

    def successor(self) -> "Ready | None":
        """The same of the version in the place of this one, for whoever would get that by the long way, too. None:
        nobody knows without looking. Whether it may be read is another question."""
        entry = self.entry
        while (later := entry.successor()) is not None:
            entry = later
        body = entry.bodies.get(self.encoding)
        is_like = entry is not self.entry and entry.parameters == self.entry.parameters
        if self.known or not self.encoding or body is None or not is_like:
            return None
        return entry.make_ready(self.encoding, body, known=False, sharing=self.sharing)


def _nobody() -> None:
    return None


@dataclass(slots=True, eq=False, weakref_slot=True)
class Entry:
    """`begun`: the number of the last change this process had heard of when its render was asked for, at `begun_at`
    (seconds of our clock) and `begun_ms` (milliseconds since 1970); it `took` so many seconds. `ends_at`: when it is
    out of date by itself.

    `fresh`: nothing it used has changed since. Else `stale_since` says since when (NEVER where it is not to be read any
    more), and it is read for a moment only, or while nothing better can be had. `withdrawn`: never again.
    `rendered_ms`: what the page itself says. `filing`: it is to be written to disk; `filed`: it was; `asleep`: its body
    is only there. `effort`: with what its codings are made when somebody asks; `made`: those that are made, with what.
    `making`: those that are being made. `successor()`: the version that took its place.
    """

    question: Question
    key: Key
    target: bytes
    origin: tuple[Header, ...]
    status: int
    headers: tuple[Header, ...]
    body: bytes
    names: frozenset[str]
    complete: bool
    begun: int
    begun_at: float
    begun_ms: int
    took: float = 0.0
    ends_at: float | None = None
    fresh: bool = True
    stale_since: float = NEVER
    withdrawn: bool = False
    failed_at: float = -1e9
    hits: int = 0
    hits_at_clock: int = 0
    bodies: dict[bytes, bytes] = field(default_factory=dict)
    ready: dict[tuple[bytes, bool], Ready] = field(default_factory=dict)
    digest: str = ""
    rendered_ms: int = 0
    parameters: frozenset[str] = frozenset()
    asleep: bool = False
    filing: bool = False
    filed: bool = False
    effort: Effort = Effort.USUAL
    made: dict[bytes, Effort] = field(default_factory=dict)
    making: dict[bytes, asyncio.Task[bytes]] = field(default_factory=dict)
    successor: "Callable[[], Entry | None]" = _nobody

    def __post_init__(self) -> None:
        if not self.asleep:
            said = _RENDERED.search(self.body)
            self.rendered_ms = int(said[1]) if said else 0
            self.digest = hashlib.sha256(self.body).hexdigest()[:32]
            self.bodies[IDENTITY] = self.body

    def in_grace(self, now: float) -> bool:
        """Whether it may be read although something changed a moment ago: it is being made anew."""
        return not self.withdrawn and now - self.stale_since <= GRACE_SECONDS

    def fall_asleep(self) -> None:
        """Give the memory back: the body is on disk."""
        self.body, self.asleep, self.effort = b"", True, Effort.USUAL
        self.bodies.clear()
        self.made.clear()
        self.ready.clear()

    def wake(self, body: bytes) -> None:
        """Its body was read from disk."""
        self.body, self.asleep = body, False
        self.bodies[IDENTITY] = body

    def encoded(self, encoding: bytes, body: bytes, effort: Effort) -> None:
        """Here it is in this coding; what was made ready with less effort is superseded."""
        self.bodies[encoding], self.made[encoding] = body, effort
        for known in (False, True):
            ready = self.ready.pop((encoding, known), None)
            if ready is not None:
                ready.superseded = True

    def give_way(self, successor: "Entry") -> None:
        """That one takes its place. Neither holds the other in memory, nor this one itself by what was made ready."""
        self.successor = weakref.ref(successor)
        self.ready.clear()

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return _OVERHEAD + sum(map(len, self.bodies.values()))

    @property
    def wanted(self) -> tuple[bytes, ...]:
        """The codings it was sent in."""
        return tuple({encoding for encoding, _ in self.ready if encoding})

    @property
    def is_default(self) -> bool:
        """Whether everybody without a preference gets this at this address."""
        return not self.key[1] and not self.key[2]

    def encoding_for(self, wanted: bytes) -> bytes:
        """The coding it is sent in to who wants this one."""
        return wanted if len(self.body) >= SMALLEST else IDENTITY

    def tag(self, encoding: bytes, body: bytes) -> bytes:
        """The strong validator of the body in this coding (RFC 9110, 8.8.3): another when made with another effort."""
        coding = b"-%b-%08x" % (encoding, zlib.crc32(body)) if encoding else b""
        return b'"' + self.digest.encode() + coding + b'"'

    def is_known_to(self, tags: bytes) -> bool:
        """Whether If-None-Match names it, in whatever coding (RFC 9110, 13.1.2: weak comparison)."""
        if tags.strip() == b"*":
            return True
        given = (tag.strip().removeprefix(b"W/").strip(b'"') for tag in tags.split(b","))
        return any(tag.partition(b"-")[0] == self.digest.encode() for tag in given)

    def make_ready(self, encoding: bytes, body: bytes, known: bool, sharing: Sharing) -> Ready:
        """The answer with its body in a coding; `known`: that the reader's own copy is still right."""
        ready = self.ready.get((encoding, known))
        if ready is None:
            status, headers = self.status, _headers(self, encoding, body, sharing)
            if known:
                status, body = HTTPStatus.NOT_MODIFIED, b""
                headers = tuple(one for one in headers if one[0] in _OF_304)
            line = b"HTTP/1.1 %d %s\r\n" % (status, HTTPStatus(status).phrase.encode())
            head = b"".join(name + b": " + value + b"\r\n" for name, value in headers) + b"\r\n"
            ready = Ready(self, encoding, known, sharing, status, headers, body, line, head)
            if not self.asleep:
                self.ready[encoding, known] = ready
        return ready


def keepable(head: Head) -> bool:
    """Whether a response may be kept: it says what it depends on, and nothing in it is for one reader."""
    values: Mapping[bytes, bytes] = dict(head.headers)
    control = values.get(b"cache-control", b"").lower()
    varies = {name.strip().lower() for name in values.get(b"vary", b"").split(b",") if name.strip()}
    return (
        head.status == HTTPStatus.OK
        and bool(head.dependencies)
        and head.parameters is not None
        and _NEVER.isdisjoint(values)
        and not any(word in control for word in _NOT_STORED)
        and varies <= _VARIES_ANYHOW
    )


def kept_headers(head: Head) -> tuple[Header, ...]:
    """Those of a response that stay as they are."""
    return tuple(header for header in head.headers if header[0] not in _OURS)


def seconds_left(head: Head, now: datetime | None = None) -> float | None:
    """Until a response is out of date by itself; None when it says nothing. What cannot be read has no time left."""
    if not head.valid_until:
        return None
    try:
        end = datetime.fromisoformat(head.valid_until)
        return (end.replace(tzinfo=end.tzinfo or UTC) - (now or datetime.now(UTC))).total_seconds()
    except ValueError:
        return 0.0


def _headers(entry: Entry, encoding: bytes, body: bytes, sharing: Sharing) -> tuple[Header, ...]:
    keys = " ".join(sorted(entry.names)).encode()
    shared = entry.complete and not entry.key[2] and len(keys) <= SURROGATE_KEYS_LONGEST and sharing.seconds
    told = [
        *entry.headers,
        (b"etag", entry.tag(encoding, body)),
        (b"vary", b"Accept-Encoding, Cookie"),
        (b"cache-control", _control(sharing) if shared else b"private, no-cache"),
    ]
    if shared:
        told.append((b"surrogate-key", keys))
        told.append((b"surrogate-control", _surrogate(sharing)))
    if encoding:
        told.append((b"content-encoding", encoding))
    told.append((b"content-length", b"%d" % len(body)))
    return tuple(told)


def _control(sharing: Sharing) -> bytes:
    """Browsers ask each time (and mostly get a 304); shared caches may keep it for a moment."""
    return b"public, max-age=0, must-revalidate, s-maxage=%d" % sharing.seconds


def _surrogate(sharing: Sharing) -> bytes:
    """Beside Cache-Control: `stale-while-revalidate` there would be for browsers, too."""
    return b"max-age=%d, stale-while-revalidate=%d" % (sharing.seconds, sharing.stale_seconds)
