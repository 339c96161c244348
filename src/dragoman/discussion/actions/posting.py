"""Writing a comment, and changing one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dragoman.discussion import facts, mentions
from dragoman.discussion.actions.showing import withhold
from dragoman.discussion.errors import (
    CommentEmpty,
    CommentTooLong,
    EditingClosed,
    NotLive,
    NotPermitted,
    SubmissionTaken,
    UnknownLanguage,
)
from dragoman.discussion.models import Comment, CommentState, HeldFor, Preview, Quotation, Thread
from dragoman.discussion.moderation.asking import ask_classifier
from dragoman.discussion.moderation.screening import Hold, Written, screened
from dragoman.discussion.permissions import EDITABLE, editable_until, is_own
from dragoman.discussion.quoting import quotations_of, without_wording
from dragoman.discussion.recognising import with_references
from dragoman.discussion.standing import count, locked_author, locked_comment, locked_thread, refuse_closed
from dragoman.discussion.tongues import is_known
from dragoman.languages.view import View
from dragoman.people.actions import wrote_in
from dragoman.people.models import User
from dragoman.text.blocks import Block
from dragoman.text.markdown import blocks_from_markdown
from dragoman.translation import actions as translation
from dragoman.translation.models import Scope

LONGEST = 10_000
"""Characters of a comment as it was typed, line breaks counted as one (rule of reading 7)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person typed, and how: in `language`, while reading the page as `view`."""

    source: str
    language: str
    view: View
    submission: UUID | None = None  # of the form: sent twice, it posts once
    refer: bool = False  # words taken from the thread become quotations of it: the author has said so


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


def post(thread: Thread, *, author: User, draft: Draft, parent: Comment | None = None) -> Comment:
    """Write a comment. A form sent twice gives the comment it made the first time. Raises DiscussionError."""
    blocks = worded(draft.source)
    if not is_known(draft.language):
        raise UnknownLanguage
    with transaction.atomic():
        writer = locked_author(author)
        posted = _posted_before(writer, draft.submission)
        return posted or _post(locked_thread(thread.pk), writer, draft, blocks, parent)


def _posted_before(writer: User, submission: UUID | None) -> Comment | None:
    posted = Comment.objects.filter(submission=submission).first() if submission else None
    if posted is not None and not is_own(writer, posted):
        raise SubmissionTaken
    return posted


def _post(
    thread: Thread, writer: User, draft: Draft, blocks: Sequence[Block], parent: Comment | None
) -> Comment:
    refuse_closed(thread, writer)
    above = _answerable(thread, parent) if parent is not None else None
    if draft.refer:
        blocks = with_references(thread, blocks, language=draft.language, parent=above)
    quotations = quotations_of(blocks, view=draft.view)
    worded_blocks, people = mentions.referred(thread, blocks)
    hold = screened(Written(blocks, draft.language, writer, thread), timezone.now())
    state = CommentState.HELD if hold else CommentState.LIVE
    document = translation.create_document(
        kind="comment",
        scope=Scope.DISCUSSION,
        language=draft.language,
        fields={"body": without_wording(worded_blocks)},
        visible=state == CommentState.LIVE,
        detect=True,
    )
    comment = Comment.objects.create(
        thread=thread,
        parent=above,
        depth=above.depth + 1 if above else 0,
        author=writer,
        document=document,
        state=state,
        held_for=hold.kind if hold else "",
        held_note=hold.note if hold else "",
        submission=draft.submission,
    )
    if quotations:
        store_quotations(comment, quotations)
    if people:
        mentions.store(comment, people)
    Preview.objects.filter(author=writer, thread=thread).delete()  # only what was sent stays
    wrote_in(writer, language=draft.language)
    ask_classifier(comment)
    count(comment, int(state == CommentState.LIVE))
    if state == CommentState.LIVE:
        facts.comment_posted.happened(comment=comment)
    return comment


def _answerable(thread: Thread, parent: Comment) -> Comment:
    rows = Comment.objects.select_for_update(no_key=True).filter(thread=thread, state=CommentState.LIVE)
    above = rows.filter(pk=parent.pk).first()
    if above is None:
        raise NotLive
    return above


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
    hold = screened(
        Written(blocks, locked.document.source_language, writer, locked.thread, locked), timezone.now()
    )
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
        ask_classifier(locked)
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
