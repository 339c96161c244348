"""Writing a comment, and changing one's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dragoman.database.statements import Rows, Statement, ask, columns, gathering, instance, numbered, put
from dragoman.discussion import facts, mentions
from dragoman.discussion.actions.showing import withhold
from dragoman.discussion.errors import (
    CommentEmpty,
    CommentTooLong,
    DiscussionError,
    EditingClosed,
    NotLive,
    NotPermitted,
    SubmissionTaken,
    ThreadWithdrawn,
    UnknownLanguage,
    WordsTaken,
)
from dragoman.discussion.models import Comment, CommentState, HeldFor, Quotation, Thread
from dragoman.discussion.moderation.asking import ask_classifier
from dragoman.discussion.moderation.pace import remember, wording_of
from dragoman.discussion.moderation.screening import Hold, House, Screening, Written
from dragoman.discussion.permissions import EDITABLE, editable_until, is_own
from dragoman.discussion.quoting import quotations_of, without_wording
from dragoman.discussion.recognising import Editions, may_be_pasted, with_references
from dragoman.discussion.standing import (
    count,
    locked_author,
    locked_authors,
    locked_comment,
    locked_threads,
    refuse_closed,
    unsuspended,
)
from dragoman.discussion.tongues import is_known
from dragoman.languages.together import Call, Together
from dragoman.languages.view import View
from dragoman.people.actions import wrote_in
from dragoman.people.models import User
from dragoman.text.blocks import Block
from dragoman.text.markdown import blocks_from_markdown
from dragoman.translation import actions as translation
from dragoman.translation.actions import Text
from dragoman.translation.models import Scope
from dragoman.translation.segmenting import numbers_for

LONGEST = 10_000
"""Characters of a comment as it was typed, line breaks counted as one (rule of reading 7)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person typed, and how: in `language`, while reading the page as `view`."""

    source: str
    language: str
    view: View
    submission: UUID | None = None  # of the form: the same words sent twice post once
    refer: bool = False  # words taken from the thread become quotations of it: the author has said so
    ask: bool = False  # such words are not stored: the author has not said yet

    @property
    def posted_as(self) -> UUID | None:
        """Of the form and its words: what was changed after an answer that never came is another comment."""
        if self.submission is None:
            return None
        words = typed(self.source).encode(errors="surrogatepass")
        return UUID(bytes=blake2b(self.submission.bytes + words, digest_size=16).digest())


def typed(source: str) -> str:
    """The text as its author counts it: browsers send line breaks as CR LF."""
    return source.replace("\r\n", "\n").replace("\r", "\n").strip()


def worded(source: str) -> tuple[Block, ...]:
    """The blocks of a comment. Raises CommentEmpty, CommentTooLong."""
    text = typed(source)
    if len(text) > LONGEST:
        raise CommentTooLong(len(text), LONGEST)
    blocks = blocks_from_markdown(text)
    if not any(block.text.strip() for block in blocks):
        raise CommentEmpty
    return tuple(blocks)


def reply(parent: Comment, *, author: User, draft: Draft) -> Comment:
    """Answer a comment. As `post`; raises NotLive when the comment was withdrawn."""
    return post(parent.thread, author=author, draft=draft, parent=parent)


def post(thread: Thread | int, *, author: User, draft: Draft, parent: Comment | None = None) -> Comment:
    """Write a comment in a thread, or one of this number. A form sent twice gives the comment it made the first time.
    Raises DiscussionError; WordsTaken only where the draft says so.

    Comments that are sent at the same moment are stored in one transaction (ADR 20); it has been committed when this
    returns, unless the caller has one open.
    """
    blocks = worded(draft.source)
    if not is_known(draft.language):
        raise UnknownLanguage
    number = thread if isinstance(thread, int) else thread.pk
    above = parent.pk if parent is not None else None
    asked = _Asked(number, author.pk, draft, draft.posted_as, blocks, above)
    comment = _post_together(asked)
    if comment.state == CommentState.LIVE:
        facts.comment_stored.happened(comment=comment)
    return comment


@dataclass(frozen=True, slots=True)
class _Asked:
    """A comment that somebody sent."""

    thread: int
    author: int
    draft: Draft
    posted_as: UUID | None  # the draft's
    blocks: tuple[Block, ...]
    parent: int | None


@dataclass(slots=True, eq=False)
class _New:
    """One that may be stored."""

    comment: Comment
    draft: Draft
    blocks: tuple[Block, ...]  # with tokens for those they mention
    quotations: Sequence[Quotation]
    people: Sequence[int]  # whom it mentions
    wording: bytes


class _Batch:
    """Comments that are stored together. Each is judged as if those before it had been stored already."""

    def __init__(self, asked: Sequence[_Asked]) -> None:
        people = sorted({each.author for each in asked})
        writers, threads = locked_authors(people), locked_threads(each.thread for each in asked)
        posted = _posted_before(each.posted_as for each in asked)
        above = _answerable(each.parent for each in asked)
        drawn, documents, house = _numbers(len(asked)), numbers_for(len(asked)), House(people)
        looking = [each for each in asked if _looks_for_quotations(each)]
        self._editions = Editions((each.thread for each in looking), (each.parent for each in looking))
        own = (*house.statements, *self._editions.statements)
        ask(writers, posted, threads, *([above] if above else []), *own, drawn, documents)
        self._writers, self._threads, self._posted = writers.answer, threads.answer, posted.answer
        self._above = above.answer if above else {}
        self._numbers = list(zip(drawn.answer, documents.answer, strict=True))
        self._now = timezone.now()  # whoever comes after them in these threads writes later
        self._screening = Screening(house, self._writers.values(), self._threads.values(), self._now)
        self._new: list[_New] = []

    def admit(self, asked: _Asked) -> Comment:
        """The comment, to be stored or stored before. Raises DiscussionError."""
        writer = unsuspended(self._writers.get(asked.author))
        submission = asked.posted_as
        posted = self._posted.get(submission) if submission else None
        if posted is not None:
            if not is_own(writer, posted):
                raise SubmissionTaken
            return posted
        new = self._judged(asked, writer)
        self._new.append(new)
        if submission:
            self._posted[submission] = new.comment
        return new.comment

    def _judged(self, asked: _Asked, writer: User) -> _New:
        thread, draft, blocks = self._threads.get(asked.thread), asked.draft, asked.blocks
        if thread is None:
            raise ThreadWithdrawn
        refuse_closed(thread, writer)
        above = self._parent(asked)
        if _looks_for_quotations(asked):
            blocks = with_references(
                thread, blocks, language=draft.language, parent=above, editions=self._editions
            )
            if draft.ask and blocks != asked.blocks:
                raise WordsTaken(blocks)
        quotations = quotations_of(blocks, view=draft.view)
        worded_blocks, people = mentions.referred(thread, blocks)
        wording = wording_of(blocks)
        hold = self._screening.judge(Written(blocks, draft.language, writer, thread, wording=wording))
        comment = Comment(
            thread=thread,
            parent=above,
            depth=above.depth + 1 if above else 0,
            author=writer,
            state=CommentState.HELD if hold else CommentState.LIVE,
            held_for=hold.kind if hold else "",
            held_note=hold.note if hold else "",
            submission=asked.posted_as,
            created_at=self._now,
        )
        return _New(comment, draft, worded_blocks, quotations, people, wording)

    def _parent(self, asked: _Asked) -> Comment | None:
        if asked.parent is None:
            return None
        above = self._above.get(asked.parent)
        if above is None or above.thread_id != asked.thread:
            raise NotLive
        return above

    def store(self) -> None:
        """What was admitted, and all that follows from it."""
        if not self._new:
            return
        comments = [new.comment for new in self._new]
        live = [comment for comment in comments if comment.state == CommentState.LIVE]
        with gathering():
            self._store_rows(comments)
            _forget_previews(comments)  # only what was sent stays
            wrote_in((self._writers[new.comment.author_id or 0], new.draft.language) for new in self._new)
            ask_classifier(comments)
            count(live)
            if live:
                facts.comments_posted.happened(comments=live)

    def _store_rows(self, comments: Sequence[Comment]) -> None:
        texts = [
            Text(
                kind="comment",
                scope=Scope.DISCUSSION,
                language=new.draft.language,
                fields={"body": without_wording(new.blocks)},
                visible=new.comment.state == CommentState.LIVE,
                detect=True,
            )
            for new in self._new
        ]
        drawn = self._numbers[: len(texts)]
        documents = translation.create_documents(texts, [own for _, own in drawn])
        for new, document, (number, _) in zip(self._new, documents, drawn, strict=True):
            new.comment.document = document
            numbered(new.comment, number)
            assert document.current_id is not None
            remember(document.current_id, new.wording)
        _store(comments)
        for new in self._new:
            if new.quotations:
                store_quotations(new.comment, new.quotations)
            if new.people:
                mentions.store(new.comment, new.people)


def _looks_for_quotations(asked: _Asked) -> bool:
    return (asked.draft.refer or asked.draft.ask) and may_be_pasted(asked.blocks)


def _post_all(calls: Sequence[Call[_Asked, Comment]]) -> None:
    with transaction.atomic():
        batch = _Batch([call.asked for call in calls])
        for call in calls:
            try:
                call.outcome = call.context.run(batch.admit, call.asked)
            except DiscussionError as refusal:
                call.outcome = refusal
        batch.store()


_post_together: Together[_Asked, Comment] = Together(_post_all)


def _posted_before(submissions: Iterable[UUID | None]) -> Statement[dict[UUID, Comment]]:
    wanted = sorted({each for each in submissions if each is not None})
    return Statement(_of_comments("comment.submission = ANY(%s::uuid[])"), [wanted], _by_submission)


def _by_submission(rows: Rows) -> dict[UUID, Comment]:
    found = [instance(Comment, row) for row in rows]
    return {comment.submission: comment for comment in found if comment.submission is not None}


def _answerable(parents: Iterable[int | None]) -> Statement[dict[int, Comment]] | None:
    """None where nobody answers."""
    wanted = sorted({pk for pk in parents if pk is not None})
    if not wanted:
        return None
    condition = "comment.id = ANY(%s::bigint[]) AND comment.state = %s ORDER BY comment.id FOR NO KEY UPDATE"
    return Statement(_of_comments(condition), [wanted, CommentState.LIVE.value], _by_number)


def _by_number(rows: Rows) -> dict[int, Comment]:
    found = [instance(Comment, row) for row in rows]
    return {comment.pk: comment for comment in found}


@cache
def _of_comments(condition: str) -> str:
    return f"SELECT {columns(Comment, 'comment')} FROM discussion_comment AS comment WHERE {condition}"  # noqa: S608


def _numbers(count: int) -> Statement[list[int]]:
    """Of comments, drawn under the locks of their threads: who comes later has a higher one."""
    return Statement(_NUMBERS, [count], lambda rows: [number for (number,) in rows])


_NUMBERS = "SELECT nextval(pg_get_serial_sequence('discussion_comment', 'id')) FROM generate_series(1, %s)"
_STORE = """
    INSERT INTO discussion_comment (
        id, thread_id, parent_id, depth, author_id, document_id, state, held_for, held_note, submission, created_at,
        author_name, baseline, score, ups, downs, worth, reply_count, below
    )
    SELECT new.*, '', 0, 0, 0, 0, 0, 0, 0
    FROM unnest(
        %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
        %s::text[], %s::uuid[], %s::timestamptz[]
    ) AS new
"""


def _store(comments: Sequence[Comment]) -> None:
    """New ones, under the numbers they have."""
    rows = [
        (
            each.pk, each.thread_id, each.parent_id, each.depth, each.author_id, each.document_id,
            str(each.state), str(each.held_for), each.held_note, each.submission, each.created_at,
        )
        for each in comments
    ]  # fmt: skip
    put(_STORE, [list(column) for column in zip(*rows, strict=True)])


_FORGET_PREVIEWS = """
    DELETE FROM discussion_preview AS preview
    USING unnest(%s::bigint[], %s::bigint[]) AS sent (author, thread)
    WHERE preview.author_id = sent.author AND preview.thread_id = sent.thread
"""


def _forget_previews(comments: Sequence[Comment]) -> None:
    authors, threads = [each.author_id for each in comments], [each.thread_id for each in comments]
    put(_FORGET_PREVIEWS, [authors, threads])


def store_quotations(comment: Comment, quotations: Sequence[Quotation]) -> None:
    """The comment's quotations, in place of those it had."""
    comment.quotations.all().delete()
    for row in quotations:
        row.comment = comment
    Quotation.objects.bulk_create(quotations)


@transaction.atomic
def edit(comment: Comment, *, author: User, source: str, view: View) -> Comment:
    """Change one's own words while that is possible: everyone sees the new ones, the old are nowhere (rule 6)."""
    blocks = worded(source)
    writer = locked_author(author)
    locked = locked_comment(comment)
    _refuse_editing(locked, writer)
    assert locked.document is not None
    earlier = list(locked.quotations.select_related("revision"))
    quotations = quotations_of(blocks, view=view, earlier=earlier)
    house = House([writer.pk])
    ask(*house.statements)
    screening = Screening(house, [writer], [locked.thread], timezone.now())
    hold = screening.judge(Written(blocks, locked.document.source_language, writer, locked.thread, locked))
    worded_blocks, people = mentions.referred(locked.thread, blocks)
    fields = {"body": without_wording(worded_blocks)}
    changed = translation.revise(locked.document, fields=fields, at_once=True) is not None
    store_quotations(locked, quotations)
    mentions.store(locked, people)
    if changed or _places(earlier) != _places(quotations):
        locked.edited_at = timezone.now()
        locked.save(update_fields=["edited_at"])
        facts.comment_changed.happened(comment=locked)
        _judge_again(locked, hold)
        ask_classifier([locked])
    return locked


def _judge_again(comment: Comment, hold: Hold | None) -> None:
    """Changed words wait as new ones would; those of a comment that waits already may become suspect."""
    if hold is None:
        return
    if comment.state == CommentState.LIVE:
        withhold(comment, hold.kind, hold.note, decided=hold.kind == HeldFor.SUSPECT)
    elif hold.kind == HeldFor.SUSPECT:
        comment.held_for, comment.held_note = hold.kind, hold.note
        comment.save(update_fields=["held_for", "held_note"])


def _refuse_editing(comment: Comment, writer: User) -> None:
    if not is_own(writer, comment):
        raise NotPermitted
    if comment.state not in EDITABLE:
        raise NotLive
    refuse_closed(comment.thread, writer)
    if timezone.now() >= editable_until(comment):
        raise EditingClosed


def _places(quotations: Sequence[Quotation]) -> list[tuple[object, ...]]:
    return [
        (row.position, row.document_id, row.field, row.block, row.first, row.last, row.part, row.wording)
        for row in quotations
    ]
