"""The gate: every check's findings about a pairing. Deterministic."""

from collections.abc import Sequence

from dragoman.fidelity.checks import CHECKS
from dragoman.fidelity.findings import Finding, Pairing, verdict
from dragoman.text.terms import places

_GLOSSARY_KNOWS = frozenset({"untranslated", "names", "echoed"})
"""Checks that would doubt what editors ruled: a name in another script, words that stay as they are."""

__all__ = ["CHECKS", "Pairing", "examine", "verdict"]


def examine(pairing: Pairing) -> tuple[Finding, ...]:
    """Findings of all checks, in the order of the checks; what the glossary says so is no fault."""
    found = tuple(finding for check in CHECKS for finding in check.findings(pairing))
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
