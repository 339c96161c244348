"""The discussion as one view reads it: values, made by `discussion.queries` only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from dragoman.discussion.models import CommentState
from dragoman.languages.registry import direction
from dragoman.languages.view import View
from dragoman.translation.readings import Reading

DEEPEST_INDENT = 6
FOLDED_FROM = 1_500  # characters of a comment shown folded at first (rule of reading 7)


class Sort(StrEnum):
    """The order of a thread's first comments. Answers stand under what they answer, the oldest first."""

    OLDEST = "oldest"
    NEWEST = "newest"
    DISCUSSED = "discussed"
    BEST = "best"

    @classmethod
    def of(cls, value: str) -> "Sort":
        """The order asked for; oldest first for anything else."""
        return cls(value) if value in cls._value2member_map_ else cls.OLDEST


class AuthorKind(StrEnum):
    """Who stands beside a comment."""

    PERSON = "person"
    IMPORTED = "imported"  # a name without an account here
    UNNAMED = "unnamed"  # imported without a name
    DELETED = "deleted"  # the account is gone


NO_MARKUP = SafeString("")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment; `name` is never translated (rule of reading 11), `label` says what there is to say."""

    kind: AuthorKind
    name: str = ""
    person: int | None = None  # with a public page
    is_staff: bool = False

    @property
    def label(self) -> str:
        """The name, or what stands in its place in the page's language."""
        if self.kind is AuthorKind.UNNAMED:
            return gettext("unnamed reader")
        return gettext("deleted account") if self.kind is AuthorKind.DELETED else self.name


class QuotationState(StrEnum):
    """Whether what was quoted can be read."""

    SHOWN = "shown"
    GONE = "gone"  # no longer part of the text
    UNAVAILABLE = "unavailable"  # hidden, deleted or unpublished


@dataclass(frozen=True, slots=True)
class QuotationReading:
    """Sentences of another document, word for word as its own edition has them."""

    state: QuotationState
    markup: SafeString = NO_MARKUP
    language: str = "und"
    reading: Reading | None = None  # of the whole quoted document: for the label and the way back
    is_part: bool = False
    wording: str = ""  # the quoter's own, where words were cut or changed
    author: Author | None = None  # of the quoted comment; None for an article
    address: str = ""  # where the quoted text is read

    @property
    def direction(self) -> str:
        """`dir` of the quoted words."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a comment: words in one language, or a quotation."""

    markup: SafeString = NO_MARKUP
    language: str = "und"
    quotation: QuotationReading | None = None

    @property
    def direction(self) -> str:
        """`dir` of the words."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class CommentReading:
    """A comment as one view reads it; a tombstone has neither reading nor parts."""

    id: int
    parent: int | None
    depth: int
    state: CommentState
    author: Author
    created_at: datetime
    edited_at: datetime | None
    score: int
    reply_count: int
    document: int | None = None
    reading: Reading | None = None
    parts: tuple[Part, ...] = ()
    answered: Author | None = None  # who wrote the comment this one answers
    toggle_address: str = ""  # to the original, or back to the translation
    length: int = 0  # characters of its words as read
    is_pinned: bool = False
    is_featured: bool = False

    @property
    def is_live(self) -> bool:
        """Whether there are words to read."""
        return self.reading is not None

    @property
    def indent(self) -> int:
        """How far to the side: from some depth on no further."""
        return min(self.depth, DEEPEST_INDENT)

    @property
    def is_long(self) -> bool:
        """Whether it is shown folded at first."""
        return self.length >= FOLDED_FROM


@dataclass(frozen=True, slots=True)
class ThreadReading:
    """A story's discussion as one view reads it: the tree of comments, each followed by its answers."""

    thread: int
    document: int
    count: int
    is_locked: bool
    sort: Sort
    view: View
    comments: tuple[CommentReading, ...]
    is_continued: bool = False  # there are comments before these
    following: int | None = None  # where the next page begins

    @property
    def is_whole(self) -> bool:
        """Whether every comment stands on this page."""
        return not self.is_continued and self.following is None

    @property
    def page_query(self) -> str:
        """The order, as the addresses of the pages name it."""
        return "" if self.sort is Sort.OLDEST else f"sort={self.sort.value}&"

    @property
    def sorts(self) -> Mapping[Sort, str]:
        """The orders one may choose from, named."""
        return {
            Sort.OLDEST: pgettext("order of comments", "oldest first"),
            Sort.NEWEST: pgettext("order of comments", "newest first"),
            Sort.DISCUSSED: pgettext("order of comments", "most discussed first"),
        }
