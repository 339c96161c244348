"""Sentences of a block as a block of their own: what a quotation shows."""

from dataclasses import replace

from dragoman.text.blocks import Block, Range


def cut(block: Block, first: int, last: int) -> Block:
    """The sentences `first`–`last` (inclusive) with their formatting. Raises IndexError when there are none such."""
    if not 0 <= first <= last < len(block.sentences):
        raise IndexError(f"a block of {len(block.sentences)} sentences has none {first}–{last}")
    start, end = block.sentences[first][0], block.sentences[last][1]
    return replace(
        block,
        text=block.text[start:end],
        ranges=within(block.ranges, start, end),
        sentences=tuple((one - start, other - start) for one, other in block.sentences[first : last + 1]),
    )


def within(ranges: tuple[Range, ...], start: int, end: int) -> tuple[Range, ...]:
    """The ranges that touch [start, end), clipped to it and counted from its start."""
    return tuple(
        replace(each, start=max(each.start, start) - start, end=min(each.end, end) - start)
        for each in ranges
        if each.start < end and each.end > start
    )


def sentence_at(block: Block, offset: int) -> int:
    """The sentence an offset lies in, or the nearest after it; -1 where the block has none."""
    for index, (_, end) in enumerate(block.sentences):
        if offset < end:
            return index
    return len(block.sentences) - 1
