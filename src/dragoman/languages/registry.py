"""The languages a publication offers, and what CLDR says of any language."""

from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf import settings

UNDETERMINED = "und"
# Scripts written from right to left (Unicode, Bidi_Class R and AL) that a modern language uses.
RTL_SCRIPTS = frozenset({"Arab", "Hebr", "Thaa", "Nkoo", "Syrc", "Adlm", "Rohg"})
RTL_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the publication. `ahead`: translated on publication, not on view."""

    code: str
    ahead: bool = True
    numbering: str = "latn"

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return direction(self.code)

    @property
    def native_name(self) -> str:
        """The language's name in itself, as a menu shows it: "Français"."""
        return native_name(self.code)


@cache
def _offered(codes: tuple[tuple[str, bool, str], ...]) -> dict[str, Language]:
    return {code: Language(code, ahead, numbering) for code, ahead, numbering in codes}


def publication_languages() -> tuple[Language, ...]:
    """The languages the publication offers, the first one its default."""
    return tuple(_offered(tuple(settings.PUBLICATION_LANGUAGES)).values())


def codes() -> tuple[str, ...]:
    """The codes of the offered languages, the default first."""
    return tuple(language.code for language in publication_languages())


def default_language() -> str:
    """The code of the publication's first language."""
    return codes()[0]


def is_offered(code: str) -> bool:
    """Whether the publication has pages in this language."""
    return code in _offered(tuple(settings.PUBLICATION_LANGUAGES))


def offered(code: str) -> Language:
    """The offered language with this code. Raises KeyError when there is none."""
    return _offered(tuple(settings.PUBLICATION_LANGUAGES))[code]


def base(code: str) -> str:
    """The language without region or script: `pt-BR` → `pt`."""
    return code.replace("_", "-").split("-")[0].lower()


@cache
def locale(code: str) -> Locale:
    """The CLDR locale nearest to a language code; English for what CLDR does not know."""
    for candidate in (code, base(code)):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def direction(code: str) -> str:
    """`rtl` or `ltr`; `auto` for an undetermined language, as HTML's `dir` takes it."""
    if code == UNDETERMINED:
        return "auto"
    subtags = code.replace("_", "-").split("-")
    script = next((tag.title() for tag in subtags[1:] if len(tag) == 4), None)
    if script:
        return "rtl" if script in RTL_SCRIPTS else "ltr"
    return "rtl" if base(code) in RTL_LANGUAGES else "ltr"


@cache
def native_name(code: str) -> str:
    """A language's name in itself, with a capital where the script has one."""
    own = locale(code)
    name = own.get_display_name(own) if base(code) == own.language else None
    return capitalised(name or code)


@cache
def language_name(code: str, language: str) -> str:
    """The name of `code` as running text of `language` writes it (CLDR): "francês"."""
    names = locale(language).languages
    return str(names.get(code.replace("-", "_")) or names.get(base(code)) or code)


def capitalised(text: str) -> str:
    """The text with its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]
