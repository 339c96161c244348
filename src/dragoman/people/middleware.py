"""Cross-site request forgery is told from the browser's own word, so that public pages need no token. And from where
people write is noted."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from dragoman.people import network
from dragoman.people.models import User
from dragoman.people.sessions import SessionStore


class SameOriginCsrfMiddleware(CsrfViewMiddleware):
    """Accepts what a page of this very origin sent; everything else needs Django's token.

    `Sec-Fetch-Site` (W3C Fetch Metadata) is written by browsers and cannot be set by scripts. Browsers leave it out
    on plain-HTTP origins other than the local machine; there `Origin` (Fetch standard) says the same of a POST.
    """

    def process_view(  # type: ignore[override]
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponse] | None,
        callback_args: tuple[Any, ...],
        callback_kwargs: Mapping[str, Any],
    ) -> HttpResponse | None:
        """None: let it pass."""
        if is_same_origin(request):
            return self._accept(request)  # type: ignore[attr-defined]
        return super().process_view(request, callback, callback_args, callback_kwargs)  # type: ignore[arg-type]


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser vouches that a page of ours sent the request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


class PersonMiddleware(AuthenticationMiddleware):
    """Django's, without asking again for the person who came with the session."""

    def process_request(self, request: HttpRequest) -> None:
        """`request.user`, found out when it is asked for."""
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_person, request))  # type: ignore[assignment]


def _person(request: Any) -> User | AnonymousUser:
    """Kept where Django's own keeps it. Whatever is in doubt (another secret key, a backend that is gone) is Django's
    to decide."""
    if not hasattr(request, "_cached_user"):
        request._cached_user = _let_in(request.session) or auth.get_user(request)
    found: User | AnonymousUser = request._cached_user
    return found


def _let_in(session: SessionStore) -> User | None:
    """The session's person, where it was made for the password they have now and the account is open."""
    number, verified = session.get(auth.SESSION_KEY), session.get(auth.HASH_SESSION_KEY)
    person = session.person
    if person is None or number != str(person.pk) or not person.is_active or not verified:
        return None
    if session.get(auth.BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    return person if constant_time_compare(verified, person.get_session_auth_hash()) else None


class SeenAddressMiddleware:
    """Notes from which network somebody writes, as a hash for some days (`people.network`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return response  # the database may be away: nothing was written, and who asks it would fail again
        if request.method == "POST" and isinstance(request.user, User) and request.user.is_active:
            _note_address(request.user, request)
        return response


def _note_address(person: User, request: HttpRequest) -> None:
    """The person may have gone within this very request."""
    with suppress(IntegrityError):
        network.note(person, get_adapter().get_client_ip(request))
