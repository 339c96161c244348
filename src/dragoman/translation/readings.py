"""What a reader gets of a document: values, made by `translation.queries.readings` only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from dragoman.languages.registry import direction
from dragoman.text.blocks import Block
from dragoman.text.passages import cut


class ReadingState(StrEnum):
    """Which of the three promised things a reader gets (sentence 3 of the design), or nothing."""

    ORIGINAL = "original"  # the words as written
    READY = "ready"  # a checked edition of the current words
    PARTIAL = "partial"  # checked, but some blocks still in the original
    UPDATING = "updating"  # the last checked edition; the source has changed since
    WITHDRAWN = "withdrawn"  # nothing: hidden, deleted or unpublished


TRANSLATED = frozenset({ReadingState.READY, ReadingState.PARTIAL, ReadingState.UPDATING})


class Why(StrEnum):
    """Why a reading is the original."""

    OWN_LANGUAGE = "own_language"  # written in the reader's language
    READ_BY_READER = "read_by_reader"  # in one of the languages the reader reads, or originals are on
    ASKED = "asked"  # the original of this very text was asked for
    PENDING = "pending"  # a translation is being made
    UNAVAILABLE = "unavailable"  # no engine for the pair, or every attempt was refused
    UNDETERMINED = "undetermined"  # nobody knows the language
    NONE = ""


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """One block as read: wholly in one language (rule of reading 4: never a foreign sentence inside)."""

    block: Block
    language: str
    pending: bool = False
    doubtful: bool = False  # a check of the translation noticed something; it is shown, and said


class Label(NamedTuple):
    """What is said of a reading beside it: all but its words, so that what says it can be kept."""

    document: int
    state: ReadingState
    source_language: str
    origin: str
    note: str
    why: Why
    toggle: str
    is_doubtful: bool

    @property
    def is_translated(self) -> bool:
        """As the reading's."""
        return self.state in TRANSLATED

    @property
    def is_withdrawn(self) -> bool:
        """As the reading's."""
        return self.state is ReadingState.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as one view reads it."""

    document: int
    state: ReadingState
    language: str  # of the greater part
    source_language: str
    origin: str = ""  # "", "machine", "imported", "human": the least trusted shown
    note: str = ""  # of an imported origin: "demo translation"
    why: Why = Why.NONE
    toggle: str = ""  # "original" or "translation": what the way back leads to; "" when there is none
    fields: Mapping[str, tuple[ReadBlock, ...]] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        """`dir` of the greater part."""
        return direction(self.language)

    @property
    def is_translated(self) -> bool:
        """Whether any of it is a translation."""
        return self.state in TRANSLATED

    @property
    def is_doubtful(self) -> bool:
        """Whether a check noticed something in what is shown."""
        return any(read.doubtful for blocks in self.fields.values() for read in blocks)

    @property
    def is_pending(self) -> bool:
        """Whether a translation of any of it is on its way."""
        return self.why is Why.PENDING or any(
            read.pending for blocks in self.fields.values() for read in blocks
        )

    @property
    def is_withdrawn(self) -> bool:
        """Whether there is nothing to read."""
        return self.state is ReadingState.WITHDRAWN

    @property
    def label(self) -> Label:
        """What is said of it."""
        return Label(
            self.document, self.state, self.source_language, self.origin, self.note, self.why, self.toggle,
            self.is_doubtful,
        )  # fmt: skip

    def blocks(self, name: str) -> tuple[ReadBlock, ...]:
        """A field's blocks, () where the document has none."""
        return self.fields.get(name, ())

    def text(self, name: str) -> str:
        """A field's plain text, blocks joined by a line feed."""
        return "\n".join(read.block.text for read in self.blocks(name))

    def language_of(self, name: str) -> str:
        """The language a field is read in."""
        return next((read.language for read in self.blocks(name)), self.language)

    def passage(self, name: str, block: int, first: int, last: int) -> ReadBlock | None:
        """The sentences `first`–`last` (inclusive) of a block as a block of their own; None when out of range."""
        read = next(iter(self.blocks(name)[block : block + 1]), None)
        if read is None or not 0 <= first <= last < len(read.block.sentences):
            return None
        return ReadBlock(cut(read.block, first, last), read.language, read.pending, read.doubtful)


def withdrawn(document: int) -> Reading:
    """The reading of what is nowhere."""
    return Reading(document, ReadingState.WITHDRAWN, "und", "und")
