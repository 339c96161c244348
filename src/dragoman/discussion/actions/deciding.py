"""A decision: permitted, written down with its reason, told to those it concerns."""

from django.db import transaction

from dragoman.discussion import facts
from dragoman.discussion.errors import NotPermitted, ReasonMissing
from dragoman.discussion.models import Act, Comment, Decision, Thread
from dragoman.discussion.permissions import may_moderate
from dragoman.people.models import User

REASON_LONGEST = 500
REASON_NEEDED = frozenset({Act.HIDE, Act.LOCK, Act.SUSPEND})


def permitted(moderator: User, act: Act, reason: str) -> str:
    """The reason as it is logged. Raises NotPermitted, ReasonMissing."""
    if not may_moderate(moderator):
        raise NotPermitted
    said = " ".join(reason.split())[:REASON_LONGEST]
    if not said and act in REASON_NEEDED:
        raise ReasonMissing
    return said


@transaction.atomic
def record(
    act: Act,
    *,
    by: User | None,
    reason: str = "",
    comment: Comment | None = None,
    thread: Thread | None = None,
    person: User | None = None,
) -> Decision:
    """Write a decision into the log and tell it. `by` is None for a rule of the house."""
    decision = Decision.objects.create(
        actor=by,
        act=act,
        comment=comment,
        thread=comment.thread if comment is not None else thread,
        person=person,
        reason=reason,
    )
    facts.decision_made.happened(decision=decision)
    return decision
