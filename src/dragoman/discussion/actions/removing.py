"""Taking words away for good."""

from django.db import transaction
from django.utils import timezone

from dragoman.discussion import facts
from dragoman.discussion.errors import NoSuchChange, NotPermitted
from dragoman.discussion.models import Comment, CommentState, Quotation, Report, Thread
from dragoman.discussion.permissions import REMOVABLE, is_own
from dragoman.discussion.standing import counted, locked_comment, locked_thread, set_state
from dragoman.people.models import User
from dragoman.translation import actions as translation
from dragoman.translation.models import Document


@transaction.atomic
def delete(comment: Comment, *, author: User) -> Comment:
    """Delete one's own comment: its words are gone; a place marked "deleted" stays while it has answers."""
    locked = locked_comment(comment)
    if not is_own(author, locked):
        raise NotPermitted
    if locked.state not in REMOVABLE:
        raise NoSuchChange
    with counted(locked):
        erase_words(locked)
        set_state(locked, CommentState.DELETED)
    Report.objects.filter(comment=locked, settled_at=None).update(settled_at=timezone.now())
    facts.comment_withdrawn.happened(comment=locked)
    return locked


def erase_words(comment: Comment) -> None:
    """The comment's document goes, its quotations of others, and what others kept of its wording."""
    comment.quotations.all().delete()
    document, comment.document = comment.document, None
    comment.held_for = comment.held_note = ""
    comment.save(update_fields=["document", "held_for", "held_note"])
    if document is not None:
        forget_wording(document)
        translation.erase(document)


def forget_wording(document: Document) -> None:
    """What quoters left of a text's wording."""
    Quotation.objects.filter(document=document).exclude(wording="").update(wording="")


@transaction.atomic
def erase_thread(document: Document) -> None:
    """A story is deleted: its discussion goes with it, word for word. Quotations of the story lose their wording."""
    forget_wording(document)
    found = Thread.objects.filter(document=document).first()
    if found is None:
        return
    thread = locked_thread(found.pk)
    for comment in thread.comments.select_related("document").order_by("pk"):
        erase_words(comment)
    thread.delete()
