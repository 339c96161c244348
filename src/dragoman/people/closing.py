"""Closing one's own account: at once for everybody else, for good after a day of thinking it over.

Actions, like those of `people.actions`. What upper packages do when an account closes, opens again and goes, they do on
the facts and in the registry of erasures.
"""

import logging
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.utils import timezone

from dragoman.languages import addresses, formats
from dragoman.people import erasures, facts
from dragoman.people.errors import LastOfStaff, NotClosed, NotPermitted
from dragoman.people.models import Closing, Session, User

log = logging.getLogger(__name__)
COOLING_OFF = timedelta(days=1)  # the pages say so
_SALT = "people.reopening"


@transaction.atomic
def close(person: User) -> Closing:
    """Close the account: signed out everywhere, its page and words gone from every reader. Raises LastOfStaff."""
    from dragoman.people.tasks import tell_closed

    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not locked.is_active:
        raise NotPermitted
    _refuse_last(locked)
    now = timezone.now()
    erase_at = now + COOLING_OFF
    closing = Closing.objects.create(person=locked, closed_at=now, erase_at=erase_at)
    _set_active(locked, active=False)
    Session.objects.filter(account=locked.pk).delete()
    facts.account_closed.happened(person=locked)
    tell_closed.defer(closing_id=closing.pk)
    return closing


@transaction.atomic
def reopen(closing: Closing) -> User:
    """Open the account again, as it was. Raises NotClosed, and never while it is being erased."""
    now = timezone.now()
    held = Closing.objects.select_for_update().filter(pk=closing.pk, erase_at__gt=now).first()
    if held is None:
        raise NotClosed
    person = User.objects.select_for_update(no_key=True).get(pk=held.person_id)
    held.delete()
    _set_active(person, active=True)
    facts.account_reopened.happened(person=person)
    return person


def due(now: datetime | None = None) -> list[int]:
    """The closings whose time is over."""
    rows = Closing.objects.filter(erase_at__lte=now or timezone.now()).order_by("erase_at")
    return list(rows.values_list("pk", flat=True))


def erase(closing_id: int, now: datetime | None = None) -> bool:
    """Erase an account for good, when its time has come; whether it was. Done again after a failure, it goes on."""
    rows = Closing.objects.filter(pk=closing_id, erase_at__lte=now or timezone.now())
    closing = rows.select_related("person").first()
    if closing is None:
        return False
    erasures.run(closing.person)
    _delete_account(closing.person)
    log.info("account %s is erased", closing.person_id)
    return True


@transaction.atomic
def _delete_account(person: User) -> None:
    """The row, all that falls with it, and the name in the log of Django's own admin."""
    number = person.pk
    about = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(number)
    )
    about.update(object_repr="", change_message="")
    Session.objects.filter(account=number).delete()
    person.delete()
    facts.account_erased.happened(person_id=number)


def _set_active(person: User, *, active: bool) -> None:
    person.is_active = active
    person.save(update_fields=["is_active"])
    facts.person_changed.happened(person=person)


def _refuse_last(person: User) -> None:
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    if person.is_superuser and not others.exists():
        raise LastOfStaff


# --- the way back ----------------------------------------------------------------------------------------------------


def reopening_token(closing: Closing) -> str:
    """What proves that somebody may open the account again: in a mail, or after a sign-in."""
    return signing.dumps(closing.pk, salt=_SALT)


def closing_of_token(token: str) -> Closing | None:
    """The closing that a token is for, while it can be taken back."""
    try:
        number = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    rows = Closing.objects.select_related("person")
    return rows.filter(pk=number, erase_at__gt=timezone.now()).first()


def tell_closed(closing_id: int) -> None:
    """The mail that says how to take it back."""
    closing = Closing.objects.select_related("person").filter(pk=closing_id).first()
    if closing is None:
        return
    person = closing.person
    reopening = addresses.address("reopen", language=person.language, token=reopening_token(closing))
    context = {
        "user": person,
        "reopening_url": reopening,
        "erased": formats.date_and_time(closing.erase_at, person.language),
        "zone": formats.zone_name(closing.erase_at, person.language),
    }
    get_adapter().send_mail("account/email/closed", person.email, context)
