"""Spans: stretches of a text that have a rule of their own (DESIGN.md, *Words*).

Every kind has one finder; where two claim the same characters, the kind that stands first in `_FINDERS` wins.
All finders take time linear in the length of the text: every repetition is bounded or cannot begin inside
another.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import emoji as emoji_tables

from dragoman.text import dates
from dragoman.text.blocks import Range
from dragoman.text.emoticons import emoji_for
from dragoman.text.figure_pairs import ranges, scores
from dragoman.text.graphemes import WORD_CHARACTERS, continues
from dragoman.text.ordinals import ordinals
from dragoman.text.quantities import quantities


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch [start, end) in code points; `kind` is one of `KINDS`, `text` what stands there."""

    start: int
    end: int
    kind: str
    text: str


KINDS: tuple[str, ...] = (
    "code",
    "url",
    "email",
    "mention",
    "hashtag",
    "emoticon",
    "emoji",
    "date",
    "time",
    "quantity",
    "ordinal",
    "score",
    "range",
    "percentage",
    "number",
)

DESTROYED: frozenset[str] = frozenset({"url", "email", "mention", "hashtag", "emoticon", "emoji", "code"})
"""The kinds that engines destroy (ENGINES.md): they are replaced by placeholders."""

_Stretches = Iterator[tuple[int, int]]
_Finder = tuple[str, Callable[[str, str], _Stretches]]


def destroyed(text: str) -> tuple[Span, ...]:
    """Those of the kinds that engines destroy, but for code: they are told by their form alone, in any language."""
    taken = bytearray(len(text))
    spans: list[Span] = []
    _look(text, "und", _DESTROYED_FINDERS, taken, spans)
    return tuple(sorted(spans, key=lambda span: span.start))


def find(text: str, language: str = "und", ranges: Sequence[Range] = ()) -> tuple[Span, ...]:
    """The spans of `text`, ascending and disjoint.

    `ranges` tell what is formatted as code. `language` decides whether a plain space may separate thousands, and
    which words make dates ("8 novembre 2020") and quantities ("4,4 тыс. кв. км", "$5bn"). A number in words has no
    span: it is the gate that reads those.
    """
    taken = bytearray(len(text))
    spans: list[Span] = []
    for start, end in _codes(text, ranges):
        _take(text, taken, spans, start, end, "code")
    _look(text, language, _FINDERS, taken, spans)
    return tuple(sorted(spans, key=lambda span: span.start))


def _look(text: str, language: str, finders: Sequence[_Finder], taken: bytearray, spans: list[Span]) -> None:
    for kind, finder in finders:
        for start, end in finder(text, language):
            _take(text, taken, spans, start, end, kind)


def _take(text: str, taken: bytearray, spans: list[Span], start: int, end: int, kind: str) -> None:
    if start < end and taken.find(1, start, end) < 0:
        taken[start:end] = b"\x01" * (end - start)
        spans.append(Span(start, end, kind, text[start:end]))


def _codes(text: str, ranges: Sequence[Range]) -> _Stretches:
    for each in ranges:
        if each.kind == "code":
            yield max(each.start, 0), min(each.end, len(text))


# --- addresses -------------------------------------------------------------

_NOT_IN_ADDRESS = r"\s<>\"«»“”„‹›「」『』《》【】（）。，、；！？｜،؛؟۔।\x00-\x1f"
_ADDRESS = re.compile(rf"(?<![a-z0-9])(?:(?:https?|ftp)://|www\.)[^{_NOT_IN_ADDRESS}]+", re.IGNORECASE)
_LABEL = r"[a-z0-9][a-z0-9-]{0,62}"
_BARE_ADDRESS = re.compile(
    rf"(?<![\w@./-])(?:{_LABEL}\.){{1,6}}(?:com|org|net|info|edu|gov|io|eu|tv|ru|ua|fr|uk|br|pt|by|kz)"
    rf"(?![\w@-]|\.\w)(?:[/?#][^{_NOT_IN_ADDRESS}]*)?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\.\S")
_AFTER_ADDRESS = frozenset(".,;:!?…'’‘*_~|")
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def _addresses(text: str, _language: str) -> _Stretches:
    if "/" not in text and not _DOTTED.search(text):
        return
    for pattern in (_ADDRESS, _BARE_ADDRESS):
        for found in pattern.finditer(text):
            yield found.start(), _whole(text, _end_of_address(text, found.start(), found.end()))


def _end_of_address(text: str, start: int, end: int) -> int:
    """Without the punctuation of the sentence: a closing bracket belongs to the address only when opened in
    it.
    """
    surplus = {
        closing: text.count(closing, start, end) - text.count(opening, start, end)
        for closing, opening in _BRACKETS.items()
    }
    while end > start:
        last = text[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _AFTER_ADDRESS:
            break
        end -= 1
    return end


def _whole(text: str, end: int) -> int:
    """`end`, moved behind the marks that extend the last character."""
    while end < len(text) and continues(text[end - 1], text[end]):
        end += 1
    return end


_EMAIL = re.compile(
    rf"(?<![{WORD_CHARACTERS}@.+%-])[\w.+%-]{{1,64}}@(?:[\w-]{{1,63}}\.){{1,6}}[^\W\d_]{{2,24}}(?![{WORD_CHARACTERS}-])"
)
_MENTION = re.compile(
    rf"(?<![{WORD_CHARACTERS}@/.])@\w[\w.-]{{0,63}}(?:@(?:[\w-]{{1,63}}\.){{1,6}}\w{{2,24}})?"
)
_HASHTAG = re.compile(rf"(?<![{WORD_CHARACTERS}&#/])#(?=\d{{0,64}}[^\W\d_])[{WORD_CHARACTERS}]{{1,100}}")


def _emails(text: str, _language: str) -> _Stretches:
    for found in _EMAIL.finditer(text) if "@" in text else ():
        yield found.start(), found.end()


def _mentions(text: str, _language: str) -> _Stretches:
    for found in _MENTION.finditer(text) if "@" in text else ():
        end = found.end()
        while text[end - 1] in ".-":
            end -= 1
        yield found.start(), _whole(text, end)


def _hashtags(text: str, _language: str) -> _Stretches:
    for found in _HASHTAG.finditer(text) if "#" in text else ():
        yield found.start(), _whole(text, found.end())


# --- emoticons and emoji ---------------------------------------------------

_EMOTICON = re.compile(r":(?=([^\s:]{1,60}):)")


def _emoticons(text: str, _language: str) -> _Stretches:
    behind = 0
    for found in _EMOTICON.finditer(text):
        code = f":{found.group(1)}:"
        if found.start() >= behind and emoji_for(code) is not None:
            behind = found.start() + len(code)
            yield found.start(), behind


_TEXT_BY_DEFAULT = "\u00a9\u00ae\u2122\u2139\u203c\u2049\u2194-\u21aa\u24c2\u3030\u303d\u3297\u3299"
"""Characters that are emoji only with U+FE0F: typography otherwise."""


def _emoji_of_basic_plane() -> str:
    firsts = {ord(sign[0]) for sign in emoji_tables.EMOJI_DATA if 0x2000 <= ord(sign[0]) < 0x10000}
    typography = re.compile(f"[{_TEXT_BY_DEFAULT}]")
    return "".join(f"\\u{first:04x}" for first in sorted(firsts) if not typography.match(chr(first)))


_PICTURES = rf"\U0001f000-\U0001f1e5\U0001f200-\U0001faff{_emoji_of_basic_plane()}"
_PICTURE = rf"(?:[{_PICTURES}]\ufe0f?|[{_TEXT_BY_DEFAULT}]\ufe0f)"
_PICTURE_WITH_TAIL = rf"{_PICTURE}[\U0001f3fb-\U0001f3ff]?[\ufe0e\ufe0f\u20e3]*[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(
    r"[\U0001f1e6-\U0001f1ff]{1,2}"
    r"|[0-9#*]\ufe0f?\u20e3"
    rf"|{_PICTURE_WITH_TAIL}(?:\u200d{_PICTURE_WITH_TAIL})*"
)


def _emoji(text: str, _language: str) -> _Stretches:
    if text.isascii():
        return
    behind = 0
    for found in _EMOJI.finditer(text):
        if found.start() >= behind:
            behind = _whole(text, found.end())
            yield found.start(), behind


# --- figures ---------------------------------------------------------------

_NO_BREAK_SPACES = "\u00a0\u202f\u2009"
_LETTER_BEFORE = "A-Za-zÀ-ɏͰ-ϿЀ-ԯ_"
_SIGN = rf"(?:(?<![{WORD_CHARACTERS})\]%.,-])[+\-−±])?"
_PERCENT = rf"(?:[ {_NO_BREAK_SPACES}]?[%‰٪])?"
_NOT_INSIDE = rf"(?<![{_LETTER_BEFORE}\d])"


def _number_pattern(thousands: str) -> re.Pattern[str]:
    grouped = rf"\d{{1,3}}(?:[{thousands}]\d{{3}}(?!\d))+(?:[.,٫]\d+)?"
    plain = r"\d+(?:[.,'’٬٫:/]\d+)*"
    return re.compile(f"{_SIGN}{_NOT_INSIDE}(?:{grouped}|{plain}){_PERCENT}")


_NUMBER = _number_pattern(_NO_BREAK_SPACES)
_NUMBER_WITH_SPACES = _number_pattern(" " + _NO_BREAK_SPACES)
_NO_PLAIN_SPACE = frozenset({"en", "zh", "ja", "ko", "hi", "ar", "he", "fa", "th"})
"""Languages that never separate thousands by a plain space: "in 2020 500 people" are two numbers there."""

_TIME = re.compile(
    r"(?<![\w:.,/])(\d{1,2}):(\d{2})(?::(\d{2}))?(?![\d:])(?:[ \u00a0\u202f]?[ap]\.?m\b\.?)?", re.IGNORECASE
)
_TIME_WITH_H = re.compile(r"(?<![\w:.,/])(\d{1,2})[ \u00a0\u202f]?h[ \u00a0\u202f]?(\d{2})()(?!\w)")
_LANGUAGES_WITH_H = frozenset({"fr", "pt", "es", "ca", "und"})
_DATE = re.compile(
    r"(?<![\w.,/-])(?:\d{4}-(\d{1,2})-(\d{1,2})|(\d{1,2})([./])(\d{1,2})\4(?:\d{4}|\d{2}))(?![\w/-]|[.,]\d)"
)


def _base(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _numbers(text: str, language: str) -> _Stretches:
    pattern = _NUMBER if _base(language) in _NO_PLAIN_SPACE else _NUMBER_WITH_SPACES
    for found in pattern.finditer(text):
        yield found.start(), found.end()


def _percentages(text: str, language: str) -> _Stretches:
    for start, end in _numbers(text, language):
        if text[end - 1] in "%‰٪":
            yield start, end


def _ordinals(text: str, language: str) -> _Stretches:
    """Those with a sign that nothing else has: "2a" may be the number of a house."""
    for each in ordinals(text, language):
        if len(each.sign) > 1 or each.sign in "ºªe":
            yield each.start, each.end


def _scores(text: str, _language: str) -> _Stretches:
    yield from ((each.start, each.end) for each in scores(text) if not each.torn)


def _ranges(text: str, _language: str) -> _Stretches:
    yield from ((each.start, each.end) for each in ranges(text) if not each.torn)


def _quantities(text: str, language: str) -> _Stretches:
    for quantity in quantities(text, language):
        if quantity.measured:
            yield quantity.start, quantity.end


def _times(text: str, language: str) -> _Stretches:
    for told in dates.times(text, language):
        yield told.start, told.end
    patterns = (_TIME, _TIME_WITH_H) if _base(language) in _LANGUAGES_WITH_H else (_TIME,)
    for pattern in patterns:
        for found in pattern.finditer(text):
            hours, minutes, seconds = (int(part or 0) for part in found.groups())
            if hours <= 24 and minutes < 60 and seconds < 60:
                yield found.start(), found.end()


def _dates(text: str, language: str) -> _Stretches:
    for told in dates.dates(text, language):
        yield told.start, told.end
    for found in _DATE.finditer(text):
        month, day, one, _, other = found.groups()
        if _is_month_and_day(*((month, day) if month else (one, other))):
            yield found.start(), found.end()


def _is_month_and_day(one: str, other: str) -> bool:
    low, high = sorted((int(one), int(other)))
    return 1 <= low <= 12 and high <= 31


_FINDERS: tuple[_Finder, ...] = (
    ("url", _addresses),
    ("email", _emails),
    ("mention", _mentions),
    ("hashtag", _hashtags),
    ("emoticon", _emoticons),
    ("emoji", _emoji),
    ("date", _dates),
    ("time", _times),
    ("quantity", _quantities),
    ("ordinal", _ordinals),
    ("score", _scores),
    ("range", _ranges),
    ("percentage", _percentages),
    ("number", _numbers),
)
_DESTROYED_FINDERS = tuple((kind, finder) for kind, finder in _FINDERS if kind in DESTROYED)
"""The first of them: no other kind takes what these find."""
