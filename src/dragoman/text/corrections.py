"""What an editor corrected: the words replaced, and what two corrections have in common. For proposing terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from dragoman.text.terms import base, fold, stems, words_of

MOST_WORDS = 6  # of a term
MOST_REPLACED = 2  # stretches in one correction; more than that is another sentence, not another term
_LEAST_ALIKE = 0.5
_SHORTEST = 4  # letters of a word that a term may begin or end with
_LONGEST_COMPARED = 200  # words


@dataclass(frozen=True, slots=True)
class Replacement:
    """Words that were replaced, and the words put in their place; as words, without what stands between."""

    replaced: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A sentence, what it became, and what an editor made of that."""

    source: str
    before: str
    after: str


def replacements(before: str, after: str) -> tuple[Replacement, ...]:
    """The stretches of words replaced; none where the sentence was written anew, or only its letters' case."""
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > _LONGEST_COMPARED:
        return ()
    matcher = SequenceMatcher(
        None, [fold(word) for word in old], [fold(word) for word in new], autojunk=False
    )
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if matcher.ratio() < _LEAST_ALIKE or len(changes) > MOST_REPLACED:
        return ()
    return tuple(
        Replacement(tuple(old[a:b]), tuple(new[c:d]))
        for kind, a, b, c, d in changes
        if kind == "replace" and b - a <= MOST_WORDS and d - c <= MOST_WORDS
    )


def in_common(
    one: Corrected, other: Corrected, replacement: Replacement, source_language: str
) -> tuple[str, str, str] | None:
    """Source words, replaced words and the words in their place, as far as two corrections agree on them: with the
    neighbours that stand beside them in both. None where the sources have no words in common."""
    source = _common_run(one.source, other.source, base(source_language))
    if not source:
        return None
    replaced = _widened(one.before, other.before, replacement.replaced)
    by = _widened(one.after, other.after, replacement.by)
    if not replaced or not by or fold(replaced) == fold(by):
        return None
    return source, replaced, by


def _words(text: str) -> list[str]:
    return [word for word, _ in words_of(text)]


def _common_run(one: str, other: str, language: str) -> str:
    """The longest run of words that stands in both, whatever its endings; without short words at its ends."""
    ones, others = words_of(one)[:_LONGEST_COMPARED], words_of(other)[:_LONGEST_COMPARED]
    best = (0, 0, 0)  # letters, from, to
    for at in range(len(ones)):
        for there in range(len(others)):
            length = 0
            while (
                length < MOST_WORDS
                and at + length < len(ones)
                and there + length < len(others)
                and not stems(ones[at + length][0], language).isdisjoint(
                    stems(others[there + length][0], language)
                )
            ):
                length += 1
            start, end = _trimmed([word for word, _ in ones], at, at + length)
            letters = sum(len(word) for word, _ in ones[start:end])
            best = max(best, (letters, start, end), key=lambda each: each[0])
    return _slice(one, ones, best[1], best[2]) if best[0] else ""


def _trimmed(words: Sequence[str], start: int, end: int) -> tuple[int, int]:
    while start < end and not _may_end(words[start]):
        start += 1
    while end > start and not _may_end(words[end - 1]):
        end -= 1
    return start, end


def _may_end(word: str) -> bool:
    """Short words are articles and prepositions, unless they are written in capitals or without spaces between."""
    return len(word) >= _SHORTEST or word.isupper() or ord(word[0]) >= 0x3000


def _widened(one: str, other: str, words: Sequence[str]) -> str:
    """The words with those beside them that are the same in both sentences, as they stand in the first."""
    ones, others = words_of(one), words_of(other)
    at, there = _place(ones, words), _place(others, words)
    if at is None or there is None:
        return ""
    start, end = at, at + len(words)
    left, right = there, there + len(words)
    while start and left and end - start < MOST_WORDS and _same(ones[start - 1], others[left - 1]):
        start, left = start - 1, left - 1
    while (
        end < len(ones)
        and right < len(others)
        and end - start < MOST_WORDS
        and _same(ones[end], others[right])
    ):
        end, right = end + 1, right + 1
    trimmed = _trimmed([word for word, _ in ones], start, end)
    start, end = min(trimmed[0], at), max(trimmed[1], at + len(words))
    return _slice(one, ones, start, end)


def _same(one: tuple[str, int], other: tuple[str, int]) -> bool:
    return fold(one[0]) == fold(other[0])


def _place(words: Sequence[tuple[str, int]], wanted: Sequence[str]) -> int | None:
    folded, own = [fold(word) for word, _ in words], [fold(word) for word in wanted]
    places = [at for at in range(len(folded) - len(own) + 1) if folded[at : at + len(own)] == own]
    return places[0] if places else None


def _slice(text: str, words: Sequence[tuple[str, int]], start: int, end: int) -> str:
    return text[words[start][1] : words[end - 1][1] + len(words[end - 1][0])]
