"""The languages a comment may be in: any that CLDR has data for, whether the publication offers it or not."""

import unicodedata
from functools import cache

from babel.localedata import locale_identifiers
from django.utils.translation import gettext

from dragoman.languages.registry import (
    UNDETERMINED,
    base,
    capitalised,
    codes,
    language_name,
    locale,
    publication_languages,
)


@cache
def known_languages() -> frozenset[str]:
    """Codes of the languages CLDR has locale data for, without regions and scripts."""
    return frozenset(
        name for name in locale_identifiers() if name.isalpha() and name.islower() and name != "root"
    )


def is_known(code: str) -> bool:
    """Whether a comment may be said to be in this language."""
    return code in known_languages() or code in codes() or code == UNDETERMINED


def language_choices(language: str) -> list[tuple[str, str]]:
    """For a menu on a page in `language`: the publication's languages, the others by name, then "another"."""
    offered = [(each.code, each.native_name) for each in publication_languages()]
    own = {base(code) for code, _ in offered}
    others = [choice for choice in _by_name(language) if choice[0] not in own]
    return [*offered, *others, (UNDETERMINED, gettext("Another language, or several"))]


@cache
def _by_name(language: str) -> tuple[tuple[str, str], ...]:
    names = locale(language).languages
    named = (
        (code, capitalised(language_name(code, language))) for code in known_languages() if code in names
    )
    return tuple(sorted(named, key=lambda choice: _alphabetical(choice[1])))


def _alphabetical(name: str) -> str:
    """Accents aside; the alphabet itself is Unicode's order."""
    return "".join(
        sign for sign in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(sign)
    )
