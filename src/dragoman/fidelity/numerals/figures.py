"""Numbers written in digits of any script, with all that they may mean.

"3.000" is three thousand in German and three in English; "11.40" may be a time. A figure therefore has readings:
each is the values that it stands for, one for a plain number, several for a time, a date or a score.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

from dragoman.fidelity.numerals.lexicon import Lexicon, lexicon
from dragoman.fidelity.words import AT_HAND, without_protected

Reading = tuple[float, ...]

_SPACES = "\u00a0\u202f\u2009 "
_GROUPED = rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}}(?!\d))+(?:[.,٫]\d+)?"
_CLOCK = rf"\d{{1,2}}[{_SPACES}]?[hч][{_SPACES}]?\d{{2}}(?!\d)"
_PLAIN = r"\d+(?:[.,:'’٬٫]\d+)*"
_FIGURE = re.compile(rf"(?<!\d)(?:{_CLOCK}|{_GROUPED}|{_PLAIN})|[\u00bc-\u00be\u2150-\u215e]")
_HAS_FIGURE = re.compile(r"[\d\u00bc-\u00be\u2150-\u215e]")
_SEPARATOR = re.compile(rf"[.,:'’٬٫hч{_SPACES}]+")
_SIGN = re.compile(r"(?:^|[\s(\[«“„\"])([-−–])$")
_AFTERNOON = re.compile(
    rf"[{_SPACES}]?(?:p\.?[{_SPACES}]?m\b|de la (?:tarde|noche)|da (?:tarde|noite)|du soir|вечера|дня|مساء)",
    re.IGNORECASE,
)
_BEFORE_NOON = re.compile(rf"[{_SPACES}]?a\.?[{_SPACES}]?m\b", re.IGNORECASE)
_WORD = re.compile(rf"[{_SPACES}]?([^\W\d_]+)")
_LONGEST = 30  # digits; longer ones are compared as they are written
_DECADE = re.compile(r"(?:1\d|20)\d0")
_FIRST_YEAR = re.compile(r"(?<!\d)(\d{2})\d{2}[ ]?[-–/]$")
_NO_NUMBER = re.compile(r"(?:covid-19|(?<![^\W\d_])(?:[kcm]m|m|[ксм]?м)[23])$", re.IGNORECASE)  # km2
_HALF_PAST = re.compile(r"[点點时時]半")
_LEAST_SCALE = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at [start, end), with the scale word that follows it ("4 million").

    `strict`: what it means as its language writes numbers; `readings`: all that it may mean, without the scale
    word too; `scale`: what the scale word multiplies by.
    """

    start: int
    end: int
    written: str
    strict: frozenset[Reading]
    readings: tuple[Reading, ...]
    scale: float | None = None
    negative: bool = False

    @property
    def whole(self) -> bool:
        """Without any separator."""
        return self.written.isdecimal()

    @property
    def on_the_clock(self) -> bool:
        return any(len(reading) > 1 for reading in self.strict)


@lru_cache(maxsize=AT_HAND)
def figures(text: str, language: str) -> tuple[Figure, ...]:
    """The figures of a text in order, but for those inside addresses, mentions, codes and emoji."""
    return tuple(_figures(without_protected(text), language))


def _figures(text: str, language: str) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text) if _HAS_FIGURE.search(text) else ():
        if not _NO_NUMBER.search(text, max(0, match.start() - 8), match.end()):
            yield _figure(text, match, language)


def _figure(text: str, match: re.Match[str], language: str) -> Figure:
    written = match[0]
    strict, others = _read(written, language)
    after = text[match.end() : match.end() + 40]
    hours = _on_the_clock(strict + others, after)
    end, scales = _scales(text, match.end(), language)
    scaled = [(_exact(values[0] * each),) for each in scales for values in strict if len(values) == 1]
    if _HALF_PAST.match(after):
        hours = [*hours, *((values[0], 30.0) for values in strict if len(values) == 1)]
    years = _short_years(written, text[max(0, match.start() - 6) : match.start()])
    readings = dict.fromkeys((*scaled, *strict, *hours, *others, *years))
    return Figure(
        match.start(),
        end,
        written,
        frozenset((*scaled, *hours) or strict),
        tuple(readings),
        scales[-1] if scales else None,
        bool(_SIGN.search(text[max(0, match.start() - 2) : match.start()])),
    )


def _read(written: str, language: str) -> tuple[list[Reading], list[Reading]]:
    """What the digits mean as the language writes numbers, and what else they may mean."""
    if not written[0].isdecimal():
        return [(unicodedata.numeric(written[0]),)], []
    if len(written) > _LONGEST:
        return [(float(int(_ascii(re.sub(r"\D", "", written))[:300])),)], []
    groups = [_ascii(group) for group in _SEPARATOR.split(written)]
    signs = _SEPARATOR.findall(written)
    if not signs:
        return [(float(groups[0]),)], []
    if set("".join(signs)) & set(":hч"):
        return _clock(groups)
    return _separated(groups, signs, decimal_sign(language))


def _ascii(digits: str) -> str:
    return "".join(str(unicodedata.decimal(digit)) for digit in digits)


def _clock(groups: list[str]) -> tuple[list[Reading], list[Reading]]:
    parts = tuple(map(float, groups))
    return [parts], [parts[:1]] if not any(parts[1:]) else []


def _separated(groups: list[str], signs: list[str], decimal: str) -> tuple[list[Reading], list[Reading]]:
    last = signs[-1].strip() or " "
    parts = tuple(map(float, groups))
    whole = float("".join(groups)) if _in_thousands(groups) and len(set(signs)) == 1 else None
    fraction = _fraction(groups, signs)
    strict: list[Reading] = []
    if whole is not None and last != decimal:
        strict.append((whole,))
    elif fraction is not None and last in (decimal, "٫"):
        strict.append((fraction,))
    others: list[Reading] = [(value,) for value in (whole, fraction) if value is not None]
    if not others or (len(set(signs)) == 1 and last in ".,"):
        others.append(parts)
    return strict or [others[0]], others


def _in_thousands(groups: list[str]) -> bool:
    """1,234,567, and the Indian 12,34,567; not 0,123."""
    return (
        1 <= len(groups[0]) <= 3
        and groups[0] != "0"
        and len(groups[-1]) == 3
        and all(len(group) in (2, 3) for group in groups[1:])
    )


def _fraction(groups: list[str], signs: list[str]) -> float | None:
    """With the last separator as decimal sign; engines also write "1,234,5"."""
    if signs[-1].strip() not in (".", ",", "٫"):
        return None
    if len(groups) > 2 and not _in_thousands(groups[:-1]):
        return None
    return float("".join(groups[:-1]) + "." + groups[-1])


def _on_the_clock(readings: list[Reading], after: str) -> list[Reading]:
    """7 p.m. is 19 too, and 12 a.m. is 0."""
    shift = 12.0 if _AFTERNOON.match(after) else 0.0 if _BEFORE_NOON.match(after) else None
    if shift is None:
        return []
    shifted = [(values[0] % 12 + shift, *values[1:]) for values in readings if values[0] <= 12]
    bare = [values[:1] for values in shifted if not any(values[1:])]
    return [*shifted, *bare, *(values for values in readings if values[0] <= 12)]


def _short_years(written: str, before: str) -> list[Reading]:
    """The 1980s are the 80s too, and the second year of 2010-14 and of 2010/11 is 2014 and 2011."""
    if _DECADE.fullmatch(written):
        return [(float(written[2:]),)]
    first = _FIRST_YEAR.search(before)
    if first and len(written) == 2 and written.isdecimal():
        return [(float(_ascii(first[1] + written)),)]
    return []


def _scales(text: str, end: int, language: str) -> tuple[int, list[float]]:
    """Where the scale words that follow end, and what they multiply to, word by word ("1,5 mil millones"): the
    last may begin a unit ("1000万千瓦").
    """
    known = lexicon(language)
    scales: list[float] = []
    while match := _WORD.match(text, end):
        value = _scale_value(known, match[1].casefold()) or _scale_value(known, match[1][0])
        if value is None:
            break
        scales.append((scales[-1] if scales else 1.0) * value)
        end = match.end() if _scale_value(known, match[1].casefold()) else match.start(1) + 1
    return end, scales


def _scale_value(known: Lexicon, word: str) -> float | None:
    return next((value for value in known.values(word) if value >= _LEAST_SCALE), None)


def _exact(value: float) -> float:
    """4.4 million is 4400000, not 4400000.000000001."""
    return float(f"{value:.12g}")


@lru_cache(maxsize=64)
def decimal_sign(language: str) -> str:
    """ "." or ",", after CLDR; "." for a language it does not know."""
    try:
        locale = Locale.parse(language.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return "."
    return "," if get_decimal_symbol(locale) == "," else "."
