"""Where a text may be cut without breaking what a reader sees as one character (UAX #29, simplified).

The simplification errs towards keeping together: every mark, joiner, variation selector, skin tone and tag
extends what stands before it, and whatever follows a zero-width joiner belongs to it.
"""

import unicodedata

_JOINER = "\u200d"
_NON_JOINER = "\u200c"
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_TAGS = ("\U000e0020", "\U000e007f")
_REGIONAL = ("\U0001f1e6", "\U0001f1ff")
_HANGUL_JAMO = ("\u1100", "\u11ff")
_THAI_LAO_VOWELS = frozenset("\u0e33\u0eb3")
_MARKS = frozenset(("Mn", "Me", "Mc"))


def _within(char: str, limits: tuple[str, str]) -> bool:
    return limits[0] <= char <= limits[1]


def _ranges_of_marks() -> str:
    """A regular expression's character ranges of all combining marks of the basic plane."""
    runs: list[list[int]] = []
    for code in range(0x300, 0xFE30):
        if unicodedata.category(chr(code)) in _MARKS:
            if runs and runs[-1][1] == code - 1:
                runs[-1][1] = code
            else:
                runs.append([code, code])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in runs)


MARKS = _ranges_of_marks()
"""Combining marks, for use inside `[…]` of a regular expression: `\\w` alone leaves out Indic vowel signs."""

WORD_CHARACTERS = rf"\w{MARKS}{_NON_JOINER}{_JOINER}"
"""What words are made of in any script, for use inside `[…]` of a regular expression."""


def extends(char: str) -> bool:
    """Whether `char` belongs to the character before it."""
    if char < "\u0300":
        return False
    return (
        unicodedata.category(char) in _MARKS
        or char in (_JOINER, _NON_JOINER)
        or char in _THAI_LAO_VOWELS
        or _within(char, _SKIN_TONES)
        or _within(char, _TAGS)
    )


def continues(before: str, after: str) -> bool:
    """Whether the neighbours `before` and `after` belong together, flags and Hangul jamo aside."""
    return extends(after) or (before == _JOINER and after >= "\u0300")


def is_boundary(text: str, index: int) -> bool:
    """Whether `text` may be cut before `index`; both ends of a text are boundaries."""
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if after < "\u0300":
        return not (before == "\r" and after == "\n")
    if continues(before, after):
        return False
    if _within(after, _REGIONAL) and _within(before, _REGIONAL):
        return _regionals_before(text, index) % 2 == 0
    return not (_within(before, _HANGUL_JAMO) and _within(after, _HANGUL_JAMO))


def _regionals_before(text: str, index: int) -> int:
    start = index
    while start > 0 and _within(text[start - 1], _REGIONAL):
        start -= 1
    return index - start


def boundary_at_or_before(text: str, index: int, lowest: int = 0) -> int:
    """The last place at or before `index` where `text` may be cut; `lowest` when none lies above it."""
    while index > lowest and not is_boundary(text, index):
        index -= 1
    return max(index, lowest)


def boundary_at_or_after(text: str, index: int) -> int:
    """The first place at or after `index` where `text` may be cut."""
    while not is_boundary(text, index):
        index += 1
    return min(index, len(text))
