"""Moderators' acts: each is logged with its reason."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dragoman.discussion import facts
from dragoman.discussion.actions.deciding import permitted, record
from dragoman.discussion.errors import NoSuchChange, NotLive, NotPermitted, UnknownLanguage
from dragoman.discussion.models import Act, Comment, CommentState, Report, Thread
from dragoman.discussion.permissions import EDITABLE, is_own, may_moderate
from dragoman.discussion.standing import change_state, locked_comment, locked_thread
from dragoman.discussion.tongues import is_known
from dragoman.people import actions as people
from dragoman.people.models import User
from dragoman.translation import actions as translation


@transaction.atomic
def approve(comment: Comment, *, moderator: User, reason: str = "") -> Comment:
    """Show a comment that was held."""
    return _decide(comment, moderator, Act.APPROVE, reason, {CommentState.HELD}, CommentState.LIVE)


@transaction.atomic
def hide(comment: Comment, *, moderator: User, reason: str) -> Comment:
    """Withdraw a comment from every reader, in every language and every quotation, at once."""
    return _decide(comment, moderator, Act.HIDE, reason, EDITABLE, CommentState.HIDDEN)


@transaction.atomic
def restore(comment: Comment, *, moderator: User, reason: str = "") -> Comment:
    """Show a hidden comment again."""
    return _decide(comment, moderator, Act.RESTORE, reason, {CommentState.HIDDEN}, CommentState.LIVE)


@transaction.atomic
def dismiss(comment: Comment, *, moderator: User, reason: str = "") -> Comment:
    """Settle a comment's reports and leave it as it is."""
    said = permitted(moderator, Act.DISMISS, reason)
    locked = locked_comment(comment)
    if not _settle_reports(locked):
        raise NoSuchChange
    record(Act.DISMISS, by=moderator, reason=said, comment=locked)
    return locked


@transaction.atomic
def lock(thread: Thread, *, moderator: User, reason: str) -> Thread:
    """Let nobody but moderators write in a thread."""
    return _set_lock(thread, moderator, Act.LOCK, reason)


@transaction.atomic
def unlock(thread: Thread, *, moderator: User, reason: str = "") -> Thread:
    """Let everybody write in a thread again."""
    return _set_lock(thread, moderator, Act.UNLOCK, reason)


@transaction.atomic
def suspend_account(person: User, *, moderator: User, reason: str, until: datetime | None = None) -> User:
    """Let a person read only. Raises NotPermitted, ReasonMissing, people's errors."""
    said = permitted(moderator, Act.SUSPEND, reason)
    suspended = people.suspend(person, by=moderator, until=until)
    record(Act.SUSPEND, by=moderator, reason=said, person=suspended)
    return suspended


@transaction.atomic
def reinstate_account(person: User, *, moderator: User, reason: str = "") -> User:
    """Let a person write again."""
    said = permitted(moderator, Act.REINSTATE, reason)
    reinstated = people.reinstate(person, by=moderator)
    record(Act.REINSTATE, by=moderator, reason=said, person=reinstated)
    return reinstated


@transaction.atomic
def correct_language(comment: Comment, *, by: User, language: str, reason: str = "") -> Comment:
    """Say what language a comment is in: its author or a moderator, whose act is logged."""
    if not is_known(language):
        raise UnknownLanguage
    locked = locked_comment(comment)
    own = is_own(by, locked)
    if not own and not may_moderate(by):
        raise NotPermitted
    if locked.document is None or locked.state not in EDITABLE:
        raise NotLive
    translation.correct_language(locked.document, language=language)
    if not own:
        said = permitted(by, Act.CORRECT_LANGUAGE, reason)
        record(Act.CORRECT_LANGUAGE, by=by, reason=said, comment=locked)
    if locked.state == CommentState.LIVE:
        facts.comment_changed.happened(comment=locked)
    return locked


def _decide(
    comment: Comment,
    moderator: User,
    act: Act,
    reason: str,
    before: frozenset[CommentState] | set[CommentState],
    after: CommentState,
) -> Comment:
    said = permitted(moderator, act, reason)
    locked = locked_comment(comment)
    if locked.state not in before or locked.document is None:
        raise NoSuchChange
    translation.set_visibility(locked.document, visible=after == CommentState.LIVE)
    change_state(locked, after)
    _settle_reports(locked)
    record(act, by=moderator, reason=said, comment=locked)
    shown = after == CommentState.LIVE
    (facts.comment_posted if shown else facts.comment_withdrawn).happened(comment=locked)
    return locked


def _settle_reports(comment: Comment) -> int:
    return Report.objects.filter(comment=comment, settled_at=None).update(settled_at=timezone.now())


def _set_lock(thread: Thread, moderator: User, act: Act, reason: str) -> Thread:
    said = permitted(moderator, act, reason)
    locked = locked_thread(thread.pk)
    if locked.is_locked == (act == Act.LOCK):
        raise NoSuchChange
    locked.locked_at = timezone.now() if act == Act.LOCK else None
    locked.save(update_fields=["locked_at"])
    record(act, by=moderator, reason=said, thread=locked)
    facts.thread_changed.happened(thread=locked)
    return locked
