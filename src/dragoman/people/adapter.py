"""How allauth meets this publication: accounts with a display name, mails in their reader's language."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation

from dragoman.languages import addresses, formats
from dragoman.languages.middleware import language_of_path
from dragoman.languages.registry import default_language, is_offered
from dragoman.people import closing, queries
from dragoman.people.models import Closing, User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, redirects and mails."""

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """A new account in the language of the page it was made on (rule of reading 12)."""
        user.display_name = form.cleaned_data["display_name"]
        user.language = _page_language()
        try:
            with transaction.atomic():
                saved: User = super().save_user(request, user, form, commit)
        except IntegrityError as fault:
            raise self._already_there(request, form) from fault
        return saved

    def _already_there(self, request: HttpRequest, form: Any) -> ImmediateHttpResponse:
        """Someone signed up with the address after the form was checked: the answer of a form sent later, which
        tells nobody that the account exists."""
        form.account_already_exists = True
        _, response = form.try_save(request)
        return ImmediateHttpResponse(response)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Signed in without having come from somewhere: the home page of the page's language."""
        return _home()

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """As after signing in."""
        return _home()

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """The home page."""
        return _home()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the settings, where the change was asked for."""
        return addresses.address("settings", language=_page_language())

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """A changed address leads back to the settings."""
        if self.request.user.is_authenticated:
            return addresses.address("settings", language=_page_language())
        return addresses.address("sign_in", language=_page_language())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail in the language of whoever has the address, else of the page."""
        language = self._language_of(email, context)
        with translation.override(language):
            self.render_mail(template_prefix, email, self._mail_context(email, context, language)).send()

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """As allauth renders it, and saying which language it is in (RFC 3282)."""
        said = {"Content-Language": translation.get_language(), "Auto-Submitted": "auto-generated"}
        message: EmailMessage = super().render_mail(template_prefix, email, context, said | (headers or {}))
        return message

    def get_client_ip(self, request: HttpRequest) -> str:
        """The reader's address. Behind the front's Unix socket only the front's own header tells it."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            return last or "127.0.0.1"

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Whoever proved to be the person of an account closed a short while ago may have it back."""
        found = Closing.objects.filter(person=user.pk, erase_at__gt=timezone.now()).first()
        if found is None:
            return super().respond_user_inactive(request, user)
        token = closing.reopening_token(found)
        return HttpResponseRedirect(addresses.address("reopen", language=_page_language(), token=token))

    def _language_of(self, email: str, context: dict[str, Any]) -> str:
        person = context.get("user")
        known = getattr(person, "language", None) or queries.language_of(email)
        return known if known and is_offered(known) else _page_language()

    def _mail_context(self, email: str, context: dict[str, Any], language: str) -> dict[str, Any]:
        links = {name: _link(value, language) for name, value in context.items() if name.endswith("_url")}
        moment = context.get("timestamp")
        when = {"moment": _with_zone(moment, language)} if moment else {}
        common = {
            "email": email,
            "publication_name": settings.PUBLICATION_NAME,
            "home_url": addresses.absolute(addresses.address("home", language=language)),
        }
        return {**common, **context, **links, **when}


def _link(url: str, language: str) -> str:
    """The same page in the mail's language, on the publication's own host: a request's may be forged."""
    parts = urlsplit(url)
    named = language_of_path(parts.path)
    path = f"/{language}{parts.path[len(named) + 1 :]}" if named else parts.path
    return addresses.absolute(path + (f"?{parts.query}" if parts.query else ""))


def _with_zone(moment: Any, language: str) -> str:
    return f"{formats.date_and_time(moment, language)} ({formats.zone_name(moment, language)})"


def _page_language() -> str:
    active = translation.get_language()
    return active if active and is_offered(active) else default_language()


def _home() -> str:
    return addresses.address("home", language=_page_language())
