"""The checks, in the order in which they are asked."""

from dragoman.fidelity.checks.presence import Echoed, Empty, LengthSane, Repetition
from dragoman.fidelity.checks.protected import LinksIntact, MarkupBalanced, PlaceholdersIntact, SpansKept
from dragoman.fidelity.checks.quantities import NumbersKept
from dragoman.fidelity.checks.terms import TermsHonoured
from dragoman.fidelity.findings import Check

CHECKS: tuple[Check, ...] = (
    Empty(),
    PlaceholdersIntact(),
    LinksIntact(),
    MarkupBalanced(),
    SpansKept(),
    NumbersKept(),
    TermsHonoured(),
    Echoed(),
    Repetition(),
    LengthSane(),
)
