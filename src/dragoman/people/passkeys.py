"""Passkeys: a way to sign in beside password and code, not a second lock. allauth does the ceremony (WebAuthn)."""

import json
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dragoman.languages import formats
from dragoman.languages.registry import default_language
from dragoman.people.models import User

NAME_LONGEST = 60
PASSKEYS_AT_MOST = 20


class PasskeyAdapter(DefaultMFAAdapter):
    """What allauth asks of us where passkeys are concerned."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This passkey was not accepted. Please try again."),
        "unverified_email": _("Please confirm your e-mail address first."),
    }

    def is_mfa_enabled(self, user: User, types: Any = None) -> bool:
        """Who has a passkey may still sign in by code or password: a lost device locks nobody out."""
        del user, types
        return False

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The publication by its name; the host is the one the page was asked at, one of `ALLOWED_HOSTS`."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.PUBLICATION_NAME}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """ "Passkey 2", until its owner says which device it is."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey {number}").format(number=formats.number(number, default_language()))


class AddPasskeyForm(AddWebAuthnForm):
    """A name; the rest comes from the device."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("So that you know it again: the device it lies on."),
        required=False,
        max_length=NAME_LONGEST,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    passwordless = None

    def clean(self) -> dict[str, Any]:
        """Without the owner's check (finger, face, PIN) it would be no way in. Raises ValidationError."""
        cleaned: dict[str, Any] = super().clean()
        if Authenticator.objects.filter(user=self.user).count() >= PASSKEYS_AT_MOST:
            raise forms.ValidationError(_("You have as many passkeys as is possible."), code="too_many")
        return cleaned


class AddPasskey(AddWebAuthnView):
    """Make a passkey on this device."""

    form_class = AddPasskeyForm
    template_name = "people/passkey_add.html"

    def get_form_class(self) -> type[forms.Form]:
        """Ours, whatever allauth's settings name."""
        return AddPasskeyForm

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """`options` for the browser: the key must be discoverable, so that nobody types an address to sign in."""
        found = super().get_context_data(**context)
        options = auth.begin_registration(self.request.user, passwordless=True)
        found["options"] = json.dumps(options, cls=DjangoJSONEncoder)
        return found

    def get_success_url(self) -> str:
        """To the list."""
        return reverse("mfa_list_webauthn")
