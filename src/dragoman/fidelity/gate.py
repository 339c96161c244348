"""The gate: every check's findings about a pairing. Deterministic."""

from collections.abc import Sequence

from dragoman.fidelity.checks import CHECKS
from dragoman.fidelity.findings import Finding, Pairing, verdict
from dragoman.fidelity.knowledge import meaning
from dragoman.text.terms import places

_GLOSSARY_KNOWS = frozenset({"untranslated", "names", "echoed"})
"""Checks that would doubt what editors ruled: a name in another script, words that stay as they are."""

_AT_ONCE = 64  # pairings that ask the encoder together
_ROUNDS = 4  # in which checks wait for it: none has more questions that build on each other

__all__ = ["CHECKS", "Pairing", "examine", "examine_all", "verdict"]


def examine(pairing: Pairing) -> tuple[Finding, ...]:
    """Findings of all checks, in the order of the checks; what the glossary says so is no fault."""
    return _unsettled(pairing, tuple(finding for check in CHECKS for finding in check.findings(pairing)))


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
    found: dict[tuple[int, int], tuple[Finding, ...]] = {}
    waiting = [(number, place) for number in range(len(pairings)) for place in range(len(CHECKS))]
    for _ in range(_ROUNDS):
        wanted: list[str] = []
        with meaning.gathering():
            for number, place in waiting:
                try:
                    found[number, place] = tuple(CHECKS[place].findings(pairings[number]))
                except meaning.Awaited as awaited:
                    wanted += awaited.texts
        waiting = [each for each in waiting if each not in found]
        if not waiting:
            break
        meaning.learn(wanted)
    for number, place in waiting:
        found[number, place] = tuple(CHECKS[place].findings(pairings[number]))
    return [
        tuple(finding for place in range(len(CHECKS)) for finding in found[number, place])
        for number in range(len(pairings))
    ]


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
