"""A comment's standing: its state, and with it who sees it and what counts it.

Order of locks, the same in every action: author, thread, comment, quoted documents, rows that hang on them.
"""

from django.db.models import F

from dragoman.discussion import facts
from dragoman.discussion.errors import DiscussionError, NotLive, Suspended, ThreadLocked, ThreadWithdrawn
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.permissions import may_moderate
from dragoman.people.models import User


def locked_author(author: User) -> User:
    """The author's row, locked: one person's posts come one after another. Raises Suspended, DiscussionError."""
    locked = User.objects.select_for_update(no_key=True).get(pk=author.pk)
    refuse_suspended(locked)
    return locked


def refuse_suspended(user: User) -> None:
    """Raises Suspended, or DiscussionError for a closed account."""
    if not user.is_active:
        raise DiscussionError
    if user.is_suspended:
        raise Suspended(user.suspended_until)


def locked_thread(thread_id: int) -> Thread:
    """The thread with its story, locked against everything that changes what stands in it."""
    rows = Thread.objects.select_for_update(no_key=True, of=("self",)).select_related("document")
    return rows.get(pk=thread_id)


def locked_comment(comment: Comment) -> Comment:
    """The comment as it is now, with its thread, both locked. Raises NotLive when it is gone altogether."""
    thread = Thread.objects.filter(comments=comment.pk).values_list("pk", flat=True).first()
    if thread is None:
        raise NotLive
    held = locked_thread(thread)
    rows = Comment.objects.select_for_update(no_key=True, of=("self",)).select_related("document", "author")
    locked = rows.get(pk=comment.pk)
    locked.thread = held
    return locked


def refuse_closed(thread: Thread, writer: User) -> None:
    """Raises ThreadWithdrawn, and ThreadLocked for everybody but moderators."""
    if not thread.document.visible:
        raise ThreadWithdrawn
    if thread.is_locked and not may_moderate(writer):
        raise ThreadLocked


def change_state(comment: Comment, state: CommentState) -> None:
    """Store a new state and what follows for the counts. The caller holds comment and thread, and tells the facts."""
    shown = (state == CommentState.LIVE) - (comment.state == CommentState.LIVE)
    comment.state = state
    comment.save(update_fields=["state"])
    count(comment, shown)


def count(comment: Comment, shown: int) -> None:
    """One comment more, or less, that everybody reads. The caller holds the thread."""
    if not shown:
        return
    thread = comment.thread
    thread.comment_count += shown
    thread.save(update_fields=["comment_count"])
    if comment.parent_id is not None:
        Comment.objects.filter(pk=comment.parent_id).update(reply_count=F("reply_count") + shown)
    facts.thread_changed.happened(thread=thread)
