"""Comments that were written elsewhere: by importers, and by the demo publication."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from dragoman.discussion import facts
from dragoman.discussion.actions.posting import store_quotations
from dragoman.discussion.arranging import worth_of
from dragoman.discussion.errors import CommentEmpty, NotLive, UnknownLanguage
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.quoting import quotations_of, without_wording
from dragoman.discussion.recognising import with_references
from dragoman.discussion.standing import count, locked_thread, weigh
from dragoman.discussion.tongues import is_known
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import Block
from dragoman.translation import actions as translation
from dragoman.translation.models import Document, Scope


@dataclass(frozen=True, slots=True)
class ForeignComment:
    """A comment as it stood elsewhere. `external_id`, unique in the thread, makes importing it again harmless."""

    external_id: str
    blocks: Sequence[Block]
    language: str
    created_at: datetime
    author_name: str = ""  # "" = unnamed reader
    author: User | None = None
    baseline: int = 0  # the score it had
    bulk: bool = True  # fresh comments precede it in the queue
    detect: bool = False
    is_gone: bool = False  # its words were taken away there: a place for its answers


@transaction.atomic
def import_comment(
    thread: Thread, foreign: ForeignComment, *, parent: Comment | None = None
) -> tuple[Comment, bool]:
    """Bring a comment into a thread, and whether it is new there. One that stands there already gets the score and the
    words it has elsewhere by now. Raises DiscussionError."""
    locked = locked_thread(thread.pk)
    blocks = with_references(locked, foreign.blocks, language=foreign.language, parent=parent)
    foreign = replace(foreign, blocks=blocks)
    rows = Comment.objects.select_for_update(no_key=True, of=("self",))  # somebody may be voting
    standing = rows.filter(thread=locked, external_id=foreign.external_id).first()
    if standing is not None:
        _bring_score(standing, foreign.baseline)
        _bring_words(standing, foreign)
        return standing, False
    if not is_known(foreign.language):
        raise UnknownLanguage
    if not foreign.blocks and not foreign.is_gone:
        raise CommentEmpty
    if parent is not None and parent.thread_id != locked.pk:
        raise NotLive
    return _imported(locked, foreign, parent), True


def _imported(thread: Thread, foreign: ForeignComment, parent: Comment | None) -> Comment:
    if foreign.is_gone:
        return _placed(thread, foreign, parent, None)
    quotations = quotations_of(foreign.blocks, view=View(foreign.language))
    document = translation.create_document(
        kind="comment",
        scope=Scope.DISCUSSION,
        language=foreign.language,
        fields={"body": without_wording(foreign.blocks)},
        bulk=foreign.bulk,
        detect=foreign.detect,
    )
    comment = _placed(thread, foreign, parent, document)
    store_quotations(comment, quotations)
    count([comment])
    facts.comments_posted.happened(comments=[comment])
    return comment


def _placed(
    thread: Thread, foreign: ForeignComment, parent: Comment | None, document: Document | None
) -> Comment:
    return Comment.objects.create(
        thread=thread,
        parent=parent,
        depth=parent.depth + 1 if parent else 0,
        author=foreign.author,
        author_name=foreign.author_name[:60],
        document=document,
        state=CommentState.LIVE if document else CommentState.DELETED,
        baseline=foreign.baseline,
        score=foreign.baseline,
        worth=worth_of(0, 0, foreign.baseline),
        external_id=foreign.external_id,
        created_at=foreign.created_at,
    )


def _bring_score(comment: Comment, baseline: int) -> None:
    """The score it has elsewhere by now; votes that were given here stay."""
    if baseline != comment.baseline:
        comment.baseline = baseline
        weigh(comment)
        facts.score_changed.happened(comment=comment)


def _bring_words(comment: Comment, foreign: ForeignComment) -> None:
    """Its words by now. What was deleted or changed here stays so; quotations follow their texts by themselves."""
    document = comment.document
    if document is None or document.current is None or comment.edited_at is not None:
        return
    if not foreign.blocks or _own(foreign.blocks) == _own(document.current.blocks().get("body", ())):
        return
    earlier = list(comment.quotations.select_related("revision"))
    quotations = quotations_of(foreign.blocks, view=View(foreign.language), earlier=earlier)
    translation.revise(document, fields={"body": without_wording(foreign.blocks)})
    store_quotations(comment, quotations)
    facts.comment_changed.happened(comment=comment)


def _own(blocks: Sequence[Block]) -> list[Block]:
    """What is no quotation, without sentence boundaries."""
    return [replace(block, sentences=()) for block in blocks if block.kind != "reference"]
