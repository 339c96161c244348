"""Formatting of a source sentence, found again in its target. Links and code are never lost; bold may be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dragoman.text.blocks import Range
from dragoman.text.graphemes import WORD_CHARACTERS

NEVER_LOST = frozenset({"link", "code"})
_WORD = re.compile(rf"[{WORD_CHARACTERS}]+")
_STEM = 5
Stretch = tuple[int, int]


def project(
    source: str, ranges: Sequence[Range], target: str, fragments: Mapping[str, str]
) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """(placed, lost): ranges relative to the source sentence, found in the target by what their words became."""
    placed: list[Range] = []
    lost: list[Range] = []
    for each in sorted(ranges, key=lambda one: (one.kind not in NEVER_LOST, one.start, -one.end)):
        stretch = _place(source, each, target, fragments, placed)
        if stretch is None:
            lost.append(each)
        else:
            placed.append(replace(each, start=stretch[0], end=stretch[1]))
    return tuple(sorted(placed, key=lambda one: (one.start, -one.end, one.kind))), tuple(lost)


def _place(
    source: str, each: Range, target: str, fragments: Mapping[str, str], placed: Sequence[Range]
) -> Stretch | None:
    if not target.strip():
        return None
    if source[: each.start].strip() == "" and source[each.end :].strip() == "":
        return _whole(target)
    taken = [(one.start, one.end) for one in placed if one.kind == each.kind]
    aim = (each.start + each.end) / 2 / max(len(source), 1)
    candidates = [one for one in _candidates(source, each, target, fragments) if _is_free(one, taken)]
    if candidates:
        return min(candidates, key=lambda one: (abs((one[0] + one[1]) / 2 / len(target) - aim), one))
    return _proportional(source, each, target, taken) if each.kind in NEVER_LOST else None


def _whole(target: str) -> Stretch:
    return len(target) - len(target.lstrip()), len(target.rstrip())


def _is_free(stretch: Stretch, taken: Sequence[Stretch]) -> bool:
    return all(stretch[1] <= start or end <= stretch[0] for start, end in taken)


def _candidates(
    source: str, each: Range, target: str, fragments: Mapping[str, str]
) -> list[Stretch]:
    """The first kind of evidence that is found: the fragment's translation, the words themselves, their stems."""
    words = source[each.start : each.end]
    translated = fragments.get(words, "").strip(" .,;:!?…،؛؟")
    for wanted in filter(None, (fragments.get(words, "").strip(), translated, words)):
        found = list(_occurrences(target, wanted))
        if found:
            return found
    return list(_by_stems(target, translated)) if translated and each.kind != "code" else []


def _occurrences(target: str, wanted: str) -> Iterator[Stretch]:
    """Whole-word occurrences, whatever the case."""
    exact = list(_whole_words(target, wanted))
    yield from exact or (
        _whole_words(target.casefold(), wanted.casefold()) if len(target.casefold()) == len(target) else ()
    )


def _whole_words(target: str, wanted: str) -> Iterator[Stretch]:
    start = target.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not _cuts(target, start) and not _cuts(target, end):
            yield start, end
        start = target.find(wanted, start + 1)


def _cuts(text: str, place: int) -> bool:
    """Whether `place` lies inside a word."""
    if not 0 < place < len(text):
        return False
    return bool(_WORD.match(text[place]) and _WORD.match(text[place - 1]))


def _by_stems(target: str, translated: str) -> Iterator[Stretch]:
    """A run of as many words of the target, two thirds of whose stems the fragment's translation has."""
    wanted = {_stem(match[0]) for match in _WORD.finditer(translated)}
    words = list(_WORD.finditer(target))
    length = len(_WORD.findall(translated))
    for first in range(max(len(words) - length + 1, 0)):
        run = words[first : first + length]
        hits = sum(_stem(match[0]) in wanted for match in run)
        if run and hits * 3 >= length * 2 and _stem(run[0][0]) in wanted and _stem(run[-1][0]) in wanted:
            yield run[0].start(), run[-1].end()


def _stem(word: str) -> str:
    return word.casefold()[:_STEM]


def _proportional(source: str, each: Range, target: str, taken: Sequence[Stretch]) -> Stretch | None:
    """Words of the target about where the range stands in the source: the last resort for what is never lost."""
    words = [match.span() for match in _WORD.finditer(target)] or [_whole(target)]
    free = [word for word in words if _is_free(word, taken)]
    if not free:
        return None
    count = max(1, len(_WORD.findall(source[each.start : each.end])))
    aim = each.start / max(len(source), 1) * len(target)
    first = min(range(len(free)), key=lambda index: abs(free[index][0] - aim))
    last = first
    while last + 1 < len(free) and last - first + 1 < count and _is_free((free[first][0], free[last + 1][1]), taken):
        last += 1
    return free[first][0], free[last][1]
