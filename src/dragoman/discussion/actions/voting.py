"""Votes: one each, not for oneself, changeable."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from dragoman.discussion import facts
from dragoman.discussion.errors import NotLive, OwnComment, ThreadWithdrawn, TooFast
from dragoman.discussion.models import Comment, CommentState, Vote
from dragoman.discussion.permissions import is_own
from dragoman.discussion.standing import refuse_suspended, weigh
from dragoman.people.models import User

WINDOW = timedelta(minutes=1)


@transaction.atomic
def vote(comment: Comment, *, voter: User, value: int) -> Comment:
    """Vote +1 or −1, or take the vote back with 0; the comment with its new score. Raises DiscussionError."""
    if value not in (-1, 0, 1):
        raise ValueError(f"{value} is not a vote")
    voter.refresh_from_db(fields=["suspended_at", "suspended_until", "is_active"])
    refuse_suspended(voter)
    locked = _votable(comment, voter)
    _refuse_haste(voter)
    before = _cast(locked, voter, value)
    if before != value:
        locked.ups += (value > 0) - (before > 0)
        locked.downs += (value < 0) - (before < 0)
        weigh(locked)
        facts.score_changed.happened(comment=locked)
    return locked


def _votable(comment: Comment, voter: User) -> Comment:
    """The comment, locked: whoever hides or deletes it, or votes for it too, comes before or after."""
    rows = Comment.objects.select_for_update(no_key=True, of=("self",)).select_related("thread__document")
    locked = rows.filter(pk=comment.pk, state=CommentState.LIVE).first()
    if locked is None:
        raise NotLive
    if not locked.thread.document.visible:
        raise ThreadWithdrawn
    if is_own(voter, locked):
        raise OwnComment
    return locked


def _refuse_haste(voter: User) -> None:
    recent = Vote.objects.filter(voter=voter, changed_at__gt=timezone.now() - WINDOW)
    if (recent.aggregate(changes=Sum("changes"))["changes"] or 0) >= settings.DISCUSSION_VOTES_PER_MINUTE:
        raise TooFast


def _cast(comment: Comment, voter: User, value: int) -> int:
    """Store the vote; what the voter's was before. The comment's lock makes this the only one of the voter's."""
    now = timezone.now()
    standing = Vote.objects.filter(comment=comment, voter=voter).first()
    if standing is None:
        if value:
            Vote.objects.create(comment=comment, voter=voter, value=value, changed_at=now)
        return 0
    before = standing.value
    if before != value:
        standing.changes = standing.changes + 1 if now - standing.changed_at < WINDOW else 1
        standing.value, standing.changed_at = value, now
        standing.save(update_fields=["value", "changes", "changed_at"])
    return before
