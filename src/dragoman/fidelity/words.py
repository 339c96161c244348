"""Words of any script, and how alike two of them sound or look."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from dragoman.text.graphemes import MARKS
from dragoman.text.spans import Span, destroyed

WORD = re.compile(rf"[^\W\d_]+(?:[{MARKS}\u200c\u200d]+[^\W\d_]*)*")
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
AT_HAND = 512  # texts: those of pairings that are examined together


class Word(NamedTuple):
    """A word at [start, end): as written, and case folded."""

    start: int
    end: int
    text: str
    folded: str

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


@lru_cache(maxsize=AT_HAND)
def words(text: str) -> tuple[Word, ...]:
    """The words in order. Where a script writes no spaces, a run between punctuation is one."""
    return tuple(
        Word(match.start(), match.end(), match[0], match[0].casefold()) for match in WORD.finditer(text)
    )


@lru_cache(maxsize=AT_HAND)
def protected(text: str) -> tuple[Span, ...]:
    """Addresses, mentions, hashtags, emoticons and emoji: what no engine may touch."""
    return destroyed(text)


@lru_cache(maxsize=AT_HAND)
def without_protected(text: str) -> str:
    """The text with spaces in their place."""
    if not protected(text):
        return text
    characters = list(text)
    for span in protected(text):
        characters[span.start : span.end] = " " * (span.end - span.start)
    return "".join(characters)


@lru_cache(maxsize=256)
def base(language: str) -> str:
    """The language without script and region: "pt" of "pt-BR"."""
    return language.replace("_", "-").partition("-")[0].lower()


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """Without accents and other marks, case folded."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
