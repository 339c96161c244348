"""What notifications keep of a person: chapters of their export. All of it falls with the account."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from dragoman.discussion.notifications.models import Follow, Ignoring, Kind, Notification, Preferences
from dragoman.languages import addresses
from dragoman.people import exports
from dragoman.people.exports import Chapter, Coded, Record
from dragoman.people.models import User


def register() -> None:
    """Part of the discussion's own registration."""
    exports.register(NOTIFICATIONS, WISHES, FOLLOWED, IGNORED)


def _notifications(person: User) -> Iterator[Record]:
    rows = Notification.objects.filter(recipient=person).select_related("mail").order_by("pk")
    for row in rows.iterator(1000):
        yield {
            "kind": Coded(row.kind, Kind(row.kind).label),
            "comment": _comment(row.comment_id),
            "told_at": row.created_at,
            "read_at": row.read_at,
            "mailed_at": row.mail.settled_at if row.mail is not None else None,
        }


def _comment(number: int | None) -> str | None:
    if number is None:
        return None
    return addresses.absolute(addresses.address("comment_finder", comment=number))


def _wishes(person: User) -> Iterator[Record]:
    for row in Preferences.objects.filter(person=person):
        paces: Record = {kind.value: Coded(row.pace_of(kind), row.pace_of(kind).label) for kind in Kind}
        more: Record = {
            "digest_at": row.digest_at.isoformat("minutes"),
            "time_zone": row.time_zone,
            "follows_own": row.follows_own,
        }
        yield {**paces, **more}


def _followed(person: User) -> Iterator[Record]:
    for row in Follow.objects.filter(person=person).select_related("thread").order_by("pk"):
        story = addresses.address("thread", language=person.language, thread=row.thread_id)
        yield {"discussion": addresses.absolute(story), "follows": row.is_on, "since": row.changed_at}


def _ignored(person: User) -> Iterator[Record]:
    """By number: the name is another person's."""
    for row in Ignoring.objects.filter(person=person).order_by("pk"):
        yield {"account": row.ignored_id, "since": row.created_at}


NOTIFICATIONS = Chapter(
    "notifications",
    _("What you were told of"),
    {
        "kind": _("What it was"),
        "comment": _("Comment"),
        "told_at": _("Told on"),
        "read_at": _("Read on"),
        "mailed_at": _("E-mail sent on"),
    },
    _notifications,
)
WISHES = Chapter(
    "notification_wishes",
    _("What you wish to be told of"),
    {kind.value: kind.label for kind in Kind}
    | {
        "digest_at": _("Time of the daily e-mail"),
        "time_zone": _("Time zone"),
        "follows_own": _("Follow the discussions I write in"),
    },
    _wishes,
)
FOLLOWED = Chapter(
    "followed",
    _("Discussions you follow"),
    {"discussion": _("Discussion"), "follows": _("You follow it"), "since": _("Since")},
    _followed,
)
IGNORED = Chapter(
    "ignored",
    _("People you ignore"),
    {"account": _("Number of the account"), "since": _("Since")},
    _ignored,
)
