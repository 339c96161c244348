"""Whoever a decision concerns may ask another moderator to look at it, once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dragoman.discussion.actions.authors import reinstate_account
from dragoman.discussion.actions.deciding import permitted, record
from dragoman.discussion.actions.moderating import restore
from dragoman.discussion.errors import (
    AppealClosed,
    DiscussionError,
    NoSuchChange,
    NotPermitted,
    OwnDecision,
    ReasonMissing,
)
from dragoman.discussion.models import (
    APPEALABLE,
    Act,
    Appeal,
    AppealOutcome,
    CommentState,
    Decision,
)
from dragoman.discussion.moderation.rules import in_force
from dragoman.discussion.tongues import is_known
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.translation import actions as translation
from dragoman.translation.models import Scope

WORDS_LONGEST = 2000
_SANCTIONS = frozenset({Act.SUSPEND, Act.BAN})


@transaction.atomic
def appeal(decision: Decision, *, author: User, words: str, language: str) -> Appeal:
    """Ask for another moderator's decision. The suspended may, too: that is what it is for. Raises DiscussionError."""
    said = words.strip()[:WORDS_LONGEST]
    locked = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    refuse_appeal(locked, author, timezone.now())
    if not said:
        raise ReasonMissing
    document = translation.create_document(
        kind="appeal",
        scope=Scope.DISCUSSION,
        language=language if is_known(language) else author.language,
        fields={"body": tuple(plain(line) for line in said.splitlines() if line.strip())},
        visible=False,
        detect=True,
    )
    return Appeal.objects.create(decision=locked, author=author, document=document)


def refuse_appeal(decision: Decision, author: User, now: datetime) -> None:
    """Raises NotPermitted, AppealClosed."""
    concerned = decision.concerned
    if concerned is None or concerned.pk != author.pk or not author.is_active:
        raise NotPermitted
    days = in_force().appeal_days
    too_late = decision.created_at + timedelta(days=days) <= now
    if decision.act not in APPEALABLE or too_late or Appeal.objects.filter(decision=decision).exists():
        raise AppealClosed


def may_appeal(decision: Decision, author: User, now: datetime) -> bool:
    """Whether the person may still ask."""
    try:
        refuse_appeal(decision, author, now)
    except DiscussionError:
        return False
    return True


@transaction.atomic
def decide_appeal(
    appeal: Appeal, *, moderator: User, overturn: bool, reason: str = "", ground: str = ""
) -> Appeal:
    """Let a decision stand, for a reason, or take it back with all that followed from it. Raises DiscussionError."""
    act = Act.OVERTURN if overturn else Act.UPHOLD
    said = permitted(moderator, act, reason, ground)
    locked = (
        Appeal.objects.select_for_update(of=("self",)).select_related("decision", "author").get(pk=appeal.pk)
    )
    decision = locked.decision
    if moderator.pk in (decision.actor_id, locked.author_id):
        raise OwnDecision
    if locked.outcome != AppealOutcome.OPEN:
        raise NoSuchChange
    if overturn:
        _take_back(decision, locked.author, moderator)
    locked.outcome = AppealOutcome.OVERTURNED if overturn else AppealOutcome.UPHELD
    locked.decided_at = timezone.now()
    locked.save(update_fields=["outcome", "decided_at"])
    record(act, by=moderator, reason=said, person=locked.author, comment=decision.comment)
    return locked


def _take_back(decision: Decision, author: User, moderator: User) -> None:
    """What still holds of it. Words deleted for good and warnings cannot be undone; that it was wrong is said."""
    comment = decision.comment
    if decision.act == Act.HIDE and comment is not None:
        comment.refresh_from_db(fields=["state"])
        if comment.state == CommentState.HIDDEN:
            restore(comment, moderator=moderator)
    elif decision.act in _SANCTIONS and _holds(decision):
        reinstate_account(author, moderator=moderator)


def _holds(decision: Decision) -> bool:
    """Whether it is this very decision that keeps the person from writing."""
    later = Decision.objects.filter(person=decision.person_id, pk__gt=decision.pk)
    return not later.filter(act__in=[*_SANCTIONS, Act.REINSTATE]).exists()
