"""The link that ends e-mails without signing in: a signed token names the person and the kinds (RFC 8058)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing

from dragoman.discussion.notifications.models import Kind, Mail, Pace
from dragoman.discussion.notifications.wishes import preferences_of
from dragoman.people.models import User

_SALT = "dragoman.notifications.unsubscribe"
_DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """Whose e-mails end, and which: these kinds, or all that come once a day."""

    person: int
    kinds: tuple[str, ...]
    is_daily: bool


def token_of(mail: Mail, kinds: Iterable[str]) -> str:
    """What stands in an e-mail's link. It does not expire: an old e-mail's link must work, too."""
    return signing.dumps([mail.recipient_id, _DAILY if mail.is_digest else sorted(kinds)], salt=_SALT)


def read(token: str) -> Unsubscription | None:
    """What the token stands for; None for one that is not ours."""
    try:
        person, kinds = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if kinds != _DAILY:
        return Unsubscription(person, tuple(kind for kind in kinds if kind in Kind.values), False)
    found = User.objects.filter(pk=person).first()
    preferences = preferences_of(found) if found else None
    daily = [kind for kind in Kind.values if preferences and preferences.pace_of(kind) == Pace.DAILY]
    return Unsubscription(person, tuple(daily), True)
