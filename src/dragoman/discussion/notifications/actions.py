"""The only writes that people make here: following, ignoring, reading, and what they wish to be told."""

from collections.abc import Iterable, Mapping
from datetime import time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dragoman.discussion.errors import ThreadWithdrawn
from dragoman.discussion.models import Thread
from dragoman.discussion.notifications import telling
from dragoman.discussion.notifications.errors import NotIgnorable, TooManyIgnored, UnknownZone
from dragoman.discussion.notifications.models import (
    BY_A_COMMENT,
    Follow,
    Ignoring,
    Kind,
    Notification,
    Pace,
    Preferences,
)
from dragoman.discussion.notifications.wishes import is_zone, mail_due, preferences_of
from dragoman.discussion.permissions import may_moderate
from dragoman.people.models import User

IGNORED_AT_MOST = 500


@transaction.atomic
def follow(thread: Thread, *, person: User) -> None:
    """Be told of what is written in a thread. Raises ThreadWithdrawn."""
    if not thread.document.visible:
        raise ThreadWithdrawn
    _follow(thread, person, is_on=True)


@transaction.atomic
def unfollow(thread: Thread, *, person: User) -> None:
    """Be told no more of it; what one was told of it and has not read is gone."""
    _follow(thread, person, is_on=False)
    Notification.objects.filter(recipient=person, thread=thread, kind=Kind.FOLLOWED, read_at=None).delete()


def _follow(thread: Thread, person: User, *, is_on: bool) -> None:
    changed = {"is_on": is_on, "changed_at": timezone.now()}
    Follow.objects.update_or_create(thread=thread, person=person, defaults=changed)


@transaction.atomic
def ignore(other: User, *, person: User) -> None:
    """Hear no more of somebody. Raises NotIgnorable, TooManyIgnored."""
    if other.pk == person.pk or may_moderate(other):
        raise NotIgnorable
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if Ignoring.objects.filter(person=locked).exclude(ignored=other).count() >= IGNORED_AT_MOST:
        raise TooManyIgnored
    Ignoring.objects.get_or_create(person=locked, ignored=other)
    told = Notification.objects.filter(recipient=locked, comment__author=other)
    told.filter(kind__in=BY_A_COMMENT).delete()
    telling.advance(told.filter(kind=Kind.FOLLOWED, read_at=None))


@transaction.atomic
def unignore(other: User, *, person: User) -> None:
    """Hear of somebody again, from now on."""
    Ignoring.objects.filter(person=person, ignored=other).delete()


def mark_read(person: User, *, notifications: Iterable[int]) -> int:
    """One has seen these; gives how many were new."""
    rows = Notification.objects.filter(recipient=person, pk__in=list(notifications), read_at=None)
    return rows.update(read_at=timezone.now())


def mark_all_read(person: User, *, until: int | None = None) -> int:
    """One has seen everything, or what the page showed: up to the notification `until`."""
    rows = Notification.objects.filter(recipient=person, read_at=None)
    return (rows.filter(pk__lte=until) if until is not None else rows).update(read_at=timezone.now())


def mark_thread_read(person: User, *, thread: Thread) -> int:
    """One reads the followed thread at this moment."""
    rows = Notification.objects.filter(recipient=person, thread=thread, kind=Kind.FOLLOWED, read_at=None)
    return rows.update(read_at=timezone.now())


@transaction.atomic
def prefer(
    person: User,
    *,
    paces: Mapping[str, str],
    digest_at: time | None = None,
    time_zone: str | None = None,
    follows_own: bool | None = None,
) -> Preferences:
    """Say how one wishes to be told; what is left out stays. E-mails that wait follow. Raises UnknownZone."""
    if time_zone and not is_zone(time_zone):
        raise UnknownZone
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    preferences = preferences_of(person)
    for kind, pace in paces.items():
        setattr(preferences, Kind(kind).value, Pace(pace))
    given = {"digest_at": digest_at, "time_zone": time_zone, "follows_own": follows_own}
    for name, value in given.items():
        if value is not None:
            setattr(preferences, name, value)
    preferences.save()
    _reschedule(preferences)
    return preferences


def _reschedule(preferences: Preferences) -> None:
    """What waits for an e-mail waits for the one that is wished for now, or for none."""
    now = timezone.now()
    waiting = Notification.objects.filter(
        Q(mail_due_at__isnull=False), recipient=preferences.person_id, read_at=None
    )
    for kind in Kind:
        pace = preferences.pace_of(kind)
        waiting.filter(kind=kind).update(pace=pace, mail_due_at=mail_due(preferences, pace, now))


@transaction.atomic
def unsubscribe(person_id: int, *, kinds: Iterable[str]) -> bool:
    """No e-mail of these kinds any more; False where there is no such person."""
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        return False
    prefer(person, paces=dict.fromkeys(kinds, Pace.NEVER))
    return True
