"""The gate: every check's findings about a pairing. Deterministic."""

from collections.abc import Sequence

from dragoman.fidelity.checks import CHECKS
from dragoman.fidelity.findings import Finding, Pairing, Severity, verdict
from dragoman.fidelity.knowledge import meaning
from dragoman.text.terms import places

_GLOSSARY_KNOWS = frozenset({"untranslated", "names", "echoed"})
"""Checks that would doubt what editors ruled: a name in another script, words that stay as they are."""

_NO_TRANSLATION = frozenset(
    {"empty", "explained", "echoed", "untranslated", "language", "repetition", "relation"}
)
"""Checks that refuse what is no translation of the sentence: of that nobody asks what it means."""
_DEAR = (("relation",), ("names", "negation"))
"""Checks that may ask the encoder: group by group, while the target may be a translation."""
_GROUPS = tuple(
    tuple(place for place, check in enumerate(CHECKS) if check.name in names)
    for names in ({check.name for check in CHECKS}.difference(*_DEAR), *_DEAR)
)
_AT_ONCE = 256  # pairings that ask the encoder together
_ROUNDS = 6  # in which checks wait for it: none has more than four questions that build on each other

__all__ = ["CHECKS", "Pairing", "examine", "examine_all", "verdict"]


def examine(pairing: Pairing) -> tuple[Finding, ...]:
    """Findings of the checks, in their order; what the glossary says so is no fault. Of what is no translation at all,
    those that ask what it means say nothing."""
    examination = _Examination(pairing)
    examination.go_on()
    return _unsettled(pairing, examination.findings())


def examine_all(pairings: Sequence[Pairing]) -> list[tuple[Finding, ...]]:
    """What `examine` says of each. Faster where the encoder is asked: once for many."""
    found = []
    for start in range(0, len(pairings), _AT_ONCE):
        some = pairings[start : start + _AT_ONCE]
        found += [
            _unsettled(pairing, findings) for pairing, findings in zip(some, _together(some), strict=True)
        ]
    return found


def _together(pairings: Sequence[Pairing]) -> list[tuple[Finding, ...]]:
    """Checks that await vectors are asked again when all that were wanted are there."""
    examinations = [_Examination(pairing) for pairing in pairings]
    for _ in range(_ROUNDS):
        with meaning.gathering():
            wanted = [text for each in examinations for text in each.go_on()]
        if not wanted:
            break
        meaning.learn(wanted)
    for each in examinations:
        each.go_on()
    return [each.findings() for each in examinations]


class _Examination:
    """What was found about a pairing so far, and which checks are still to be asked."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self._found: dict[int, tuple[Finding, ...]] = {}
        self._asked, *self._later = _GROUPS

    def go_on(self) -> list[str]:
        """Asks until a check awaits vectors; the texts that these are of."""
        wanted: list[str] = []
        while self._asked:
            self._asked = tuple(place for place in self._asked if not self._answers(place, wanted))
            if self._asked or not self._later or self._is_no_translation():
                break
            self._asked = self._later.pop(0)
        return wanted

    def _is_no_translation(self) -> bool:
        found = (finding for findings in self._found.values() for finding in findings)
        return any(each.severity is Severity.REFUSE and each.check in _NO_TRANSLATION for each in found)

    def _answers(self, place: int, wanted: list[str]) -> bool:
        try:
            self._found[place] = tuple(CHECKS[place].findings(self._pairing))
        except meaning.Awaited as awaited:
            wanted += awaited.texts
        return place in self._found

    def findings(self) -> tuple[Finding, ...]:
        """In the order of the checks."""
        return tuple(finding for place in sorted(self._found) for finding in self._found[place])


def _unsettled(pairing: Pairing, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without what the glossary says is so."""
    if not pairing.terms or not any(finding.check in _GLOSSARY_KNOWS for finding in found):
        return found
    settled = _of_glossary(pairing)
    return tuple(finding for finding in found if not _is_settled(finding, settled, pairing.target))


def _of_glossary(pairing: Pairing) -> list[tuple[int, int]]:
    """Where approved targets, and what is never translated, stand in the target."""
    approved = [each for term in pairing.terms for each in (() if term.keep else term.targets)]
    kept = [each for term in pairing.terms if term.keep for each in term.wordings]
    return [
        *places(pairing.target, approved, pairing.target_language),
        *places(pairing.target, kept, pairing.source_language),
    ]


def _is_settled(finding: Finding, settled: Sequence[tuple[int, int]], target: str) -> bool:
    if finding.check not in _GLOSSARY_KNOWS or not finding.target:
        return False
    words = (_without_punctuation(target, *place) for place in finding.target)
    return all(any(start <= one and other <= end for start, end in settled) for one, other in words)


def _without_punctuation(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return start, end
