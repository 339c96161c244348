"""Texts in capitals: engines pass them through half translated, so they are asked in sentence case.

Measured with the real en→pt model on 120 news sentences put in capitals (chrF against its translation of the
sentence as written, case ignored): as they are 0.31, with every word capitalised 0.76, in sentence case 0.92.
"""

import re
import unicodedata
from collections.abc import Sequence

from dragoman.text.graphemes import WORD_CHARACTERS
from dragoman.text.locales import base

_WORD = re.compile(rf"[{WORD_CHARACTERS}]+(?:['’.&-][{WORD_CHARACTERS}]+)*")
_LEAST_LETTERS = 12
_LEAST_WORDS = 3
_NEAR = 8  # characters before a word that tell whether it opens a sentence
_ENDS_SENTENCE = re.compile(r"(?:[!?…]|(?<!\b\w)\.)\s+$")

Stretches = Sequence[tuple[int, int]]


def is_shouted(text: str, kept: Stretches = ()) -> bool:
    """Whether a text of at least three words is all in capitals; `kept` stretches do not count."""
    own = _without(text, kept)
    letters = [sign for sign in own if sign.isupper() or sign.islower()]
    words = [word for word in _WORD.findall(own) if sum(sign.isupper() for sign in word) > 1]
    return (
        len(letters) >= _LEAST_LETTERS
        and len(words) >= _LEAST_WORDS
        and not any(sign.islower() for sign in letters)
    )


def _without(text: str, kept: Stretches) -> str:
    parts, position = [], 0
    for start, end in sorted(kept):
        parts.append(text[position : max(position, start)])
        position = max(position, end)
    return " ".join([*parts, text[position:]])


def in_sentence_case(text: str, language: str, kept: Stretches = ()) -> str:
    """The text with a capital at its beginning and after full stops; as long as before, `kept` untouched.

    Abbreviations with full stops (U.S.) and words with digits (G7) stay.
    """
    written = list(text)
    for found in _WORD.finditer(text):
        if _touches(found.start(), found.end(), kept) or "." in found[0] or any(map(str.isdigit, found[0])):
            continue
        lead = 0
        if _opens_sentence(text, found.start()):
            lead = 1
        written[found.start() + lead : found.end()] = _lowered(found[0][lead:], language)
    return "".join(written)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - _NEAR) : start]
    only_signs = start <= _NEAR and not before.strip(" \"'«“„‘(¿¡—–-")
    return only_signs or _ENDS_SENTENCE.search(before) is not None


def _lowered(word: str, language: str) -> list[str]:
    """Letter by letter: Turkish I is ı, and what would become two characters stays."""
    if base(language) in ("tr", "az"):
        word = word.translate({0x49: "ı", 0x130: "i"})
    lowered = [sign.lower() if len(sign.lower()) == 1 else sign for sign in word]
    if base(language) == "el" and lowered[-1:] == ["σ"]:
        lowered[-1] = "ς"
    return lowered


def in_capitals(text: str, language: str, kept: Stretches = ()) -> str:
    """The text in capitals, as long as before; `kept` stretches untouched. No change in scripts without case."""
    written = list(text)
    for at, sign in enumerate(text):
        if not _touches(at, at + 1, kept):
            written[at] = _raised(sign, language)
    return "".join(written)


def _raised(sign: str, language: str) -> str:
    if base(language) in ("tr", "az") and sign == "i":
        return "İ"
    if base(language) == "el":  # Greek capitals bear no accent
        plain = unicodedata.normalize("NFD", sign).replace("\u0301", "")
        sign = unicodedata.normalize("NFC", plain) or sign
    raised = "ẞ" if sign == "ß" else sign.upper()
    return raised if len(raised) == 1 else sign


def _touches(start: int, end: int, stretches: Stretches) -> bool:
    return any(one < end and start < other for one, other in stretches)
