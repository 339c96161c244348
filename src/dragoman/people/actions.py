"""The only writes to accounts besides sign-in itself, which is allauth's."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dragoman.languages.registry import is_offered
from dragoman.people import facts, queries
from dragoman.people.errors import NotPermitted, PeopleError, UnknownLanguage
from dragoman.people.models import User
from dragoman.people.names import checked_name

SUSPEND = "people.suspend_user"


@transaction.atomic
def suspend(person: User, *, by: User, until: datetime | None = None) -> User:
    """Let a person read only: until a moment, or without an end. Raises NotPermitted, PeopleError."""
    _require_suspending(by)
    locked = _locked(person)
    if locked.pk == by.pk:
        raise NotPermitted(_("Nobody suspends their own account."))
    if locked.is_staff and not by.is_superuser:
        raise NotPermitted(_("An account of the staff cannot be suspended here."))
    if until is not None and until <= timezone.now():
        raise PeopleError(_("The end of the suspension lies in the past."))
    locked.suspended_at, locked.suspended_until = timezone.now(), until
    return _changed(locked, "suspended_at", "suspended_until")


@transaction.atomic
def reinstate(person: User, *, by: User) -> User:
    """Let a person write again. Raises NotPermitted."""
    _require_suspending(by)
    locked = _locked(person)
    locked.suspended_at = locked.suspended_until = None
    return _changed(locked, "suspended_at", "suspended_until")


@transaction.atomic
def set_verified(person: User, *, by: User, verified: bool) -> User:
    """Say that the name is the person's own, or take that back: the staff only. Raises NotPermitted."""
    if not (by.is_active and by.is_staff):
        raise NotPermitted
    locked = _locked(person)
    if locked.is_verified == verified:
        return locked
    locked.is_verified = verified
    return _changed(locked, "is_verified")


@transaction.atomic
def rename(person: User, *, display_name: str) -> User:
    """Change one's own display name. Raises UnfitName."""
    locked = _locked(person)
    staff = () if locked.is_staff else queries.staff_names(apart_from=locked.pk)
    locked.display_name = checked_name(display_name, staff)
    return _changed(locked, "display_name")


@transaction.atomic
def set_language(person: User, *, language: str) -> User:
    """Choose the language of one's mails. Raises UnknownLanguage."""
    if not is_offered(language):
        raise UnknownLanguage
    locked = _locked(person)
    locked.language = language
    locked.save(update_fields=["language"])
    return locked


@transaction.atomic
def announce(person: User) -> None:
    """Say that a person's public traits may have changed elsewhere: in Wagtail's form."""
    facts.person_changed.happened(person=person)


def wrote_in(people: Iterable[tuple[User, str]]) -> None:
    """Remember the language each of these wrote in last: the next form begins with it."""
    changed: dict[str, list[int]] = {}
    for person, language in people:
        if person.recent_language != language:
            person.recent_language = language
            changed.setdefault(language, []).append(person.pk)
    for language, some in changed.items():
        User.objects.filter(pk__in=some).update(recent_language=language)


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _changed(person: User, *names: str) -> User:
    person.save(update_fields=names)
    facts.person_changed.happened(person=person)
    return person


def _require_suspending(by: User) -> None:
    if not (by.is_active and (by.is_staff or by.has_perm(SUSPEND))):
        raise NotPermitted
