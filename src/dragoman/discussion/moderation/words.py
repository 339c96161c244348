"""The lists of words: what is refused, and what waits for a moderator.

An entry is found in its inflections (`text.terms`), whatever its disguise (`moderation.folding`). `"so"`, in quotation
marks, is found in this form only; `so*`, `*so` and `*so*` are found at the beginning, at the end, and within words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from dragoman.database.statements import Rows, Statement
from dragoman.discussion.errors import BannedWords
from dragoman.discussion.models import ListedWord, WordKind
from dragoman.discussion.moderation.folding import candidates, folded, set_apart, visible
from dragoman.text.blocks import Block
from dragoman.text.terms import base, stems

EVERY_LANGUAGE = ""
LONGEST = 100
"""Characters of an entry."""
_EXACT = re.compile(r'^["“«„](.+)["”»“]$')
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, and how it was written."""

    kind: str
    entry: str
    written: str


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    text: str
    words: tuple[str, ...]
    exact: bool = False
    open_start: bool = False
    open_end: bool = False


@dataclass(slots=True)
class WordList:
    """Entries as one language's texts are looked through for them: time grows with the text, not with the list."""

    language: str
    _by_stem: dict[str, list[_Entry]] = field(default_factory=dict)
    _open: list[_Entry] = field(default_factory=list)
    _unspaced: list[_Entry] = field(default_factory=list)

    def add(self, text: str, kind: str) -> None:
        """An entry as it was typed."""
        entry = self._entry(text.strip(), kind)
        if not entry.words:
            return
        if _UNSPACED.search(entry.text):
            self._unspaced.append(entry)
        elif entry.open_start or entry.open_end:
            self._open.append(entry)
        else:
            for stem in self._stems(entry.words[0]) if not entry.exact else {entry.words[0]}:
                self._by_stem.setdefault(stem, []).append(entry)

    def _entry(self, text: str, kind: str) -> _Entry:
        quoted = _EXACT.match(text)
        inner = quoted.group(1) if quoted else text
        words = tuple(folded(word, self.language) for word in inner.strip("*").split())
        return _Entry(kind, text, words, bool(quoted), inner.startswith("*"), inner.endswith("*"))

    def _stems(self, word: str) -> frozenset[str]:
        return stems(word, base(self.language))

    def find(self, text: str) -> Iterator[Hit]:
        """What of the list a text holds, in its order; an entry may come more than once."""
        if not (self._by_stem or self._open or self._unspaced):
            return
        stretches = list(candidates(text, self.language))
        for place, (written, readings) in enumerate(stretches):
            for entry in self._meant(readings):
                if self._goes_on(entry, stretches, place):
                    yield Hit(entry.kind, entry.text, written)
        for written, readings in set_apart(text, self.language):
            for entry in self._meant(readings):
                if len(entry.words) == 1:
                    yield Hit(entry.kind, entry.text, written)
        yield from self._plain(text)

    def _meant(self, readings: Iterable[str]) -> list[_Entry]:
        """The entries that begin with a word that may be read here."""
        found: dict[int, _Entry] = {}
        for reading in readings:
            for stem in self._stems(reading):
                for entry in self._by_stem.get(stem, ()):
                    if not entry.exact or entry.words[0] == reading:
                        found[id(entry)] = entry
            for entry in self._open:
                if _fits_open(entry, reading):
                    found[id(entry)] = entry
        return list(found.values())

    def _goes_on(self, entry: _Entry, stretches: Sequence[tuple[str, frozenset[str]]], place: int) -> bool:
        rest = entry.words[1:]
        following = stretches[place + 1 : place + 1 + len(rest)]
        return len(following) == len(rest) and all(
            self._same(wanted, readings, entry) for wanted, (_, readings) in zip(rest, following, strict=True)
        )

    def _same(self, wanted: str, readings: frozenset[str], entry: _Entry) -> bool:
        if wanted in readings:
            return True
        own = self._stems(wanted)
        return not entry.exact and any(not own.isdisjoint(self._stems(reading)) for reading in readings)

    def _plain(self, text: str) -> Iterator[Hit]:
        """Scripts without spaces between words."""
        seen = visible(text)
        for entry in self._unspaced:
            if "".join(entry.words) in seen:
                yield Hit(entry.kind, entry.text, entry.text)


def _fits_open(entry: _Entry, reading: str) -> bool:
    wanted = entry.words[0]
    if entry.open_start and entry.open_end:
        return wanted in reading
    return reading.endswith(wanted) if entry.open_start else reading.startswith(wanted)


# --- the publication's lists ----------------------------------------------------------------------------------------


def refuse_banned(found: Iterable[Hit]) -> None:
    """Raises BannedWords with the author's own writing of them."""
    for hit in found:
        if hit.kind == WordKind.BANNED:
            raise BannedWords(hit.written)


def suspect(found: Iterable[Hit]) -> str:
    """The entries that make a comment suspect, separated by commas; "" for none."""
    return ", ".join(dict.fromkeys(hit.entry for hit in found))


def hits(blocks: Sequence[Block], language: str, version: "Version | None" = None) -> list[Hit]:
    """What the lists of a comment's language and those of every language find in it, addresses of links included."""
    found = listed(language, version or version_now().asked())
    text = "\n".join(_text(block) for block in blocks if block.kind != "reference")
    return list(found.find(text))


def _text(block: Block) -> str:
    addresses = [str(each.attrs.get("href") or "") for each in block.ranges if each.kind == "link"]
    return "\n".join([block.text, *addresses])


Version = tuple[int, int]
"""Entries are never changed, only taken out and put in: their number and the highest key."""


def version_now() -> Statement[Version]:
    """Of the lists in force."""
    return Statement("SELECT count(*), coalesce(max(id), 0) FROM discussion_listedword", [], _version)


def _version(rows: Rows) -> Version:
    [(count, latest)] = rows
    return count, latest


def listed(language: str, version: Version) -> WordList:
    """The lists of a language in a version. One query, the first time."""
    return _compiled(base(language), version)


@lru_cache(maxsize=64)
def _compiled(language: str, version: Version) -> WordList:
    rows = ListedWord.objects.filter(language__in=[EVERY_LANGUAGE, language], pk__lte=version[1])
    return compiled(rows.values_list("text", "kind"), language)


def compiled(entries: Iterable[tuple[str, str]], language: str) -> WordList:
    """A list of (text, kind) for texts of a language."""
    made = WordList(language)
    for text, kind in entries:
        made.add(text, kind)
    return made
