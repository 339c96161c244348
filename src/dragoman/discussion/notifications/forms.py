"""What one wishes to be told."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from dragoman.discussion.notifications.models import Kind, Pace, Preferences
from dragoman.discussion.notifications.wishes import zone_of

_TECHNICAL = ("Etc/", "SystemV/", "US/", "posix", "right/")


def zone_choices() -> list[tuple[str, str]]:
    """The places of the IANA database ("Europe/Lisbon"), after the publication's own zone."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith(_TECHNICAL))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class PreferencesForm(forms.Form):
    """A choice for each kind, and the time of the daily e-mail."""

    digest_at = forms.TimeField(
        label=Preferences._meta.get_field("digest_at").verbose_name,
        help_text=_("It comes only when there is something new."),
        widget=forms.TimeInput(attrs={"type": "time", "step": 60}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
    )
    time_zone = forms.ChoiceField(
        label=Preferences._meta.get_field("time_zone").verbose_name, choices=zone_choices
    )
    follows_own = forms.BooleanField(
        label=Preferences._meta.get_field("follows_own").verbose_name, required=False
    )

    def __init__(self, *args: Any, preferences: Preferences, **options: Any) -> None:
        initial: dict[str, Any] = {kind.value: preferences.pace_of(kind) for kind in Kind}
        initial |= {"digest_at": preferences.digest_at, "follows_own": preferences.follows_own}
        super().__init__(*args, **options | {"initial": initial | {"time_zone": zone_of(preferences).key}})
        for kind in Kind:
            self.fields[kind.value] = forms.ChoiceField(label=kind.label, choices=Pace.choices)
        self.order_fields([*Kind.values, "digest_at", "time_zone", "follows_own"])

    def paces(self) -> dict[str, str]:
        """What was chosen for each kind."""
        return {kind: self.cleaned_data[kind] for kind in Kind.values}
