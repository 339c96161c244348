"""What a check notices, how severe it is, and the verdict that follows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from dragoman.text.blocks import Range
from dragoman.text.terms import Term

Places = tuple[tuple[int, int], ...]


class Severity(StrEnum):
    """A note, a doubt that readers are told of, or a reason not to show it."""

    MINOR = "minor"
    DOUBTFUL = "doubtful"
    REFUSE = "refuse"


class Verdict(StrEnum):
    """Per segment."""

    PASS = "pass"  # noqa: S105 - a verdict
    DOUBTFUL = "doubtful"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing one check noticed. `message` is English; `code` and `params` let others say it in their language.
    Places are half-open ranges of code points."""

    check: str
    severity: Severity
    message: str
    source: Places = ()
    target: Places = ()
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A sentence and what it became. `terms`: the glossary's for this pair; only those that stand in it matter."""

    source: str
    target: str
    source_language: str
    target_language: str
    source_ranges: tuple[Range, ...] = ()
    target_ranges: tuple[Range, ...] = ()
    terms: tuple[Term, ...] = ()


class Check(Protocol):
    """One class, one question."""

    @property
    def name(self) -> str: ...

    def findings(self, pairing: Pairing) -> Iterator[Finding]: ...


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The worst severity decides."""
    severities = {finding.severity for finding in findings}
    if Severity.REFUSE in severities:
        return Verdict.REFUSE
    return Verdict.DOUBTFUL if Severity.DOUBTFUL in severities else Verdict.PASS
