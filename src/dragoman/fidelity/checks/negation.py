"""Does the target deny where the source does?"""

from collections.abc import Iterator

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.lexicons.negation import Denials, denials, knows
from dragoman.fidelity.words import UNSPACED, base, words

_COUNTED = frozenset({"en"})
"""Targets in which every "not" counts: they deny once, and always with the same few words. Elsewhere ("nunca
dijo nada", "не без") a denial more is no news."""
_IN_ENDINGS = frozenset({"tr"})
"""Sources that deny inside the verb, where not every denial is seen."""
_ASKING = frozenset("?？؟;")
_SHORT = 12  # words; in longer ones translators find another way to say no
_ALIKE = 0.75
_FEW = 12  # characters: "n'a pas" in a short sentence
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
        if _added(before, after, counted=_counted(pairing)):
            yield Finding(
                self.name,
                Severity.DOUBTFUL,
                "The translation denies something that the original does not.",
                before.places,
                after.places,
                "negation_added",
            )
        elif before.places and not after.places and not after.near:
            short = len(words(pairing.source)) <= _SHORT
            yield Finding(
                self.name,
                Severity.DOUBTFUL if short else Severity.MINOR,
                "The original denies something that the translation does not.",
                before.places,
                (),
                "negation_lost",
            )


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
