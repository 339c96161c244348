"""Does the target deny where the source does?"""

from collections.abc import Iterator

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.knowledge import meaning
from dragoman.fidelity.lexicons.function import small_words
from dragoman.fidelity.lexicons.negation import Denials, denials, knows
from dragoman.fidelity.words import UNSPACED, Word, base, words

_COUNTED = frozenset({"en"})
"""Targets in which every "not" counts: they deny once, and always with the same few words. Elsewhere ("nunca
dijo nada", "не без") a denial more is no news."""
_IN_ENDINGS = frozenset({"tr"})
"""Sources that deny inside the verb, where not every denial is seen."""
_ASKING = frozenset("?？؟;")
_SHORT = 12  # words; in longer ones translators find another way to say no
_ALIKE = 0.75
_FEW = 12  # characters: "n'a pas" in a short sentence
_SAYS_NO, _SURELY_SAYS_NO, _NO_DENIAL = -0.04, -0.08, 0.7
"""How much less a denial ("not easy") is like the other side than what it denies ("easy"): of denials that DEMETR
adds, 95 % lie below the first; of human pairs with one more, two thirds. The last: how like a word is that denies."""
_LITERALLY, _WORD_BY_WORD = 0.55, 0.6
"""Likeness of sentences: who rewrites a sentence also turns it round. A third of the alarms on human pairs are so."""
_AROUND_IT = {
    "en": frozenset(
        "been so very yet even any do did does could can may might must only really quite should".split()
    ),
    "fr": frozenset("pas jamais plus ont ai avons avez".split()),
    "de": frozenset("sehr mehr immer auch".split()),
}
"""Words between "not" and what it denies."""
_DENIED_BEHIND = frozenset("en fr es pt it de nl pl ru".split())
"""Languages that say what they deny behind the denial; Turkish and Japanese say it before or in one word."""
_LONGEST = 40  # characters of a denial with what it denies
_ENOUGH = 40  # characters from which sentences have a likeness that tells
_LAST = 3  # characters in which a question mark stands


class NegationKept:
    """Doubted where one side denies and the other has no word that does, nor one that may stand for it."""

    name = "negation"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if not (knows(pairing.source_language) and knows(pairing.target_language)):
            return
        if not _literal(pairing) or _ASKING.intersection(pairing.source[-_LAST:] + pairing.target[-_LAST:]):
            return  # "Isn't it lovely?" denies nothing; who rewrites a sentence also turns it round
        before = denials(pairing.source, pairing.source_language)
        after = denials(pairing.target, pairing.target_language)
        if _is_added(pairing, before, after):
            yield Finding(
                self.name,
                Severity.DOUBTFUL,
                "The translation denies something that the original does not.",
                before.places,
                after.places,
                "negation_added",
            )
        elif before.places and not after.places and not after.near and not _is_rewritten(pairing):
            short = len(words(pairing.source)) <= _SHORT
            yield Finding(
                self.name,
                Severity.DOUBTFUL if short else Severity.MINOR,
                "The original denies something that the translation does not.",
                before.places,
                (),
                "negation_lost",
            )


def _is_added(pairing: Pairing, before: Denials, after: Denials) -> bool:
    """By what denies and what may; where meanings are known, by whether the other side says it the other way round."""
    more = _added(before, after, counted=_counted(pairing))
    if not meaning.is_known(pairing.source_language, pairing.target_language):
        return more
    if base(pairing.target_language) not in _DENIED_BEHIND:
        return more and not _is_rewritten(pairing)
    if len(after.places) <= len(before.places) or not (more or _counted(pairing)):
        return more
    contrast, likest = _contrast(pairing, after)
    if contrast >= (_SAYS_NO if more else _SURELY_SAYS_NO) or (not more and likest >= _NO_DENIAL):
        return False
    return not _is_rewritten(pairing, _LITERALLY if more else _WORD_BY_WORD)


def _is_rewritten(pairing: Pairing, likeness: float = _LITERALLY) -> bool:
    if min(len(pairing.source), len(pairing.target)) < _ENOUGH:
        return False
    known = meaning.is_known(pairing.source_language, pairing.target_language)
    return known and meaning.likeness(pairing.source, pairing.target) < likeness


def _contrast(pairing: Pairing, after: Denials) -> tuple[float, float]:
    """How much liker the source each denial of the target is than what it denies, at least; and how like a word of
    the source a denying one is, at most. "Not easy" is liker "difícil" than "easy" is, "not seen" not liker "visto"."""
    among = meaning.units(pairing.source)
    contrasts, likest = [], 0.0
    for start, end in after.places:
        denied = next(
            (word for word in words(pairing.target) if word.start >= end and _tells(word, pairing)), None
        )
        if denied is None:
            continue
        written = pairing.target[start : denied.end]
        if len(written) > _LONGEST:
            written = f"{pairing.target[start:end]} {denied.text}"
        alone, whole, denial = meaning.nearest([denied.text, written, pairing.target[start:end]], among)
        contrasts.append(round(whole - alone, 3))
        likest = max(likest, denial)
    return min(contrasts, default=-1.0), likest


def _tells(word: Word, pairing: Pairing) -> bool:
    language = base(pairing.target_language)
    around = _AROUND_IT.get(language, frozenset())
    return len(word.text) > 2 and word.folded not in small_words(language) and word.folded not in around


def _literal(pairing: Pairing) -> bool:
    """Whether both are about as long: of good pairs that deny on one side only, a fifth are not."""
    if UNSPACED.search(pairing.source + pairing.target):
        return True
    if abs(len(pairing.target) - len(pairing.source)) <= _FEW:
        return True
    return _ALIKE < len(pairing.target) / max(len(pairing.source), 1) < 1 / _ALIKE


def _counted(pairing: Pairing) -> bool:
    return base(pairing.target_language) in _COUNTED and base(pairing.source_language) not in _IN_ENDINGS


def _added(before: Denials, after: Denials, *, counted: bool) -> bool:
    """Words near a denial may have become one; where they stand on both sides, they have not."""
    if not counted:
        return bool(after.places) and not before.places and not before.near
    more = len(after.places) - len(before.places)
    return more > 0 and more + after.near > before.near
