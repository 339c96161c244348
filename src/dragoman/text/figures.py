"""Numbers written in digits of any script: read as one language writes them, written as another does.

A reading is strict. What is not well-formed in a language ("11.40" in Russian, "1.2.3") has none there.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.text.graphemes import WORD_CHARACTERS
from dragoman.text.locales import SPACES, Writing

_GROUPED = rf"\d{{1,3}}(?:[{SPACES}]\d{{3}}(?!\d))+(?:[.,٫]\d+)?"
_PLAIN = r"\d+(?:[.,'’٬٫]\d+)*"
_FIGURE = re.compile(rf"(?<![{WORD_CHARACTERS}.,:/'’٬٫])(?>{_GROUPED}|{_PLAIN})(?![:/]\d)")
_FIGURE_BEFORE = re.compile(rf"\d[{SPACES}]$|\+$")
_FIGURE_BEHIND = re.compile(rf"[{SPACES}]\d")
_SEPARATOR = re.compile(rf"[.,'’٬٫{SPACES}]")
_AMBIGUOUS = re.compile(r"\d{1,3}[.,]\d{3}")
_LONGEST = 24  # digits; longer ones are numbers of accounts, not amounts

LATIN_ZERO = "0"
_ARABIC_ZEROS = frozenset("٠۰")


@dataclass(frozen=True, slots=True)
class Number:
    """A value with the decimals it was written with; `grouped`: with separated thousands."""

    integer: str
    fraction: str = ""
    grouped: bool = False

    @property
    def value(self) -> tuple[str, str]:
        """Equal for numbers that say the same: 4.40 is 4.4, 007 is 7."""
        return self.integer.lstrip("0") or "0", self.fraction.rstrip("0")

    def times_power(self, power: int) -> "Number | None":
        """Times 10 ** `power`, when that is a whole number."""
        if len(self.fraction.rstrip("0")) > power:
            return None
        digits = self.integer + self.fraction[:power].ljust(power, "0")
        return Number(digits.lstrip("0") or "0", "", True)


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands at [start, end) of a text."""

    start: int
    end: int
    written: str

    @property
    def ambiguous(self) -> bool:
        """One separator and three digits behind it: thousands in one language, decimals in another."""
        return _AMBIGUOUS.fullmatch(self.written) is not None

    @property
    def zero(self) -> str:
        """The zero of the digits it is written in."""
        first = next(sign for sign in self.written if sign.isdecimal())
        return chr(ord(first) - unicodedata.decimal(first))


def figures(text: str) -> Iterator[Figure]:
    """The figures of a text; a space between groups of three is taken for a separator of thousands.

    Those of telephone numbers ("+44 7624 800 100") are left out.
    """
    for found in _FIGURE.finditer(text):
        before = text[max(0, found.start() - 2) : found.start()]
        if not _FIGURE_BEFORE.search(before) and not _FIGURE_BEHIND.match(text, found.end()):
            yield Figure(found.start(), found.end(), found[0])


def _in_latin_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def read(written: str, style: Writing) -> Number | None:
    """The number, as the language of `style` writes it; None when it would not write it so."""
    plain = _in_latin_digits(written)
    parts, signs = _SEPARATOR.split(plain), _SEPARATOR.findall(plain)
    if len(plain) > _LONGEST or not all(parts):
        return None
    fraction = ""
    if signs and signs[-1] in (style.decimal, "٫"):
        fraction, signs = parts.pop(), signs[:-1]
    if not signs:
        return Number(parts[0], fraction)
    if len({_kind(sign) for sign in signs}) > 1 or not _separates(signs[0], style):
        return None
    if not _well_grouped(parts):
        return None
    return Number("".join(parts), fraction, True)


def _kind(sign: str) -> str:
    return " " if sign in SPACES else "'" if sign in "'’" else sign


def _separates(sign: str, style: Writing) -> bool:
    """A space or an apostrophe is a decimal sign nowhere."""
    return sign == style.group or sign in SPACES or sign in "'’٬"


def _well_grouped(parts: list[str]) -> bool:
    """1,234,567, and the Indian 12,34,567; not 0,123."""
    first, *inner, last = parts
    return (
        1 <= len(first) <= 3 and first != "0" and len(last) == 3 and {len(each) for each in inner} <= {2, 3}
    )


def write(number: Number, style: Writing, zero: str = LATIN_ZERO) -> str:
    """The number in the language of `style`, in the digits of `zero`."""
    group, decimal = (style.group, style.decimal) if zero not in _ARABIC_ZEROS else ("٬", "٫")
    integer = number.integer
    if number.grouped and len(integer) >= style.least_grouped:
        integer = group.join(_grouped(integer, style.groups))
    written = integer + (decimal + number.fraction if number.fraction else "")
    if zero == LATIN_ZERO:
        return written
    return "".join(chr(ord(zero) + int(sign)) if sign.isdecimal() else sign for sign in written)


def _grouped(digits: str, sizes: tuple[int, int]) -> list[str]:
    last, others = sizes
    parts, rest = [digits[-last:]], digits[:-last]
    while rest:
        parts.insert(0, rest[-others:])
        rest = rest[:-others]
    return parts
