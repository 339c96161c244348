"""Edits of a text: what replaced what, so that formatting moves along."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dragoman.text.blocks import Range


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """[start, end) of the text before, in code points, is replaced by `text`."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Sequence[Edit]) -> str:
    """`text` after the edits, which are ascending and disjoint."""
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts += (text[position : edit.start], edit.text)
        position = edit.end
    parts.append(text[position:])
    return "".join(parts)


def disjoint(edits: Iterable[Edit]) -> list[Edit]:
    """Ascending; of two that touch the same characters the one that begins first stays."""
    kept: list[Edit] = []
    for edit in sorted(set(edits)):
        if not kept or (edit.start >= kept[-1].end and edit.end > kept[-1].start):
            kept.append(edit)
    return kept


def moved(ranges: Sequence[Range], edits: Sequence[Edit]) -> tuple[Range, ...]:
    """The ranges in the text after the edits.

    A range that began or ended inside replaced text takes all of the replacement; what is put in at its edge
    stays outside. A range of which nothing is left is gone.
    """
    if not edits:
        return tuple(ranges)
    placed = [replace(each, start=_start(each.start, edits), end=_end(each.end, edits)) for each in ranges]
    return tuple(each for each in placed if each.start < each.end)


def _start(offset: int, edits: Sequence[Edit]) -> int:
    shift = 0
    for edit in edits:
        if edit.start < offset < edit.end:
            return edit.start + shift
        if edit.end > offset or (edit.end == offset and edit.start > offset):
            break
        shift += len(edit.text) - (edit.end - edit.start)
    return offset + shift


def _end(offset: int, edits: Sequence[Edit]) -> int:
    shift = 0
    for edit in edits:
        if edit.start >= offset:
            break
        if offset < edit.end:
            return edit.start + shift + len(edit.text)
        shift += len(edit.text) - (edit.end - edit.start)
    return offset + shift
