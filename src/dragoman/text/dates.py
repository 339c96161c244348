"""Dates and times of day: read as one language writes them, written as another does, when certain.

Certain: the day cannot be taken for the month, the time of day is complete. What is doubtful is not read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time

from dragoman.text.locales import NO_BREAK_SPACE, base, locale

_SPACE = "[ \u00a0\u202f]"
_OPTIONAL_SPACE = f"{_SPACE}?"


# --- times of day ----------------------------------------------------------

_CLOCK = re.compile(
    rf"(?<![\w:.,/])(?P<hours>\d{{1,2}})(?P<sign>:|{_OPTIONAL_SPACE}h{_OPTIONAL_SPACE})(?P<minutes>\d{{2}})"
    rf"(?![\d:/]|\w)(?:{_OPTIONAL_SPACE}(?P<half>[ap])\.?{_OPTIONAL_SPACE}m(?!\w)\.?)?",
    re.IGNORECASE,
)
_HALF_ONLY = re.compile(
    rf"(?<![\w:.,/])(?P<hours>\d{{1,2}})(?P<sign>)(?P<minutes>){_OPTIONAL_SPACE}(?P<half>[ap])\.?{_OPTIONAL_SPACE}m(?!\w)\.?",
    re.IGNORECASE,
)
_DOTTED = re.compile(
    rf"(?<![\w:.,/])(?P<hours>\d{{1,2}})(?P<sign>\.)(?P<minutes>\d{{2}}){_OPTIONAL_SPACE}(?P<half>[ap])\.?{_OPTIONAL_SPACE}m"
    r"(?!\w)\.?",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    rf"(?<![\w:.,/])(?P<hours>\d{{1,2}})(?P<sign>:){_SPACE}(?P<minutes>\d{{2}})(?![\w:/%]|[.,]\d)(?P<half>)"
)
_WORDS_OF_TIME: Mapping[str, str] = {
    "en": "at|by|from|until|till|since|before|after|around",
    "fr": "à|dès|vers|avant|après|de",
    "es": "las|la|desde|hasta",
    "pt": "às|as|à|desde|até",
    "ru": "в|с|до|к|около|после",
    "uk": "о|об|з|до|після",
    "de": "um|ab|bis|gegen|seit",
    "it": "alle|ore|dalle",
    "tr": "saat",
    "ar": "الساعة",
}
_PART_OF_DAY = re.compile(
    rf"{_OPTIONAL_SPACE}(?:[ap]\.?{_OPTIONAL_SPACE}m\b|de la |da (?:manhã|tarde|noite|madrugada)|du (?:matin|soir)|"
    r"de l[’']après|ночи|утра|дня|вечера|ранку|дня|вечора|مساء|صباح|ظهر|[صم]\b|in the |o[’']clock|Uhr|GMT|UTC|hours)",
    re.IGNORECASE,
)
_TWENTY_FOUR_IN_ENGLISH = frozenset({"en-gb", "en-ie", "en-za"})


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time at [start, end). `half`: "a" or "p" where it is told so; `sign` as in "19:30", "19 h 30"."""

    start: int
    end: int
    hours: int
    minutes: int
    half: str = ""
    sign: str = ":"

    @property
    def value(self) -> tuple[int, int]:
        """On a clock of 24 hours."""
        if not self.half:
            return self.hours, self.minutes
        return self.hours % 12 + (12 if self.half == "p" else 0), self.minutes


def times(text: str, language: str) -> Iterator[TimeOfDay]:
    """The times of day of a text; "11: 40" too where words before it say that it is one."""
    taken = 0
    found = sorted(
        (each for pattern in (_CLOCK, _DOTTED, _BROKEN, _HALF_ONLY) for each in pattern.finditer(text)),
        key=lambda each: (each.start(), -each.end()),
    )
    for each in found:
        if each.start() < taken or (
            each.re is _BROKEN and not _said_to_be_time(text, each.start(), language)
        ):
            continue
        told = _time(each)
        if told is not None:
            taken = told.end
            yield told


def broken_times(text: str) -> Iterator[TimeOfDay]:
    """Whatever looks like "11: 40": a time only for who knows that one is meant."""
    for each in _BROKEN.finditer(text):
        told = _time(each)
        if told is not None:
            yield told


def _time(found: re.Match[str]) -> TimeOfDay | None:
    hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
    half = (found["half"] or "").lower()
    if hours > (12 if half else 23) or minutes > 59 or (half and hours == 0):
        return None
    return TimeOfDay(
        found.start(), _without_sentence_stop(found), hours, minutes, half, found["sign"].strip().lower()
    )


def _without_sentence_stop(found: re.Match[str]) -> int:
    """ "7:30 pm." ends a sentence, "7:30 p.m." does not say whether it does."""
    written = found[0]
    return found.end() - (written.endswith(".") and written.count(".") == 1)


def _said_to_be_time(text: str, start: int, language: str) -> bool:
    before = text[max(0, start - 24) : start]
    words = _WORDS_OF_TIME.get(base(language))
    after_date = re.search(rf"\b\d{{4}}(?: г\.)?[,]?{_SPACE}$", before) is not None
    return after_date or bool(words and re.search(rf"(?<!\w)(?:{words}){_SPACE}$", before, re.IGNORECASE))


def follows_word_of_time(text: str, start: int, language: str) -> bool:
    """Whether the words before say that a time of day follows."""
    return _said_to_be_time(text, start, language)


def has_part_of_day(text: str, end: int) -> bool:
    """Whether "in the evening" or the like stands behind."""
    return _PART_OF_DAY.match(text, end) is not None


def counts_twelve_hours(language: str) -> bool:
    """Whether the language writes 7:30 PM."""
    known = locale(language)
    twenty_four = language.replace("_", "-").lower() in _TWENTY_FOUR_IN_ENGLISH
    return known is not None and not twenty_four and "a" in known.time_formats["short"].pattern


def write_time(hours: int, minutes: int, language: str) -> str | None:
    """The time as newspapers of the language write it; None for what CLDR does not know."""
    if base(language) == "fr":
        return f"{hours}{NO_BREAK_SPACE}h" + (f"{NO_BREAK_SPACE}{minutes:02}" if minutes else "")
    if base(language) == "pt":
        return f"{hours}h" + (f"{minutes:02}" if minutes else "")
    known = locale(language)
    if known is None:
        return None
    pattern = "short" if counts_twelve_hours(language) else known.time_formats["short"].pattern
    if language.replace("_", "-").lower() in _TWENTY_FOUR_IN_ENGLISH:
        pattern = "HH:mm"
    written: str = format_time(time(hours, minutes), pattern, locale=known)
    return written.replace("\u202f", NO_BREAK_SPACE)


# --- dates -----------------------------------------------------------------

_FIGURES = re.compile(r"(?<![\w.,/-])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?![\w/-]|[.,]\d)")
_YEAR_IN_FIGURES = re.compile(r"\d{4}")
_ISO = re.compile(r"(?<![\w.,/-])(\d{4})-(\d{2})-(\d{2})(?![\w/-]|[.,]\d)")
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?P<year>\d{4})"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date at [start, end). `form`: "figures" (8.11.2020), "iso", or "words" (8 November 2020)."""

    start: int
    end: int
    value: date
    form: str
    month_first: bool = False
    sign: str = ""


def dates(text: str, language: str) -> Iterator[WrittenDate]:
    """The complete dates of a text, day, month and year, that can be read in one way only."""
    if not _YEAR_IN_FIGURES.search(text):
        return
    yield from _dates_in_figures(text, language)
    for found in _ISO.finditer(text):
        yield from _checked(found, "iso", int(found[1]), int(found[2]), int(found[3]))
    for pattern, month_first in _patterns(base(language)):
        for found in pattern.finditer(text):
            month = _months(base(language))[found["month"].casefold()]
            yield from _checked(found, "words", int(found["year"]), month, int(found["day"]), month_first)


def _dates_in_figures(text: str, language: str) -> Iterator[WrittenDate]:
    for found in _FIGURES.finditer(text):
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        month_first = _month_first(language, one, other)
        if month_first is not None:
            day, month = (other, one) if month_first else (one, other)
            yield from _checked(found, "figures", year, month, day, month_first, found[2])


def _month_first(language: str, one: int, other: int) -> bool | None:
    """Which of the figures is the month; None where both may be and the language does not say.

    English without a region is written both ways.
    """
    if one > 12 or other > 12:
        return other > 12
    known = locale(language)
    if known is None or (base(language) == "en" and not known.territory):
        return None
    pattern: str = known.date_formats["short"].pattern
    if pattern.find("y") < min(pattern.find("M"), pattern.find("d")):
        return None
    return pattern.find("M") < pattern.find("d")


def _checked(
    found: re.Match[str],
    form: str,
    year: int,
    month: int,
    day: int,
    month_first: bool = False,
    sign: str = "",
) -> Iterator[WrittenDate]:
    try:
        value = date(year, month, day)
    except ValueError:
        return
    yield WrittenDate(found.start(), found.end(), value, form, month_first, sign)


@lru_cache(maxsize=32)
def _months(language: str) -> Mapping[str, int]:
    """Names and abbreviations of months, case folded, without full stops."""
    known = locale(language)
    if known is None:
        return {}
    return {
        name.rstrip(".").casefold(): number
        for form in ("format", "stand-alone")
        for width in ("abbreviated", "wide")
        for number, name in known.months[form][width].items()
        if not name[0].isdigit() and not name[-1].isdigit()
    }


@lru_cache(maxsize=32)
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], bool], ...]:
    names = sorted(_months(language), key=len, reverse=True)
    if not names:
        return ()
    month = rf"(?P<month>{'|'.join(map(re.escape, names))})\.?"
    of = rf"{_SPACE}(?:de{_SPACE}|of{_SPACE})?"
    year_end = rf"{_YEAR}(?!\w|[.,]\d)(?:{_SPACE}г\.|{_SPACE}р\.)?"
    return (
        (
            re.compile(rf"(?<![\w.,/-]){_DAY}{of}{month},?{_SPACE}(?:de{_SPACE})?{year_end}", re.IGNORECASE),
            False,
        ),
        (
            re.compile(rf"(?<!\w){month}{_SPACE}{_DAY},?{_SPACE}(?:de{_SPACE})?{year_end}", re.IGNORECASE),
            True,
        ),
    )


def month_comes_first(language: str) -> bool:
    """Whether the language writes the month before the day in words, as American English does."""
    known = locale(language)
    pattern = known.date_formats["long"].pattern if known else ""
    return 0 <= pattern.find("MMMM") < pattern.find("d")


def write_date(value: date, language: str) -> str | None:
    """The date in words."""
    known = locale(language)
    return _without_year_word(format_date(value, "long", locale=known)) if known else None


def _without_year_word(written: str) -> str:
    """ "8 ноября 2020 г." as running text has it: the sentence says whether a word for the year follows."""
    return re.sub(rf"{_SPACE}[гр]\.$", "", written)


def write_date_in_figures(value: date, language: str) -> str | None:
    """The date in figures; in words in English without a region, where figures may be taken for another day."""
    known = locale(language)
    if known is None:
        return None
    if base(language) == "en" and not known.territory:
        return write_date(value, language)
    return str(format_date(value, _with_whole_year(known), locale=known))


def _with_whole_year(known: Locale) -> str:
    pattern: str = known.date_formats["short"].pattern
    return re.sub("y+", "y", pattern)
