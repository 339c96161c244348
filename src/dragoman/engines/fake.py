"""The fake engine: for tests, demonstrations and development without weights. It never claims to translate.

What it does is a rule, not a model: every word of two letters or more gets one letter at its end, and which
letter depends on the pair of languages; into another script so many letters that the text is seen to be in it. So one
reads at a glance what was translated from what into what, the
text keeps its digits, punctuation and placeholders, and the original can be got back.
"""

import html
import re
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import permutations
from typing import Literal
from unicodedata import normalize

from dragoman.engines.errors import Crashed, EngineError, TimedOut
from dragoman.engines.protocol import Answer, Pair, Request, require_length, require_pair

_PLACEHOLDER = re.compile(r"XQZ\d+")
_KEPT = re.compile(r"XQZ\d+|&[a-z]{2,6};")  # placeholders, and entities where somebody wrote them
# A placeholder, or a word; letters that touch digits ("5G", "XQZ1") belong to what the digits name.
_WORD = re.compile(r"XQZ\d+|&[a-z]{2,6};|(?<!\d)[^\W\d_]+(?:['’][^\W\d_]+)*(?!\d)")
_LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar", "de", "tr", "uk", "it")
# Small letters with marks, U+00E0 to U+017E, that no normalisation or case folding changes: one for each of
# the ninety pairs of the languages above; other pairs share them.
_ENDINGS = tuple(
    letter
    for letter in map(chr, range(0xE0, 0x17F))
    if letter.islower() and letter == normalize("NFKC", letter).casefold()
)
_PLACES = {pair: place for place, pair in enumerate(permutations(_LANGUAGES, 2))}
_LONG = 2  # letters; shorter words change only where there is no longer one, so that length stays within 30 %
_LONGEST_WORD = 5_000
_CYRILLIC, _ARABIC = "бвгджзклмнпрстфхцчшщ", "بتثجحخدذرز"
_SCRIPTS = {"ru": _CYRILLIC, "uk": _CYRILLIC, "ar": _ARABIC}


@dataclass(frozen=True, slots=True)
class Quirks:
    """How the fake misbehaves. A quirk touches only texts that contain `only` (every text by default)."""

    placeholders: Literal["keep", "drop", "double", "reorder", "recase"] = "keep"
    escape: bool = False  # answers &amp; &lt; &#x27; for & < '
    echo: bool = False
    empty: bool = False
    failures: tuple[EngineError, ...] = ()  # raised one after the other, one a request, before it works
    delay: float = 0.0  # seconds a request takes; past the deadline it raises TimedOut
    crash: bool = False
    only: str = ""


class FakeEngine:
    """An engine by rule. `ledger` gets every request made of it, refused ones too."""

    name = "fake"
    confidential = True

    def __init__(
        self,
        pairs: Iterable[Pair],
        *,
        quirks: Quirks | None = None,
        ledger: list[Request] | None = None,
        longest: int = 5000,
        name: str = "fake",
        confidential: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self.confidential = confidential
        self.longest = longest
        self.ledger: list[Request] = ledger if ledger is not None else []
        self._pairs = frozenset(pairs)
        self._quirks = quirks or Quirks()
        self._failures = deque(self._quirks.failures)
        self._sleep = sleep

    def pairs(self) -> frozenset[Pair]:
        return self._pairs

    def model(self, pair: Pair) -> str:
        require_pair(self.name, pair, self._pairs)
        return f"rule-{pair}"

    def translate(self, request: Request) -> Answer:
        self.ledger.append(request)
        model = self.model(request.pair)
        require_length(self.name, request.texts, self.longest)
        if any(map(self._touches, request.texts)):
            self._misbehave(request)
        say = partial(self._say, request.pair)
        return Answer(tuple(map(say, request.texts)), self.name, model)

    def close(self) -> None:
        """Nothing is held."""

    @staticmethod
    def expected(pair: Pair, text: str) -> str:
        """What the fake says for `text`. A text without letters is said as it is."""
        least = _LONG if any(len(word) >= _LONG for word in _words(text)) else 1
        ending = _ending(pair)
        foreign = _is_foreign(pair)
        return _each_word(
            text, lambda word: word + ending * _repeated(len(word), foreign) if len(word) >= least else word
        )

    @staticmethod
    def original(pair: Pair, text: str) -> str:
        """The inverse of `expected`."""
        foreign = _is_foreign(pair)
        longer = {length + _repeated(length, foreign): length for length in range(1, _LONGEST_WORD)}
        long = _LONG + _repeated(_LONG, foreign)
        least = long if any(len(word) >= long for word in _words(text)) else 2
        ending = _ending(pair)

        def shortened(word: str) -> str:
            length = longer.get(len(word), len(word))
            said = len(word) >= least and word[length:] == ending * (len(word) - length)
            return word[:length] if said else word

        return _each_word(text, shortened)

    def _touches(self, text: str) -> bool:
        return self._quirks.only in text

    def _misbehave(self, request: Request) -> None:
        if self._failures:
            raise self._failures.popleft()
        if self._quirks.crash:
            raise Crashed("The fake engine crashed, as it was told to.")
        if self._quirks.delay > request.deadline:
            raise TimedOut(f"The fake engine gave no answer within {request.deadline:g} seconds.")
        if self._quirks.delay:
            self._sleep(self._quirks.delay)

    def _say(self, pair: Pair, text: str) -> str:
        quirks = self._quirks
        if not self._touches(text):
            return self.expected(pair, text)
        if quirks.empty:
            return ""
        said = text if quirks.echo else self.expected(pair, text)
        said = _mangle_placeholders(said, quirks.placeholders)
        return html.escape(said) if quirks.escape else said


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not _KEPT.fullmatch(word)]


def _each_word(text: str, change: Callable[[str], str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        return match[0] if _KEPT.fullmatch(match[0]) else change(match[0])

    return _WORD.sub(replacement, text)


def _is_foreign(pair: Pair) -> bool:
    """Whether source and target are written in different scripts."""
    return _SCRIPTS.get(pair.source, "") != _SCRIPTS.get(pair.target, "")


def _repeated(length: int, foreign: bool) -> int:
    """How often the ending stands behind a word: a quarter of a text is in the target's script."""
    return -(-length // 3) if foreign else 1


def _ending(pair: Pair) -> str:
    letters = _SCRIPTS.get(pair.target)
    if letters and pair.source in _LANGUAGES:
        own = _LANGUAGES.index(pair.source) + (len(_LANGUAGES) if pair.target == "uk" else 0)
        return letters[own]
    place = _PLACES.get((pair.source, pair.target))
    if place is None:
        place = int.from_bytes(sha256(str(pair).encode()).digest()[:4])
    return _ENDINGS[place % len(_ENDINGS)]


def _mangle_placeholders(text: str, how: str) -> str:
    if how == "drop":
        return _PLACEHOLDER.sub("", text)
    if how == "double":
        return _PLACEHOLDER.sub(r"\g<0> \g<0>", text)
    if how == "recase":
        return _PLACEHOLDER.sub(lambda match: match[0].lower(), text)
    if how == "reorder":
        backwards = iter(_PLACEHOLDER.findall(text)[::-1])
        return _PLACEHOLDER.sub(lambda _: next(backwards), text)
    return text
