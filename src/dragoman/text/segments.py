"""Segments: a document's sentences one by one, their keys in the memory, a document rebuilt from targets."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.text.blocks import UNTRANSLATED_KINDS, Block, Fields, Range, clean
from dragoman.text.graphemes import WORD_CHARACTERS
from dragoman.text.passages import within
from dragoman.text.sentences import join

NORMALISER = 1
"""Version of `normalise`: part of every key, so that a change of rule never mixes old and new keys."""

_WORD = re.compile(rf"[{WORD_CHARACTERS}]+(?:['’.\-][{WORD_CHARACTERS}]+)*")
_UNSPACED_SIGN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SIGNS_PER_WORD = 2
_ENOUGH_WORDS = 4
_CLOSERS = "\"'»”’›“)]」』】） "

_CONNECTIVES_BY_LANGUAGE = {
    "en": "and but or so because then also too either neither nor",
    "fr": "et mais ou donc car puis alors aussi",
    "es": "y e pero u porque entonces también tampoco pues",
    "pt": "e mas ou porque então também pois",
    "ru": "и а но или потому затем тоже также зато",
    "ar": "و أو لكن ولكن لأن ثم بل أيضا",
}
_CONNECTIVES = frozenset(word for words in _CONNECTIVES_BY_LANGUAGE.values() for word in words.split())
"""Words that tie a sentence to the one before, in the languages of the demo publication."""


def normalise(text: str) -> str:
    """`blocks.clean` (NFC, no control characters), white space collapsed and trimmed, case kept.

    Idempotent; lone surrogates become U+FFFD.
    """
    return " ".join(clean(text).split())


def segment_key(language: str, text: str) -> bytes:
    """The memory's key of a sentence, 32 bytes: white space and composition make no difference."""
    return hashlib.sha256(f"{NORMALISER}\0{language}\0{normalise(text)}".encode()).digest()


def context_key(previous: str) -> bytes:
    """The key of the sentence before, "" when there is none: 32 bytes, never empty."""
    return hashlib.sha256(f"{NORMALISER}\0{normalise(previous)}".encode()).digest()


def needs_context(text: str) -> bool:
    """Whether a sentence means different things after different sentences (DESIGN.md, *Key of the memory*).

    That is one of fewer than four words (two signs count as a word where words are not separated), or an
    elliptic one: it trails off ("…"), begins in lower case, or begins with a word that ties it to the
    sentence before.
    """
    text = normalise(text)
    return _fewer_words(text, _ENOUGH_WORDS) or _is_elliptic(text)


def _fewer_words(text: str, enough: int) -> bool:
    words = 0.0
    for word in _words(text):
        signs = len(_UNSPACED_SIGN.findall(word))
        words += signs / _SIGNS_PER_WORD if signs else 1
        if words >= enough:
            return False
    return True


def _words(text: str) -> Iterator[str]:
    words = (found.group() for found in _WORD.finditer(text))
    return (word for word in words if any(char.isalnum() for char in word))


def _is_elliptic(text: str) -> bool:
    bare = text.rstrip(_CLOSERS)
    opening = next(_words(text), "")
    if bare.endswith(("…", "...")) or not opening:
        return True
    # "iPhone", "eBay": a name that is written so.
    begins_low = opening[0].islower() and not any(char.isupper() for char in opening[1:])
    return begins_low or opening.lower() in _CONNECTIVES


# --- a document's sentences ------------------------------------------------


_RangeEnd = tuple[int, str, tuple[tuple[str, object], ...]]
"""An offset, and the kind and attributes of a range that ends or begins there."""


@dataclass(frozen=True, slots=True)
class SegmentPlace:
    """Where a segment stands: its field's name, its block's index and its own in that, both from 0."""

    field: str
    block: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence; `previous` is the one before in the same field or "", `ranges` count from its start."""

    place: SegmentPlace
    text: str
    previous: str
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetText:
    """A sentence's translation with its formatting; `ranges` count from its start."""

    text: str
    ranges: tuple[Range, ...] = ()


def segments(fields: Fields) -> tuple[Segment, ...]:
    """The sentences of all blocks that are translated, in the document's order."""
    return tuple(segment for name, blocks in fields.items() for segment in _segments_of_field(name, blocks))


def _segments_of_field(name: str, blocks: Sequence[Block]) -> Iterator[Segment]:
    previous = ""
    for number, block in enumerate(blocks):
        if block.kind in UNTRANSLATED_KINDS:
            continue
        for index, (start, end) in enumerate(block.sentences):
            text = block.text[start:end]
            yield Segment(SegmentPlace(name, number, index), text, previous, within(block.ranges, start, end))
            previous = text


def segment_text_at(fields: Fields, place: SegmentPlace) -> str:
    """The sentence at `place`. Raises LookupError when the document has none there."""
    if place.field not in fields:
        raise LookupError(f"the document has no field {place.field!r}")
    blocks = fields[place.field]
    if not 0 <= place.block < len(blocks):
        raise LookupError(f"the field {place.field!r} has no block {place.block}")
    block = blocks[place.block]
    if not 0 <= place.sentence < len(block.sentences) or block.kind in UNTRANSLATED_KINDS:
        raise LookupError(f"block {place.block} of {place.field!r} has no sentence {place.sentence}")
    start, end = block.sentences[place.sentence]
    return block.text[start:end]


def compose(fields: Fields, targets: Mapping[SegmentPlace, TargetText]) -> dict[str, tuple[Block, ...]]:
    """`fields` with their sentences replaced by targets; a block that lacks any target stays as it is.

    What stands between sentences is kept, ranges over several sentences become whole again. The source's own
    sentences as targets give the source back.
    """
    return {
        name: tuple(_composed(block, name, number, targets) for number, block in enumerate(blocks))
        for name, blocks in fields.items()
    }


def _composed(block: Block, name: str, number: int, targets: Mapping[SegmentPlace, TargetText]) -> Block:
    places = [SegmentPlace(name, number, index) for index in range(len(block.sentences))]
    if not places or block.kind in UNTRANSLATED_KINDS or any(place not in targets for place in places):
        return block
    return compose_block(block, [targets[place] for place in places])


def compose_block(block: Block, targets: Sequence[TargetText]) -> Block:
    """One block with its sentences replaced by `targets`; an empty one is left out, its place kept.

    Raises ValueError when the numbers of sentences and targets differ.
    """
    own = [_bare(target) for target in targets]
    text, sentences = join(block.text, block.sentences, [target.text for target in own])
    placed = [
        replace(each, start=each.start + start, end=each.end + start)
        for target, (start, _) in zip(own, sentences, strict=True)
        for each in target.ranges
    ]
    return replace(block, text=text, sentences=sentences, ranges=_rejoined(block, placed, sentences))


def _bare(target: TargetText) -> TargetText:
    """The target without surrounding white space and on one line: a sentence never crosses a line."""
    text = target.text.replace("\r", " ").replace("\n", " ")
    left, right = len(text) - len(text.lstrip()), len(text.rstrip())
    if (left, right) == (0, len(text)) and text == target.text:
        return target
    return TargetText(text[left:right], within(target.ranges, left, right))


def _rejoined(
    block: Block, placed: Sequence[Range], sentences: Sequence[tuple[int, int]]
) -> tuple[Range, ...]:
    """Ranges that the source has across a gap between sentences reach across it again."""
    bridges = _bridges(block, sentences)
    whole: list[Range] = []
    open_ends: dict[_RangeEnd, int] = {}
    for each in sorted(placed, key=lambda one: (one.start, -one.end)):
        own = (each.kind, tuple(sorted(each.attrs.items())))
        before = open_ends.pop((each.start, *own), None)
        if before is None:
            whole.append(each)
            before = len(whole) - 1
        else:
            whole[before] = replace(whole[before], end=each.end)
        if (each.end, *own) in bridges:
            open_ends[(bridges[(each.end, *own)], *own)] = before
    return tuple(whole)


def _bridges(block: Block, sentences: Sequence[tuple[int, int]]) -> dict[_RangeEnd, int]:
    """From each sentence's end to the next one's start, for what spans the gap between them in the source."""
    found: dict[_RangeEnd, int] = {}
    gaps = [(block.sentences[index][1], block.sentences[index + 1][0]) for index in range(len(sentences) - 1)]
    for each in block.ranges:
        for index, (gap_start, gap_end) in enumerate(gaps):
            if each.start < gap_start and gap_end < each.end:
                own = (each.kind, tuple(sorted(each.attrs.items())))
                found[(sentences[index][1], *own)] = sentences[index + 1][0]
    return found
