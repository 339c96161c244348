"""Terms: where a glossary's entries stand in a text, in any of their wordings, and in simple inflection.

Words are compared by what is left of them without their endings. Endings are those of nouns and adjectives in
the languages named below; in others, words that begin alike and differ in two or three last letters are one.
Too much is found rather than too little: a wrong match costs an editor a look, a missed one goes unnoticed.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Generic, TypeVar

from dragoman.text.graphemes import WORD_CHARACTERS, extends

LONGEST = 200
"""Characters of a wording."""


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry as one pair of languages sees it. `wordings` and `targets`: the preferred one first,
    each target followed by its inflected forms."""

    number: int
    wordings: tuple[str, ...]
    targets: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()  # targets that must not be used
    keep: bool = False  # never translated: stays as written
    match_case: bool = False
    inflected: bool = True  # other endings are the same term

    @property
    def fingerprint(self) -> str:
        """Changes with all that makes a difference to a translation, and with nothing else."""
        told = [self.wordings, self.targets, self.forbidden, self.keep, self.match_case, self.inflected]
        return f"{self.number}:{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Found:
    """A term at [start, end) of a text, in code points."""

    start: int
    end: int
    term: Term
    text: str


class Glossary:
    """Terms of one source language, to be looked for in many texts: time grows with the text, not the terms."""

    def __init__(self, terms: Iterable[Term], language: str) -> None:
        self.terms = tuple(terms)
        self._index = _Index(
            [
                (wording, term.match_case, term.inflected, term)
                for term in self.terms
                for wording in term.wordings
            ],
            language,
        )

    def find(self, text: str) -> tuple[Found, ...]:
        """Disjoint, ascending; where two begin together the longer one is meant."""
        if not self.terms:
            return ()
        return tuple(Found(start, end, term, text[start:end]) for start, end, term in self._index.find(text))


def places(
    text: str, wordings: Sequence[str], language: str, *, match_case: bool = False, inflected: bool = True
) -> list[tuple[int, int]]:
    """Where any of the wordings stands in `text`, disjoint and ascending."""
    index = _Index([(wording, match_case, inflected, None) for wording in wordings], language)
    return [(start, end) for start, end, _ in index.find(text)]


def needle(wording: str, language: str) -> str:
    """What every text with this wording in it contains, case and "ё" aside; "" where nothing can be sure."""
    language = base(language)
    words = [fold(word.text) for word in _words(unicodedata.normalize("NFC", wording))]
    if language in _PREFIXES or _SIGN.search(wording) or any("ss" in word for word in words):
        return ""
    return max((_least(word, language) for word in words), key=len, default="")


def _least(word: str, language: str) -> str:
    """The shortest stem; what follows differs with the form ("treaty", "treaties")."""
    shortest = min(stems(word, language), key=len)
    return shortest[:-1] if language == "en" and shortest.endswith("y") else shortest


# --- looking -----------------------------------------------------------------------------------------------------

_WORD = re.compile(rf"[{WORD_CHARACTERS}]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_GAP = re.compile(r"[\s\u00ad\-‐-―'’·]{0,3}|\.")  # between the words of one term
_SIGN = re.compile(rf"[^{WORD_CHARACTERS}\s\u00ad\-‐-―'’·.]")  # what makes "C++" another thing than "C"
_Of = TypeVar("_Of")


@dataclass(frozen=True, slots=True)
class _Pattern(Generic[_Of]):
    wording: str
    words: tuple[str, ...]
    match_case: bool
    inflected: bool
    of: _Of


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


class _Index(Generic[_Of]):
    def __init__(self, entries: Iterable[tuple[str, bool, bool, _Of]], language: str) -> None:
        self._language = base(language)
        self._by_stem: dict[str, list[_Pattern[_Of]]] = {}
        self._unspaced: list[_Pattern[_Of]] = []
        for wording, match_case, inflected, of in entries:
            self._add(unicodedata.normalize("NFC", wording), match_case, inflected, of)

    def _add(self, wording: str, match_case: bool, inflected: bool, of: _Of) -> None:
        words = tuple(word.text for word in _words(wording))
        pattern = _Pattern(wording.strip(), words, match_case, inflected, of)
        if not words or _UNSPACED.search(wording) or _SIGN.search(wording):
            if wording.strip():
                self._unspaced.append(pattern)
            return
        for stem in self._stems(words[0]):
            self._by_stem.setdefault(stem, []).append(pattern)

    def _stems(self, word: str) -> frozenset[str]:
        return stems(word, self._language)

    def find(self, text: str) -> list[tuple[int, int, _Of]]:
        hits = [*self._spaced(text), *self._plain(text)]
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        kept: list[tuple[int, int, _Of]] = []
        for hit in hits:
            if not kept or hit[0] >= kept[-1][1]:
                kept.append(hit)
        return kept

    def _spaced(self, text: str) -> Iterator[tuple[int, int, _Of]]:
        if not self._by_stem:
            return
        words = list(_words(text))
        for place, word in enumerate(words):
            seen: set[int] = set()
            for stem in self._stems(word.text):
                for pattern in self._by_stem.get(stem, ()):
                    if id(pattern) not in seen and self._fits(text, words, place, pattern):
                        seen.add(id(pattern))
                        end = words[place + len(pattern.words) - 1].end
                        yield word.start, end, pattern.of

    def _fits(self, text: str, words: Sequence[_Word], place: int, pattern: _Pattern[_Of]) -> bool:
        own = words[place : place + len(pattern.words)]
        if len(own) < len(pattern.words):
            return False
        same = self._comparison(pattern)
        joined = all(_GAP.fullmatch(text, one.end, other.start) for one, other in pairwise(own))
        return joined and all(
            same(word.text, wanted) for word, wanted in zip(own, pattern.words, strict=True)
        )

    def _comparison(self, pattern: _Pattern[_Of]) -> Callable[[str, str], bool]:
        def same(word: str, wanted: str) -> bool:
            if pattern.match_case and not _cased_alike(word, wanted):
                return False
            if fold(word) == fold(wanted):
                return True
            return pattern.inflected and not self._stems(word).isdisjoint(self._stems(wanted))

        return same

    def _plain(self, text: str) -> Iterator[tuple[int, int, _Of]]:
        """Scripts without spaces, and terms with signs in them."""
        for pattern in self._unspaced:
            haystack, needle = (
                (text, pattern.wording) if pattern.match_case else (text.lower(), pattern.wording.lower())
            )
            if len(haystack) != len(text):
                haystack, needle = text, pattern.wording
            start = haystack.find(needle)
            while start >= 0:
                yield start, start + len(needle), pattern.of
                start = haystack.find(needle, start + len(needle))


def _words(text: str) -> Iterator[_Word]:
    for found in _WORD.finditer(text):
        yield _Word(found.group(), found.start(), found.end())


def words_of(text: str) -> list[tuple[str, int]]:
    """The words of a text, each with where it begins."""
    return [(word.text, word.start) for word in _words(text)]


def _cased_alike(word: str, wanted: str) -> bool:
    """Whether what is common to both is written alike; endings may differ ("NATO", "NATOs")."""
    common = min(len(word), len(wanted))
    alike = next((at for at in range(common) if word[at] != wanted[at]), common)
    return fold(word[alike : alike + 1]) != fold(wanted[alike : alike + 1]) or alike == common


def fold(word: str) -> str:
    """Without case and, in Arabic and Hebrew, without vowel signs; "ё" is "е"."""
    folded = unicodedata.normalize("NFC", word).casefold().replace("ё", "е").replace("ـ", "")
    if folded and "\u0590" <= folded[0] <= "\u06ff":
        folded = "".join(char for char in folded if not extends(char))
    return folded


def base(language: str) -> str:
    """The language without region or script."""
    return language.replace("_", "-").partition("-")[0].lower()


# --- endings -----------------------------------------------------------------------------------------------------

_RUSSIAN = (
    "а у ом е ы о и я ю ем ем ей ев ов ой ою ею ам ами ах ям ями ях ь ья ье ью ия ии ию ием ие ий ией иям иями иях "
    "ый ая яя ое ее ые ого его ому ему ым им ыми ими ых их ую юю"
)
_UKRAINIAN = _RUSSIAN + " і ї ій ою ою ові еві єм єю ої ої ого ому ім ими их ього ьому"
_ENDINGS: dict[str, tuple[str, ...]] = {
    language: tuple(sorted(set(endings.split()), key=len, reverse=True))
    for language, endings in {
        "en": "s es",
        "fr": "s x e es aux al le les",
        "es": "s es o a os as",
        "pt": "s es o a os as ão ões ãos ães l is",
        "it": "o a e i",
        "ca": "s es a os",
        "de": "e en n er ern es s em",
        "nl": "e en s",
        "ru": _RUSSIAN,
        "be": _UKRAINIAN,
        "uk": _UKRAINIAN,
        "bg": _RUSSIAN + " та то те ът ят",
        "ar": "ة ات ين ون ان ي ية يه ه ها هم نا",
        "he": "ים ות ה ת",
    }.items()
}
_PREFIXES: dict[str, tuple[str, ...]] = {
    "ar": ("وبال", "وال", "فال", "بال", "كال", "ولل", "لل", "ال", "و", "ف", "ب", "ل", "ك"),
    "he": ("וה", "בה", "ה", "ו", "ב", "ל", "מ", "ש", "כ"),
}
_NOT_LATIN = frozenset({"ru", "uk", "be", "bg", "ar", "he"})
_SHORTEST_STEM = 3
_ELSEWHERE = 3  # letters that an ending may have in a language without a list
_SHORTEST_ELSEWHERE = 4


@lru_cache(maxsize=20_000)
def stems(word: str, language: str) -> frozenset[str]:
    """What may be left of a word without its ending, the word itself among it; two words with a stem in common
    may be forms of one."""
    folded = fold(word)
    heads = [folded, *_without_prefix(folded, language)]
    return frozenset(stem for head in heads for stem in (head, *_without_ending(head, language)))


def _without_prefix(word: str, language: str) -> Iterator[str]:
    for prefix in _PREFIXES.get(language, ()):
        if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST_STEM:
            yield word.removeprefix(prefix)


def _without_ending(word: str, language: str) -> Iterator[str]:
    endings = _ENDINGS.get(language)
    if any(map(str.isdigit, word)) or (word.isascii() and language in ("ru", "uk", "be", "bg", "ar", "he")):
        return
    if endings is None:
        longest = min(_ELSEWHERE, len(word) - _SHORTEST_ELSEWHERE)
        yield from (word[:-count] for count in range(1, longest + 1))
        return
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            yield word.removesuffix(ending)
    if language == "en" and word.endswith("ies") and len(word) > 4:
        yield word[:-3] + "y"
