"""Moderators' acts: each is logged with its reason."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from dragoman.discussion import facts
from dragoman.discussion.actions.deciding import permitted, record
from dragoman.discussion.actions.removing import erase_words
from dragoman.discussion.actions.showing import show_or_withdraw
from dragoman.discussion.errors import ChangedMeanwhile, NoSuchChange, NotLive, NotPermitted, UnknownLanguage
from dragoman.discussion.models import Act, Comment, CommentState, Report, Thread
from dragoman.discussion.permissions import EDITABLE, REMOVABLE, is_own, may_moderate
from dragoman.discussion.standing import counted, locked_comment, locked_thread, set_state
from dragoman.discussion.tongues import is_known
from dragoman.people.models import User
from dragoman.translation import actions as translation


@transaction.atomic
def approve(
    comment: Comment, *, moderator: User, reason: str = "", ground: str = "", revision: int | None = None
) -> Comment:
    """Show a comment that was held. `revision` is the words that were read: other words are not shown unread."""
    change = _Change(Act.APPROVE, frozenset({CommentState.HELD}), CommentState.LIVE, revision)
    return _decide(comment, moderator, change, reason, ground)


@transaction.atomic
def hide(comment: Comment, *, moderator: User, reason: str = "", ground: str = "") -> Comment:
    """Withdraw a comment from every reader, in every language and every quotation, at once."""
    return _decide(comment, moderator, _Change(Act.HIDE, EDITABLE, CommentState.HIDDEN), reason, ground)


@transaction.atomic
def restore(comment: Comment, *, moderator: User, reason: str = "", ground: str = "") -> Comment:
    """Show a hidden comment again."""
    change = _Change(Act.RESTORE, frozenset({CommentState.HIDDEN}), CommentState.LIVE)
    return _decide(comment, moderator, change, reason, ground)


@transaction.atomic
def remove(comment: Comment, *, moderator: User, reason: str = "", ground: str = "") -> Comment:
    """Delete a comment for good: its words are nowhere any more, and nobody can bring them back."""
    said = permitted(moderator, Act.REMOVE, reason, ground)
    locked = locked_comment(comment)
    if locked.state not in REMOVABLE:
        raise NoSuchChange
    before = locked.state
    with counted(locked):
        erase_words(locked)
        set_state(locked, CommentState.REMOVED)
    _settle_reports(locked)
    record(Act.REMOVE, by=moderator, reason=said, comment=locked, before=before)
    facts.comment_withdrawn.happened(comment=locked)
    return locked


@transaction.atomic
def dismiss(comment: Comment, *, moderator: User, reason: str = "", ground: str = "") -> Comment:
    """Settle a comment's reports and leave it as it is."""
    said = permitted(moderator, Act.DISMISS, reason, ground)
    locked = locked_comment(comment)
    if not _settle_reports(locked):
        raise NoSuchChange
    record(Act.DISMISS, by=moderator, reason=said, comment=locked)
    return locked


@transaction.atomic
def lock(thread: Thread, *, moderator: User, reason: str = "", ground: str = "") -> Thread:
    """Let nobody but moderators write in a thread."""
    return _set_lock(thread, moderator, Act.LOCK, reason, ground)


@transaction.atomic
def unlock(thread: Thread, *, moderator: User, reason: str = "", ground: str = "") -> Thread:
    """Let everybody write in a thread again."""
    return _set_lock(thread, moderator, Act.UNLOCK, reason, ground)


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


@dataclass(frozen=True, slots=True)
class _Change:
    """From which states a comment comes into which, by which act; `revision`: only with these words."""

    act: Act
    before: frozenset[CommentState]
    after: CommentState
    revision: int | None = None


def _decide(comment: Comment, moderator: User, change: _Change, reason: str, ground: str) -> Comment:
    said = permitted(moderator, change.act, reason, ground)
    locked = locked_comment(comment)
    if locked.state not in change.before or locked.document is None:
        raise NoSuchChange
    if change.revision is not None and locked.document.current_id != change.revision:
        raise ChangedMeanwhile
    before = locked.state
    show_or_withdraw(locked, change.after)
    _settle_reports(locked)
    record(change.act, by=moderator, reason=said, comment=locked, before=before)
    return locked


def _settle_reports(comment: Comment) -> int:
    return Report.objects.filter(comment=comment, settled_at=None).update(settled_at=timezone.now())


def _set_lock(thread: Thread, moderator: User, act: Act, reason: str, ground: str) -> Thread:
    """A thread that closed by its age is opened for good."""
    said = permitted(moderator, act, reason, ground)
    locked = locked_thread(thread.pk)
    if locked.is_locked == (act == Act.LOCK):
        raise NoSuchChange
    locked.locked_at = timezone.now() if act == Act.LOCK else None
    if act == Act.UNLOCK and locked.is_locked:
        locked.close_days, locked.closes_at = 0, None
    locked.save(update_fields=["locked_at", "close_days", "closes_at"])
    record(act, by=moderator, reason=said, thread=locked)
    facts.thread_changed.happened(thread=locked)
    return locked
