"""Cross-site request forgery is told from the browser's own word, so that public pages need no token. And from where
people write is noted."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from dragoman.people import network
from dragoman.people.models import User


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
    with suppress(IntegrityError), transaction.atomic():
        network.note(person, get_adapter().get_client_ip(request))
