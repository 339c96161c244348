"""What moderators put forward: pinned comments stand first, featured ones bear a badge."""

from django.db import transaction
from django.utils import timezone

from dragoman.discussion import facts
from dragoman.discussion.actions.deciding import Reason, permitted, record
from dragoman.discussion.errors import NoSuchChange
from dragoman.discussion.models import Act, Comment, CommentState
from dragoman.discussion.standing import locked_comment
from dragoman.people.models import User

Mark = str  # the name of the field that says since when


@transaction.atomic
def feature(comment: Comment, *, moderator: User, reason: str = "", ground: str = "") -> Comment:
    """Give a comment the badge of the editors' choice."""
    return _mark(
        comment,
        moderator,
        Act.FEATURE,
        Reason(reason, ground),
        "featured_at",
        wanted=True,
    )


@transaction.atomic
def unfeature(comment: Comment, *, moderator: User, reason: str = "", ground: str = "") -> Comment:
    """Take the badge away."""
    return _mark(
        comment,
        moderator,
        Act.UNFEATURE,
        Reason(reason, ground),
        "featured_at",
        wanted=False,
    )


@transaction.atomic
def pin(comment: Comment, *, moderator: User, reason: str = "", ground: str = "") -> Comment:
    """Let a comment that answers no other stand before the others, whatever their order."""
    return _mark(comment, moderator, Act.PIN, Reason(reason, ground), "pinned_at", wanted=True)


@transaction.atomic
def unpin(comment: Comment, *, moderator: User, reason: str = "", ground: str = "") -> Comment:
    """Let it stand where it would."""
    return _mark(
        comment,
        moderator,
        Act.UNPIN,
        Reason(reason, ground),
        "pinned_at",
        wanted=False,
    )


def _mark(comment: Comment, moderator: User, act: Act, why: Reason, mark: Mark, *, wanted: bool) -> Comment:
    said = permitted(moderator, act, why.words, why.ground)
    locked = locked_comment(comment)
    if (getattr(locked, mark) is not None) == wanted or (wanted and not _may_be(locked, act)):
        raise NoSuchChange
    setattr(locked, mark, timezone.now() if wanted else None)
    locked.save(update_fields=[mark])
    record(act, by=moderator, reason=said, comment=locked)
    facts.comment_changed.happened(comment=locked)
    return locked


def _may_be(comment: Comment, act: Act) -> bool:
    return comment.state == CommentState.LIVE and (act != Act.PIN or comment.parent_id is None)
