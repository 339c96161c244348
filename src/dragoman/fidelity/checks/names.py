"""Are the names of the source those of the target?"""

import re
from collections.abc import Iterator
from itertools import pairwise

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.lexicons.titles import spelled_like_a_noun, translated_names
from dragoman.fidelity.sounds import is_altered, sound_alike
from dragoman.fidelity.words import Word, base, without_protected, words

_BEGINS = re.compile(r"[.:;!?…“”\"«»„‘’'()\[\]—–|/*•-]\s*$")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
_NOUNS_HAVE_CAPITALS = frozenset({"de", "lb"})
_HEARD = frozenset("en fr es pt it de nl pl cs ru uk be bg sr el tr hi ja".split())
"""Sources whose names can be heard in another script; Chinese ones cannot, and Arabic ones hardly."""
_AS_IN_ENGLISH = frozenset("fr es pt it cs pl de nl sv da nb ro hu".split())
"""Sources that spell names as English does: one name that differs is enough."""
_SHORTEST = 4  # letters of a name that tells


class NamesKept:
    """Doubted where both sides have a name that the other does not know, in any script."""

    name = "names"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        source, target = base(pairing.source_language), base(pairing.target_language)
        if source not in _HEARD or source == target or target in _NOUNS_HAVE_CAPITALS:
            return
        own, other = (
            without_protected(pairing.source, pairing.source_language),
            without_protected(pairing.target, pairing.target_language),
        )
        added = [name for name in _names(other, target) if not _heard(name, own, source)]
        if not added:
            return
        lost = [name for name in _names(own, source) if not _heard(name, other, target)]
        if not lost:
            return
        if _runs(lost, own) > 1 or _runs(added, other) > 1:
            return  # several are no exchange: titles are translated word by word
        before, after = ", ".join(name.text for name in lost), ", ".join(name.text for name in added)
        yield Finding(
            self.name,
            Severity.DOUBTFUL
            if len(added) > 1
            or (target == "en" and source in _AS_IN_ENGLISH)
            or is_altered(lost[0].text, added[0].text)
            else Severity.MINOR,
            f"The names differ: {before} became {after}.",
            tuple((name.start, name.end) for name in lost),
            tuple((name.start, name.end) for name in added),
            "names_replaced",
            {"lost": before, "added": after},
        )


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
