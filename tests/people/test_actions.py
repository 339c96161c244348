"""Accounts: suspending, renaming, languages."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils import timezone

from dragoman.people import actions, errors
from dragoman.people.models import User

pytestmark = pytest.mark.django_db


def person(name: str, **fields: object) -> User:
    return User.objects.create_user(f"{name.lower()}@example.org", display_name=name, **fields)


def test_who_may_suspend() -> None:
    ana, boris = person("Ana"), person("Boris")
    with pytest.raises(errors.NotPermitted):
        actions.suspend(ana, by=boris)
    boris.user_permissions.add(Permission.objects.get(codename="suspend_user"))
    boris = User.objects.get(pk=boris.pk)
    assert actions.suspend(ana, by=boris).is_suspended
    ana.refresh_from_db()
    assert ana.is_suspended
    assert not actions.reinstate(ana, by=boris).is_suspended
    with pytest.raises(errors.NotPermitted):
        actions.reinstate(boris, by=ana)


def test_a_suspension_ends() -> None:
    ana, chief = person("Ana"), person("Chief", is_staff=True)
    suspended = actions.suspend(ana, by=chief, until=timezone.now() + timedelta(hours=1))
    assert suspended.is_suspended
    suspended.suspended_until = timezone.now() - timedelta(seconds=1)
    assert not suspended.is_suspended
    with pytest.raises(errors.PeopleError):
        actions.suspend(ana, by=chief, until=timezone.now() - timedelta(seconds=1))


def test_renaming() -> None:
    ana = person("Ana")
    person("Maria Silva", is_staff=True)
    assert actions.rename(ana, display_name=" Anna  B ").display_name == "Anna B"
    for name in ("Admin", "María Silva", " "):
        with pytest.raises(errors.UnfitName):
            actions.rename(ana, display_name=name)
    ana.refresh_from_db()
    assert ana.display_name == "Anna B"


def test_language_of_mails() -> None:
    ana = person("Ana")
    assert actions.set_language(ana, language="ru").language == "ru"
    with pytest.raises(errors.UnknownLanguage):
        actions.set_language(ana, language="xx")


def test_one_account_per_address_whatever_its_case() -> None:
    person("Ana")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ANA@example.org", display_name="Other")
