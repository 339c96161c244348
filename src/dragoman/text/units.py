"""Words and signs of scales ("тыс.", "million") and units ("кв. км", "km²"), by language.

The words are CLDR's (through Babel): all plural forms, long and short. What newspapers write besides stands in
the tables below. Nothing is converted, ever.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from dragoman.text.graphemes import WORD_CHARACTERS
from dragoman.text.locales import SPACES, base, locale

_METRIC = (
    "area-square-kilometer area-square-meter area-hectare length-kilometer length-meter length-centimeter "
    "length-millimeter mass-tonne mass-kilogram mass-gram volume-cubic-kilometer volume-cubic-meter volume-liter "
    "speed-kilometer-per-hour speed-meter-per-second temperature-celsius power-gigawatt power-megawatt "
    "power-kilowatt energy-kilowatt-hour"
)
_CUSTOMARY = (
    "area-square-mile area-square-foot area-acre length-mile length-foot length-inch length-yard mass-pound "
    "mass-ounce volume-gallon volume-barrel speed-mile-per-hour temperature-fahrenheit"
)

_BESIDES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "area-square-kilometer": "sq km|sq kms|square km|sq kilometers|sq kilometres",
        "area-square-meter": "sq m|square m|sq meters|sq metres",
        "area-square-mile": "sq mi|sq miles|sq mile",
        "area-square-foot": "sq ft|sq feet",
        "volume-cubic-meter": "cu m|cubic m",
        "length-kilometer": "kms",
        "mass-tonne": "tonnes|tonne",
        "speed-kilometer-per-hour": "kph|kmh",
        "speed-mile-per-hour": "mph",
        "temperature-celsius": "degrees c",
        "temperature-fahrenheit": "degrees f",
    },
    "ru": {
        "area-square-kilometer": "кв км|квкм|квадратных км",
        "area-square-meter": "кв м|квм|кв метров|квадратных м",
        "volume-cubic-kilometer": "куб км|кубических км",
        "volume-cubic-meter": "куб м|кубических м|кубометр|кубометра|кубометров",
        "area-hectare": "га",
        "temperature-celsius": "градусов|градуса|градус",
    },
    "uk": {
        "area-square-kilometer": "кв км|квадратних км",
        "area-square-meter": "кв м|квадратних м",
        "volume-cubic-meter": "куб м|кубометрів",
    },
    "pt": {
        "area-square-kilometer": "quilómetros quadrados|quilómetro quadrado",
        "mass-tonne": "toneladas|tonelada",
    },
    "ar": {"area-square-kilometer": "كم مربع|كيلومترا مربعا|كيلومترات مربعة", "mass-tonne": "طن"},
}

_POWERS = {3: "1000", 6: "1000000", 9: "1000000000", 12: "1000000000000"}
_SCALES_BESIDES: Mapping[str, Mapping[int, str]] = {
    "en": {3: "k", 6: "mln|mn", 9: "bn", 12: "tn|trn"},
    "fr": {3: "milliers", 9: "mds|md", 6: "mio"},
    "es": {12: "billón"},
    "pt": {6: "mi", 9: "bi|mil milhões|bilhão", 12: "tri|trilhão"},
    "ru": {3: "тыс", 6: "млн", 9: "млрд", 12: "трлн"},
    "uk": {3: "тис", 6: "млн", 9: "млрд", 12: "трлн"},
    "de": {3: "tsd", 6: "mio|mill", 9: "mrd"},
    "it": {3: "mila", 6: "mln", 9: "mld"},
    "ar": {6: "مليونا|مليوناً", 9: "بليون|مليارات|مليارا", 12: "تريليون"},
}
# Shorter ways than the word: how newspapers of the language write a scale behind a figure.
_SHORT_SCALES = frozenset({"ru", "uk"})
_CONNECTORS = {"fr": " de ", "es": " de ", "pt": " de ", "it": " di ", "ca": " de ", "ro": " de "}

_LETTERS = rf"(?:(?![\d_])[{WORD_CHARACTERS}])+"
_WORD = re.compile(rf"{_LETTERS}(?:/{_LETTERS})?(?:[²³]|[23](?!\w))?|°[ \u00a0\u202f]?[CFС](?!\w)")
_GAP = re.compile(rf"[{SPACES}]?\.?[{SPACES}]?")
_JOINED = re.compile(rf"[{SPACES}](?:de|di)[{SPACES}]")
_LONGEST_PHRASE = 4
_SIGNS = str.maketrans({"2": "²", "3": "³"})


@dataclass(frozen=True, slots=True)
class Measure:
    """A power of ten and a unit (CLDR's name), either or both; ends at `end` of the text."""

    power: int
    unit: str
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    power: int = 0
    unit: str = ""


def measure_at(text: str, start: int, language: str) -> Measure | None:
    """What is said of the figure that ends at `start`: "тыс. кв. км", "million square kilometres", "km²".

    An abbreviation's full stop belongs to it where the sentence goes on behind it.
    """
    words = _vocabulary(base(language))
    power, unit, end = 0, "", start
    found = _phrase(text, start, words)
    if found and found[0].power:
        power, end = found[0].power, found[1]
        joined = _JOINED.match(text, end)
        found = _phrase(text, joined.end() if joined else end, words)
    if found and found[0].unit:
        unit, end = found[0].unit, found[1]
    return Measure(power, unit, end) if power or unit else None


def run_at(text: str, start: int, languages: tuple[str, ...]) -> tuple[int, frozenset[str]]:
    """Where the words of measures of any of the languages that follow end, and the units among them."""
    units: set[str] = set()
    end = start
    vocabularies = [_vocabulary(base(language)) for language in languages]
    while True:
        joined = _JOINED.match(text, end) if end > start else None
        at = joined.end() if joined else end
        founds = [found for words in vocabularies if (found := _phrase(text, at, words))]
        if not founds:
            return end, frozenset(units)
        longest = max(founds, key=lambda found: found[1])
        units |= {longest[0].unit} - {""}
        end = longest[1]


def _phrase(text: str, start: int, words: Mapping[str, _Word]) -> tuple[_Word, int] | None:
    """The longest phrase of the vocabulary that begins behind `start`, and its end."""
    best: tuple[_Word, int] | None = None
    spoken: list[str] = []
    at = start
    while len(spoken) < _LONGEST_PHRASE:
        gap = _GAP.match(text, at)
        found = _WORD.match(text, gap.end() if gap else at)
        if found is None or ("." in text[at : found.start()] and _ends_sentence(text, at, found[0])):
            break
        spoken.append(found[0])
        at = found.end()
        word = words.get(_key(spoken))
        if word is not None and not text[at : at + 1].isalnum():
            best = word, at
    return best


def _ends_sentence(text: str, stop: int, following: str) -> bool:
    """A full stop behind a digit, or before a capital, is not an abbreviation's."""
    return text[stop - 1 : stop].isdecimal() or following[0].isupper()


def _key(spoken: list[str]) -> str:
    joined = " ".join(spoken).casefold().replace("ё", "е")
    joined = re.sub(rf"[{SPACES}](?=[cfс]$)", "", joined) if joined.startswith("°") else joined
    return joined.translate(_SIGNS)


@lru_cache(maxsize=32)
def _vocabulary(language: str) -> Mapping[str, _Word]:
    words: dict[str, _Word] = {}
    for tag in {"en": ("en", "en-GB"), "pt": ("pt", "pt-PT")}.get(language, (language,)):
        known = locale(tag)
        if known is not None:
            words |= {phrase: _Word(unit=unit) for unit, phrase in _unit_phrases(known)}
            words |= {phrase: _Word(power=power) for power, phrase in _scale_phrases(known)}
    for unit, phrases in _BESIDES.get(language, {}).items():
        words |= {_key([phrase]): _Word(unit=unit) for phrase in phrases.split("|")}
    for power, phrases in _SCALES_BESIDES.get(language, {}).items():
        words |= {_key([phrase]): _Word(power=power) for phrase in phrases.split("|")}
    return words


def _unit_phrases(known: Locale) -> Iterator[tuple[str, str]]:
    patterns = known._data["unit_patterns"]  # Babel has no public way to a unit's bare name
    metric = _METRIC.split()
    for unit in (*metric, *_CUSTOMARY.split()):
        lengths = ("long", "short") if unit in metric or known.language == "en" else ("long",)
        for length in lengths:
            for form, pattern in patterns.get(unit, {}).get(length, {}).items():
                phrase = _bare(pattern)
                if form != "per" and phrase not in ("in", "a", "l", ""):
                    yield unit, phrase


def _scale_phrases(known: Locale) -> Iterator[tuple[int, str]]:
    for forms in known.compact_decimal_formats.get("long", {}).values():
        for power, key in _POWERS.items():
            pattern = forms[key].pattern if key in forms else ""
            if re.fullmatch(rf"0[{SPACES}]\D+", pattern):
                yield power, _key([pattern[2:]])


def _bare(pattern: str) -> str:
    """A unit's pattern without the figure and without the full stops of abbreviations."""
    spoken = _WORD.findall(pattern.replace("{0}", " "))
    return _key(spoken)


def scale_word(language: str, power: int, plural: str) -> str | None:
    """The word for a scale behind a figure of that plural form; None where the language counts otherwise."""
    known = locale(language)
    if known is None or power not in _POWERS:
        return None
    length = "short" if base(language) in _SHORT_SCALES else "long"
    formats = known.compact_decimal_formats.get(length, {})
    forms = formats.get(plural) or formats.get("other") or {}
    pattern = forms[_POWERS[power]].pattern if _POWERS[power] in forms else ""
    found = re.fullmatch(rf"0[{SPACES}](\D+)", pattern)
    return found[1].replace("'", "") if found else None


def joined(language: str, words: str, unit: str) -> str:
    """A unit's sign behind a scale word: "4,4 millions de km²"."""
    return words + _CONNECTORS.get(base(language), "\u00a0") + unit


def unit_sign(language: str, unit: str, plural: str) -> tuple[str, str] | None:
    """The unit's sign and what stands between it and the figure.

    None where it is not written behind, and for miles, feet and barrels: languages without them have signs in
    CLDR that nobody reads.
    """
    known = locale(language) if unit in _METRIC.split() else None
    forms = known._data["unit_patterns"].get(unit, {}).get("short", {}) if known else {}
    found = re.fullmatch(r"\{0\}(\s?)(\S.*)", forms.get(plural) or forms.get("other") or "")
    return (found[2], found[1]) if found else None
