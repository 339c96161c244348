"""One page of a thread. A long thread is paged by branch: a first comment stands with its answers, and where there
are many of these, with the first of them and the way to the others.

The database keeps what this needs (`models.Comment`): the root of each comment, its place in the branch (`path`), and
how many live comments hang on it (`below`). A page costs what stands on it, however long the thread is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.db.models.expressions import CombinedExpression, OrderBy
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)

from dragoman.database import fitted, prepared
from dragoman.database.statements import columns, instance
from dragoman.discussion.models import SHOWN, Comment, CommentState, Thread
from dragoman.discussion.readings import MoreAnswers, Sort

_PINNED_AT_MOST = 10  # those pinned last; others stand where they would
_GROWN = 3  # a page that is asked for to its end grows while comments arrive, to so many times its size

# What orders the first comments, in columns that an index of `Comment` has, and whether the highest stand first.
_KEYS: Mapping[Sort, tuple[tuple[str, ...], bool]] = {
    Sort.OLDEST: (("created_at", "id"), False),
    Sort.NEWEST: (("created_at", "id"), True),
    Sort.DISCUSSED: (("below", "created_at", "id"), True),
    Sort.BEST: (("-worth", "created_at", "id"), False),
}


class Writer(NamedTuple):
    """An account as it stands beside what it wrote."""

    pk: int
    display_name: str
    is_staff: bool
    is_active: bool
    is_verified: bool
    date_joined: datetime


class Placed(NamedTuple):
    """What a reading of a comment needs besides its words: a row as it is stored. Building a model of each, and of each
    author, costs more than all the rest of it."""

    pk: int
    thread_id: int
    parent_id: int | None
    root_id: int | None
    depth: int
    document_id: int | None
    state: str
    score: int
    reply_count: int
    below: int
    edited_at: datetime | None
    pinned_at: datetime | None
    featured_at: datetime | None
    author_name: str
    external_id: str | None
    created_at: datetime
    author: Writer | None


# Written, not built: what every page of a thread asks. Building these statements costs more than asking them; and so
# does psycopg's way from PostgreSQL's moments to Python's, which is not short and taken twice for every comment.
_ROWS = """
    SELECT comment.id, comment.thread_id, comment.parent_id, comment.root_id, comment.depth, comment.document_id,
        comment.state, comment.score, comment.reply_count, comment.below, comment.edited_at, comment.pinned_at,
        comment.featured_at, comment.author_name, comment.external_id, comment.created_at::text,
        author.id, author.display_name, author.is_staff, author.is_active, author.is_verified,
        author.date_joined::text
    FROM discussion_comment AS comment LEFT JOIN people_user AS author ON author.id = comment.author_id
"""
_BRANCHES = f"""{_ROWS}
    WHERE comment.root_id = ANY(%s::bigint[]) AND (comment.state = 'live' OR comment.below > 0)
    ORDER BY comment.path
"""
_COLUMNS = tuple(name for name in Placed._fields if name != "author")
_OF_AUTHOR = tuple(f"author__{name}" for name in Writer._fields)


class _Root(NamedTuple):
    """A first comment, and how many live comments hang on it."""

    pk: int
    below: int


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Comments in the order they are read, and those they answer."""

    comments: Sequence[Placed]
    known: Mapping[int, Placed]
    is_continued: bool = False  # there are comments before these
    following: int | None = None  # where the next page begins
    more: Mapping[int, MoreAnswers] = field(default_factory=dict)  # by the comment after which they stand


def page_of(
    thread: Thread, order: Sort, size: int, start: int | None = None, until: int | None = None
) -> ThreadPage:
    """The page of about `size` comments that begins with `start`, or with the first comment over it. `thread` comes
    from `thread_of`.

    `until`, where the next page began when it was read first, keeps the page to what it held and what arrived in it.
    """
    if thread.comment_count <= size:
        return _whole(thread, order)
    shape = _Shape(thread, order, size, _pinned(thread, size))
    at = _standing(thread, start)
    if at is not None and at.parent_id is not None and not _stands_early(shape, at):
        return _rest_of_branch(shape, at)
    first = at.root if at is not None else None
    return _branches(shape, first, _standing(thread, until))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What all pages of one long thread have in common."""

    thread: Thread
    order: Sort
    size: int
    pinned: Sequence[_Root]

    def answers(self, root: int | None) -> int:
        """How many answers of a branch a page shows before it goes on with the next; of pinned ones fewer, or they
        might fill the first page."""
        return self.size // 20 if any(each.pk == root for each in self.pinned) else self.size // 2


def placed(rows: QuerySet[Comment]) -> list[Placed]:
    """The comments of a query, in its order. One query."""
    return [_placed(row) for row in rows.values_list(*_COLUMNS, *_OF_AUTHOR)]


def _placed(row: Sequence[Any]) -> Placed:
    count = len(_COLUMNS)
    return Placed._make((*row[:count], Writer._make(row[count:]) if row[count] is not None else None))


def _written(row: tuple[Any, ...]) -> Placed:
    """Of `_ROWS`."""
    *own, created_at, author, display_name, is_staff, is_active, is_verified, date_joined = row
    writer = None
    if author is not None:
        joined = datetime.fromisoformat(date_joined)
        writer = Writer(author, display_name, is_staff, is_active, is_verified, joined)
    return Placed._make((*own, datetime.fromisoformat(created_at), writer))


@cache
def _all_rows(order: Sort) -> str:
    columns, descending = _KEYS[order]
    direction = "DESC" if descending else "ASC"
    keys = (f"-root.{name[1:]}" if name.startswith("-") else f"root.{name}" for name in columns)
    return f"""{_ROWS}
        LEFT JOIN discussion_comment AS root ON root.id = comment.root_id
        WHERE comment.thread_id = %s AND (comment.state = 'live' OR comment.below > 0)
        ORDER BY {", ".join(f"{key} {direction}" for key in keys)}, comment.path
    """


def _whole(thread: Thread, order: Sort) -> ThreadPage:
    comments = [_written(row) for row in fitted(_all_rows(order), [thread.pk])]
    pinned = sorted((each for each in comments if _is_pinned(each)), key=_pinned_last_first)[:_PINNED_AT_MOST]
    if pinned:
        place = {comment.pk: number for number, comment in enumerate(pinned)}
        comments.sort(key=lambda each: place.get(each.root_id or 0, len(place)))
    return ThreadPage(comments, {comment.pk: comment for comment in comments})


def _is_pinned(comment: Placed) -> bool:
    return comment.pinned_at is not None and comment.parent_id is None and comment.state == CommentState.LIVE


def _pinned_last_first(comment: Placed) -> float:
    return -comment.pinned_at.timestamp() if comment.pinned_at else 0.0


def thread_of(document: int) -> Thread | None:
    """The thread of a story that everybody may read, with its pinned comments, the last pinned first. One query."""
    rows = prepared(_thread(), [_PINNED_AT_MOST, document])
    if not rows:
        return None
    *row, pinned = rows[0]
    thread = instance(Thread, row)
    vars(thread)["pinned_roots"] = [_Root._make(each) for each in pinned]
    return thread


@cache
def _thread() -> str:
    return f"""
        SELECT {columns(Thread, "thread")},
            ARRAY(
                SELECT ARRAY[pinned.id, pinned.below::bigint] FROM discussion_comment AS pinned
                WHERE pinned.thread_id = thread.id AND pinned.parent_id IS NULL AND pinned.state = 'live'
                    AND pinned.pinned_at IS NOT NULL
                ORDER BY pinned.pinned_at DESC LIMIT %s
            )
        FROM discussion_thread AS thread JOIN translation_document AS document ON document.id = thread.document_id
        WHERE thread.document_id = %s AND document.visible
    """  # noqa: S608 - the names of our own columns


def _pinned(thread: Thread, size: int) -> list[_Root]:
    """The first comments that stand before all others."""
    found: list[_Root] = vars(thread)["pinned_roots"]
    return found[: size // 4]


def _standing(thread: Thread, comment: int | None) -> Comment | None:
    """Where a page begins or ends; the place stays when its words are withdrawn."""
    if comment is None:
        return None
    return Comment.objects.filter(thread=thread, pk=comment).select_related("root").first()


# --- the first comments ----------------------------------------------------------------------------------------------


def _roots(shape: _Shape, at: Comment | None = None, until: Comment | None = None) -> QuerySet[Comment]:
    """The first comments that are not pinned, from `at` on, before `until`."""
    columns, descending = _KEYS[shape.order]
    rows = Comment.objects.filter(SHOWN, thread=shape.thread, parent=None)
    rows = rows.exclude(pk__in=[each.pk for each in shape.pinned])
    keys = Tuple(*(_column(column) for column in columns))
    if at is not None:
        since = TupleLessThanOrEqual if descending else TupleGreaterThanOrEqual
        rows = rows.filter(since(keys, _key(at, columns)))
    if until is not None:
        before = TupleGreaterThan if descending else TupleLessThan
        rows = rows.filter(before(keys, _key(until, columns)))
    return rows.order_by(*_order(shape.order))


def _column(name: str) -> F | CombinedExpression:
    """A column, or the negative of one: a row is compared in one direction only."""
    return F(name[1:]) * -1 if name.startswith("-") else F(name)


def _key(comment: Comment, columns: Iterable[str]) -> tuple[object, ...]:
    return tuple(
        -getattr(comment, name[1:]) if name[0] == "-" else getattr(comment, name) for name in columns
    )


def _order(order: Sort) -> list[OrderBy]:
    columns, descending = _KEYS[order]
    found = map(_column, columns)
    return [column.desc() if descending else column.asc() for column in found]


def _branches(shape: _Shape, at: Comment | None, until: Comment | None) -> ThreadPage:
    """Whole branches, the long ones cut, while the page has room for them; the first page begins with pinned ones."""
    room = shape.size * _GROWN if until else shape.size
    pinned = shape.pinned if at is None or at.pk in {each.pk for each in shape.pinned} else []
    rows = _roots(shape, None if pinned else at, until)
    roots = [*pinned, *(_Root(*row) for row in rows.values_list("pk", "below")[: room + 1])]
    fitting = _fitting(shape, roots, room)
    comments, more = _with_answers(shape, roots[:fitting])
    earlier = at is not None and not pinned and _is_preceded(shape, comments)
    return ThreadPage(
        comments,
        {comment.pk: comment for comment in comments},
        is_continued=earlier,
        following=roots[fitting].pk if fitting < len(roots) else until.pk if until and comments else None,
        more=more,
    )


def _is_preceded(shape: _Shape, comments: Sequence[Placed]) -> bool:
    first = [each.pk for each in shape.pinned] or list(_roots(shape).values_list("pk", flat=True)[:1])
    return bool(comments) and comments[0].pk not in first


def _fitting(shape: _Shape, roots: Sequence[_Root], room: int) -> int:
    """How many of the branches a page has room for; one always."""
    for number, root in enumerate(roots):
        room -= 1 + min(root.below, shape.answers(root.pk))
        if room < 0:
            return max(1, number)
    return len(roots)


def _with_answers(shape: _Shape, roots: Sequence[_Root]) -> tuple[list[Placed], dict[int, MoreAnswers]]:
    """Every branch as far as it is shown, and what of it is not: one query, and one for each long branch, for which a
    page has room once unless it is pinned or the page has grown."""
    whole = [root.pk for root in roots if root.below <= shape.answers(root.pk)]
    branches: dict[int | None, list[Placed]] = defaultdict(list)
    for comment in map(_written, prepared(_BRANCHES, [whole])):
        branches[comment.root_id].append(comment)
    more: dict[int, MoreAnswers] = {}
    for root in roots:
        if root.pk not in branches:
            branches[root.pk], left = _begun(root, shape.answers(root.pk))
            more |= left
    return [comment for root in roots for comment in branches[root.pk]], more


def _begun(root: _Root, answers: int) -> tuple[list[Placed], dict[int, MoreAnswers]]:
    """A long branch as far as it is shown."""
    found = placed(_branch(root.pk)[: answers + 2])
    shown, rest = found[: answers + 1], found[answers + 1 :]
    if not rest:
        return shown, {}
    left = root.below - _live(shown[1:])
    return shown, {shown[-1].pk: MoreAnswers(left, rest[0].pk)}


# --- within a branch -------------------------------------------------------------------------------------------------


def _branch(root: int | None) -> QuerySet[Comment]:
    return Comment.objects.filter(SHOWN, root=root).order_by("path")


def _stands_early(shape: _Shape, at: Comment) -> bool:
    """Whether the page that begins with the branch shows this answer."""
    most = shape.answers(at.root_id)
    return len(_branch(at.root_id).filter(path__lt=at.path).values_list("pk")[: most + 1]) <= most


def _rest_of_branch(shape: _Shape, at: Comment) -> ThreadPage:
    """A page within one long branch."""
    left = _branch(at.root_id).filter(path__gte=at.path)
    found = placed(left[: shape.size + 1])
    comments, rest = found[: shape.size], found[shape.size :]
    own = {comment.pk: comment for comment in comments}
    answered = {each.parent_id for each in comments if each.parent_id is not None} - own.keys()
    above = {each.pk: each for each in placed(Comment.objects.filter(pk__in=answered))}
    after = _roots(shape, None if at.root_id in {each.pk for each in shape.pinned} else at.root)
    following = after.exclude(root=at.root_id).values_list("pk", flat=True).first()
    more = {comments[-1].pk: MoreAnswers(_live(left) - _live(comments), rest[0].pk)} if rest else {}
    return ThreadPage(comments, own | above, is_continued=True, following=following, more=more)


def _live(comments: QuerySet[Comment] | Sequence[Placed]) -> int:
    if isinstance(comments, QuerySet):
        return comments.filter(state=CommentState.LIVE).count()
    return sum(each.state == CommentState.LIVE for each in comments)
