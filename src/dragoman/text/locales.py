"""How a language writes figures, after CLDR (through Babel). No formatting of ours, only its conventions."""

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

NO_BREAK_SPACE = "\u00a0"
NARROW_SPACE = "\u202f"
SPACES = "\u0020\u00a0\u202f\u2009"

# CLDR's minimumGroupingDigits, which Babel does not tell: four figures stand without a separator.
_UNGROUPED_THOUSANDS = frozenset({"es", "pt-pt", "pl", "bg", "ca", "et", "hy", "ka", "lv"})


@dataclass(frozen=True, slots=True)
class Writing:
    """Signs of numbers. `groups`: sizes of the last group and of those before it."""

    decimal: str
    group: str
    groups: tuple[int, int]
    least_grouped: int
    percent_space: str
    percent_first: bool


def base(language: str) -> str:
    """The language without region or script: "pt-BR" → "pt"."""
    return language.replace("_", "-").partition("-")[0].lower()


@lru_cache(maxsize=128)
def locale(language: str) -> Locale | None:
    """CLDR's locale for a tag (BCP 47), or for its language; None for what CLDR does not know."""
    for tag in (language.replace("_", "-"), base(language)):
        try:
            return Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return None


@lru_cache(maxsize=128)
def writing(language: str) -> Writing | None:
    """How the language writes numbers in Latin digits; None where CLDR does not know it."""
    known = locale(language)
    if known is None:
        return None
    symbols = known.number_symbols["latn"]
    pattern = known.decimal_formats[None]
    percent = known.percent_formats[None].pattern
    tag = language.replace("_", "-").lower()
    ungrouped = tag in _UNGROUPED_THOUSANDS
    return Writing(
        decimal=symbols["decimal"],
        group=symbols["group"],
        groups=pattern.grouping,
        least_grouped=5 if ungrouped else 4,
        percent_space=NO_BREAK_SPACE if set(percent) & set(SPACES) else "",
        percent_first=percent.startswith("%"),
    )
