"""The language switcher: the page one reads, in every language of the publication."""

from collections.abc import Mapping
from dataclasses import dataclass

from dragoman.languages.registry import Language, is_offered, publication_languages


@dataclass(frozen=True, slots=True)
class Choice:
    """One language of the switcher."""

    language: Language
    address: str
    is_current: bool


def choices(own: Mapping[str, str], current: str) -> tuple[Choice, ...]:
    """The switcher of a page whose path in each language is known. `own`: path by language code."""
    return tuple(
        Choice(language, own[language.code], language.code == current) for language in publication_languages()
    )


def choices_by_prefix(path: str, current: str) -> tuple[Choice, ...]:
    """The switcher of a page whose path differs by its first part only; the home pages for any other."""
    first, _, rest = path.lstrip("/").partition("/")
    kept = rest if is_offered(first) else ""
    return choices(
        {language.code: f"/{language.code}/{kept}" for language in publication_languages()}, current
    )
