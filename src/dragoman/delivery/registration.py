"""Facts from below that become dependencies of a render or live events of an open page."""

from collections.abc import Iterable

from dragoman.delivery.dependencies import depends_on
from dragoman.delivery.live import announce
from dragoman.discussion import facts as discussion_facts
from dragoman.discussion.models import Comment, Thread
from dragoman.languages.view import View
from dragoman.translation import facts as translation_facts
from dragoman.translation.models import Document


def register() -> None:
    """Wire the receivers; Django keeps only weak references, so they are functions of this module."""
    translation_facts.documents_read.connect(_documents_read)
    translation_facts.edition_ready.connect(_edition_ready)
    translation_facts.document_changed.connect(_document_changed)
    translation_facts.document_visibility_changed.connect(_visibility_changed)
    discussion_facts.comment_posted.connect(_comment_posted)
    discussion_facts.comment_changed.connect(_comment_changed)
    discussion_facts.comment_withdrawn.connect(_comment_changed)
    discussion_facts.score_changed.connect(_score_changed)
    discussion_facts.thread_changed.connect(_thread_changed)
    discussion_facts.thread_read.connect(_thread_read)


def _documents_read(document_ids: Iterable[int], view: View, **_: object) -> None:
    depends_on("document", *document_ids)
    depends_on("language", view.language)


def _thread_read(thread_id: int, **_: object) -> None:
    depends_on("thread", thread_id)


def topics_of(document_id: int) -> list[str]:
    """The topics of open pages that show a document: its own, and its thread's where it is a comment."""
    thread = Comment.objects.filter(document=document_id).values_list("thread_id", flat=True).first()
    quoting = Comment.objects.filter(quotations__document=document_id).values_list("thread_id", flat=True)
    threads = {found for found in [thread, *quoting.distinct()[:18]] if found is not None}
    return [f"document:{document_id}", *(f"thread:{found}" for found in sorted(threads))]


def _edition_ready(document_id: int, kind: str, language: str, **_: object) -> None:
    comment = Comment.objects.filter(document=document_id).values_list("id", flat=True).first()
    announce(
        topics_of(document_id),
        "edition",
        language=language,
        document=document_id,
        kind=kind,
        comment=comment,
    )


def _document_changed(document: Document, **_: object) -> None:
    announce(topics_of(document.pk), "document", document=document.pk, kind=document.kind)


def _visibility_changed(document: Document, **_: object) -> None:
    announce(topics_of(document.pk), "document", document=document.pk, kind=document.kind)


def _comment_posted(comment: Comment, **_: object) -> None:
    announce([f"thread:{comment.thread_id}"], "comment", comment=comment.pk, parent=comment.parent_id)


def _comment_changed(comment: Comment, **_: object) -> None:
    announce([f"thread:{comment.thread_id}"], "comment-changed", comment=comment.pk)


def _score_changed(comment: Comment, **_: object) -> None:
    announce([f"thread:{comment.thread_id}"], "score", comment=comment.pk, score=comment.score)


def _thread_changed(thread: Thread, **_: object) -> None:
    announce([f"thread:{thread.pk}"], "thread", thread=thread.pk, count=thread.comment_count)
