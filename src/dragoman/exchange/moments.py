"""Dates as news pages write them under a comment: "8 novembre 2020 11: 40", in any language of CLDR."""

import re
import unicodedata
from datetime import datetime
from functools import cache

from dragoman.languages.registry import locale

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})\s*[:h.٫]\s*(?P<minute>\d{2})(?:\s*:\s*\d{2})?\s*(?P<half>[ap]\.?m\.?)?$", re.I
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+")
# Words that stand in a date and say nothing: prepositions, "year", weekday separators.
_FILLERS = frozenset(
    (
        *("at", "on", "of", "the", "st", "nd", "rd", "th"),
        *("à", "le", "de", "del", "du", "el", "la", "las", "a", "los", "às", "em", "um"),
        *("в", "г", "года", "год"),
        *("في", "م", "الساعة"),
    )
)


@cache
def month_names(language: str) -> dict[str, int]:
    """Every way CLDR writes a month in this language, folded, to its number."""
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale(language).months[context][width].items():
                found.setdefault(_folded(name), number)
    return found


def moment(line: str, language: str) -> datetime | None:
    """The naive moment a line consists of; None when it is anything else. `11: 40` is read as 11:40."""
    if len(line) > 80:
        return None
    text = _ascii_digits(unicodedata.normalize("NFKC", line)).strip()
    clock = _CLOCK.search(text)
    if clock is None:
        return None
    day = _day(text[: clock.start()].rstrip(" ,،–-"), language)
    return _at(day, clock) if day else None


def _ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text)


def _day(text: str, language: str) -> datetime | None:
    """The date before the clock: one month by name, a day, a year, and nothing that says anything else."""
    months, rest = _month(text, language)
    numbers = [int(found) for found in _NUMBER.findall(rest)]
    years = [number for number in numbers if number >= 1000]
    days = [number for number in numbers if number < 1000]
    words = {_folded(word) for word in _WORD.findall(rest)}
    if len(months) != 1 or len(years) != 1 or len(days) != 1 or not words <= _fillers(language):
        return None
    try:
        return datetime(years[0], months[0], days[0])  # noqa: DTZ001 - the zone is the publication's, set later
    except ValueError:
        return None


def _month(text: str, language: str) -> tuple[list[int], str]:
    """The months named in a text, longest name first, and what is left of it."""
    folded = _folded(text)
    for name, number in sorted(month_names(language).items(), key=lambda entry: -len(entry[0])):
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        if re.search(pattern, folded):
            return [number], re.sub(pattern, " ", folded, count=1)
    return [], folded


@cache
def _fillers(language: str) -> frozenset[str]:
    days = locale(language).days["format"]
    weekdays = {_folded(name) for width in ("wide", "abbreviated") for name in days[width].values()}
    return _FILLERS | frozenset(weekdays)


def _at(day: datetime, clock: re.Match[str]) -> datetime | None:
    hour, half = int(clock["hour"]), (clock["half"] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return day.replace(hour=hour, minute=int(clock["minute"]))
    except ValueError:
        return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(".", "").strip()
