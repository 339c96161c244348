"""Findings in place: a sentence cut where a finding begins or ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dragoman.translation.desk.explaining import explained

_WORST = ("refuse", "doubtful", "minor")
Stored = Mapping[str, Any]  # the fields of fidelity.findings.Finding


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence and the numbers of the findings that stand there."""

    text: str
    numbers: tuple[int, ...] = ()
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """A finding for people. `placed`: whether it is marked anywhere."""

    number: int
    severity: str
    sentence: str
    placed: bool


def marked(text: str, findings: Sequence[Stored], side: str) -> tuple[Piece, ...]:
    """The text in pieces; `side` is "source" or "target". Joined they are the text."""
    stretches = [
        (max(0, start), min(len(text), end), number)
        for number, finding in enumerate(findings, 1)
        for start, end in finding.get(side) or ()
    ]
    cuts = sorted(
        {0, len(text), *(cut for start, end, _ in stretches if start < end for cut in (start, end))}
    )
    return tuple(_piece(text, start, end, stretches, findings) for start, end in pairwise(cuts))


def _piece(
    text: str, start: int, end: int, stretches: Sequence[tuple[int, int, int]], findings: Sequence[Stored]
) -> Piece:
    numbers = tuple(
        dict.fromkeys(number for first, last, number in stretches if first <= start and end <= last)
    )
    severities = {str(findings[number - 1].get("severity", "")) for number in numbers}
    return Piece(text[start:end], numbers, next((each for each in _WORST if each in severities), ""))


def explanations(findings: Sequence[Stored]) -> tuple[Explained, ...]:
    """Each finding with its number, as `marked` numbers them."""
    return tuple(
        Explained(
            number,
            str(finding.get("severity", "")),
            explained(finding),
            bool(finding.get("source") or finding.get("target")),
        )
        for number, finding in enumerate(findings, 1)
    )
