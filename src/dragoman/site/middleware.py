"""What belongs to every response: headers, and a sentence where the database does not answer."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

GetResponse = Callable[[HttpRequest], HttpResponse]

# Nothing but our own files, no inline script or style: text from outside cannot run or call home.
STRICT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Wagtail's admin has inline scripts, styles and a preview frame (ADR 0008); only staff load it.
ADMIN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'self'; frame-ancestors 'self'; object-src 'none'"
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


class SecurityHeadersMiddleware:
    """The content security policy and its companions."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN_POLICY if request.path_info.startswith("/admin/") else STRICT_POLICY
        if getattr(request, "is_dummy", False):  # Wagtail's preview, shown in a frame of the admin
            policy = STRICT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if settings.SESSION_COOKIE_SECURE:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


RETRY_AFTER_SECONDS = 5
_KEPT_AT_MOST = 20_000  # characters of what was typed
_NEVER_SHOWN = ("password", "login", "email", "code", "csrf")  # parts of the names of fields
_log = logging.getLogger(__name__)


class DatabaseAwayMiddleware:
    """Nothing was stored, and it is said: 503, with what was typed, to be sent again. An open page says it itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """None: it is something else."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        _log.error("the database does not answer: %s", type(exception.__cause__ or exception).__name__)
        context = {"sentence": _sentence(request), "kept": _kept(request), "action": request.get_full_path()}
        response = render(request, "errors/503.html", context, status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        response.headers["Cache-Control"] = "no-store"
        return response


def _sentence(request: HttpRequest) -> str:
    if request.method in ("GET", "HEAD"):
        return gettext("This page cannot be made just now. Others can be read.")
    return gettext("Nothing was stored: the database does not answer just now. What you wrote is still here.")


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the form, but no secret, and nothing very long."""
    if request.method != "POST":
        return []
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    if sum(len(value) for _, value in fields) > _KEPT_AT_MOST:
        return []
    if any(word in name for name, _ in fields for word in _NEVER_SHOWN if word != "csrf"):
        return []
    return [(name, value) for name, value in fields if "csrf" not in name]
