"""The discussion as one view reads it: values, made by `discussion.queries` only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from dragoman.discussion.models import CommentState
from dragoman.languages.registry import direction
from dragoman.languages.view import View
from dragoman.people.names import TINTS, initials
from dragoman.translation.readings import Reading

DEEPEST_LIST = 24  # lists within lists; browsers give up counting at 512 elements within each other
FOLDED_FROM = 1_500  # characters of a comment shown folded at first (rule of reading 7)


class Sort(StrEnum):
    """The order of a thread's first comments. Answers stand under what they answer, the oldest first, in every order: a
    conversation is read forwards."""

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


class Badge(StrEnum):
    """What stands beside a name, in words."""

    STAFF = "staff"
    AUTHOR = "author"
    VERIFIED = "verified"
    NEWCOMER = "newcomer"

    @property
    def label(self) -> str:
        """In the page's language."""
        return {
            Badge.STAFF: pgettext("beside a name", "editorial team"),
            Badge.AUTHOR: pgettext("beside a name", "author of the article"),
            Badge.VERIFIED: pgettext("beside a name", "verified name"),
            Badge.NEWCOMER: pgettext("beside a name", "new here"),
        }[self]


NO_MARKUP = SafeString("")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment; `name` is never translated (rule of reading 11), `label` says what there is to say."""

    kind: AuthorKind
    name: str = ""
    person: int | None = None  # with a public page
    badges: tuple[Badge, ...] = ()

    @property
    def is_staff(self) -> bool:
        """Whether they run the place."""
        return Badge.STAFF in self.badges

    @property
    def label(self) -> str:
        """The name, or what stands in its place in the page's language."""
        if self.kind is AuthorKind.UNNAMED:
            return gettext("unnamed reader")
        return gettext("deleted account") if self.kind is AuthorKind.DELETED else self.name

    @property
    def initials(self) -> str:
        """What stands in the disc beside the name; empty for nobody."""
        return initials(self.name)

    @property
    def tint(self) -> int:
        """Which of the colours: by account, so that a new name keeps it; by name where there is no account."""
        return (self.person if self.person is not None else crc32(self.name.encode())) % TINTS


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
class MoreAnswers:
    """Answers of a long branch that stand on a page of their own."""

    count: int
    start: int  # the first of them


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
    more: MoreAnswers | None = None  # after this one

    @property
    def is_live(self) -> bool:
        """Whether there are words to read."""
        return self.reading is not None

    @property
    def is_long(self) -> bool:
        """Whether it is shown folded at first."""
        return self.length >= FOLDED_FROM


class Nested(NamedTuple):
    """A comment's place among the lists of a page: a list of answers may begin after it, some may end."""

    comment: CommentReading
    below: int  # live comments in the list that begins here
    ends: int = 0  # lists that end after it
    stray: bool = False  # what it answers stands on another page

    @property
    def opens(self) -> bool:
        """Whether its answers follow."""
        return self.below > 0

    @property
    def ending(self) -> range:
        """For a template to repeat."""
        return range(self.ends)


def nested(comments: Sequence[CommentReading]) -> Iterator[Nested]:
    """Each comment followed by its answers, as lists within lists. What answers a comment of another page stands in
    the first list; from `DEEPEST_LIST` on answers stand beside what they answer."""
    levels: list[int] = []
    level_of: dict[int | None, int] = {}
    for comment in comments:
        level = level_of.get(comment.parent, -1) + 1
        if level > DEEPEST_LIST:
            level = DEEPEST_LIST
        level_of[comment.id] = level
        levels.append(level)
    below = _live_within(comments, levels)
    following = [*levels[1:], 0]
    for comment, level, next_level, live in zip(comments, levels, following, below, strict=True):
        stray = level == 0 and comment.parent is not None
        if next_level > level:
            yield Nested(comment, live or 1, 0, stray)
        else:
            yield Nested(comment, 0, level - next_level, stray)


def _live_within(comments: Sequence[CommentReading], levels: Sequence[int]) -> list[int]:
    """How many live comments stand in the list under each."""
    found = [0] * len(comments)
    last_at = [-1] * (DEEPEST_LIST + 1)  # the last comment of each level
    above = []
    for index, level in enumerate(levels):
        above.append(last_at[level - 1] if level else -1)
        last_at[level] = index
    for index in range(len(comments) - 1, -1, -1):
        if above[index] >= 0:
            found[above[index]] += found[index] + comments[index].is_live
    return found


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
        if self.is_continued or self.following is not None:
            return False
        return not any(comment.more for comment in self.comments)

    @property
    def has_orders(self) -> bool:
        """Whether there is something to be put in order."""
        return len(self.comments) > 1

    @property
    def nested(self) -> Iterator[Nested]:
        """The comments as lists within lists."""
        return nested(self.comments)

    @property
    def page_query(self) -> str:
        """The order, as the addresses of the pages name it."""
        return "" if self.sort is Sort.OLDEST else f"sort={self.sort.value}&"

    @property
    def sort_query(self) -> str:
        """The order, for the addresses of single comments: it is kept on the way there."""
        return "" if self.sort is Sort.OLDEST else f"?sort={self.sort.value}"
