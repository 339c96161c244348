"""Threads open with their story; quotations follow the words they quote."""

from collections.abc import Mapping

from django.db import transaction

from dragoman.discussion import facts
from dragoman.discussion.models import Quotation, Thread
from dragoman.discussion.moderation.rules import in_force
from dragoman.discussion.quoting import followed
from dragoman.people.models import User
from dragoman.text.blocks import Block
from dragoman.translation.models import Document, Revision


def open_thread(document: Document) -> Thread:
    """The thread of a story, made when it has none."""
    thread, is_new = Thread.objects.get_or_create(document=document)
    closing = in_force().closing(thread.created_at) if is_new else None
    if closing is not None:
        thread.closes_at = closing
        thread.save(update_fields=["closes_at"])
    return thread


@transaction.atomic
def credit(document: Document, author: User | None) -> None:
    """Whose story it is: their comments under it bear a badge."""
    thread = Thread.objects.select_for_update(no_key=True).get(document=document)
    if thread.written_by_id != (author.pk if author else None):
        thread.written_by = author
        thread.save(update_fields=["written_by"])
        facts.thread_changed.happened(thread=thread)


@transaction.atomic
def follow_revision(document: Document, new_revision: Revision) -> None:
    """Lead every quotation of a document to where its sentences stand now, or mark it as gone."""
    rows = Quotation.objects.select_for_update(of=("self",)).select_related("revision").order_by("pk")
    seen: dict[int, Mapping[str, tuple[Block, ...]]] = {}
    for row in rows.filter(document=document, revision__isnull=False).exclude(revision=new_revision):
        assert row.revision is not None
        fields = seen.setdefault(row.revision.pk, row.revision.blocks())
        followed(row, fields, new_revision).save(update_fields=["revision", "block", "first", "last", "part"])
