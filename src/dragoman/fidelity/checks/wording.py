"""Is the target a sentence that someone could have written?"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import pairwise

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.lexicons.function import (
    CANNOT_FOLLOW,
    GAPS,
    LEFT_HANGING,
    NEVER_LAST,
    NEVER_TOGETHER,
    small_words,
)
from dragoman.fidelity.words import AT_HAND, Word, base, words
from dragoman.text.graphemes import WORD_CHARACTERS

_TWICE_IS_FINE = {
    "en": "that had very is no bye so ha blah long",
    "fr": "nous vous très non oui se là bon",
    "es": "no sí muy ya se",
    "pt": "não sim muito já se mais",
    "it": "no sì molto piano via così man",
    "de": "die der das sie ja nein sehr den dem",
    "ru": "да нет очень еле чуть так едва вот",
    "uk": "так ні дуже ледве ось",
}
_REDUPLICATING = frozenset(
    {"tr", "id", "ms", "hi", "zh", "ja", "vi", "th", "az", "kk", "ky", "uz", "ka", "hy", "fa", "ur", "bn"}
)
"""Languages that say a word twice to mean something ("yavaş yavaş")."""
_CLOSES = re.compile(r"\s*(?:[.!?;:)\]»”\"]*\s*$|[)\]»”])")
_WORD_OR_FIGURE = re.compile(rf"[{WORD_CHARACTERS}]+(?:[.-][{WORD_CHARACTERS}]+)*")
_TWO_COMMAS = re.compile(r"(?<=\w)[,،]\s*[,،]")
_SPACED_POINT = re.compile(r"\s+[.,;:!?)]")


class Doubled:
    """Does a word stand twice in a row that the source does not repeat?"""

    name = "doubled"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        language = base(pairing.target_language)
        if language in _REDUPLICATING:
            return
        found = list(_doubled(pairing.target, _TWICE_IS_FINE.get(language, "").split()))
        if not found or next(_doubled(pairing.source, ()), None):
            return
        for one, other in found:
            yield Finding(
                self.name,
                Severity.DOUBTFUL,
                f"“{one.text}” stands twice in a row.",
                (),
                ((one.start, other.end),),
                "doubled",
                {"word": one.text},
            )


@lru_cache(maxsize=AT_HAND)
def _repeated(text: str) -> tuple[tuple[Word, Word], ...]:
    """Words and figures that stand twice with nothing between, whatever their letters' case."""
    if not any(one[-2:] in other and other[:2] in one for one, other in pairwise(text.casefold().split())):
        return ()
    found = list(_WORD_OR_FIGURE.finditer(text))
    folded = [match[0].casefold() for match in found]
    return tuple(
        (_word(one), _word(other))
        for (one, other), (first, second) in zip(pairwise(found), pairwise(folded), strict=True)
        if first == second and len(other[0]) > 1 and text[one.end() : other.start()].isspace()
    )


def _word(match: re.Match[str]) -> Word:
    return Word(match.start(), match.end(), match[0], match[0].casefold())


def _doubled(text: str, fine: Collection[str]) -> Iterator[tuple[Word, Word]]:
    for one, other in _repeated(text):
        if other.folded not in fine and (one.text == other.text or one.start == 0):
            yield one, other


class BrokenOff:
    """Does a word lack what must follow it: "the of", "a and", "living in ."?"""

    name = "broken_off"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        language = base(pairing.target_language)
        places = tuple(_broken_off(pairing.target, language)) if language in NEVER_LAST else ()
        places = places or tuple(_gaps(pairing, language))
        if places:
            written = pairing.target[places[0][0] : places[0][1]]
            yield Finding(
                self.name,
                Severity.DOUBTFUL,
                f"After “{written}” something is missing.",
                (),
                places,
                "broken_off",
                {"words": written},
            )


def _tokenised(text: str) -> bool:
    return len(_SPACED_POINT.findall(text)) > 1


def _broken_off(text: str, language: str) -> Iterator[tuple[int, int]]:
    last, follow = NEVER_LAST[language], CANNOT_FOLLOW[language]
    hanging, never = LEFT_HANGING.get(language, frozenset()), NEVER_TOGETHER.get(language, frozenset())
    each = words(text)
    for number, word in enumerate(each):
        if word.text != word.folded and word.start:
            continue  # "vitamin A", "Le"
        following = each[number + 1] if number + 1 < len(each) else None
        if following and text[word.end : following.start].isspace() and following.text == following.folded:
            couple = (word.folded, following.folded)
            wrong = couple in never or (word.folded in last and following.folded in follow)
            if (
                wrong
                and not _joined(text, following)
                and _opens(text, each[number - 1] if number else None, word, language)
            ):
                yield word.start, following.end
        elif _stops(text, word, hanging, last):
            yield word.start, word.end


def _gaps(pairing: Pairing, language: str) -> Iterator[tuple[int, int]]:
    """Where words stand together that something must stand between."""
    for pattern in GAPS.get(language, ()):
        yield from (found.span() for found in pattern.finditer(pairing.target))
    if not _TWO_COMMAS.search(pairing.source):
        yield from (found.span() for found in _TWO_COMMAS.finditer(pairing.target))


def _joined(text: str, word: Word) -> bool:
    """The first of "in-house"."""
    return text[word.end : word.end + 1] in tuple("-’'‑")


def _opens(text: str, before: Word | None, word: Word, language: str) -> bool:
    """Whether the word begins something new; after a noun, two small words have only changed places."""
    if before is None:
        return True
    return before.folded in small_words(language) or not text[before.end : word.start].isspace()


def _stops(text: str, word: Word, hanging: frozenset[str], last: frozenset[str]) -> bool:
    if word.folded in last:
        return _CLOSES.match(text, word.end) is not None
    return word.folded in hanging and _SPACED_POINT.match(text, word.end) is not None and not _tokenised(text)
