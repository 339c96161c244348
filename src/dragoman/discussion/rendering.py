"""Comments and their quotations turned into markup for one view. No query is made here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import groupby
from typing import Protocol

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from dragoman.discussion.models import Comment, Quotation, QuotedPart
from dragoman.discussion.readings import Author, AuthorKind, Badge, Part, QuotationReading, QuotationState
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.text import emoticons, render
from dragoman.text.blocks import Block
from dragoman.translation.readings import ReadBlock, Reading

UNAVAILABLE = QuotationReading(QuotationState.UNAVAILABLE)


NEWCOMER = timedelta(days=7)
"""How long after an account was made its comments say so. They keep saying it: a page that is kept stays true."""


class Person(Protocol):
    """An account, or what was read of it."""

    @property
    def pk(self) -> int: ...
    @property
    def display_name(self) -> str: ...
    @property
    def is_staff(self) -> bool: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_verified(self) -> bool: ...
    @property
    def date_joined(self) -> datetime: ...


class Signed(Protocol):
    """A comment, or what was read of it; with its author."""

    @property
    def author(self) -> Person | None: ...
    @property
    def author_name(self) -> str: ...
    @property
    def external_id(self) -> str | None: ...
    @property
    def created_at(self) -> datetime: ...


def author_of(comment: Signed, story_author: int | None = None) -> Author:
    """Who wrote it. The comment comes with its author; `story_author` wrote what is discussed."""
    if comment.author is not None:
        return author_from(comment.author, story_author=story_author, at=comment.created_at)
    if comment.author_name:
        return Author(AuthorKind.IMPORTED, comment.author_name)
    return Author(AuthorKind.UNNAMED if comment.external_id is not None else AuthorKind.DELETED)


def author_from(person: Person, *, story_author: int | None = None, at: datetime | None = None) -> Author:
    """A person as author of what was written `at` a moment; a closed account has no public page."""
    page = person.pk if person.is_active else None
    badges = tuple(_badges(person, story_author, at)) if person.is_active else ()
    return Author(AuthorKind.PERSON, person.display_name, page, badges)


def _badges(person: Person, story_author: int | None, at: datetime | None) -> Iterator[Badge]:
    if person.is_staff:
        yield Badge.STAFF
    if story_author == person.pk:
        yield Badge.AUTHOR
    if person.is_verified:
        yield Badge.VERIFIED
    elif not person.is_staff and at is not None and timedelta() <= at - person.date_joined < NEWCOMER:
        yield Badge.NEWCOMER


def markup(blocks: Iterable[Block], language: str, view: View) -> SafeString:
    """Readers' words as HTML; emoji named in the page's language."""
    return _markup(tuple(blocks), language, view.language, gettext("Show what is hidden here"))


@lru_cache(maxsize=4096)
def _markup(blocks: tuple[Block, ...], language: str, page_language: str, spoiler_name: str) -> SafeString:
    """Most words are read many times, unchanged."""
    named = partial(emoticons.name, language=page_language)
    rendering = render.Rendering(
        language=language,
        emoji_name=named,
        nofollow=True,
        heading_shift=0,
        spoiler_name=spoiler_name,
    )
    return mark_safe(render.html(blocks, rendering))  # noqa: S308 - text.render is where markup is made safe


def parts_of(
    reading: Reading, quotations: Mapping[int, Quotation], read: Mapping[int, Reading], view: View
) -> tuple[Part, ...]:
    """A comment's words and quotations in their order. `quotations` by position, `read` by document."""
    numbered = enumerate(reading.blocks("body"))
    return tuple(
        part
        for is_quotation, stretch in groupby(numbered, key=lambda each: each[1].block.kind == "reference")
        for part in (
            _quotation_parts(stretch, quotations, read, view)
            if is_quotation
            else _worded_parts(stretch, view)
        )
    )


def _quotation_parts(
    stretch: Iterable[tuple[int, ReadBlock]],
    quotations: Mapping[int, Quotation],
    read: Mapping[int, Reading],
    view: View,
) -> Iterator[Part]:
    for position, _ in stretch:
        row = quotations.get(position)
        yield Part(quotation=quotation_reading(row, read, view) if row else UNAVAILABLE)


def _worded_parts(stretch: Iterable[tuple[int, ReadBlock]], view: View) -> Iterator[Part]:
    for language, reads in groupby((read for _, read in stretch), key=lambda read: read.language):
        yield Part(markup([read.block for read in reads], language, view), language)


def quotation_reading(row: Quotation, read: Mapping[int, Reading], view: View) -> QuotationReading:
    """A quotation as the quoted document's own edition reads. The row comes with document, comment and threads."""
    document = row.document
    reading = read.get(document.pk) if document else None
    if document is None or reading is None or reading.is_withdrawn or not _story_is_public(row):
        return UNAVAILABLE
    if row.part == QuotedPart.GONE:
        return QuotationReading(QuotationState.GONE, author=_quoted_author(row), address=_address(row, view))
    passage = reading.passage(row.field, row.block, row.first, row.last)
    if passage is None:
        return QuotationReading(QuotationState.GONE, author=_quoted_author(row), address=_address(row, view))
    return QuotationReading(
        state=QuotationState.SHOWN,
        markup=quoted_markup(passage, view),
        language=passage.language,
        reading=reading,
        is_part=row.part == QuotedPart.PART,
        wording=row.wording,
        author=_quoted_author(row),
        address=_address(row, view),
    )


def quoted_markup(passage: ReadBlock, view: View) -> SafeString:
    """Quoted sentences as HTML, whatever block they stand in."""
    plain = Block("paragraph", passage.block.text, passage.block.ranges, passage.block.sentences)
    return markup([plain], passage.language, view)


def _quoted_comment(row: Quotation) -> Comment | None:
    return getattr(row.document, "comment", None)


def _story_is_public(row: Quotation) -> bool:
    quoted = _quoted_comment(row)
    return quoted is None or quoted.thread.document.visible


def _quoted_author(row: Quotation) -> Author | None:
    quoted = _quoted_comment(row)
    return author_of(quoted) if quoted else None


def _address(row: Quotation, view: View) -> str:
    """Addresses that cost no query: through the finder of a comment, and the thread of an article."""
    quoted = _quoted_comment(row)
    if quoted is not None:
        return addresses.address("comment_finder", comment=quoted.pk)
    thread = getattr(row.document, "thread", None)
    return addresses.address("thread", language=view.language, thread=thread.pk) if thread else ""


def toggle_address(reading: Reading, view: View, anchor: str, kept: str = "") -> str:
    """The page with this one text in the original, or back in translation: `?original=<ids>#…`. `kept` is the rest of
    the page's query."""
    if reading.toggle == "original":
        asked = view.originals_of | {reading.document}
    elif reading.toggle == "translation" and reading.document in view.originals_of:
        asked = view.originals_of - {reading.document}
    else:
        return ""
    query = [kept] if kept else []
    if asked:
        query.append("original=" + ",".join(map(str, sorted(asked))))
    return f"?{'&'.join(query)}#{anchor}"


def length_of(parts: Sequence[ReadBlock]) -> int:
    """Characters of the words."""
    return sum(len(read.block.text) for read in parts)
