"""A decision: permitted, written down with its reason, told to those it concerns."""

from dataclasses import dataclass

from django.db import transaction

from dragoman.discussion import facts
from dragoman.discussion.errors import NotPermitted, ReasonMissing
from dragoman.discussion.models import Act, Comment, Decision, Ground, Thread
from dragoman.discussion.permissions import may_moderate
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.translation import actions as translation
from dragoman.translation.models import Document, Scope

REASON_LONGEST = 500
DETAIL_LONGEST = 500
REASON_NEEDED = frozenset({Act.HIDE, Act.REMOVE, Act.LOCK, Act.WARN, Act.SUSPEND, Act.BAN, Act.UPHOLD})
"""A ground or words of their own: the author, or whoever reads the log, will ask."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a moderator decides so: the rule of the house that was broken, and words of the moderator's own."""

    words: str = ""
    ground: str = ""


def permitted(moderator: User, act: Act, reason: str, ground: str = "") -> Reason:
    """The reason as it is logged. Raises NotPermitted, ReasonMissing."""
    if not may_moderate(moderator):
        raise NotPermitted
    said = Reason(" ".join(reason.split())[:REASON_LONGEST], ground if ground in Ground.values else "")
    if act in REASON_NEEDED and not (said.words or said.ground):
        raise ReasonMissing
    return said


@transaction.atomic
def record(
    act: Act,
    *,
    by: User | None,
    reason: Reason | None = None,
    comment: Comment | None = None,
    thread: Thread | None = None,
    person: User | None = None,
    rule: str = "",
    detail: str = "",
    before: str = "",
) -> Decision:
    """Write a decision into the log and tell it. `by` is None for a rule of the house."""
    said = reason or Reason()
    decision = Decision(
        actor=by,
        act=act,
        rule=rule,
        ground=said.ground,
        reason=said.words,
        comment=comment,
        thread=comment.thread if comment is not None else thread,
        person=person,
        detail=detail[:DETAIL_LONGEST],
        before=before,
    )
    if said.words and by is not None and decision.concerned is not None:
        decision.document = _translated_later(said.words, by)
    decision.save()
    facts.decision_made.happened(decision=decision)
    return decision


def _translated_later(words: str, by: User) -> Document:
    """The reason as a text of its own, so that whom it concerns reads it in their language."""
    return translation.create_document(
        kind="decision",
        scope=Scope.DISCUSSION,
        language=by.recent_language or by.language,
        fields={"body": (plain(words),)},
        visible=False,
        detect=True,
    )
