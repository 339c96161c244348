"""The gate: every check's findings about a pairing. Deterministic."""

from dragoman.fidelity.checks import CHECKS
from dragoman.fidelity.findings import Finding, Pairing, verdict

__all__ = ["CHECKS", "Pairing", "examine", "verdict"]


def examine(pairing: Pairing) -> tuple[Finding, ...]:
    """Findings of all checks, in the order of the checks."""
    return tuple(finding for check in CHECKS for finding in check.findings(pairing))
