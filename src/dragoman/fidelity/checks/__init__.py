"""The checks, in the order in which they are asked."""

from dragoman.fidelity.checks.measures import DatesKept, QuotationsMarked, UnitsKept
from dragoman.fidelity.checks.names import NamesKept
from dragoman.fidelity.checks.negation import NegationKept
from dragoman.fidelity.checks.presence import Echoed, Empty, LengthSane, Repetition
from dragoman.fidelity.checks.protected import LinksIntact, MarkupBalanced, PlaceholdersIntact, SpansKept
from dragoman.fidelity.checks.quantities import NumbersKept
from dragoman.fidelity.checks.relation import Related
from dragoman.fidelity.checks.terms import TermsHonoured
from dragoman.fidelity.checks.untranslated import AllTranslated, OnlyTranslated, RightLanguage
from dragoman.fidelity.checks.wording import BrokenOff, Doubled
from dragoman.fidelity.findings import Check

CHECKS: tuple[Check, ...] = (
    Empty(),
    PlaceholdersIntact(),
    LinksIntact(),
    MarkupBalanced(),
    SpansKept(),
    NumbersKept(),
    UnitsKept(),
    DatesKept(),
    NamesKept(),
    NegationKept(),
    TermsHonoured(),
    QuotationsMarked(),
    Echoed(),
    OnlyTranslated(),
    RightLanguage(),
    AllTranslated(),
    Repetition(),
    Doubled(),
    BrokenOff(),
    LengthSane(),
    Related(),
)
