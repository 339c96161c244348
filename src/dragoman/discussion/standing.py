"""A comment's standing: its state, and with it who sees it and what counts it.

Order of locks, the same in every action: author, thread, comment, quoted documents, rows that hang on them.
"""

from django.db import connection

from dragoman.discussion import facts
from dragoman.discussion.arranging import worth_of
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
        _count_above(comment.parent_id, shown)
    facts.thread_changed.happened(thread=thread)


def weigh(comment: Comment) -> None:
    """Store score and worth, as the votes and the score it brought along make them. The caller holds the comment."""
    comment.score = comment.baseline + comment.ups - comment.downs
    comment.worth = worth_of(comment.ups, comment.downs, comment.baseline)
    comment.save(update_fields=["baseline", "score", "ups", "downs", "worth"])


_ABOVE = """
WITH RECURSIVE above (id, parent_id) AS (
    SELECT id, parent_id FROM discussion_comment WHERE id = %(parent)s
    UNION ALL
    SELECT up.id, up.parent_id FROM above JOIN discussion_comment up ON up.id = above.parent_id
)
UPDATE discussion_comment
SET below = below + %(shown)s, reply_count = reply_count + CASE WHEN id = %(parent)s THEN %(shown)s ELSE 0 END
WHERE id IN (SELECT id FROM above)
"""


def _count_above(parent: int, shown: int) -> None:
    """Every comment over a new one has one answer more, the nearest a direct one."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, {"parent": parent, "shown": shown})
