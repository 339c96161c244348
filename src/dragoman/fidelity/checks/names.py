"""Are the names of the source those of the target?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from anyascii import anyascii

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.knowledge import meaning
from dragoman.fidelity.knowledge.frequency import is_name
from dragoman.fidelity.lexicons.function import small_words
from dragoman.fidelity.lexicons.places import is_elsewhere
from dragoman.fidelity.lexicons.titles import spelled_like_a_noun, translated_names
from dragoman.fidelity.sounds import heard_as, is_altered, skeleton, sound_alike
from dragoman.fidelity.words import AT_HAND, Word, base, without_protected, words

_BEGINS = re.compile(r"[.:;!?¿¡…“”\"«»„‘’'()\[\]—–|/*•-]\s*$")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
_HAN = re.compile("[\u3400-\u9fff]+")
_NOUNS_HAVE_CAPITALS = frozenset({"de", "lb"})
_HEARD = frozenset("en fr es pt it de nl pl cs ru uk be bg sr el tr hi ja".split())
"""Sources whose names can be heard in another script; Chinese ones cannot, and Arabic ones hardly."""
_UNDERSTOOD = frozenset("en fr es pt it de nl pl ru tr ar ja zh".split())
"""Languages whose names can be heard or looked up by meaning; Korean and Thai ones are not heard."""
_AS_IN_ENGLISH = frozenset("fr es pt it cs pl de nl sv da nb ro hu".split())
"""Sources that spell names as English does: one name that differs is enough."""
_SHORTEST = 4  # letters of a name that tells
_ADDED, _LOST = 0.36, 0.36
_PROPER_ADDED, _PROPER_LOST = 0.46, 0.38
_PLACE_ADDED, _PLACE_LOST = 0.65, 0.46
_EXCHANGED = 0.55
"""How like the likest word of the other side a name may be and still be none of its (docs/measurements.md has the
curves). Less is asked of what every language calls a name, and least of places whose name in the other language is
known and is not there, and where both sides have such a name."""
_LITERALLY, _HARDLY = 0.5, 0.3
"""Likeness of sentences: who writes freely also says "he" for a name, but seldom another name."""
_FEW = 4  # words; with more, capitals at most of them are a headline's
_PERHAPS = 0.65  # what else is named when there is a doubt
_ENOUGH = 40  # characters from which sentences have a likeness that tells
_FEW_SOUNDS = 4  # classes of consonants by which a name is found in a line of Han


class NamesKept:
    """Doubted where a side has a name that the other does not know, in any script.

    Where the encoder knows both languages, a name is known that is heard or that means what a word of the other side
    does ("London", "Londres"). Elsewhere names must be heard, and both sides must have one that is not.
    """

    name = "names"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        source, target = base(pairing.source_language), base(pairing.target_language)
        if source == target:
            return
        if source in _UNDERSTOOD and target in _UNDERSTOOD and meaning.is_known(source, target):
            yield from self._not_meant(pairing)
        elif source in _HEARD and target not in _NOUNS_HAVE_CAPITALS:
            yield from self._not_heard(pairing)

    def _not_meant(self, pairing: Pairing) -> Iterator[Finding]:
        added, lost = apart(pairing)
        far = [each.name for each in added if each.likest < _limit(each, _ADDED_OF)]
        gone = [each.name for each in lost if each.likest < _limit(each, _LOST_OF)]
        put_right = _is_put_right(added, lost)  # in somebody's mouth: no freedom of translators
        exchanged = _is_exchange(added, lost) and not _is_free(pairing, _HARDLY)
        if not (put_right or exchanged) and (not (far or gone) or _is_free(pairing, _LITERALLY)):
            return
        yield _told(Severity.DOUBTFUL, gone or _strange(lost), far or _strange(added))

    def _not_heard(self, pairing: Pairing) -> Iterator[Finding]:
        source, target = base(pairing.source_language), base(pairing.target_language)
        own, other = _texts(pairing)
        if new := _surely_added(other, target, own, source):
            yield _told(Severity.DOUBTFUL, (), new)
            return
        added = [name for name in _names(other, target) if not _heard(name.text, own, source)]
        if not added:
            return
        lost = [name for name in _names(own, source) if not _heard(name.text, other, target)]
        if not lost:
            return
        if _runs(lost, own) > 1 or _runs(added, other) > 1:
            return  # several are no exchange: titles are translated word by word
        sure = (
            len(added) > 1
            or (target == "en" and source in _AS_IN_ENGLISH)
            or is_altered(lost[0].text, added[0].text)
        )
        yield _told(Severity.DOUBTFUL if sure else Severity.MINOR, lost, added)


def _told(severity: Severity, lost: Sequence[Word], added: Sequence[Word]) -> Finding:
    before, after = ", ".join(name.text for name in lost), ", ".join(name.text for name in added)
    if not lost:
        return _finding(severity, "names_added", f"A name is not in the original: {after}.", lost, added)
    if not added:
        return _finding(severity, "names_lost", f"A name of the original is missing: {before}.", lost, added)
    return _finding(severity, "names_replaced", f"The names differ: {before} became {after}.", lost, added)


def _finding(
    severity: Severity, code: str, message: str, lost: Sequence[Word], added: Sequence[Word]
) -> Finding:
    return Finding(
        NamesKept.name,
        severity,
        message,
        tuple((name.start, name.end) for name in lost),
        tuple((name.start, name.end) for name in added),
        code,
        {"lost": ", ".join(name.text for name in lost), "added": ", ".join(name.text for name in added)},
    )


def _texts(pairing: Pairing) -> tuple[str, str]:
    return without_protected(pairing.source), without_protected(pairing.target)


# --- by meaning -------------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What a word with a capital is, as far as is known."""

    TITLE = (
        "title"  # of an institution or an office, a people, a place: translated, and freely; not asked about
    )
    WORD = "word"
    PROPER = "proper"  # a name everywhere, by its frequency
    PLACE = "place"  # whose name in the other language is known


_ADDED_OF = {
    Kind.WORD: _ADDED,
    Kind.PROPER: _PROPER_ADDED,
    Kind.PLACE: _PLACE_ADDED,
}
_LOST_OF = {
    Kind.WORD: _LOST,
    Kind.PROPER: _PROPER_LOST,
    Kind.PLACE: _PLACE_LOST,
}


@dataclass(frozen=True, slots=True)
class Written:
    """A word with a capital; `begins` where the place explains it."""

    name: Word
    kind: Kind
    begins: bool = False

    @property
    def is_name(self) -> bool:
        return self.kind in (Kind.PROPER, Kind.PLACE)


@dataclass(frozen=True, slots=True)
class Apart:
    """A name that is not heard on the other side, and how like the likest word there is."""

    written: Written
    likest: float

    @property
    def name(self) -> Word:
        return self.written.name


_Distant = list[Apart]


def apart(pairing: Pairing) -> tuple[_Distant, _Distant]:
    """Names of the target, and of the source, that are not heard on the other side."""
    own, other = _texts(pairing)
    source, target = base(pairing.source_language), base(pairing.target_language)
    added, lost = _unheard(other, target, own, source), _unheard(own, source, other, target)
    if not any(each.is_name for each in lost):
        added = [each for each in added if not each.begins]
    if not any(each.is_name for each in added):
        lost = [each for each in lost if not each.begins]
    added, lost = ([each for each in side if each.kind is not Kind.TITLE] for side in (added, lost))
    if not added and not lost:
        return [], []
    near = _capitals(own) if added else [], _capitals(other) if lost else []
    likest = _likest((added, lost), near)
    every = (
        _units(own, source) if _is_open(_paired(added, likest[0]), _ADDED_OF) else [],
        _units(other, target) if _is_open(_paired(lost, likest[1]), _LOST_OF) else [],
    )
    if any(every):
        likest = _likest((added, lost), every, likest)
    return _paired(added, likest[0]), _paired(lost, likest[1])


_Sides = tuple[Sequence[Written], Sequence[Written]]


def _paired(side: Sequence[Written], likest: Sequence[float]) -> _Distant:
    return [Apart(each, like) for each, like in zip(side, likest, strict=True)]


def _is_open(side: _Distant, limits: Mapping[Kind, float]) -> bool:
    """Whether a word without a capital may settle what those with one do not."""
    return any(
        each.likest < _limit(each, limits) or (each.written.is_name and each.likest < _EXCHANGED)
        for each in side
    )


def _likest(
    sides: _Sides,
    among: tuple[list[str], list[str]],
    before: tuple[list[float], list[float]] | None = None,
) -> tuple[list[float], list[float]]:
    """How like each name the likest of the words of the other side is; not less than before."""
    names = [[each.name.text for each in side] for side in sides]
    meaning.learn([text for texts in (*names, *among) for text in texts])
    found = [meaning.nearest(own, others) for own, others in zip(names, among, strict=True)]
    if before:
        found = [list(map(max, now, then)) for now, then in zip(found, before, strict=True)]
    return found[0], found[1]


def _capitals(text: str) -> list[str]:
    return [word.text for word in words(text) if word.capital]


def _units(text: str, language: str) -> list[str]:
    listed = small_words(language)
    return [each for each in meaning.units(text) if each.casefold() not in listed]


def _unheard(text: str, language: str, other: str, others: str) -> list[Written]:
    if language in _NOUNS_HAVE_CAPITALS:
        return []
    return [
        replace(each, kind=Kind.PLACE) if elsewhere else each
        for each in _written(text, language)
        if not _stands(each.name, other, others)
        and (elsewhere := is_elsewhere(each.name.text, language, other, others)) is not False
    ]


def _strange(names: _Distant) -> list[Word]:
    return [each.name for each in names if each.likest < _PERHAPS]


def _is_exchange(added: _Distant, lost: _Distant) -> bool:
    """Whether both sides have what is surely a name."""
    return all(
        any(each.written.is_name and each.likest < _EXCHANGED for each in side) for side in (added, lost)
    )


def _is_put_right(added: _Distant, lost: _Distant) -> bool:
    return any(is_altered(one.name.text, other.name.text) for one in lost for other in added)


def _is_free(pairing: Pairing, literally: float) -> bool:
    """Whether it is long enough to tell, and no translation word by word."""
    if min(len(pairing.source), len(pairing.target)) < _ENOUGH:
        return False
    return meaning.likeness(pairing.source, pairing.target) < literally


def _limit(each: Apart, limits: Mapping[Kind, float]) -> float:
    return 0.0 if each.written.begins else limits[each.written.kind]


def _is_title(name: Word, language: str) -> bool:
    short = len(name.text) < _SHORTEST or name.text.isupper()
    return short or name.folded in translated_names(language) or spelled_like_a_noun(name.folded, language)


@lru_cache(maxsize=AT_HAND)
def _written(text: str, language: str) -> tuple[Written, ...]:
    """Words with a capital inside a sentence; where it says nothing, at the start and in a headline that has one at
    every word, those that are names by their frequency."""
    return tuple(_with_capitals(text, language))


def _with_capitals(text: str, language: str) -> Iterator[Written]:
    small, each = small_words(language), words(text)
    headline = sum(word.capital for word in each) * 2 > len(each) > _FEW
    for word in each:
        if not word.capital or len(word.text) < 3 or word.folded in small:
            continue
        begins = headline or _begins(word, text)
        kind = _kind(word, language)
        if kind is Kind.PROPER or not begins:
            yield Written(word, kind, begins)


def _begins(word: Word, text: str) -> bool:
    return (
        not text[: word.start].strip()
        or _BEGINS.search(text[max(0, word.start - 4) : word.start]) is not None
    )


def _kind(word: Word, language: str) -> Kind:
    if _is_title(word, language):
        return Kind.TITLE
    return Kind.PROPER if is_name(word.folded, language) else Kind.WORD


def _stands(name: Word, text: str, language: str) -> bool:
    """Whether the other text has it, letter by letter or by sound."""
    if name.text in text or _heard(name.text, text, language) or _is_shortened(name, text):
        return True
    sounds = skeleton(name.text)[:_FEW_SOUNDS]
    return len(sounds) >= 2 and any(sounds in skeleton(anyascii(run)) for run in _HAN.findall(text))


def _is_shortened(name: Word, text: str) -> bool:
    """Whether it stands there by its first letters: „Rz” for Rzeczpospolita."""
    return any(
        word.text[0] == name.text[0] and 1 < len(word.text) < _SHORTEST and name.text.startswith(word.text)
        for word in words(text)
    )


# --- by sound alone ---------------------------------------------------------------------------------------------------


def _names(text: str, language: str) -> Iterator[Word]:
    """Words with a capital that nothing but being a name explains."""
    if language == "ja":
        yield from (
            Word(found.start(), found.end(), found[0], found[0]) for found in _KATAKANA.finditer(text)
        )
        return
    known = translated_names(language)
    for word in words(text):
        if (
            word.capital
            and len(word.text) >= _SHORTEST
            and not word.text.isupper()
            and word.folded not in known
            and not spelled_like_a_noun(word.folded, language)
            and text[: word.start].strip()
            and not _BEGINS.search(text[max(0, word.start - 4) : word.start])
        ):
            yield word


def _surely_added(text: str, language: str, other: str, others: str) -> list[Word]:
    """A place whose name in the other language is known, or two words that are names everywhere."""
    found = [each for each in _unheard(text, language, other, others) if each.is_name and not each.begins]
    sure = len(found) > 1 or any(each.kind is Kind.PLACE for each in found)
    return [each.name for each in found] if sure else []


def _runs(names: list[Word], text: str) -> int:
    """Of names that stand side by side."""
    gaps = (text[one.end : other.start].strip(" -.'’") for one, other in pairwise(names))
    return 1 + sum(map(bool, gaps))


@lru_cache(maxsize=4096)
def _heard(name: str, text: str, language: str) -> bool:
    """Whether any word of the other text sounds like it."""
    if language == "ja":
        return any(sound_alike(name, found[0]) for found in _KATAKANA.finditer(text))
    others = {word.text for word in words(text)}
    if any(sound_alike(name, other) for other in others):
        return True
    return _is_latin(name) != _is_latin(text) and any(heard_as(name, other) for other in others)


@lru_cache(maxsize=4096)
def _is_latin(text: str) -> bool:
    """Whether most of its letters are of the Latin script."""
    latin = sum("a" <= sign <= "\u024f" for sign in text.casefold())
    return latin * 2 > sum(map(str.isalpha, text))
