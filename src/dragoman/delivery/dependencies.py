"""What a render depended on, recorded while it renders: the seam of the response store.

A dependency is `<kind>:<id>` ("document:7", "thread:3", "language:pt"). The names leave in one response
header, which the front keeps and never passes on. A response that used something personal says so with
`private()` and is never kept.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, HttpResponse

HEADER = "X-Dragoman-Dependencies"
VALID_UNTIL = "X-Dragoman-Valid-Until"
NAMES_AT_MOST = 2_000
"""What depends on more is not kept: the header would outgrow what servers take (64 kB)."""
_NAME = re.compile(r"[a-z_]+:[A-Za-z0-9_.-]+")
GetResponse = Callable[[HttpRequest], HttpResponse]


@dataclass(slots=True)
class Dependencies:
    """Of one render."""

    names: set[str] = field(default_factory=set)
    valid_until: datetime | None = None
    private: bool = False

    @property
    def is_private(self) -> bool:
        """Whether the response must not be kept."""
        return self.private or len(self.names) > NAMES_AT_MOST


_recording: ContextVar[Dependencies | None] = ContextVar("dragoman_dependencies", default=None)


@contextmanager
def recording() -> Iterator[Dependencies]:
    """Record what is used inside."""
    found = Dependencies()
    token = _recording.set(found)
    try:
        yield found
    finally:
        _recording.reset(token)


def depends_on(kind: str, *ids: object) -> None:
    """This render used these. Raises ValueError for a name that would break the header."""
    current = _recording.get()
    for one in ids:
        name = f"{kind}:{one}"
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a dependency")
        if current is not None:
            current.names.add(name)


def valid_until(moment: datetime) -> None:
    """This render is out of date from `moment` on, whatever happens or not; the earliest wins."""
    current = _recording.get()
    if current is not None and (current.valid_until is None or moment < current.valid_until):
        current.valid_until = moment


def private() -> None:
    """This render holds something personal: never kept, whatever else it says."""
    current = _recording.get()
    if current is not None:
        current.private = True


class DependenciesMiddleware:
    """Gives every response the header; what is personal is marked for every cache on the way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with recording() as found:
            response = self.get_response(request)
        if found.is_private or request.method not in ("GET", "HEAD"):
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        if found.names:
            response.headers[HEADER] = " ".join(sorted(found.names))
            response.headers.setdefault("Cache-Control", "no-cache")
        if found.valid_until is not None:
            response.headers[VALID_UNTIL] = found.valid_until.isoformat()
        return response
