"""What an ending tells of a noun's gender, and whether the word before it agrees: for putting one noun in another's
place. Where an ending tells nothing, nothing is claimed.

Endings are those that hold with few exceptions, and the exceptions worth naming (learned grammars of the four
languages; no dictionary).
"""

from collections.abc import Mapping
from typing import Literal

from dragoman.text.terms import base, fold, words_of

Gender = Literal["m", "f"]

_DETERMINERS: Mapping[str, tuple[str, str]] = {
    "fr": ("le un du au ce", "la une cette ma ta sa"),
    "es": (
        "el un los unos del al este estos ese esos aquel nuestro nuestros todo todos",
        "la una las unas esta estas esa esas aquella nuestra nuestras toda todas",
    ),
    "pt": (
        "o os um uns do dos no nos ao aos pelo pelos num este estes esse esses aquele deste desse neste nesse "
        "nosso nossos seu seus meu meus todo todos",
        "a as uma umas da das na nas à às pela pelas numa esta estas essa essas aquela desta dessa nesta nessa "
        "nossa nossas sua suas minha minhas toda todas",
    ),
    "it": (
        "il lo i gli un uno del dello dei degli al allo ai agli nel nello nei questo questi nostro suo",
        "la le una della delle alla alle nella nelle questa queste nostra sua",
    ),
}
_OF_DETERMINER: Mapping[str, Mapping[str, Gender]] = {
    language: {**dict.fromkeys(m.split(), "m"), **dict.fromkeys(f.split(), "f")}
    for language, (m, f) in _DETERMINERS.items()
}
_ENDINGS: Mapping[str, tuple[tuple[str, Gender | None], ...]] = {
    "fr": (
        ("tion", "f"),
        ("sion", "f"),
        ("ette", "f"),
        ("ance", "f"),
        ("ence", "f"),
        ("ure", "f"),
        ("isme", "m"),
        ("ment", "m"),
        ("eau", "m"),
    ),
    "es": (("ma", None), ("ista", None), ("ción", "f"), ("sión", "f"), ("dad", "f"), ("o", "m"), ("a", "f")),
    "pt": (
        ("ma", None),
        ("ista", None),
        ("ção", "f"),
        ("são", "f"),
        ("ções", "f"),
        ("ão", None),
        ("dade", "f"),
        ("gem", "f"),
        ("o", "m"),
        ("a", "f"),
    ),
    "it": (("ma", None), ("ista", None), ("zione", "f"), ("tà", "f"), ("o", "m"), ("a", "f")),
}
_WITH_S = frozenset({"fr", "es", "pt"})


def gender_of(noun: str, language: str) -> Gender | None:
    """The gender that the first word's ending tells, in Romance languages; None where it tells nothing."""
    words = words_of(noun)
    if not words or (words[0][0].isupper() and len(words[0][0]) < 5):
        return None
    word = fold(words[0][0])
    if base(language) in _WITH_S:
        word = word.removesuffix("s")
    for ending, gender in _ENDINGS.get(base(language), ()):
        if word.endswith(ending):
            return gender
    return None


def gender_of_determiner(word: str, language: str) -> Gender | None:
    """The gender that an article or another determiner shows; None for one that shows none, and other words."""
    return _OF_DETERMINER.get(base(language), {}).get(fold(word))


def disagrees(before: str, noun: str, language: str) -> bool:
    """Whether the last word of `before` shows another gender than the noun behind it has."""
    last = words_of(before.rstrip()[-40:])
    if not last or not before.rstrip()[-1:].isalnum():
        return False
    shown, own = gender_of_determiner(last[-1][0], language), gender_of(noun, language)
    return shown is not None and own is not None and shown != own
