"""What becomes of a person's words when their account closes, opens again, and is erased.

Comment by comment, each in a transaction of its own: who wrote ten thousand holds no thread for long, and a job that
was stopped goes on where it was.
"""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from dragoman.discussion import facts
from dragoman.discussion.actions.removing import erase_words
from dragoman.discussion.errors import NotLive
from dragoman.discussion.models import Appeal, Comment, CommentState, Decision, PersonNote, Report
from dragoman.discussion.standing import counted, locked_comment, set_state
from dragoman.people.models import Closing, User
from dragoman.translation import actions as translation


def withdraw_words(person: User) -> None:
    """Nobody reads a closed account's comments: what everybody saw becomes invisible in every language."""
    for comment in Comment.objects.filter(author=person, state=CommentState.LIVE, document__visible=True):
        _each(comment, lambda locked: _show(locked, person, visible=False))


def bring_words_back(person: User) -> None:
    """Everybody reads them again."""
    for comment in Comment.objects.filter(author=person, state=CommentState.LIVE, document__visible=False):
        _each(comment, lambda locked: _show(locked, person, visible=True))


def erase_person(person: User) -> None:
    """A person's words go for good, and what moderators and reporters said of them. Where answers hang on a comment,
    its place stays without a name. Votes fall with the account; the scores they made stay."""
    _erase_said(person)
    for comment in Comment.objects.filter(author=person).order_by("pk").iterator(500):
        _each(comment, _erase)
    Decision.objects.filter(person=person).exclude(reason="").update(reason="")
    Report.objects.filter(reporter=person).exclude(note="").update(note="")


@transaction.atomic
def _erase_said(person: User) -> None:
    """What the person said against decisions, the reasons they were given, and what moderators noted."""
    about = Decision.objects.filter(Q(person=person) | Q(comment__author=person))
    for decision in about.exclude(document=None).select_related("document"):
        _erase_document(decision)
    for appeal in Appeal.objects.filter(author=person).exclude(document=None).select_related("document"):
        _erase_document(appeal)
    Appeal.objects.filter(author=person).delete()
    PersonNote.objects.filter(person=person).delete()
    about.exclude(detail="").update(detail="")


def _erase_document(holder: Decision | Appeal) -> None:
    document, holder.document = holder.document, None
    holder.save(update_fields=["document"])
    if document is not None:
        translation.erase(document)


@transaction.atomic
def _each(comment: Comment, do: Callable[[Comment], None]) -> None:
    """With the comment and its thread held; one that went meanwhile is passed over."""
    try:
        locked = locked_comment(comment)
    except NotLive:
        return
    do(locked)


def _show(comment: Comment, person: User, *, visible: bool) -> None:
    """The account may have been opened, or closed again, since the job began: what holds now is done."""
    closed = Closing.objects.filter(person=person).exists()
    if comment.document is not None and comment.state == CommentState.LIVE and closed != visible:
        with counted(comment):
            translation.set_visibility(comment.document, visible=visible)
        facts.comment_changed.happened(comment=comment)


def _erase(comment: Comment) -> None:
    with counted(comment):
        erase_words(comment)
        set_state(comment, CommentState.DELETED)
    comment.author, comment.author_name, comment.submission = None, "", None
    comment.save(update_fields=["author", "author_name", "submission"])
    Report.objects.filter(comment=comment).exclude(note="").update(note="")
    Decision.objects.filter(comment=comment).exclude(reason="").update(reason="")
    facts.comment_withdrawn.happened(comment=comment)
