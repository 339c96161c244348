"""Numbers that are spelled out: number words, names of months, Roman numerals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from dragoman.fidelity.numerals.lexicon import CONNECTORS, lexicon
from dragoman.fidelity.words import AT_HAND
from dragoman.text.graphemes import MARKS

_WORD = re.compile(rf"[^\W\d_]+(?:['’][^\W\d_]+)*(?:[{MARKS}]+[^\W\d_]*)*")
_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8}
_HAN = re.compile(rf"[{''.join((*_HAN_DIGITS, *_HAN_SCALES))}]+")
_COUNTED = frozenset("个個名年月日人次位家天歳岁つ件本回項项种種条枚台頭头週周间間代倍")
_ROMAN = re.compile(r"\b(?=[IVXLC])(?:X[CL]|L?X{0,3}|C{1,3})?(?:I[XV]|V?I{0,3})(?=\b|e\b|ème\b|er\b|º|-)")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ARABIC = re.compile("[\u0621-\u064a]")
_VOWEL_SIGNS = re.compile("[\u064b-\u0652]")
# And, in, for, then, like, the: written together with the next word in Arabic.
_PREFIXES = ("و", "ب", "ل", "ف", "ك", "ال", "وال", "بال", "لل")


_Spoken = tuple[int, int, str]
"""A word at [start, end), case folded."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number in words at [start, end), and all that it may stand for: the whole and each of its words.

    `certain`: made of number words that mean nothing else, with `value` what they make together.
    """

    start: int
    end: int
    values: frozenset[float]
    value: float
    certain: bool


@lru_cache(maxsize=AT_HAND)
def spelled(text: str, language: str) -> tuple[Spelled, ...]:
    """The numbers spelled out in a text, in order of kind."""
    spoken = [(match.start(), match.end(), match[0].casefold()) for match in _WORD.finditer(text)]
    return (
        *_numbers(text, spoken, language),
        *_han(text, language),
        *_months(spoken, language),
        *_romans(text, language),
    )


def _han(text: str, language: str) -> Iterator[Spelled]:
    """Chinese and Japanese numerals; certain where what they count follows ("三个", "五人")."""
    if language[:2] not in ("zh", "ja"):
        return
    for match in _HAN.finditer(text):
        value = float(_han_value(match[0]))
        certain = text[match.end() : match.end() + 1] in _COUNTED and value >= 2
        yield Spelled(match.start(), match.end(), frozenset({value}), value, certain)


def _han_value(signs: str) -> int:
    total = part = digit = 0
    for sign in signs:
        if sign in _HAN_DIGITS:
            digit = digit * 10 + _HAN_DIGITS[sign]
        elif _HAN_SCALES[sign] >= 10**4:
            total, part, digit = total + max(part + digit, 1) * _HAN_SCALES[sign], 0, 0
        else:
            part, digit = part + max(digit, 1) * _HAN_SCALES[sign], 0
    return total + part + digit


def _numbers(text: str, spoken: list[_Spoken], language: str) -> Iterator[Spelled]:
    run: list[tuple[int, int, tuple[float, ...]]] = []
    for start, end, word in spoken:
        values = _values(word, language)
        if values:
            if run and not _adjacent(text, run[-1][1], start):
                yield _spelled(run)
                run = []
            run.append((start, end, values))
        elif word not in CONNECTORS and run:
            yield _spelled(run)
            run = []
    if run:
        yield _spelled(run)


@lru_cache(maxsize=16_384)
def _values(word: str, language: str) -> tuple[float, ...]:
    """The word's, or that of what is left without the Arabic particles that are written together with it."""
    known = lexicon(language)
    for form in (word.replace("’", "'"), *_bare(word)):
        if values := known.values(form):
            return values
    return ()


def _bare(word: str) -> Iterator[str]:
    if not _ARABIC.match(word):
        return
    stripped = _VOWEL_SIGNS.sub("", word)
    yield stripped
    for prefix in _PREFIXES:
        if stripped.startswith(prefix):
            yield stripped.removeprefix(prefix)
            yield "ال" + stripped.removeprefix(prefix)


def _adjacent(text: str, end: int, start: int) -> bool:
    between = text[end:start].strip(" \u00a0-‑").casefold()
    return not between or between in CONNECTORS


def _spelled(run: list[tuple[int, int, tuple[float, ...]]]) -> Spelled:
    each = {value for _, _, values in run for value in values}
    together = _compose([values[0] for _, _, values in run])
    certain = all(len(values) == 1 for _, _, values in run)
    return Spelled(run[0][0], run[-1][1], frozenset(each | together), max(together), certain)


def _compose(values: list[float]) -> set[float]:
    """What a run of number words makes: twenty-five, deux cent mille, fünfundzwanzig read as 5 and 20."""
    total = current = 0.0
    made: set[float] = set()
    for value in values:
        if value >= 1000:
            total, current = total + max(current, 1) * value, 0.0
        elif value == 100:
            current = max(current, 1) * 100
        elif value == 20 and current % 100 == 4:  # quatre-vingts
            current += 76
        else:
            current += value
        made.add(total + current)
    made.add(total + current)
    return made


def _months(spoken: list[_Spoken], language: str) -> Iterator[Spelled]:
    months = _month_names(language)
    for start, end, word in spoken if months else ():
        number = months.get(word) or months.get(word[:-1])
        if number:
            yield Spelled(start, end, frozenset({float(number)}), float(number), False)


@lru_cache(maxsize=64)
def _month_names(language: str) -> dict[str, int]:
    """Names and abbreviations after CLDR, case folded."""
    try:
        months = Locale.parse(language.replace("_", "-"), sep="-").months
    except (ValueError, UnknownLocaleError):
        return {}
    return {
        name.rstrip(".").casefold(): number
        for form in ("format", "stand-alone")
        for width in ("abbreviated", "wide")
        for number, name in months[form][width].items()
        if not name[0].isdigit()
    }


def _romans(text: str, language: str) -> Iterator[Spelled]:
    for match in _ROMAN.finditer(text):
        numeral = match[0]
        if not numeral or (numeral == "I" and language.startswith("en")):
            continue
        value = float(_roman(numeral))
        yield Spelled(match.start(), match.end(), frozenset({value, (value - 1) * 100}), value, False)


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    return sum(
        -value if following > value else value
        for value, following in zip(values, (*values[1:], 0), strict=True)
    )
