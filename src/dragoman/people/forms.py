"""Forms of accounts. allauth's own forms ask for e-mail address and password."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dragoman.languages.registry import publication_languages
from dragoman.people import queries
from dragoman.people.errors import UnfitName
from dragoman.people.models import DISPLAY_NAME_LONGEST, User
from dragoman.people.names import checked_name


class DisplayNameField(forms.CharField):
    """A name fit to stand beside comments."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Display name"))
        options.setdefault("help_text", _("Shown beside what you write. It is never translated."))
        options.setdefault("max_length", DISPLAY_NAME_LONGEST)
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}))
        super().__init__(strip=True, **options)


class _NamedForm(forms.Form):
    """Refuses unfit names beside the field."""

    display_name = DisplayNameField()
    person: User | None = None

    def clean_display_name(self) -> str:
        """The name as it will be stored."""
        person = self.person
        staff = (
            ()
            if person and person.is_staff
            else queries.staff_names(apart_from=person.pk if person else None)
        )
        try:
            return checked_name(self.cleaned_data["display_name"], staff)
        except UnfitName as fault:
            raise ValidationError(str(fault), code=fault.code) from fault


class SignupForm(_NamedForm):
    """What sign-up asks besides allauth's fields; the adapter stores it with the account."""

    field_order = ("email", "display_name", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this after the account is stored, when nothing is left to do."""


def language_choices() -> list[tuple[str, str]]:
    """The publication's languages, each named in itself."""
    return [(language.code, language.native_name) for language in publication_languages()]


class SettingsForm(_NamedForm):
    """One's own display name and language of mails."""

    language = forms.ChoiceField(label=_("Language of e-mails"), choices=language_choices)

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        self.person = person
        initial = {"display_name": person.display_name, "language": person.language}
        super().__init__(*args, **options | {"initial": initial})
