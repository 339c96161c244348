"""How good a comment is by its votes. No query is made here."""

from math import sqrt

_CONFIDENCE = 1.96  # of the lower bound: 95 %


def worth_of(ups: int, downs: int, baseline: int) -> float:
    """The bound for votes given here and a score that was brought along, which counts as so many votes one way."""
    return wilson_bound(ups + max(0, baseline), downs + max(0, -baseline))


def wilson_bound(ups: int, downs: int) -> float:
    """The lower bound of the share of votes for, with 95 % confidence (Wilson 1927); 0 without votes."""
    votes = ups + downs
    if votes <= 0:
        return 0.0
    share, z = ups / votes, _CONFIDENCE
    centre = share + z * z / (2 * votes)
    spread = z * sqrt((share * (1 - share) + z * z / (4 * votes)) / votes)
    return (centre - spread) / (1 + z * z / votes)
