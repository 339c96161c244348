"""What a reader asks to read in: the language of the address, what else they read, originals or not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dragoman.languages.preferences import PREFERENCE_COOKIE, parse_preference, serialise
from dragoman.languages.registry import base, codes

LANGUAGE_COOKIE = "dragoman_language"  # set by an explicit choice only (rule of reading 8)
ORIGINALS_ASKED_AT_MOST = 500
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class View:
    """(language, languages I read, originals on/off), and single documents asked for in the original."""

    language: str
    reads: frozenset[str] = frozenset()
    originals: bool = False
    originals_of: frozenset[int] = field(default=frozenset())

    @property
    def preference(self) -> str:
        """The preference in normal form: the part of a response's key beside its address."""
        return serialise(self.reads - {self.language}, self.originals)

    @property
    def is_default(self) -> bool:
        """Whether this is what a reader without any preference gets: what a CDN may keep."""
        return not self.preference and not self.originals_of

    def reads_original_of(self, document: int, source_language: str) -> bool:
        """Whether a document in this language is shown as written."""
        return document in self.originals_of or self.reads_originals_in(source_language)

    def reads_originals_in(self, source_language: str) -> bool:
        """Whether everything in this language is shown as written."""
        read = {base(code) for code in (self.language, *self.reads)}
        return self.originals or base(source_language) in read

    def in_language(self, language: str) -> "View":
        """The same wishes in another language."""
        return replace(self, language=language)


def parse_ids(value: str) -> frozenset[int]:
    """Document ids of `?original=1,2`; what is not a number is left out."""
    ids = (part for part in value.split(",")[:ORIGINALS_ASKED_AT_MOST])
    return frozenset(int(part) for part in ids if part.isascii() and part.isdigit() and len(part) < 19)


def view_of(language: str, cookies: Mapping[str, str], query: Mapping[str, str]) -> View:
    """The view of a request from its address's language, cookies and query."""
    reads, originals = parse_preference(cookies.get(PREFERENCE_COOKIE, ""))
    asked = query.get("original", "")
    if asked == "all":
        return View(language, reads, True)
    return View(language, reads, originals, parse_ids(asked))


def negotiate(accept_language: str, cookie: str) -> str:
    """The offered language a reader gets at `/`: their explicit choice, else Accept-Language (RFC 9110, 12.5.4)."""
    offered = codes()
    if cookie in offered:
        return cookie
    for wanted in _by_quality(accept_language):
        for code in offered:
            if wanted in (code, base(code)) or base(wanted) == base(code):
                return code
    return offered[0]


def _by_quality(header: str) -> list[str]:
    ranked = []
    for place, part in enumerate(header.split(",")[:50]):
        tag, _, quality = part.strip().partition(";q=")
        if _CODE.match(tag) and (weight := _quality(quality)) > 0:
            ranked.append((-weight, place, tag))
    return [tag for _, _, tag in sorted(ranked)]


def _quality(value: str) -> float:
    try:
        return float(value) if value else 1.0
    except ValueError:
        return 0.0
