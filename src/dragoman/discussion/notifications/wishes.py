"""What people wish to be told by e-mail, and when that is due."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from dragoman.discussion.notifications.models import Pace, Preferences
from dragoman.languages import formats
from dragoman.people.models import User

GATHERED_SECONDS = 10
"""What happens to one person within this time is told in one e-mail, and what is taken back in it, in none."""


def preferences_of(person: User) -> Preferences:
    """A person's preferences; the defaults, not stored, where they never chose any."""
    return Preferences.objects.filter(person=person).first() or Preferences(person=person)


def preferences_by_person(people: Iterable[int]) -> Mapping[int, Preferences]:
    """The preferences of each. One query."""
    wanted = set(people)
    found = {row.person_id: row for row in Preferences.objects.filter(person__in=wanted)}
    return {pk: found.get(pk) or Preferences(person_id=pk) for pk in wanted}


def is_zone(name: str) -> bool:
    """Whether the IANA database knows the time zone."""
    return name in available_timezones()


def zone_of(preferences: Preferences) -> ZoneInfo:
    """The person's time zone, else the publication's."""
    return ZoneInfo(preferences.time_zone) if is_zone(preferences.time_zone) else formats.publication_zone()


def mail_due(preferences: Preferences, pace: str, now: datetime) -> datetime | None:
    """When an e-mail of this pace is due for what happened `now`; None for never."""
    if pace == Pace.NEVER:
        return None
    return now + timedelta(seconds=GATHERED_SECONDS) if pace == Pace.INSTANT else digest_due(preferences, now)


def digest_due(preferences: Preferences, now: datetime) -> datetime:
    """The next daily e-mail after `now`: at the person's time of day in their zone, summer time or not."""
    zone = zone_of(preferences)
    today = now.astimezone(zone).date()
    moments = (
        datetime.combine(today + timedelta(days=days), preferences.digest_at, tzinfo=zone) for days in (0, 1)
    )
    return next(moment for moment in moments if moment > now)
