"""Are the names of the source those of the target?"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from anyascii import anyascii

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.knowledge import meaning
from dragoman.fidelity.lexicons.function import small_words
from dragoman.fidelity.lexicons.titles import spelled_like_a_noun, translated_names
from dragoman.fidelity.sounds import is_altered, skeleton, sound_alike
from dragoman.fidelity.words import UNSPACED, Word, base, without_protected, words

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
_ADDED, _LOST, _EXCHANGED = 0.38, 0.35, 0.43
_ADDED_TO_UNSPACED = 0.36  # there, pieces stand for words
_BOTH_EXCHANGED = 0.54
_TITLE_ADDED, _TITLE_LOST = 0.33, 0.3
"""How like the likest word of the other side a name may be and still be none of its (docs/measurements.md has the
curves). Of titles, which are translated freely, more is asked."""
_LITERALLY = 0.5  # likeness of sentences; who writes freely also says "he" for a name
_FEW = 4  # words; with more, capitals at most of them are a headline's
_PERHAPS = 0.6  # what else is named when there is a doubt
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
        limit = _ADDED_TO_UNSPACED if UNSPACED.search(pairing.source) else _ADDED
        far = _farther(added, limit, _TITLE_ADDED, base(pairing.target_language))
        gone = _farther(lost, _LOST, _TITLE_LOST, base(pairing.source_language))
        put_right = _is_put_right(added, lost)  # in somebody's mouth: no freedom of translators
        if not put_right and (not (far or gone or _is_exchange(added, lost)) or _is_free(pairing)):
            return
        yield _told(Severity.DOUBTFUL, gone or _strange(lost), far or _strange(added))

    def _not_heard(self, pairing: Pairing) -> Iterator[Finding]:
        source, target = base(pairing.source_language), base(pairing.target_language)
        own, other = _texts(pairing)
        added = [name for name in _names(other, target) if not _heard(name, own, source)]
        if not added:
            return
        lost = [name for name in _names(own, source) if not _heard(name, other, target)]
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
    return (
        without_protected(pairing.source, pairing.source_language),
        without_protected(pairing.target, pairing.target_language),
    )


# --- by meaning -------------------------------------------------------------------------------------------------------

_Distant = list[tuple[Word, float]]


def apart(pairing: Pairing) -> tuple[_Distant, _Distant]:
    """Names of the target, and of the source, that are not heard on the other side, and how like the likest word
    there each is."""
    own, other = _texts(pairing)
    source, target = base(pairing.source_language), base(pairing.target_language)
    return _apart(other, target, own, source), _apart(own, source, other, target)


def _apart(text: str, language: str, other: str, others: str) -> _Distant:
    if language in _NOUNS_HAVE_CAPITALS:
        return []
    unheard = [name for name in _written(text, language) if not _stands(name, other, others)]
    if not unheard:
        return []
    capital = [word.text for word in words(other) if word.capital]
    likest = dict(zip(unheard, meaning.nearest([name.text for name in unheard], capital), strict=True))
    doubted = [name for name in unheard if likest[name] < _EXCHANGED]
    listed = small_words(others)
    among = [each for each in meaning.units(other) if each.casefold() not in listed] if doubted else []
    likest |= zip(doubted, meaning.nearest([name.text for name in doubted], among), strict=True)
    return list(likest.items())


def _strange(names: _Distant) -> list[Word]:
    return [name for name, likest in names if likest < _PERHAPS]


def _is_exchange(added: _Distant, lost: _Distant) -> bool:
    """Whether both sides have such a name, or two that are a little liker."""
    sides = [[likest for _, likest in names] for names in (added, lost)]
    return all(min(side, default=1.0) < _EXCHANGED for side in sides) or all(
        sum(likest < _BOTH_EXCHANGED for likest in side) > 1 for side in sides
    )


def _is_put_right(added: _Distant, lost: _Distant) -> bool:
    return any(is_altered(one.text, other.text) for one, _ in lost for other, _ in added)


def _is_free(pairing: Pairing) -> bool:
    """Whether it is long enough to tell, and no translation word by word."""
    if min(len(pairing.source), len(pairing.target)) < _ENOUGH:
        return False
    return meaning.likeness(pairing.source, pairing.target) < _LITERALLY


def _farther(
    names: Iterable[tuple[Word, float]], limit: float, of_titles: float, language: str
) -> list[Word]:
    return [name for name, likest in names if likest < (of_titles if _is_title(name, language) else limit)]


def _is_title(name: Word, language: str) -> bool:
    short = len(name.text) < _SHORTEST or name.text.isupper()
    return short or name.folded in translated_names(language) or spelled_like_a_noun(name.folded, language)


def _written(text: str, language: str) -> Iterator[Word]:
    """Words with a capital inside a sentence; none in a headline that has one at every word."""
    small, each = small_words(language), words(text)
    if sum(word.capital for word in each) * 2 > len(each) > _FEW:
        return
    for word in each:
        if (
            word.capital
            and len(word.text) >= 3
            and word.folded not in small
            and text[: word.start].strip()
            and not _BEGINS.search(text[max(0, word.start - 4) : word.start])
        ):
            yield word


def _stands(name: Word, text: str, language: str) -> bool:
    """Whether the other text has it, letter by letter or by sound."""
    if name.text in text or _heard(name, text, language):
        return True
    sounds = skeleton(name.text)[:_FEW_SOUNDS]
    return len(sounds) >= 2 and any(sounds in skeleton(anyascii(run)) for run in _HAN.findall(text))


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


def _runs(names: list[Word], text: str) -> int:
    """Of names that stand side by side."""
    gaps = (text[one.end : other.start].strip(" -.'’") for one, other in pairwise(names))
    return 1 + sum(map(bool, gaps))


def _heard(name: Word, text: str, language: str) -> bool:
    """Whether any word of the other text sounds like it."""
    if language == "ja":
        return any(sound_alike(name.text, found[0]) for found in _KATAKANA.finditer(text))
    return any(sound_alike(name.text, word.text) for word in words(text))
