"""Which sentences a pasted text was taken from: word for word, cut, slightly altered, or translated once more.

Compared are words, in order. What counts is how much of the pasted text stands in the sentences (a cut quotation)
or how alike both are as wholes (an altered one); words that stand together count for more than words that happen
to occur.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise

from dragoman.text.graphemes import WORD_CHARACTERS

_FEWEST_WORDS = 5
_SHARE = 0.6  # of the pasted words, found in the sentences in order
_ALIKE = 0.55  # of the words of both
_TOGETHER = 0.3  # of the pasted words, found next to each other in the sentences too
_WORDS_AT_MOST = 600
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_SIGN = re.compile(f"[{_UNSPACED}]")
_SPACED_WORD = re.compile(f"[{WORD_CHARACTERS}]+")
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[{WORD_CHARACTERS}])+")


@dataclass(frozen=True)
class Passage:
    """The sentences of one block, as one edition has them. Many texts are compared with it."""

    sentences: tuple[str, ...]

    @cached_property
    def words(self) -> list[list[str]]:
        """Of each sentence."""
        return [_words(sentence) for sentence in self.sentences]

    @cached_property
    def neighbours(self) -> frozenset[tuple[str, str]]:
        """The pairs of words that stand together in a sentence."""
        return frozenset(pair for sentence in self.words for pair in pairwise(sentence))


class Shelf:
    """Passages that many texts are compared with, and which of them hold a pair of words."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = tuple(passages)
        self._holding: dict[tuple[str, str], list[int]] = {}
        for index, passage in enumerate(self.passages):
            for pair in passage.neighbours:
                self._holding.setdefault(pair, []).append(index)

    def near(self, neighbours: Collection[tuple[str, str]], fewest: int) -> list[int]:
        """The indexes of passages with so many of these pairs, in their order."""
        if self._holding.keys().isdisjoint(neighbours):  # one's own words, most of the time
            return []
        counts = Counter(index for pair in neighbours for index in self._holding.get(pair, ()))
        return sorted(index for index, count in counts.items() if count >= fewest)


@dataclass(frozen=True, slots=True)
class Recognised:
    """Sentences `first`–`last` (inclusive) of a passage (its index) of a shelf (its index). `share`: of the pasted
    words, 0 to 1."""

    shelf: int
    passage: int
    first: int
    last: int
    share: float


def recognise(pasted: str, shelves: Sequence[Shelf]) -> Recognised | None:
    """The sentences that a text was taken from, the best match where there are several; None for a text of its own.

    The first passage of the first shelf wins among equals: give the likeliest first.
    """
    words = _words(pasted)[:_WORDS_AT_MOST]
    if len(words) < _FEWEST_WORDS:
        return None
    neighbours = set(pairwise(words))
    fewest = max(1, len(neighbours) // 5)  # pairs in both, for a closer look
    looked_at: set[Passage] = set()  # an edition that is not ready reads as the original does
    best: Recognised | None = None
    for number, shelf in enumerate(shelves):
        for index in shelf.near(neighbours, fewest):
            passage = shelf.passages[index]
            if passage in looked_at:
                continue
            looked_at.add(passage)
            found = _best_stretch(words, passage.words)
            if found is not None and (best is None or found[2] > best.share):
                best = Recognised(number, index, *found)
    return best


def _best_stretch(words: Sequence[str], sentences: Sequence[Sequence[str]]) -> tuple[int, int, float] | None:
    """The stretch of sentences that holds what was pasted: those in which a good part of it stands. The first, the
    last, and the share of the pasted words."""
    text = [word for sentence in sentences for word in sentence][: _WORDS_AT_MOST * 4]
    matching = SequenceMatcher(None, words, text, autojunk=False).get_matching_blocks()
    taken = {block.b + step for block in matching for step in range(block.size)}
    counts = list(_counts(taken, sentences))
    touched = [
        place for place, (found, size) in enumerate(counts) if found and found * 3 >= min(size, len(words))
    ]
    if not touched:
        return None
    first, last = touched[0], touched[-1]
    chosen = [word for sentence in sentences[first : last + 1] for word in sentence]
    common = _common(words, chosen)
    share, together = common / len(words), _together(words, chosen) / max(1, len(words) - 1)
    alike = 2 * common / (len(words) + len(chosen))
    if share < _SHARE or together < _TOGETHER or (alike < _ALIKE and share < 0.9):
        return None
    return first, last, share


def _counts(taken: set[int], sentences: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    start = 0
    for sentence in sentences:
        yield sum(place in taken for place in range(start, start + len(sentence))), len(sentence)
        start += len(sentence)


def _common(words: Sequence[str], text: Sequence[str]) -> int:
    matcher = SequenceMatcher(None, words, text, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def _together(words: Sequence[str], text: Sequence[str]) -> int:
    standing = set(pairwise(text))
    return sum(pair in standing for pair in pairwise(words))


def _words(text: str) -> list[str]:
    """Casefolded words; in scripts that do not separate words, signs."""
    kind = _WORD if _SIGN.search(text) else _SPACED_WORD  # the same words, in half the time
    return [word.casefold() for word in kind.findall(text)]
