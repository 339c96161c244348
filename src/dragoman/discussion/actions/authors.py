"""Moderators' acts on people: a warning, a suspension, a ban, a note."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dragoman.discussion.actions.deciding import Reason, permitted, record
from dragoman.discussion.actions.showing import show_or_withdraw
from dragoman.discussion.errors import NoSuchChange, ReasonMissing
from dragoman.discussion.models import Act, Comment, CommentState, Decision, PersonNote
from dragoman.discussion.permissions import EDITABLE
from dragoman.discussion.standing import locked_comment
from dragoman.people import actions as people
from dragoman.people.models import User

NOTE_LONGEST = 1000


@transaction.atomic
def warn(
    person: User, *, moderator: User, reason: str = "", ground: str = "", comment: Comment | None = None
) -> Decision:
    """Tell a person that something must not happen again. Nothing else follows by itself."""
    said = permitted(moderator, Act.WARN, reason, ground)
    return record(Act.WARN, by=moderator, reason=said, person=person, comment=comment)


@transaction.atomic
def suspend_account(
    person: User, *, moderator: User, reason: str = "", ground: str = "", until: datetime | None = None
) -> User:
    """Let a person read only. Raises NotPermitted, ReasonMissing, people's errors."""
    said = permitted(moderator, Act.SUSPEND, reason, ground)
    suspended = people.suspend(person, by=moderator, until=until)
    detail = until.isoformat(timespec="minutes") if until else ""
    record(Act.SUSPEND, by=moderator, reason=said, person=suspended, detail=detail)
    return suspended


@transaction.atomic
def ban(
    person: User, *, moderator: User, reason: str = "", ground: str = "", hide_comments: bool = False
) -> User:
    """Let a person never write again, as far as anybody can tell now; with `hide_comments` everything the person wrote
    is withdrawn. Reinstating shows exactly that again."""
    said = permitted(moderator, Act.BAN, reason, ground)
    banned = people.suspend(person, by=moderator, until=None)
    decision = record(Act.BAN, by=moderator, reason=said, person=banned)
    if hide_comments:
        _withdraw_everything(banned, moderator, decision)
    return banned


def _withdraw_everything(person: User, moderator: User, decision: Decision) -> None:
    parts = []
    for comment in _locked_in_order(Comment.objects.filter(author=person, state__in=EDITABLE)):
        if comment.state in EDITABLE and comment.document is not None:
            before = comment.state
            show_or_withdraw(comment, CommentState.HIDDEN)
            parts.append(_part(decision, Act.HIDE, moderator, comment, before))
    Decision.objects.bulk_create(parts)


@transaction.atomic
def reinstate_account(person: User, *, moderator: User, reason: str = "", ground: str = "") -> User:
    """Let a person write again. What the last ban took out of sight comes back as it was, unless somebody decided on it
    since, or its author deleted it."""
    said = permitted(moderator, Act.REINSTATE, reason, ground)
    reinstated = people.reinstate(person, by=moderator)
    decision = record(Act.REINSTATE, by=moderator, reason=said, person=reinstated)
    bans = Decision.objects.filter(person=person, act=Act.BAN)
    lifted = Decision.objects.filter(person=person, act=Act.REINSTATE).exclude(pk=decision.pk).first()
    latest = bans.first()
    if latest is not None and (lifted is None or lifted.pk < latest.pk):
        _show_again(latest, moderator, decision)
    return reinstated


def _show_again(ban: Decision, moderator: User, decision: Decision) -> None:
    before = {part.comment_id or 0: part for part in ban.parts.exclude(comment=None)}
    parts = []
    for comment in _locked_in_order(Comment.objects.filter(pk__in=list(before), state=CommentState.HIDDEN)):
        part = before[comment.pk]
        if comment.document is None or comment.state != CommentState.HIDDEN or _decided_since(comment, part):
            continue
        show_or_withdraw(comment, CommentState(part.before))
        parts.append(_part(decision, Act.RESTORE, moderator, comment, CommentState.HIDDEN))
    Decision.objects.bulk_create(parts)


def _decided_since(comment: Comment, part: Decision) -> bool:
    """Whether somebody decided on the comment itself after the ban took it out of sight."""
    return Decision.objects.filter(comment=comment, pk__gt=part.pk).exists()


def _locked_in_order(comments: Iterable[Comment]) -> Iterable[Comment]:
    """Threads are locked in one order by everybody who locks several."""
    for comment in sorted(comments, key=lambda each: (each.thread_id, each.pk)):
        yield locked_comment(comment)


def _part(whole: Decision, act: Act, by: User, comment: Comment, before: str) -> Decision:
    return Decision(actor=by, act=act, comment=comment, thread=comment.thread, before=before, part_of=whole)


@transaction.atomic
def write_note(person: User, *, moderator: User, text: str) -> PersonNote:
    """Tell other moderators something about a person."""
    permitted(moderator, Act.NOTE, "")
    words = text.strip()[:NOTE_LONGEST]
    if not words:
        raise ReasonMissing
    note = PersonNote.objects.create(person=person, author=moderator, text=words)
    record(Act.NOTE, by=moderator, reason=Reason(), person=person)
    return note


@transaction.atomic
def delete_note(note: PersonNote, *, moderator: User) -> None:
    """Take a note away; that there was one stays in the log."""
    permitted(moderator, Act.NOTE, "")
    deleted, _ = PersonNote.objects.filter(pk=note.pk).delete()
    if not deleted:
        raise NoSuchChange
    record(Act.NOTE, by=moderator, reason=Reason(), person=note.person, detail="deleted")
