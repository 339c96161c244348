"""Ordinals in figures: 11th, 11e, 11.º, 11-й. Found by the sign that a language puts behind the figure, and written
with the target's. Sources: CLDR's rule-based formats (digits-ordinal); the RAE and Portugal's academy for the point."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.text.locales import base

_SIGNS = {
    "en": r"(?:st|nd|rd|th)",
    "fr": r"(?:ers?|res?|nde?s?|è?mes?|ièmes?|es?)",
    "es": r"\.?(?:[ºª]|er|r[oa]s?|d[oa]s?|t[oa]s?|[oa]s?)",
    "pt": r"\.?(?:[ºª]s?|[oa]s?)",
    "it": r"\.?(?:[ºª]|[oa]|esim[oaie])",
    "ru": r"-(?:й|я|е|ю|го|му|м|ми|х|ой|ая|ое|ые|ых|ому|ом|ого)",
    "uk": r"-(?:й|а|е|я|є|ї|у|го|ма|му|м|ми|х|ті|та)",
}
_PATTERNS = {
    language: re.compile(rf"(?<![\w.,:/-])(\d{{1,4}})({sign})(?![\w])", re.IGNORECASE)
    for language, sign in _SIGNS.items()
}
_FEMININE = re.compile(r"(?:[ªa]s?|nde?s?|res?|ra|da|ta)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ordinal:
    """An ordinal in [start, end); `sign` is what stands behind the figure."""

    start: int
    end: int
    value: int
    sign: str


def ordinals(text: str, language: str) -> Iterator[Ordinal]:
    """Those in figures. "2a" may be a number of a house: whoever rewrites must know that an ordinal is meant."""
    pattern = _PATTERNS.get(base(language))
    if pattern is None:
        return
    for found in pattern.finditer(text):
        yield Ordinal(found.start(), found.end(), int(found[1]), found[2])


def write_ordinal(said: Ordinal, language: str) -> str | None:
    """As the language writes it, with the gender that the sign there tells; None where that is not certain."""
    own, figure = base(language), str(said.value)
    if own == "en":
        return figure + _english(said.value)
    if said.sign.lower() in ("st", "nd", "rd", "th"):
        return f"{figure}e" if own == "fr" and said.value > 1 else None
    feminine = bool(_FEMININE.search(said.sign))
    if own in ("es", "pt", "it"):
        point = "." if own == "es" or language.replace("_", "-").lower() == "pt-pt" else ""
        return None if said.sign.lower() == "er" else f"{figure}{point}{'ª' if feminine else 'º'}"
    if own == "fr":
        return figure + (("re" if feminine else "er") if said.value == 1 else "e")
    return None


def _english(value: int) -> str:
    if value % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
