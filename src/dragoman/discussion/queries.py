"""Reads of the discussion. What everybody may see is decided here: live comments, and the places of withdrawn ones
that still have answers."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import get_language

from dragoman.discussion import facts
from dragoman.discussion.mentions import holds_tokens, named
from dragoman.discussion.models import Comment, CommentState, Decision, Quotation, Report, Thread, Vote
from dragoman.discussion.notifications.queries import me as told
from dragoman.discussion.paging import Placed, ThreadPage, page_of, placed, thread_of
from dragoman.discussion.permissions import (
    editable_until,
    may_delete,
    may_edit,
    may_moderate,
    may_write,
)
from dragoman.discussion.readings import Author, AuthorKind, CommentReading, Sort, ThreadReading
from dragoman.discussion.rendering import author_of, length_of, parts_of, toggle_address
from dragoman.languages.kept import Kept
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.translation.queries import readings
from dragoman.translation.readings import Reading

COMMENTS_ON_PROFILE = 20
DECISIONS_PER_PAGE = 50
COMMENTS_ON_PAGE = 200
_OVERHEAD = 1_000  # characters that a comment's reading takes beside its words
_AT_MOST = 6_000_000

_kept: Kept[tuple[object, Reading | None, CommentReading]] = Kept(_AT_MOST)
"""The last reading of each comment at its place, behind all that it was made of, and its words with the names of those
it mentions, where it does. None that quotes: it reads as the quoted text does by now."""


# --- one thread ------------------------------------------------------------------------------------------------------


def thread_reading(
    document_id: int, view: View, sort: str = "", start: int | None = None, until: int | None = None
) -> ThreadReading | None:
    """A page of a story's discussion, from the comment `start` on, as `paging.page_of` makes it: at most six queries
    whatever the number of comments, and three more to find a `start`. None where there is none."""
    thread = thread_of(document_id)
    if thread is None:
        return None
    order = Sort.of(sort)
    facts.thread_read.happened(thread_id=thread.pk, view=view)
    if thread.closes_at is not None and not thread.is_locked:
        facts.read_until.happened(moment=thread.closes_at)
    page = page_of(thread, order, COMMENTS_ON_PAGE, start, until)
    kept = [f"sort={order.value}"] if order is not Sort.OLDEST else []
    kept += [f"from={page.comments[0].pk}"] if page.is_continued else []
    return ThreadReading(
        thread=thread.pk,
        document=document_id,
        count=thread.comment_count,
        is_locked=thread.is_locked,
        sort=order,
        view=view,
        comments=tuple(_read(page, view, "&".join(kept), thread.written_by_id)),
        is_continued=page.is_continued,
        following=page.following,
    )


def comment_reading(comment_id: int, view: View) -> CommentReading | None:
    """One comment that everybody may see, or the place of one that was withdrawn; None for neither."""
    rows = Comment.objects.filter(pk=comment_id, thread__document__visible=True)
    comment = next(iter(placed(rows.exclude(state=CommentState.HELD, below=0))), None)
    if comment is None:
        return None
    facts.thread_read.happened(thread_id=comment.thread_id, view=view)
    above = placed(Comment.objects.filter(pk=comment.parent_id)) if comment.parent_id else []
    known = {each.pk: each for each in (comment, *above)}
    story_author = Thread.objects.filter(pk=comment.thread_id).values_list("written_by", flat=True).first()
    return _read(ThreadPage([comment], known), view, story_author=story_author)[0]


def comment_readings(comments: Iterable[int], view: View) -> dict[int, CommentReading]:
    """Comments that everybody may read, by id; what was withdrawn is left out. At most five queries."""
    public = Comment.objects.filter(state=CommentState.LIVE, thread__document__visible=True)
    rows = placed(public.filter(pk__in=set(comments)))
    read = _read(ThreadPage(rows, {comment.pk: comment for comment in rows}), view) if rows else []
    return {reading.id: reading for reading in read if reading.is_live}


@dataclass(frozen=True, slots=True)
class Wrote:
    """What everybody may read of one person: all of it counted, and one page, the newest first."""

    count: int
    score: int  # of all of it together
    comments: tuple[CommentReading, ...]
    older: int | None = None  # the next page is what was written before this comment


def wrote(person: User, view: View, before: int | None = None) -> Wrote:
    """A person's comments, page by page (`before` a comment's id). At most eight queries."""
    rows = Comment.objects.filter(author=person, state=CommentState.LIVE, thread__document__visible=True)
    total = rows.aggregate(count=Count("pk"), score=Sum("score"))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = placed(rows.order_by("-pk")[: COMMENTS_ON_PROFILE + 1])
    page = found[:COMMENTS_ON_PROFILE]
    for thread in {comment.thread_id for comment in page}:
        facts.thread_read.happened(thread_id=thread, view=view)
    read = _read(ThreadPage(page, {comment.pk: comment for comment in page}), view)
    return Wrote(
        count=total["count"],
        score=total["score"] or 0,
        comments=tuple(reading for reading in read if reading.is_live),
        older=page[-1].pk if len(found) > len(page) else None,
    )


def _read(
    page: ThreadPage, view: View, kept: str = "", story_author: int | None = None
) -> list[CommentReading]:
    """Three queries at most: the words, and where something is quoted, what. `kept` is the page's own query."""
    there = _There(page, view, kept, story_author, get_language())
    read = readings((each.document_id or 0 for each in page.comments if _has_words(each)), view)
    found = [there.known(comment, read) for comment in page.comments]
    anew = [comment for comment, known in zip(page.comments, found, strict=True) if known is None]
    made = iter(_made(anew, there, read) if anew else ())
    return [known or next(made) for known in found]


def _made(comments: Sequence[Placed], there: "_There", read: Mapping[int, Reading]) -> list[CommentReading]:
    """Those that are not known to read as they did: because they do not, or because they name people or quote."""
    live = [comment for comment in comments if _has_words(comment)]
    quoting = [comment.pk for comment in live if _quotes(read[comment.document_id or 0])]
    quotations = _quotations(quoting) if quoting else {}
    quoted = {row.document_id for rows in quotations.values() for row in rows.values() if row.document_id}
    all_read = {**read, **readings(quoted - read.keys(), there.view)}
    naming = quoted | {comment.document_id for comment in live if comment.document_id}
    names = {**all_read, **named({pk: all_read[pk] for pk in naming}, there.view.language)}
    return [
        _comment_reading(comment, there, quotations.get(comment.pk, {}), read, names) for comment in comments
    ]


def _quotes(reading: Reading) -> bool:
    return any(each.block.kind == "reference" for each in reading.blocks("body"))


def _has_words(comment: Placed) -> bool:
    return comment.state == CommentState.LIVE and comment.document_id is not None


def _quotations(comments: Iterable[int]) -> dict[int, dict[int, Quotation]]:
    """By comment and position."""
    rows = Quotation.objects.filter(comment__in=list(comments)).select_related(
        "document__thread", "document__comment__author", "document__comment__thread__document"
    )
    found: dict[int, dict[int, Quotation]] = defaultdict(dict)
    for row in rows:
        found[row.comment_id][row.position] = row
    return found


@dataclass(frozen=True, slots=True)
class _There:
    """What the comments of a page have in common, as far as they are read there."""

    page: ThreadPage
    view: View
    kept: str
    story_author: int | None
    language: str | None  # of the words around them

    def place(self, comment: Placed, reading: Reading | None) -> Hashable:
        """Where a comment is kept: the way to its original leads to this very page."""
        here = (self.kept, self.view.originals_of) if reading is not None and reading.toggle else None
        return comment.pk, here, self.view.language, self.language

    def made_of(self, comment: Placed, reading: Reading | None) -> tuple[object, ...]:
        """All that a reading is made of, beside its place and what it quotes."""
        above = self.page.known.get(comment.parent_id or 0)
        signed = (above.author, above.author_name, above.external_id, above.created_at) if above else None
        return comment, signed, self.page.more.get(comment.pk), self.story_author, reading

    def known(self, comment: Placed, read: Mapping[int, Reading]) -> CommentReading | None:
        """The same value as last time, where it is made of the same, and nothing besides."""
        reading = _reading_of(comment, read)
        found = _kept.get(self.place(comment, reading))
        if found is None or found[1] is not None or found[0] != self.made_of(comment, reading):
            return None
        return found[2]


def _reading_of(comment: Placed, read: Mapping[int, Reading]) -> Reading | None:
    """None where there are no words."""
    reading = read.get(comment.document_id or 0) if comment.state == CommentState.LIVE else None
    return None if reading is None or reading.is_withdrawn else reading


def _comment_reading(
    comment: Placed,
    there: _There,
    quoted: Mapping[int, Quotation],
    read: Mapping[int, Reading],
    named_read: Mapping[int, Reading],
) -> CommentReading:
    """`read` with tokens where people are mentioned, `named_read` with their names."""
    own, reading = _reading_of(comment, read), _reading_of(comment, named_read)
    names = reading if own is not None and holds_tokens(own) else None
    place, made_of = there.place(comment, own), there.made_of(comment, own)
    known = _kept.get(place) if names is not None and not quoted else None
    if known is not None and known[:2] == (made_of, names):
        return known[2]
    above = there.page.known.get(comment.parent_id or 0)
    made = CommentReading(
        id=comment.pk,
        parent=comment.parent_id,
        depth=comment.depth,
        state=CommentState(comment.state),
        author=author_of(comment, there.story_author),
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        score=comment.score,
        reply_count=comment.reply_count,
        is_pinned=comment.pinned_at is not None,
        is_featured=comment.featured_at is not None,
        more=there.page.more.get(comment.pk),
        document=comment.document_id if reading else None,
        reading=reading,
        parts=parts_of(reading, quoted, named_read, there.view) if reading else (),
        answered=_answered(above) if above else None,
        toggle_address=toggle_address(reading, there.view, f"c{comment.pk}", there.kept) if reading else "",
        length=length_of(reading.blocks("body")) if reading else 0,
    )
    if not any(part.quotation for part in made.parts):
        _kept.put(place, (made_of, names, made), _OVERHEAD + made.length)
    return made


def _answered(comment: Placed) -> Author:
    """Whom an answer answers: an account that is closed has no name there, though it may still be opened again."""
    closed = comment.author is not None and not comment.author.is_active
    return Author(AuthorKind.DELETED) if closed else author_of(comment)


# --- single things ---------------------------------------------------------------------------------------------------


def comment_counts(document_ids: Iterable[int]) -> dict[int, int]:
    """How many comments everybody may read under each story; stories without a thread are left out. One query."""
    stories = list(document_ids)
    facts.counts_read.happened(document_ids=stories)
    rows = Thread.objects.filter(document__in=stories)
    return dict(rows.values_list("document_id", "comment_count"))


def thread(thread_id: int) -> Thread | None:
    """The thread with its story, whether that is public or not."""
    return Thread.objects.select_related("document").filter(pk=thread_id).first()


def comment(comment_id: int) -> Comment | None:
    """The comment with author, words, thread and story, whatever its state."""
    rows = Comment.objects.select_related("author", "document__current", "thread__document")
    return rows.filter(pk=comment_id).first()


def is_public(row: Comment) -> bool:
    """Whether everybody may read the comment."""
    return row.state == CommentState.LIVE and row.thread.document.visible


def vote_of(user: User, row: Comment) -> int:
    """A person's own vote on a comment: +1, −1, or 0 for none."""
    found = Vote.objects.filter(comment=row, voter=user).values_list("value", flat=True).first()
    return found or 0


# --- what is personal ------------------------------------------------------------------------------------------------


def me(user: User | AnonymousUser, row: Thread | None) -> dict[str, Any]:
    """What a public page leaves out: who is signed in, their votes in a thread, and what they may do there."""
    if not isinstance(user, User):
        return {"signed_in": False}
    personal: dict[str, Any] = {
        "signed_in": True,
        "person": user.pk,
        "name": user.display_name,
        "language": user.language,
        "moderator": may_moderate(user),
        "suspended": user.is_suspended,
    }
    return personal | told(user, row) | (_in_thread(user, row) if row is not None else {})


def _in_thread(user: User, row: Thread) -> dict[str, Any]:
    now = timezone.now()
    own = list(Comment.objects.filter(thread=row, author=user).exclude(state=CommentState.DELETED))
    votes = Vote.objects.filter(voter=user, comment__thread=row).exclude(value=0)
    writes = may_write(user, row)
    return {
        "thread": row.pk,
        "may_write": writes,
        "votes": {str(comment): value for comment, value in votes.values_list("comment_id", "value")},
        "own": [each.pk for each in own],
        "edit": [each.pk for each in own if writes and may_edit(user, each, now)],
        "editable_until": {
            str(each.pk): editable_until(each).isoformat()
            for each in own
            if writes and may_edit(user, each, now)
        },
        "edit_minutes": settings.DISCUSSION_EDIT_MINUTES,
        "delete": [each.pk for each in own if may_delete(user, each)],
        "held": [each.pk for each in own if each.state == CommentState.HELD],
    }


# --- moderation ------------------------------------------------------------------------------------------------------


def open_reports(comments: Iterable[Comment]) -> dict[int, list[Report]]:
    """Open reports by comment. One query."""
    rows = Report.objects.filter(comment__in=[each.pk for each in comments], settled_at=None)
    found: dict[int, list[Report]] = defaultdict(list)
    for report in rows.select_related("reporter").order_by("created_at"):
        found[report.comment_id].append(report)
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one looks for in the log; "" and None are everything."""

    act: str = ""
    by: int | None = None
    person: int | None = None  # what was decided on the person or what they wrote
    comment: int | None = None
    thread: int | None = None


def decisions(page: int, wanted: Wanted = Wanted()) -> tuple[list[Decision], bool]:
    """One page of the log (the first is 1), the newest first, and whether there are older ones."""
    start = (page - 1) * DECISIONS_PER_PAGE
    rows = Decision.objects.select_related(
        "actor", "comment__author", "comment__thread__document", "thread__document", "person"
    )
    found = list(rows.filter(_of_log(wanted))[start : start + DECISIONS_PER_PAGE + 1])
    return found[:DECISIONS_PER_PAGE], len(found) > DECISIONS_PER_PAGE


def _of_log(wanted: Wanted) -> Q:
    exact = {"act": wanted.act, "actor": wanted.by, "comment": wanted.comment, "thread": wanted.thread}
    found = Q(**{name: value for name, value in exact.items() if value})
    if wanted.person is not None:
        found &= Q(person=wanted.person) | Q(comment__author=wanted.person)
    return found


def deciding_people() -> list[User]:
    """Whoever has decided anything yet, by name."""
    return list(
        User.objects.filter(pk__in=Decision.objects.order_by().values("actor").distinct()).order_by(
            "display_name"
        )
    )
