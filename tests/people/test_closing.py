"""Closing an account: with proof, at once, taken back within a day, erased after it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dragoman.people import closing, erasures, errors
from dragoman.people.models import Closing, SeenAddress, Session, User
from tests.people.test_accounts import code_in, make

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]


@pytest.fixture(autouse=True)
def forgotten_rates() -> None:
    cache.clear()


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})


def signed_in(client: Client, user: User) -> Client:
    answer = client.post("/en/account/login/", {"login": user.email, "password": "s3cret-words"})
    assert answer.status_code == 302
    return client


def closed(client: Client, user: User, proof: str = "s3cret-words") -> Closing:
    answer = signed_in(client, user).post("/en/account/close/", {"proof": proof})
    assert answer.headers["Location"] == "/en/account/closed/", answer.content.decode()
    return Closing.objects.get(person=user)


def test_the_page_says_what_happens(client: Client) -> None:
    page = signed_in(client, make()).get("/en/account/close/").content.decode()
    assert "erased for good" in page
    assert 'type="password"' in page


def test_without_the_password_nothing_happens(client: Client) -> None:
    user = make()
    answer = signed_in(client, user).post("/en/account/close/", {"proof": "wrong"})
    assert answer.status_code == 422
    assert "Nothing was changed." in answer.content.decode()
    user.refresh_from_db()
    assert user.is_active
    for _ in range(5):
        last = client.post("/en/account/close/", {"proof": "wrong again"})
    assert "Too many attempts." in last.content.decode()
    right = client.post("/en/account/close/", {"proof": "s3cret-words"})
    assert "Too many attempts." in right.content.decode()


def test_closed_at_once_and_signed_out_everywhere(client: Client, run_jobs: RunJobs) -> None:
    user = make(language="pt")
    other = signed_in(Client(headers={"Sec-Fetch-Site": "same-origin"}), user)
    assert other.get("/en/account/").status_code == 200
    found = closed(client, user)
    assert found.erase_at - found.closed_at == timedelta(hours=24)
    assert other.get("/en/account/").status_code == 302
    assert client.get(f"/en/people/{user.pk}/").status_code == 404
    assert not Session.objects.filter(account=user.pk).exists()
    run_jobs()
    (message,) = [each for each in mail.outbox if "/account/reopen/" in each.body]
    assert message.extra_headers["Content-Language"] == "pt"
    assert "/pt/account/reopen/" in message.body


def test_an_account_without_password_is_closed_with_a_code(client: Client) -> None:
    user = User.objects.create_user("eva@example.org", display_name="Eva")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    client.force_login(user)
    assert 'name="proof"' not in client.get("/en/account/close/").content.decode()
    assert client.post("/en/account/close/", {"proof": ""}).status_code == 422
    assert client.post("/en/account/close/", {"send": "1"}).status_code == 200
    code = code_in(mail.outbox[-1])
    assert client.post("/en/account/close/", {"proof": "ABCDEFGH"}).status_code == 422
    answer = client.post("/en/account/close/", {"proof": f" {code[:4].lower()}-{code[4:]} "})
    assert answer.headers["Location"] == "/en/account/closed/"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_not_many_codes(client: Client) -> None:
    user = User.objects.create_user("eva@example.org", display_name="Eva")
    client.force_login(user)
    for _ in range(3):
        client.post("/en/account/close/", {"send": "1"})
    answer = client.post("/en/account/close/", {"send": "1"})
    assert "Several codes were sent already." in answer.content.decode()
    assert len(mail.outbox) == 3


def test_taken_back_by_the_mail(client: Client, run_jobs: RunJobs) -> None:
    user = make()
    closed(client, user)
    run_jobs()
    (found,) = re.findall(r"https?://\S+?(/en/account/reopen/\S+)", mail.outbox[-1].body)
    assert "Keep the account?" in client.get(found).content.decode()
    assert not User.objects.get(pk=user.pk).is_active  # a mail program that opens links changes nothing
    assert "is open again" in client.post(found).content.decode()
    assert User.objects.get(pk=user.pk).is_active
    assert client.post(found).status_code == 410
    signed_in(client, user)


def test_taken_back_by_signing_in(client: Client) -> None:
    user = make()
    closed(client, user)
    wrong = client.post("/en/account/login/", {"login": user.email, "password": "guessed"})
    assert wrong.status_code == 200
    answer = client.post("/en/account/login/", {"login": user.email, "password": "s3cret-words"})
    assert answer.headers["Location"].startswith("/en/account/reopen/")
    client.post(answer.headers["Location"])
    assert User.objects.get(pk=user.pk).is_active


def test_whom_others_closed_cannot_open_it(client: Client) -> None:
    user = make()
    User.objects.filter(pk=user.pk).update(is_active=False)
    answer = client.post("/en/account/login/", {"login": user.email, "password": "s3cret-words"})
    assert answer.headers["Location"] == "/en/account/inactive/"
    assert client.get("/en/account/reopen/nonsense/").status_code == 410


def test_erased_when_the_time_is_over(client: Client) -> None:
    user, erased = make(), []
    found = closed(client, user)
    assert closing.due() == []
    assert not closing.erase(found.pk)
    later = found.erase_at + timedelta(seconds=1)
    erasures.register("of this test", lambda person: erased.append(person.pk))
    try:
        assert closing.due(later) == [found.pk]
        assert closing.erase(found.pk, later)
    finally:
        erasures._steps.pop("of this test")
    assert erased == [user.pk]
    assert not User.objects.filter(pk=user.pk).exists()
    assert not EmailAddress.objects.filter(email=user.email).exists()
    assert not SeenAddress.objects.exists()
    assert not closing.erase(found.pk, later)


def test_never_both_taken_back_and_erased(client: Client) -> None:
    found = closed(client, make())
    token = closing.reopening_token(found)
    Closing.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(errors.NotClosed):
        closing.reopen(found)
    assert closing.closing_of_token(token) is None
    assert client.post(f"/en/account/reopen/{token}/").status_code == 410


def test_a_step_that_fails_leaves_the_account_to_the_next_try(client: Client) -> None:
    found = closed(client, make())
    Closing.objects.update(erase_at=timezone.now() - timedelta(seconds=1))

    def fail(person: User) -> None:
        raise RuntimeError

    erasures.register("of this test", fail)
    try:
        with pytest.raises(RuntimeError):
            closing.erase(found.pk)
    finally:
        erasures._steps.pop("of this test")
    assert closing.due() == [found.pk]
    assert closing.erase(found.pk)


def test_the_last_who_may_do_everything_stays(client: Client) -> None:
    user = make()
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    answer = signed_in(client, user).post("/en/account/close/", {"proof": "s3cret-words"})
    assert "Give another one its rights first." in answer.content.decode()
    other = make("Boris")
    User.objects.filter(pk=other.pk).update(is_superuser=True)
    closed(client, user)


def test_the_name_in_the_admins_log(client: Client) -> None:
    from wagtail.models import ModelLogEntry

    user = make("Rosalind")
    user.groups.add(Group.objects.create(name="Writers"))
    ModelLogEntry.objects.log_action(user, "wagtail.edit", data={"name": "Rosalind"})
    found = closed(client, user)
    closing.erase(found.pk, found.erase_at)
    assert [(each.label, each.data) for each in ModelLogEntry.objects.all()] == [("", {})]


def test_settings_lead_there(client: Client, settings: Settings) -> None:
    page = signed_in(client, make()).get("/fr/account/").content.decode()
    assert 'href="/fr/account/close/"' in page
    assert 'href="/fr/account/data/"' in page
