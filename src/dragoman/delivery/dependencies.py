"""What a render depended on, recorded while it renders: the seam of the response store.

A dependency is `<kind>:<id>` ("document:7", "thread:3", "language:pt"). The names leave in one response
header, the parameters of the address that were looked at in another; the front keeps them and passes neither on.
A response that used something personal says so with `private()` and is never kept.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from dragoman.delivery.live import announced

HEADER = "X-Dragoman-Dependencies"
VALID_UNTIL = "X-Dragoman-Valid-Until"
PARAMETERS = "X-Dragoman-Parameters"
PENDING = "X-Dragoman-Pending"
CHANGES = "X-Dragoman-Changes"
NAMES_AT_MOST = 2_000
"""What depends on more is not kept: the header would outgrow what servers take (64 kB)."""
ALL = "*"
CHANGES_LONGEST = 16_000  # bytes of a header; the notifications tell the rest a moment later
_NAME = re.compile(r"[a-z_]+:[A-Za-z0-9_.-]+")
_PARAMETER = re.compile(r"[A-Za-z0-9_]{1,40}")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
GetResponse = Callable[[HttpRequest], HttpResponse]


@dataclass(slots=True)
class Dependencies:
    """Of one render. `pending`: it shows a text whose translation is on its way."""

    names: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    valid_until: datetime | None = None
    private: bool = False
    pending: bool = False

    @property
    def is_private(self) -> bool:
        """Whether the response must not be kept."""
        return self.private or len(self.names) > NAMES_AT_MOST

    @property
    def looked_at_all(self) -> bool:
        """Whether it used the query as a whole, or a parameter that cannot be named in the header."""
        return not all(_PARAMETER.fullmatch(name) for name in self.parameters)


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


def pending() -> None:
    """This render shows a text that will soon be there in the page's language: no cache beyond our own keeps it."""
    current = _recording.get()
    if current is not None:
        current.pending = True


class RecordedQuery(QueryDict):
    """A query that notes which of its parameters were looked at; the others cannot have changed the response."""

    def __init__(self, query: str, encoding: str | None, found: Dependencies) -> None:
        self._noted: set[str] = set()  # before the parent's: it reads what it parses
        super().__init__(query, encoding=encoding)
        self._noted = found.parameters

    def __copy__(self) -> Any:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: Any) -> Any:
        """A plain one that can be changed, as QueryDict's: whoever takes it may look at all of it."""
        del memo
        self._noted.add(ALL)
        return QueryDict(self.urlencode(), mutable=True, encoding=self.encoding)

    def __getitem__(self, key: str) -> Any:
        self._noted.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._noted.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        """As QueryDict's."""
        self._noted.add(key)
        return super().getlist(key, default)

    def __iter__(self) -> Iterator[str]:
        self._noted.add(ALL)
        return super().__iter__()

    def __len__(self) -> int:
        self._noted.add(ALL)
        return super().__len__()

    def keys(self) -> Any:
        """As QueryDict's."""
        self._noted.add(ALL)
        return super().keys()

    def items(self) -> Any:
        """As QueryDict's."""
        self._noted.add(ALL)
        return super().items()

    def values(self) -> Any:
        """As QueryDict's."""
        self._noted.add(ALL)
        return super().values()

    def lists(self) -> Any:
        """As QueryDict's."""
        self._noted.add(ALL)
        return super().lists()


class DependenciesMiddleware:
    """Gives every response the headers; what is personal is marked for every cache on the way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in _SAFE:
            return self._changed(request)
        with recording() as found:
            query = RecordedQuery(request.META.get("QUERY_STRING", ""), request.encoding, found)
            request.GET = query  # type: ignore[assignment]
            response = self.get_response(request)
        if found.is_private or request.method not in ("GET", "HEAD"):
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        if found.names and not found.looked_at_all:
            _tell(response, found)
        if found.names:
            response.headers.setdefault("Cache-Control", "no-cache")
        if found.valid_until is not None:
            response.headers[VALID_UNTIL] = found.valid_until.isoformat()
        return response

    def _changed(self, request: HttpRequest) -> HttpResponse:
        """What was written is told with the answer, too: whoever wrote it sees it at once, however notifications go."""
        with announced() as told:
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        text = f"[{','.join(told)}]"
        if told and len(text) <= CHANGES_LONGEST:
            response.headers[CHANGES] = text
        return response


def _tell(response: HttpResponse, found: Dependencies) -> None:
    response.headers[HEADER] = " ".join(sorted(found.names))
    response.headers[PARAMETERS] = " ".join(sorted(found.parameters))
    if found.pending:
        response.headers[PENDING] = "1"
