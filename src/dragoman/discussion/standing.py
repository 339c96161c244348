"""A comment's standing: its state, and with it who sees it and what counts it.

Order of locks, the same in every action: author, thread, comment, quoted documents, rows that hang on them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from dragoman.database.statements import Rows, Statement, columns, instance, put, width
from dragoman.discussion import facts
from dragoman.discussion.arranging import worth_of
from dragoman.discussion.errors import DiscussionError, NotLive, Suspended, ThreadLocked, ThreadWithdrawn
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.permissions import may_moderate
from dragoman.people.models import User
from dragoman.translation.models import Document


def locked_authors(people: Iterable[int]) -> Statement[dict[int, User]]:
    """The rows of these that are there, locked: one person's posts come one after another. Whoever locks several rows
    of one kind takes them by their numbers."""
    return Statement(_locked_authors(), [sorted(set(people))], _authors)


def _authors(rows: Rows) -> dict[int, User]:
    found = [instance(User, row) for row in rows]
    return {person.pk: person for person in found}


@cache
def _locked_authors() -> str:
    return f"""
        SELECT {columns(User, "person")} FROM people_user AS person
        WHERE person.id = ANY(%s::bigint[]) ORDER BY person.id FOR NO KEY UPDATE
    """  # noqa: S608 - the names of our own columns


def locked_author(author: User) -> User:
    """The author's row, locked. Raises Suspended, DiscussionError."""
    return unsuspended(locked_authors([author.pk]).asked().get(author.pk))


def unsuspended(author: User | None) -> User:
    """The author, who is there and may write. Raises Suspended, DiscussionError."""
    if author is None:
        raise DiscussionError
    refuse_suspended(author)
    return author


def refuse_suspended(user: User) -> None:
    """Raises Suspended, or DiscussionError for a closed account."""
    if not user.is_active:
        raise DiscussionError
    if user.is_suspended:
        raise Suspended(user.suspended_until)


def locked_threads(threads: Iterable[int]) -> Statement[dict[int, Thread]]:
    """The threads that are there with their stories, locked against everything that changes what stands in them."""
    return Statement(_locked_threads(), [sorted(set(threads))], _threads)


def _threads(rows: Rows) -> dict[int, Thread]:
    own, found = width(Thread), {}
    for row in rows:
        thread = instance(Thread, row[:own])
        thread.document = instance(Document, row[own:])
        found[thread.pk] = thread
    return found


@cache
def _locked_threads() -> str:
    return f"""
        SELECT {columns(Thread, "thread")}, {columns(Document, "story")}
        FROM discussion_thread AS thread JOIN translation_document AS story ON story.id = thread.document_id
        WHERE thread.id = ANY(%s::bigint[]) ORDER BY thread.id FOR NO KEY UPDATE OF thread
    """  # noqa: S608 - the names of our own columns


def locked_thread(thread_id: int) -> Thread:
    """The thread with its story, locked. Raises Thread.DoesNotExist."""
    found = locked_threads([thread_id]).asked()
    if thread_id not in found:
        raise Thread.DoesNotExist
    return found[thread_id]


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


def is_shown(comment: Comment) -> bool:
    """Whether everybody reads it. A closed account's comments are live, and nobody does."""
    document = comment.document
    return comment.state == CommentState.LIVE and document is not None and document.visible


@contextmanager
def counted(comment: Comment) -> Iterator[None]:
    """The counts follow what happens to a comment's state, words and visibility in this block. The caller holds comment
    and thread, and tells the facts."""
    before = is_shown(comment)
    yield
    count([comment], is_shown(comment) - before)


def set_state(comment: Comment, state: CommentState) -> None:
    """Store a new state; within `counted`."""
    comment.state = state
    comment.save(update_fields=["state"])


def count(comments: Sequence[Comment], shown: int = 1) -> None:
    """These comments more, or less (`shown` = -1), that everybody reads. The caller holds their threads."""
    if not comments or not shown:
        return
    threads = {comment.thread_id: comment.thread for comment in comments}
    for comment in comments:
        threads[comment.thread_id].comment_count += shown
    put(_COUNTED, [list(threads), [each.comment_count for each in threads.values()]])
    parents = [comment.parent_id for comment in comments if comment.parent_id is not None]
    if parents:
        _count_above(parents, shown)
    for thread in threads.values():
        facts.thread_changed.happened(thread=thread)


def weigh(comment: Comment) -> None:
    """Store score and worth, as the votes and the score it brought along make them. The caller holds the comment."""
    comment.score = comment.baseline + comment.ups - comment.downs
    comment.worth = worth_of(comment.ups, comment.downs, comment.baseline)
    comment.save(update_fields=["baseline", "score", "ups", "downs", "worth"])


_COUNTED = """
    UPDATE discussion_thread AS thread SET comment_count = counted.comments
    FROM unnest(%s::bigint[], %s::integer[]) AS counted (id, comments) WHERE thread.id = counted.id
"""
_ABOVE = """
WITH RECURSIVE above (id, parent_id, direct) AS (
    SELECT c.id, c.parent_id, 1 FROM unnest(%(parents)s::bigint[]) AS answered (id)
    JOIN discussion_comment c ON c.id = answered.id
    UNION ALL
    SELECT up.id, up.parent_id, 0 FROM above JOIN discussion_comment up ON up.id = above.parent_id
), counted AS (
    SELECT id, count(*) AS below, sum(direct) AS direct FROM above GROUP BY id
)
UPDATE discussion_comment c
SET below = c.below + %(shown)s * counted.below, reply_count = c.reply_count + %(shown)s * counted.direct
FROM counted WHERE counted.id = c.id
"""


def _count_above(parents: Sequence[int], shown: int) -> None:
    """Every comment over a new one has one answer more, the nearest a direct one: a parent is named for each."""
    put(_ABOVE, {"parents": list(parents), "shown": shown})
