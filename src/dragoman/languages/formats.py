"""Dates, numbers and lists as a language writes them (CLDR, through Babel)."""

import datetime as calendar
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import dates, lists, numbers
from django.conf import settings

from dragoman.languages.registry import is_offered, locale, offered


def publication_zone() -> ZoneInfo:
    """The time zone every page's times are written in (rule of reading 14)."""
    return ZoneInfo(settings.PUBLICATION_TIME_ZONE)


def _numbering(language: str) -> str:
    return offered(language).numbering if is_offered(language) else "latn"


def ways(language: str) -> tuple[str, str, str]:
    """All that decides how a value is written here in a language."""
    return language, _numbering(language), settings.PUBLICATION_TIME_ZONE


def number(value: float, language: str) -> str:
    """A number with the language's separators and the publication's digits for it."""
    written = numbers.format_decimal(value, locale=locale(language), numbering_system=_numbering(language))
    return _digits(written, language)  # Babel's separators follow the numbering system, its digits do not


def signed(value: int, language: str) -> str:
    """A score: U+2212, never a hyphen; no plus sign. The language's minus brings the mark that keeps it before the
    figure in a text from right to left (CLDR), which Babel's patterns leave out."""
    if value >= 0:
        return number(value, language)
    minus = numbers.get_minus_sign_symbol(locale(language), numbering_system=_numbering(language))
    return f"{minus}{number(-value, language)}".replace("-", "\u2212")


def date_and_time(value: datetime, language: str) -> str:
    """ "8 novembre 2020, 11:40", in the publication's zone."""
    zone = publication_zone()
    local = value.astimezone(zone)
    day = dates.format_date(local, "long", locale=locale(language))
    clock = dates.format_time(local, "short", tzinfo=zone, locale=locale(language))
    return _digits(moment_pattern(language).format(clock, day), language)


def moment_pattern(language: str) -> str:
    """How a language joins a day {1} and a time {0}; script writes the reader's own time so."""
    return str(locale(language).datetime_formats["long"]).replace("'", "")


def date(value: datetime, language: str) -> str:
    """ "8 novembre 2020"."""
    return _digits(
        dates.format_date(value.astimezone(publication_zone()), "long", locale=locale(language)), language
    )


def day(value: calendar.date, language: str, *, short: bool = False) -> str:
    """ "8 novembre 2020"; short: "8 nov."."""
    if short:
        return _digits(dates.format_skeleton("MMMd", value, locale=locale(language)), language)
    return _digits(dates.format_date(value, "long", locale=locale(language)), language)


def zone_name(value: datetime, language: str) -> str:
    """The publication's zone as mails and pages name it: "GMT+1", "UTC" (CLDR, localized GMT format, short)."""
    offset = value.astimezone(publication_zone()).utcoffset() or timedelta()
    hours, minutes = divmod(round(abs(offset).total_seconds() / 60), 60)
    sign = "\u2212" if offset < timedelta() else "+"
    distance = f"{sign}{hours}" + (f":{minutes:02}" if minutes else "") if offset else ""
    return _digits(str(locale(language).zone_formats["gmt"]) % distance, language)


def ago(value: datetime, now: datetime, language: str) -> str:
    """ "3 hours ago"; the date itself beyond a week."""
    delta = value - now
    if delta < timedelta(days=-7):
        return date(value, language)
    return _digits(dates.format_timedelta(delta, add_direction=True, locale=locale(language)), language)


def listing(items: list[str], language: str) -> str:
    """ "a, b and c"."""
    return str(lists.format_list(items, locale=locale(language)))


def _digits(text: str, language: str) -> str:
    """Digits in the publication's numbering system for the language (rule of reading 10)."""
    if _numbering(language) == "latn":
        return text.translate(_TO_LATIN)
    return text.translate(_FROM_LATIN.get(_numbering(language), {}))


_SYSTEMS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹", "deva": "०१२३४५६७८९", "beng": "০১২৩৪৫৬৭৮৯"}
_TO_LATIN = {ord(digit): str(index) for system in _SYSTEMS.values() for index, digit in enumerate(system)}
_FROM_LATIN = {
    name: {ord(str(index)): digit for index, digit in enumerate(system)} for name, system in _SYSTEMS.items()
}
