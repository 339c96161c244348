"""What a stored response answers: an address, the parameters that matter there, and a preference."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from dragoman.delivery.front.answers import Scope, header
from dragoman.languages.preferences import PREFERENCE_COOKIE, normalised

Key = tuple[str, tuple[tuple[str, str], ...], str]

_LANGUAGE = re.compile(r"/([a-z]{2,3}(?:-[A-Za-z]{2,4})?)/")
_PARAMETERS_AT_MOST = 50
_PATHS_AT_MOST = 50_000
_PERSONAL = frozenset({b"authorization", b"hx-request"})
_COOKIE = f"{PREFERENCE_COOKIE}=".encode()
_SESSION_COOKIE = b"sessionid="


@dataclass(frozen=True, slots=True)
class Question:
    """A request that a stored response may answer. `pairs`: its query; `preference`: in normal form.

    `impatient`: who asks must see what was written a moment ago: they are signed in, so may have written it, or their
    open page was told that something is new.
    """

    path: str
    language: str
    pairs: tuple[tuple[str, str], ...]
    preference: str
    impatient: bool = False

    def key(self, parameters: frozenset[str]) -> Key:
        """Of the response, where it depends on these parameters of the query."""
        return (self.path, tuple(pair for pair in self.pairs if pair[0] in parameters), self.preference)


def question_of(scope: Scope) -> Question | None:
    """None where no stored response can answer."""
    place = _LANGUAGE.match(scope["path"])
    if place is None or any(name in _PERSONAL for name, _ in scope["headers"]):
        return None
    try:
        pairs = _pairs(scope["query_string"])
    except ValueError:
        return None
    cookies = header(scope, b"cookie")
    language = place[1]
    return Question(
        path=scope["path"],
        language=language,
        pairs=pairs,
        preference=normalised(_preference(cookies), language) if _COOKIE in cookies else "",
        impatient=_SESSION_COOKIE in cookies or b"no-cache" in header(scope, b"cache-control"),
    )


def query_of(pairs: tuple[tuple[str, str], ...]) -> bytes:
    """The query that asks for these."""
    return urlencode(pairs).encode()


def cookie_of(preference: str) -> bytes:
    """The cookie that says this preference."""
    return _COOKIE + preference.encode()


class Parameters:
    """Which parameters matter at which path: told by every render, forgotten with the longest unseen path."""

    def __init__(self, paths_at_most: int = _PATHS_AT_MOST) -> None:
        self._known: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._at_most = paths_at_most

    def of(self, path: str) -> frozenset[str]:
        """None known: none matter."""
        return self._known.get(path, frozenset())

    def learn(self, path: str, names: frozenset[str]) -> frozenset[str]:
        """Adds what one render looked at. A response under the old set is not found any more: that is safe."""
        known = self._known.get(path, frozenset()) | names
        self._known[path] = known
        self._known.move_to_end(path)
        if len(self._known) > self._at_most:
            self._known.popitem(last=False)
        return known


def _pairs(query: bytes) -> tuple[tuple[str, str], ...]:
    if not query:
        return ()
    found = parse_qsl(
        query.decode("ascii"),
        keep_blank_values=True,
        max_num_fields=_PARAMETERS_AT_MOST,
        errors="strict",
    )
    return tuple(sorted(found, key=lambda pair: pair[0]))  # stable: of two equal names the last still wins


def _preference(cookies: bytes) -> str:
    try:
        found = SimpleCookie(cookies.decode("latin-1")).get(PREFERENCE_COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""
