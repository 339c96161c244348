"""Which forms come from our own pages, and whom a session lets in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from dragoman.people.middleware import PersonMiddleware, SameOriginCsrfMiddleware, is_same_origin
from dragoman.people.models import Session, User
from dragoman.people.sessions import SessionStore


def request(**headers: str) -> HttpRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestFactory().post("/en/", headers=named)


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, True),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, True),
        ({"Sec_Fetch_Site": "same-site"}, False),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Sec_Fetch_Site": "none"}, False),
        ({"Sec_Fetch_Site": ""}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": "http://testserver.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_same_origin(headers: dict[str, str], own: bool) -> None:
    assert is_same_origin(request(**headers)) is own


def test_django_s_token_still_counts() -> None:
    from django.middleware.csrf import get_token

    form = RequestFactory().get("/en/")
    token = get_token(form)
    sent = RequestFactory().post("/en/", {"csrfmiddlewaretoken": token})
    sent.COOKIES["csrftoken"] = form.META["CSRF_COOKIE"]
    middleware = SameOriginCsrfMiddleware(lambda _: None)  # type: ignore[arg-type]
    middleware.process_request(sent)
    assert middleware.process_view(sent, lambda _: None, (), {}) is None  # type: ignore[arg-type, return-value]


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana@example.org", "correct horse", display_name="Ana")


def session_of(person: User, **changed: str) -> str:
    held = {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: configured.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: person.get_session_auth_hash(),
    }
    store = SessionStore()
    store.update(held | changed)
    store.create()
    assert store.session_key is not None
    return store.session_key


def let_in(session: str) -> Any:
    sent: Any = RequestFactory().get("/en/")
    sent.session = SessionStore(session)
    PersonMiddleware(lambda _: HttpResponse()).process_request(sent)
    return sent.user


def test_a_session_is_read_with_its_person(
    ana: User, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    session = session_of(ana)
    with django_assert_num_queries(1):
        found = let_in(session)
        assert found.is_authenticated
    assert found == ana
    assert (found.email, found.display_name, found.is_suspended) == ("ana@example.org", "Ana", False)


def test_another_password_ends_a_session(ana: User) -> None:
    session = session_of(ana)
    ana.set_password("battery staple")
    ana.save()
    assert not let_in(session).is_authenticated


def test_a_session_ends_with_its_time_and_its_account(ana: User) -> None:
    session = session_of(ana)
    User.objects.update(is_active=False)
    assert not let_in(session).is_authenticated
    User.objects.update(is_active=True)
    assert let_in(session).is_authenticated
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not let_in(session).is_authenticated


@pytest.mark.parametrize("key", [SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY])
def test_a_session_that_says_something_else_lets_nobody_in(ana: User, key: str) -> None:
    assert not let_in(session_of(ana, **{key: "0"})).is_authenticated


def test_an_earlier_secret_key_lets_in_while_it_is_named(ana: User, settings: Any) -> None:
    session = session_of(ana)
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-key-of-fifty-characters-or-more-000"
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert let_in(session) == ana
