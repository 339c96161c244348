"""What Wagtail's own form for accounts changes is announced: names and marks stand on public pages."""

import pytest
from django.test import Client
from django.urls import reverse

from dragoman.people import facts
from dragoman.people.models import User

pytestmark = pytest.mark.django_db


def test_a_change_in_the_admin_is_announced() -> None:
    chief = User.objects.create_superuser("chief@example.org", "a long passphrase", display_name="Chief")
    ana = User.objects.create_user("ana@example.org", display_name="Ana", is_staff=True)
    client = Client()
    client.force_login(chief, backend="allauth.account.auth_backends.AuthenticationBackend")
    told: list[User] = []

    def hear(person: User, **_: object) -> None:
        told.append(person)

    facts.person_changed.connect(hear)
    try:
        form = {"email": ana.email, "first_name": "Ana", "last_name": "A.", "is_superuser": "on"}
        response = client.post(reverse("wagtailusers_users:edit", args=[ana.pk]), form)
    finally:
        facts.person_changed.disconnect(hear)
    assert response.status_code == 302, response.content.decode()[:2000]
    ana.refresh_from_db()
    assert ana.is_superuser
    assert told == [ana]
