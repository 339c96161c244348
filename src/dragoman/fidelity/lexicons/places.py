"""What countries and well-known cities are called in two languages, after CLDR (territories, and cities of time zones)."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError

from dragoman.fidelity.sounds import sound_alike
from dragoman.fidelity.words import UNSPACED, base, plain, words

_LISTS_ALL_ZONES = "ru"  # others leave out the cities that English spells the same
_NO_CITIES = ("Etc/", "America/Argentina/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/")
_ALSO = {"pt": ("pt_PT",), "es": ("es_MX",), "zh": ("zh_Hant",)}
"""Where a language has two names: "Moscou" and "Moscovo"."""
_OWN_SCRIPT = frozenset("ar be bg el fa he hi hy ja ka ko mk ru sr th uk ur zh".split())
"""Languages that do not write a city as English does where CLDR says nothing of it."""


def is_elsewhere(name: str, language: str, text: str, other: str) -> bool | None:
    """Whether a place that the language calls so is not in the other's text, by any of its names; None of other words,
    and of places that have no name there."""
    codes = [
        code for code in _codes(base(language)).get(name.casefold(), ()) if _names(base(other)).get(code)
    ]
    if not codes:
        return None
    return not any(_stands(each, text) for code in codes for each in _names(base(other))[code])


def _stands(name: str, text: str) -> bool:
    if UNSPACED.search(name):
        return name in text
    telling = [word for word in words(name) if len(word.text) > 2]
    return any(_is_form(one.folded, other.folded) for one in telling for other in words(text))


def _is_form(name: str, word: str) -> bool:
    """Also of words made from it: "Russia", "russischen"."""
    stem = plain(name)[: max(4, len(name) - 2)] if len(name) > 4 else plain(name)[:3]
    return plain(word).startswith(stem) or sound_alike(name, word)


@lru_cache(maxsize=32)
def _names(language: str) -> dict[str, frozenset[str]]:
    """By CLDR's code of a territory or zone; none for a language that it does not know."""
    found: dict[str, frozenset[str]] = {}
    for locale in (language, *_ALSO.get(language, ())):
        for code, name in _named(locale, language).items():
            found[code] = found.get(code, frozenset()) | {name}
    return found


def _named(tag: str, language: str) -> dict[str, str]:
    try:
        locale = Locale.parse(tag)
    except (ValueError, UnknownLocaleError):
        return {}
    named = dict(locale.territories)
    for zone in Locale.parse(_LISTS_ALL_ZONES).time_zones:
        city = locale.time_zones.get(zone, {}).get("city")
        if city or not (language in _OWN_SCRIPT or zone.startswith(_NO_CITIES)):
            named[zone] = city or zone.rpartition("/")[2].replace("_", " ")
    return named


@lru_cache(maxsize=32)
def _codes(language: str) -> dict[str, frozenset[str]]:
    """By the names that are one word, case folded."""
    found: dict[str, frozenset[str]] = {}
    for code, names in _names(language).items():
        for name in names:
            if len(words(name)) == 1:
                found[name.casefold()] = found.get(name.casefold(), frozenset()) | {code}
    return found
