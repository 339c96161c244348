"""Segments: the sentences of a document, their keys in memory, and a document composed of their targets."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dragoman.text.blocks import UNTRANSLATED_KINDS, Block, Fields, Range
from dragoman.text.passages import within
from dragoman.text.sentences import join

NORMALISER = 1
"""Version of `normalise`; part of every key."""

_FEWEST_WORDS = 4
_FEWEST_CHARACTERS = 6  # of a script that writes no spaces between words
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def normalise(text: str) -> str:
    """NFC, white space collapsed and trimmed, case kept; lone surrogates become U+FFFD."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text))).strip()


def segment_key(language: str, text: str) -> bytes:
    """32 bytes: the sentence in its language, as memory knows it."""
    return hashlib.sha256(f"{NORMALISER}\0{language}\0{normalise(text)}".encode()).digest()


def context_key(previous: str) -> bytes:
    """32 bytes: the sentence before ("" for none)."""
    return hashlib.sha256(f"{NORMALISER}\0before\0{normalise(previous)}".encode()).digest()


def needs_context(text: str) -> bool:
    """Whether the sentence means different things after different sentences: under four words, or elliptic."""
    words = _WORD.findall(text)
    if _SPACELESS.search(text):
        return len(_SPACELESS.findall(text)) < _FEWEST_CHARACTERS
    return len(words) < _FEWEST_WORDS or text.rstrip().endswith(("…", "...")) or text.lstrip()[:1].islower()


@dataclass(frozen=True, slots=True, order=True)
class SegmentPlace:
    """Where a sentence stands: field, block index, sentence index."""

    field: str
    block: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence; `previous` is the one before it in its field, "" if none; ranges are relative to it."""

    place: SegmentPlace
    text: str
    previous: str
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetText:
    """What a sentence became."""

    text: str
    ranges: tuple[Range, ...] = ()


def segments(fields: Fields) -> tuple[Segment, ...]:
    """A document's sentences in order, those of kinds that are translated."""
    return tuple(segment for name, blocks in fields.items() for segment in _of_field(name, blocks))


def _of_field(name: str, blocks: tuple[Block, ...]) -> Iterator[Segment]:
    previous = ""
    for index, block in enumerate(blocks):
        if block.kind in UNTRANSLATED_KINDS:
            continue
        for number, (start, end) in enumerate(block.sentences):
            text = block.text[start:end]
            place = SegmentPlace(name, index, number)
            yield Segment(place, text, previous, within(block.ranges, start, end))
            previous = text


def segment_text_at(fields: Fields, place: SegmentPlace) -> str:
    """A sentence's text. Raises KeyError or IndexError where there is none."""
    block = fields[place.field][place.block]
    start, end = block.sentences[place.sentence]
    return block.text[start:end]


def compose(fields: Fields, targets: Mapping[SegmentPlace, TargetText]) -> dict[str, tuple[Block, ...]]:
    """The fields with each block whose every sentence has a target replaced; the others stay as written."""
    return {
        name: tuple(_composed(name, index, block, targets) for index, block in enumerate(blocks))
        for name, blocks in fields.items()
    }


def _composed(name: str, index: int, block: Block, targets: Mapping[SegmentPlace, TargetText]) -> Block:
    own = [targets.get(SegmentPlace(name, index, number)) for number in range(len(block.sentences))]
    present = [target for target in own if target is not None]
    if not own or len(present) < len(own):
        return block
    text, sentences = join(block.text, block.sentences, [target.text for target in present])
    ranges = tuple(
        replace(each, start=each.start + start, end=each.end + start)
        for target, (start, _) in zip(present, sentences, strict=True)
        for each in target.ranges
    )
    return replace(block, text=text, ranges=ranges, sentences=sentences)
