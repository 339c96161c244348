"""What notifications hear from the discussion. Receivers are module functions: Django keeps weak references only."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dragoman.discussion import facts
from dragoman.discussion.models import Comment, Decision
from dragoman.discussion.notifications import telling
from dragoman.discussion.permissions import may_moderate
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people import profiles
from dragoman.people.models import User


def register() -> None:
    """Part of the discussion's own registration."""
    addresses.register("notifications", notifications)
    addresses.register("notifications_read", notifications_read)
    addresses.register("notification", notification)
    addresses.register("notification_settings", notification_settings)
    addresses.register("unsubscribe", unsubscribe)
    addresses.register("follow", follow)
    addresses.register("seen", seen)
    addresses.register("ignore", ignore)
    profiles.register(ignoring)
    facts.comments_posted.connect(_comments_posted)
    facts.comment_changed.connect(_comment_changed)
    facts.comment_withdrawn.connect(_comment_withdrawn)
    facts.decision_made.connect(_decision_made)


def _comments_posted(comments: Sequence[Comment], **_: Any) -> None:
    telling.comments_shown(comments)


def _comment_changed(comment: Comment, **_: Any) -> None:
    telling.comments_reworded([comment])


def _comment_withdrawn(comment: Comment, **_: Any) -> None:
    telling.comment_withdrawn(comment)


def _decision_made(decision: Decision, **_: Any) -> None:
    telling.decision_made(decision)


def ignoring(person: User, view: View) -> SafeString:
    """The way to ignore a person, on their page; the staff speaks for the house."""
    if may_moderate(person):
        return SafeString("")
    return render_to_string("discussion/ignore_link.html", {"person": person, "view": view})


# --- addresses -------------------------------------------------------------------------------------------------------


def notifications(*, language: str) -> str:
    """What one is told."""
    return f"/{language}/notifications/"


def notifications_read(*, language: str) -> str:
    """Where one says that one has seen it."""
    return f"/{language}/notifications/read/"


def notification(*, language: str, notification: int) -> str:
    """Leads to what one was told of."""
    return f"/{language}/notifications/{notification}/"


def notification_settings(*, language: str) -> str:
    """What one wishes to be told, and how."""
    return f"/{language}/account/notifications/"


def unsubscribe(*, language: str, token: str) -> str:
    """Ends e-mails without signing in."""
    return f"/{language}/notifications/unsubscribe/{token}/"


def follow(*, language: str, thread: int) -> str:
    """Where one follows a discussion."""
    return f"/{language}/threads/{thread}/follow/"


def seen(*, language: str, thread: int) -> str:
    """Where the open page says that one reads the discussion."""
    return f"/{language}/threads/{thread}/seen/"


def ignore(*, language: str, person: int) -> str:
    """Where one ignores a person."""
    return f"/{language}/people/{person}/ignore/"
