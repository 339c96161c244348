"""Quantities: a figure with its scale and unit, or with its currency. Read whole, written whole, never converted.

"4,4 тыс. кв. км" is 4.4 · 10³ square kilometres; French writes it "4 400 km²".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dragoman.text.figures import LATIN_ZERO, Figure, Number, figures, read, write
from dragoman.text.locales import NO_BREAK_SPACE, SPACES, base, locale, writing
from dragoman.text.units import joined, measure_at, scale_word, unit_sign

_SYMBOLS = "$€£¥₽₴₹₺₩₪₸₫₦₱"
_CURRENCY_BEFORE = re.compile(
    rf"(?:(?<![^\W\d_])(?:US|CA|AU|NZ|HK|[RSCA])[{SPACES}]?)?[{_SYMBOLS}][{SPACES}]?$"
)
_CURRENCY_BEHIND = re.compile(rf"[{SPACES}]?(?:[{_SYMBOLS}](?![{SPACES}]?\d))")
_MONEY_SCALES = {"k": 3, "m": 6, "b": 9}
_MONEY_SCALE = re.compile(r"([kmb])(?![\w'’])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure and what is said of it. `number` is None where the language would not write the figure so.

    `power` of ten and `unit` (CLDR's name) stand at [figure.end, end); a `currency` sign before or behind.
    """

    figure: Figure
    number: Number | None
    start: int
    end: int
    power: int = 0
    unit: str = ""
    currency: str = ""

    @property
    def measured(self) -> bool:
        return bool(self.power or self.unit or self.currency)

    @property
    def amount(self) -> tuple[str, str] | None:
        """The figure times its scale, to compare."""
        if self.number is None:
            return None
        whole = self.number.times_power(self.power) if self.power else self.number
        return whole.value if whole else None


def quantities(text: str, language: str) -> Iterator[Quantity]:
    """Every figure of a text, with what is said of it."""
    style = writing(language)
    for figure in figures(text):
        number = read(figure.written, style) if style else None
        yield _quantity(text, figure, number, language)


def _quantity(text: str, figure: Figure, number: Number | None, language: str) -> Quantity:
    start, end, currency = figure.start, figure.end, ""
    before = _CURRENCY_BEFORE.search(text, max(0, start - 8), start)
    if before:
        start, currency = before.start(), currency_of(before[0])
    money = _MONEY_SCALE.match(text, end) if before else None
    if money:
        return Quantity(figure, number, start, money.end(), _MONEY_SCALES[money[1].lower()], "", currency)
    measure = measure_at(text, end, language)
    power, unit = (measure.power, measure.unit) if measure else (0, "")
    end = measure.end if measure else end
    behind = _CURRENCY_BEHIND.match(text, end)
    if behind and not currency:
        end, currency = behind.end(), currency_of(behind[0])
    return Quantity(figure, number, start, end, power, unit, currency)


def money_scale_ends(text: str, quantity: Quantity) -> int:
    """Where an English scale letter behind a sum ends ("$5m"); 0 without one."""
    found = _MONEY_SCALE.match(text, quantity.figure.end) if quantity.currency else None
    return found.end() if found else 0


def currency_of(written: str) -> str:
    """A currency's sign without spaces; "US$" is "$", for both are written for the same."""
    bare = re.sub(f"[{SPACES}]", "", written)
    return "$" if bare.upper() == "US$" else bare


CURRENCY_SIGNS = {"€": "EUR", "£": "GBP", "₽": "RUB", "₴": "UAH", "₹": "INR"}
"""Signs that stand for one currency, or for one above all."""
_NAMED = ("EUR", "GBP", "RUB", "UAH", "INR", "USD", "JPY", "BRL", "CHF")
_NAME_LAST = frozenset({"en"})  # "British pounds"; elsewhere "libras esterlinas"
_NAME_FIRST = frozenset({"fr", "es", "pt", "it"})
_CURRENCY_NAME = re.compile(rf"[{SPACES}](?:de[{SPACES}]|d[’'])?([^\W\d_]+)")


def currency_named_at(text: str, start: int, language: str) -> tuple[frozenset[str], int] | None:
    """The currencies (ISO 4217) that the word behind a sum may name, and its end; None where it names none."""
    found = _CURRENCY_NAME.match(text, start)
    codes = _currency_names(base(language)).get(found[1].casefold()) if found else None
    return (codes, found.end()) if found and codes else None


@lru_cache(maxsize=16)
def _currency_names(language: str) -> Mapping[str, frozenset[str]]:
    known = locale(language)
    if known is None or language not in _NAME_FIRST | _NAME_LAST:
        return {}
    names: dict[str, frozenset[str]] = {}
    for code in _NAMED:
        for name in known._data["currency_names_plural"].get(code, {}).values():
            word = name.casefold().split()[-1 if language in _NAME_LAST else 0]
            names[word] = names.get(word, frozenset()) | {code}
    return names


def write_quantity(quantity: Quantity, language: str, zero: str = LATIN_ZERO) -> str | None:
    """The quantity (without its currency) as the language writes it; None where that is not certain.

    Thousands are written out: scale words for them are awkward in most languages before a unit.
    """
    style, number = writing(language), quantity.number
    if style is None or number is None:
        return None
    power = quantity.power
    whole = number.times_power(power) if power == 3 else None
    if whole is not None:
        number, power = whole, 0
    plural = _plural(number, language)
    figure = write(number, style, zero)
    sign = unit_sign(language, quantity.unit, plural) if quantity.unit else ("", "")
    if sign is None:
        return None
    if not power:
        return figure + _glued(sign[1]) + sign[0]
    word = scale_word(language, power, plural)
    if word is None:
        return None
    words = figure + NO_BREAK_SPACE + word
    return joined(language, words, sign[0]) if quantity.unit else words


def _glued(space: str) -> str:
    return NO_BREAK_SPACE if space == " " else space


def _plural(number: Number, language: str) -> str:
    known = locale(base(language))
    value = float(f"{number.integer[-9:]}.{number.fraction or '0'}")
    return str(known.plural_form(value if number.fraction else int(value))) if known else "other"
