"""What happened becomes notifications, in the transaction in which it happened.

Who is told directly (answered, quoted, mentioned) is a handful, and has a row at once. Those who follow the thread
may be thousands: the transaction defers the job that tells them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from dragoman.discussion.models import Act, Comment, CommentState, Decision
from dragoman.discussion.notifications.models import (
    BY_A_COMMENT,
    Follow,
    Ignoring,
    Kind,
    Mail,
    MailState,
    Notification,
    Preferences,
)
from dragoman.discussion.notifications.queries import comments_after
from dragoman.discussion.notifications.wishes import mail_due, preferences_by_person
from dragoman.people.models import User

QUOTED_PEOPLE_TOLD = 20  # a comment that quotes more people than this tells the first ones
TOLD_AT_ONCE = 500  # followers a statement
# Of these nothing changes for the one who wrote.
UNTOLD = frozenset(
    {Act.DISMISS, Act.CORRECT_LANGUAGE, Act.PIN, Act.UNPIN, Act.UNFEATURE, Act.LOCK, Act.UNLOCK}
)


@transaction.atomic(savepoint=False)
def comment_shown(comment: Comment) -> None:
    """A comment can be read, for the first time or again: those it concerns are told, once."""
    if comment.external_id is not None:  # brought along from elsewhere: nobody has just written it
        return
    comment_reworded(comment)
    _follow_own(comment)
    _defer_followers(comment)


@transaction.atomic(savepoint=False)
def comment_reworded(comment: Comment) -> None:
    """Whom a comment concerns by its words as they are now: who is no longer quoted in it is told nothing."""
    if comment.external_id is not None or comment.state != CommentState.LIVE:
        return
    concerned = _concerned(comment)
    rows = Notification.objects.filter(comment=comment, kind__in=BY_A_COMMENT)
    known = set(rows.values_list("recipient_id", flat=True))
    if gone := known - concerned.keys():
        rows.filter(recipient__in=gone).delete()
    _tell({pk: kind for pk, kind in concerned.items() if pk not in known}, comment)


@transaction.atomic
def comment_withdrawn(comment: Comment) -> None:
    """A comment can no longer be read. What tells of it is shown to nobody (`queries.visible`); of a followed
    thread the next comment is told, or none."""
    unread = Notification.objects.filter(kind=Kind.FOLLOWED, comment=comment, read_at=None)
    advance(unread)
    if comment.state == CommentState.DELETED:
        Notification.objects.filter(comment=comment).exclude(kind=Kind.DECISION).delete()


@transaction.atomic
def decision_made(decision: Decision) -> None:
    """Whom a decision concerns learns of it, whoever decided."""
    if decision.concerned is not None and decision.act not in UNTOLD:
        kind = Kind.FEATURED if decision.act == Act.FEATURE else Kind.DECISION
        _tell({decision.concerned.pk: kind}, decision.comment, decision=decision)


def tell_followers(comment_id: int) -> int:
    """Tell those who follow the thread of a new comment, a stretch of people after the other; gives their number."""
    comment = Comment.objects.filter(pk=comment_id, state=CommentState.LIVE).first()
    if comment is None or _was_restored(comment):
        return 0
    waiting = list(_followers(comment).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(waiting), TOLD_AT_ONCE):
        _tell_followed(waiting[start : start + TOLD_AT_ONCE], comment)
    return len(waiting)


def advance(rows: QuerySet[Notification]) -> None:
    """Let notifications of followed threads begin at the next comment their recipient may read, or end."""
    found = Notification.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    found.filter(~Exists(comments_after())).delete()
    found.update(comment=Subquery(comments_after().order_by("pk").values("pk")[:1]))


# --- whom a comment concerns -----------------------------------------------------------------------------------------


def _concerned(comment: Comment) -> dict[int, Kind]:
    """By person: the first reason there is to tell them. Nobody is told of their own doing, nor by whom they ignore."""
    found: dict[int, Kind] = {}
    mentioned = comment.mentions.filter(person__isnull=False).values_list("person", flat=True)
    reasons = (
        (Kind.REPLY, _answered(comment)),
        (Kind.QUOTATION, _quoted(comment)),
        (Kind.MENTION, mentioned),
    )
    for kind, people in reasons:
        for pk in people:
            found.setdefault(pk, kind)
    deaf = {comment.author_id, *_deaf_to(comment.author_id, found)}
    return {pk: kind for pk, kind in found.items() if pk not in deaf}


def _answered(comment: Comment) -> Iterable[int]:
    above = comment.parent
    return [above.author_id] if above is not None and above.author_id is not None else []


def _quoted(comment: Comment) -> Iterable[int]:
    rows = comment.quotations.filter(document__comment__author__isnull=False).order_by("position")
    return rows.values_list("document__comment__author", flat=True)[:QUOTED_PEOPLE_TOLD]


def _deaf_to(author: int | None, people: Collection[int]) -> Iterable[int]:
    """Who of these does not want to hear of the author."""
    rows = Ignoring.objects.filter(person__in=people, ignored=author)
    return rows.values_list("person_id", flat=True)


def _tell(concerned: Mapping[int, Kind], comment: Comment | None, decision: Decision | None = None) -> None:
    """A row for each person who is there to be told. A row that is there already stays as it is."""
    if not concerned:
        return
    there = _there(User.objects.filter(pk__in=concerned), decided=decision is not None)
    preferences = preferences_by_person(there)
    Notification.objects.bulk_create(
        [_row(preferences[pk], concerned[pk], comment, decision) for pk in sorted(there)],
        ignore_conflicts=True,
    )


def _there(people: QuerySet[User], *, decided: bool) -> set[int]:
    """Whose account is open. One who is suspended learns what is decided on their comments, and nothing else."""
    return {person.pk for person in people.filter(is_active=True) if decided or not person.is_suspended}


def _row(
    preferences: Preferences,
    kind: Kind,
    comment: Comment | None,
    decision: Decision | None = None,
) -> Notification:
    now, pace = timezone.now(), preferences.pace_of(kind)
    return Notification(
        recipient_id=preferences.person_id,
        kind=kind,
        thread_id=comment.thread_id if comment is not None else None,
        comment=comment,
        decision=decision,
        created_at=now,
        pace=pace,
        mail_due_at=mail_due(preferences, pace, now),
    )


# --- who follows the thread ------------------------------------------------------------------------------------------


def _follow_own(comment: Comment) -> None:
    """Who writes somewhere follows it from then on, unless they do not wish to, or have left it."""
    author = comment.author_id
    if author is None or Preferences.objects.filter(person=author, follows_own=False).exists():
        return
    row = Follow(person_id=author, thread_id=comment.thread_id)
    Follow.objects.bulk_create([row], ignore_conflicts=True)


def _defer_followers(comment: Comment) -> None:
    """Nothing is queued for a thread that nobody but the author follows."""
    from dragoman.discussion.notifications.tasks import tell_followers as job

    if _followers(comment).exists():
        job.defer(comment_id=comment.pk)


def _followers(comment: Comment) -> QuerySet[Follow]:
    """Who follows the thread and is not told of the comment for a nearer reason."""
    told = Notification.objects.filter(comment=comment, kind__in=BY_A_COMMENT, recipient=OuterRef("person"))
    ignored = Ignoring.objects.filter(ignored=comment.author_id, person=OuterRef("person"))
    rows = Follow.objects.filter(thread=comment.thread_id, is_on=True, person__is_active=True)
    others = rows.exclude(person=comment.author_id) if comment.author_id is not None else rows
    return others.exclude(Exists(told)).exclude(Exists(ignored))


def _was_restored(comment: Comment) -> bool:
    """What was hidden in between is nothing new to those who follow."""
    return Decision.objects.filter(comment=comment, act=Act.RESTORE).exists()


@transaction.atomic
def _tell_followed(follows: Sequence[int], comment: Comment) -> None:
    people = User.objects.filter(follows__in=follows)
    there = _there(people, decided=False)
    preferences = preferences_by_person(there)
    Notification.objects.bulk_create(
        [_row(preferences[pk], Kind.FOLLOWED, comment) for pk in sorted(there)], ignore_conflicts=True
    )
    _mail_again(there, preferences, comment)


def _mail_again(people: Collection[int], preferences: Mapping[int, Preferences], comment: Comment) -> None:
    """Who was told of the thread by e-mail and has not looked since is told of what came after, in another one."""
    rows = Notification.objects.filter(
        recipient__in=people, thread=comment.thread_id, kind=Kind.FOLLOWED, read_at=None, mail_due_at=None
    )
    settled = Mail.objects.exclude(state__in=(MailState.WAITING, MailState.SENDING))
    for row in rows.filter(mail__in=settled, mailed_to__lt=comment.pk).order_by("pk"):
        pace = preferences[row.recipient_id].pace_of(Kind.FOLLOWED)
        row.pace, row.mail, row.mail_due_at = (
            pace,
            None,
            mail_due(preferences[row.recipient_id], pace, timezone.now()),
        )
        row.save(update_fields=["pace", "mail", "mail_due_at"])
