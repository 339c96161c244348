"""The order of a thread: which comments stand first, and what hangs on each. No query is made here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import sqrt
from typing import Protocol, TypeVar

from dragoman.discussion.models import CommentState
from dragoman.discussion.readings import Sort

_CONFIDENCE = 1.96  # of the lower bound: 95 %


class Placed(Protocol):
    """What the order needs to know of a comment."""

    @property
    def pk(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def depth(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def pinned_at(self) -> datetime | None: ...


P = TypeVar("P", bound=Placed)


def arranged(comments: Sequence[P], order: Sort, worth: Mapping[int, float] | None = None) -> list[P]:
    """Every comment followed by its answers; withdrawn ones only where something live hangs on them.

    `worth` of each comment orders the first ones for `Sort.BEST`, and the answers to each.
    """
    answers: dict[int | None, list[P]] = defaultdict(list)
    for comment in sorted(comments, key=lambda each: (each.created_at, each.pk)):
        answers[comment.parent_id].append(comment)
    live = _live_below(comments)
    shown = {comment.pk for comment in comments if is_live(comment) or live[comment.pk]}
    roots = [comment for comment in answers[None] if comment.pk in shown]
    if order is Sort.NEWEST:
        roots.reverse()
    elif order is Sort.DISCUSSED:
        roots.sort(key=lambda each: (-live[each.pk], -each.created_at.timestamp(), -each.pk))
    elif order is Sort.BEST:
        known = worth or {}
        for group in (roots, *answers.values()):
            group.sort(key=lambda each: -known.get(each.pk, 0.0))  # the older of equals stays first
    roots.sort(key=_pinned_first)
    return _flat(roots, answers, shown)


def _pinned_first(comment: Placed) -> float:
    """What was pinned last comes first; the others stay as they are."""
    return -comment.pinned_at.timestamp() if comment.pinned_at and is_live(comment) else 0.0


def wilson_bound(ups: int, downs: int) -> float:
    """The lower bound of the share of votes for, with 95 % confidence (Wilson 1927); 0 without votes."""
    votes = ups + downs
    if votes <= 0:
        return 0.0
    share, z = ups / votes, _CONFIDENCE
    centre = share + z * z / (2 * votes)
    spread = z * sqrt((share * (1 - share) + z * z / (4 * votes)) / votes)
    return (centre - spread) / (1 + z * z / votes)


def is_live(comment: Placed) -> bool:
    """Whether there are words to read."""
    return comment.state == CommentState.LIVE


def _live_below(comments: Sequence[Placed]) -> Mapping[int, int]:
    """How many live comments hang on each one. The deepest are counted first: no recursion, however long a quarrel."""
    below: dict[int, int] = {comment.pk: 0 for comment in comments}
    for comment in sorted(comments, key=lambda each: -each.depth):
        if comment.parent_id in below:
            below[comment.parent_id] += below[comment.pk] + is_live(comment)
    return below


def _flat(roots: Sequence[P], answers: Mapping[int | None, list[P]], shown: set[int]) -> list[P]:
    flat: list[P] = []
    waiting = list(reversed(roots))
    while waiting:
        comment = waiting.pop()
        flat.append(comment)
        waiting.extend(each for each in reversed(answers.get(comment.pk, ())) if each.pk in shown)
    return flat
