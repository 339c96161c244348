"""Reads of notifications. What a person is shown is decided in `visible`, and nowhere else."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.notifications.models import ABOUT_OWN, Follow, Ignoring, Kind, Notification
from dragoman.people.models import User

COUNTED_AT_MOST = 100
"""The bell says "99+" beyond: nobody counts further, and the page of a busy person stays quick."""


def visible(person: User | int) -> QuerySet[Notification]:
    """What a person is told: of comments that everybody may read now, and of decisions on their own."""
    readable = Q(comment__state=CommentState.LIVE, thread__document__visible=True)
    own = Q(kind__in=ABOUT_OWN)
    return Notification.objects.filter(readable | own, recipient=person)


def comments_after() -> QuerySet[Comment]:
    """Of a notification (as the subquery's outer row): what stands in its thread after its comment, for its
    recipient."""
    ignored = Ignoring.objects.filter(person=OuterRef(OuterRef("recipient")), ignored=OuterRef("author"))
    rows = Comment.objects.filter(
        thread=OuterRef("thread"), state=CommentState.LIVE, pk__gt=OuterRef("comment_id")
    )
    return rows.filter(Q(author=None) | ~Q(author=OuterRef("recipient"))).exclude(Exists(ignored))


def unread_count(person: User) -> int:
    """How many are new, up to `COUNTED_AT_MOST`."""
    return visible(person).filter(read_at=None)[:COUNTED_AT_MOST].count()


def follows(person: User, thread: Thread) -> bool:
    """Whether a person follows a thread."""
    return Follow.objects.filter(person=person, thread=thread, is_on=True).exists()


def one(person: User, notification: int) -> Notification | None:
    """A person's notification, whatever became of its comment."""
    rows = Notification.objects.select_related("thread__document", "comment__thread__document")
    return rows.filter(recipient=person, pk=notification).first()


def ignored_by(person: User) -> QuerySet[User]:
    """Whom a person ignores, by name. Who has joined the staff since speaks for the house, and is heard."""
    rows = Ignoring.objects.filter(person=person, ignored__is_staff=False)
    return User.objects.filter(pk__in=rows.values("ignored"), is_active=True).order_by("display_name", "pk")


def me(person: User, thread: Thread | None) -> dict[str, Any]:
    """What the one personal request says of notifications."""
    personal: dict[str, Any] = {"unread": unread_count(person)}
    if thread is not None:
        here = Notification.objects.filter(recipient=person, thread=thread, kind=Kind.FOLLOWED, read_at=None)
        personal["told_here"] = here.exists()
        personal["follows"] = follows(person, thread)
        personal["ignored"] = list(ignored_by(person).values_list("pk", flat=True))
    return personal
