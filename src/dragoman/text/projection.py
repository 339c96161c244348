"""Formatting of a source sentence laid onto its target text.

Engines get plain text, so a range's place in the target has to be found again. In this order:

1. a range over the whole sentence covers the whole target;
2. its words, as the caller had them translated (`fragments`): as they are, without regard to case, by stems;
3. its words as they are (names, numbers, addresses);
4. links, code and spoilers, which may never be lost: where they stood in proportion, on whole words.

Bold, italic and strike that are found by none of these are lost, and reported.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from dragoman.text.blocks import Range
from dragoman.text.graphemes import WORD_CHARACTERS, extends, is_boundary
from dragoman.text.spans import DESTROYED, find

NEVER_LOST: frozenset[str] = frozenset({"link", "code", "spoiler"})
"""Kinds of ranges that are placed by proportion when nothing else finds them."""

_MOST_OCCURRENCES = 64
_LONGEST_BY_STEMS = 60
_STEM = 4
_SUFFIXED = 4
"""A fragment of that many characters may be the beginning of a longer word ("Ankara", "Ankarada")."""

_TOKEN = re.compile(
    rf"XQZ\s?\d+|[{WORD_CHARACTERS}]+(?:['’.\-][{WORD_CHARACTERS}]+)*|[^\s{WORD_CHARACTERS}]", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"XQZ\s?\d+", re.IGNORECASE)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)

_Stretch = tuple[int, int]


def project(
    source: str, ranges: Sequence[Range], target: str, fragments: Mapping[str, str]
) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """Lay `ranges` of `source` onto `target`; returns those placed (in the target) and those lost (as they
    were).

    `fragments` maps the source text of a range to its translation, where the caller has it. Placed ranges are
    never empty, cut no grapheme, placeholder or address, and never overlap another of their kind; their order
    is by start. A link is lost only in a target with fewer characters than links.
    """
    known = [each for each in ranges if 0 <= each.start < each.end <= len(source)]
    lost = [each for each in ranges if not 0 <= each.start < each.end <= len(source)]
    if source == target:
        return tuple(sorted(known, key=_by_start)), tuple(lost)
    layout = _Layout(source, target, fragments)
    placed: list[Range] = []
    for kind in dict.fromkeys(each.kind for each in known):
        own = [each for each in known if each.kind == kind]
        for each, stretch in zip(own, layout.places(own, keep_all=kind in NEVER_LOST), strict=True):
            if stretch is None:
                lost.append(each)
            else:
                placed.append(replace(each, start=stretch[0], end=stretch[1]))
    return tuple(sorted(placed, key=_by_start)), tuple(lost)


def _by_start(each: Range) -> tuple[int, int, str]:
    return each.start, -each.end, each.kind


class _Layout:
    """One target, and where the ranges of each kind go in it."""

    def __init__(self, source: str, target: str, fragments: Mapping[str, str]) -> None:
        self.source, self.target, self.fragments = source, target, fragments
        self.units = _Units(target)
        self.own_text = _trimmed(target)
        self.words = list(_words(target, self.units))

    def places(self, ranges: Sequence[Range], *, keep_all: bool) -> list[_Stretch | None]:
        """A place in the target, or None, for each of `ranges` (all of one kind)."""
        places: list[_Stretch | None] = [None] * len(ranges)
        taken = _Taken()
        order = sorted(range(len(ranges)), key=lambda index: (ranges[index].start, -ranges[index].end))
        for index in order:
            for stretch in self._candidates(ranges[index]):
                if taken.add(stretch):
                    places[index] = stretch
                    break
        unplaced = [index for index in order if places[index] is None]
        if keep_all and unplaced:
            self._place_by_proportion(ranges, unplaced, places, taken)
            if any(places[index] is None for index in order):
                return self._divided(len(ranges), order)
        return places

    # --- finding the words again ---

    def _candidates(self, each: Range) -> Iterator[_Stretch]:
        """Good places first; those equally good by their nearness to where the range stood."""
        if self.own_text is None:
            return
        wording = self.source[each.start : each.end].strip()
        if wording == self.source.strip():
            yield self.own_text
            return
        fragment = self.fragments.get(self.source[each.start : each.end], "") or self.fragments.get(
            wording, ""
        )
        fragment = _without_final_stop(fragment, wording)
        for words in dict.fromkeys((fragment, wording)):
            if words:
                yield from self._nearest(each, self._occurrences(words))
        if fragment:
            by_stems = self._by_stems(fragment)
            if by_stems is not None:
                yield by_stems

    def _nearest(self, each: Range, stretches: Iterable[_Stretch]) -> list[_Stretch]:
        middle = self._middle(each)
        return sorted(stretches, key=lambda stretch: abs((stretch[0] + stretch[1]) / 2 - middle))

    def _middle(self, each: Range) -> float:
        return (each.start + each.end) / 2 / len(self.source) * len(self.target)

    def _occurrences(self, words: str) -> list[_Stretch]:
        for pattern in (re.escape(words), f"(?i:{re.escape(words)})"):
            found = []
            for match in re.finditer(pattern, self.target):
                stretch = self._bounded(match.start(), match.end())
                if stretch is not None:
                    found.append(stretch)
                if len(found) == _MOST_OCCURRENCES:
                    break
            if found:
                return found
        return []

    def _bounded(self, start: int, end: int) -> _Stretch | None:
        """The occurrence as whole words; None when it is only the inside of one."""
        if _is_inside_word(self.target, start) or not self.units.is_boundary(start):
            return None
        if _is_inside_word(self.target, end):
            if end - start < _SUFFIXED:
                return None
            end = self._end_of_word(end)
        return (start, end) if self.units.is_boundary(end) else None

    def _end_of_word(self, end: int) -> int:
        while _is_inside_word(self.target, end):
            end += 1
        return end

    def _by_stems(self, fragment: str) -> _Stretch | None:
        """The shortest run of the target's words that holds at least two thirds of the fragment's stems."""
        stems = [_stem(word) for word in _TOKEN.findall(fragment) if word[0].isalnum()]
        if not 0 < len(stems) <= _LONGEST_BY_STEMS:
            return None
        hits = [_stem(self.target[start:end]) in stems for start, end in self.words]
        best = _densest(hits, len(stems) + 1)
        if best is None or sum(hits[best[0] : best[1]]) * 3 < len(stems) * 2:
            return None
        return self.words[best[0]][0], self.words[best[1] - 1][1]

    # --- never losing one ---

    def _place_by_proportion(
        self, ranges: Sequence[Range], unplaced: Sequence[int], places: list[_Stretch | None], taken: "_Taken"
    ) -> None:
        for index in unplaced:
            stretch = self._proportional(ranges[index], taken)
            if stretch is not None and taken.add(stretch):
                places[index] = stretch

    def _proportional(self, each: Range, taken: "_Taken") -> _Stretch | None:
        """As many whole free words as the range had in proportion, from the free word nearest to where it
        stood.
        """
        free = [index for index, word in enumerate(self.words) if taken.is_free(word)]
        if not free:
            return None
        middle = self._middle(each)
        nearest = min(free, key=lambda index: abs(sum(self.words[index]) / 2 - middle))
        wanted = max(1, round((each.end - each.start) / len(self.source) * len(self.words)))
        first, last = nearest, nearest
        while last - first + 1 < wanted:
            if last + 1 < len(self.words) and taken.is_free((self.words[first][0], self.words[last + 1][1])):
                last += 1
            elif first > 0 and taken.is_free((self.words[first - 1][0], self.words[last][1])):
                first -= 1
            else:
                break
        return self.words[first][0], self.words[last][1]

    def _divided(self, count: int, order: Sequence[int]) -> list[_Stretch | None]:
        """The target shared out evenly and in order: by words, by characters where there are too few."""
        units = self.words if len(self.words) >= count else list(self.units.visible())
        if len(units) < count:
            units = list(_graphemes(self.target))
        places: list[_Stretch | None] = [None] * count
        shares = min(count, len(units))
        for share, index in enumerate(order[:shares]):
            first, behind = share * len(units) // shares, (share + 1) * len(units) // shares
            places[index] = units[first][0], units[behind - 1][1]
        return places


class _Units:
    """The stretches of a text that may not be cut: graphemes, placeholders, addresses."""

    def __init__(self, text: str) -> None:
        self.text = text
        whole = [(span.start, span.end) for span in find(text) if span.kind in DESTROYED]
        whole += [(found.start(), found.end()) for found in _PLACEHOLDER.finditer(text)]
        self._whole = _joined(whole)
        self._starts = [start for start, _ in self._whole]

    def is_boundary(self, index: int) -> bool:
        return self.covering(index) is None and is_boundary(self.text, index)

    def covering(self, index: int) -> _Stretch | None:
        """The whole that would be cut at `index`."""
        at = bisect_right(self._starts, index) - 1
        if at >= 0 and self._whole[at][0] < index < self._whole[at][1]:
            return self._whole[at]
        return None

    def widened(self, start: int, end: int) -> _Stretch:
        first, last = self.covering(start), self.covering(end)
        return first[0] if first else start, last[1] if last else end

    def visible(self) -> Iterator[_Stretch]:
        """Graphemes and wholes, white space left out."""
        behind = 0
        for start, end in _graphemes(self.text):
            if start >= behind:
                whole = self.widened(start, end) if self.covering(end) else (start, end)
                behind = whole[1]
                yield whole


class _Taken:
    """Stretches given away, disjoint."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def is_free(self, stretch: _Stretch) -> bool:
        at = bisect_right(self._ends, stretch[0])
        return at == len(self._starts) or self._starts[at] >= stretch[1]

    def add(self, stretch: _Stretch) -> bool:
        """Give the stretch away; False when some of it is given away already."""
        if not self.is_free(stretch):
            return False
        at = bisect_left(self._starts, stretch[0])
        self._starts.insert(at, stretch[0])
        self._ends.insert(at, stretch[1])
        return True


def _joined(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    joined: list[_Stretch] = []
    for start, end in sorted(stretches):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _words(text: str, units: _Units) -> Iterator[_Stretch]:
    """Words and wholes of the text, disjoint; in scripts without spaces every character is one."""
    behind = 0
    for token in _TOKEN.finditer(text):
        for start, end in _single_words(text, token.start(), token.end()):
            if start < behind or not (text[start].isalnum() or units.covering(start + 1)):
                continue
            start, end = units.widened(start, end)
            behind = _behind_marks(text, end)
            yield start, behind


def _single_words(text: str, start: int, end: int) -> Iterator[_Stretch]:
    if not _UNSPACED.search(text, start, end):
        yield start, end
        return
    cuts = [index for index in range(start, end + 1) if is_boundary(text, index)]
    yield from pairwise(cuts)


def _behind_marks(text: str, end: int) -> int:
    while not is_boundary(text, end):
        end += 1
    return end


def _graphemes(text: str) -> Iterator[_Stretch]:
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or is_boundary(text, index):
            if not text[start:index].isspace():
                yield start, index
            start = index


def _is_inside_word(text: str, index: int) -> bool:
    if not 0 < index < len(text) or _UNSPACED.match(text[index]) or _UNSPACED.match(text[index - 1]):
        return False
    return _is_of_word(text[index - 1]) and _is_of_word(text[index])


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_" or extends(char)


def _trimmed(text: str) -> _Stretch | None:
    left = len(text) - len(text.lstrip())
    right = len(text.rstrip())
    return (left, right) if left < right else None


def _without_final_stop(fragment: str, wording: str) -> str:
    """Engines like to close a fragment with a full stop of their own."""
    fragment = fragment.strip()
    stopped = fragment[-1:] in (".", "。", "।", "۔") and wording[-1:] != fragment[-1:]
    return fragment[:-1].rstrip() if stopped and len(fragment) > 1 else fragment


def _stem(word: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFKD", word[:24].casefold()) if not extends(char))
    return bare[:_STEM]


def _densest(hits: Sequence[bool], width: int) -> _Stretch | None:
    """The window of `width` with most hits, trimmed to its first and last hit."""
    if not any(hits):
        return None
    sums = [0, *accumulate(hits)]
    last_start = max(0, len(hits) - width)
    start = max(range(last_start + 1), key=lambda at: sums[min(at + width, len(hits))] - sums[at])
    inside = [index for index in range(start, min(start + width, len(hits))) if hits[index]]
    return inside[0], inside[-1] + 1
