"""Forms of the discussion. What actions refuse is shown beside the field; nothing typed is lost."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dragoman.discussion.actions.deciding import REASON_LONGEST
from dragoman.discussion.actions.posting import LONGEST
from dragoman.discussion.actions.reporting import NOTE_LONGEST
from dragoman.discussion.models import ReportReason
from dragoman.discussion.tongues import language_choices
from dragoman.languages.registry import language_name, publication_languages


def _text_area(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", **attrs})


class WordsForm(forms.Form):
    """The text of a comment. Its length is judged by the action, so that what is too long comes back whole."""

    source = forms.CharField(
        label=_("Your comment"),
        strip=False,
        help_text=_("You can use **bold**, *italic*, lists, links and emoticons such as :smile:"),
        widget=_text_area(8, **{"data-longest": str(LONGEST), "data-counter": ""}),
    )


class CommentForm(WordsForm):
    """A new comment: its text, its language, and the form's own number, so that it posts once."""

    language = forms.ChoiceField(label=_("Language of your comment"))
    submission = forms.UUIDField(widget=forms.HiddenInput)
    preview_in = forms.ChoiceField(label=_("How others will read you"), required=False)

    def __init__(self, *args: Any, page_language: str, **options: Any) -> None:
        initial = {"language": page_language, "submission": uuid.uuid4()} | (
            options.pop("initial", None) or {}
        )
        super().__init__(*args, **options | {"initial": initial})
        self.fields["language"].choices = language_choices(page_language)  # type: ignore[attr-defined]
        others = [each for each in publication_languages() if each.code != page_language]
        self.fields["preview_in"].choices = [  # type: ignore[attr-defined]
            (each.code, language_name(each.code, page_language)) for each in others
        ]

    def asked(self) -> list[forms.BoundField]:
        """The fields above the buttons; the preview has its own line."""
        return [field for field in self.visible_fields() if field.name != "preview_in"]


class LanguageForm(forms.Form):
    """What language a comment is in."""

    language = forms.ChoiceField(label=_("Language of the comment"))

    def __init__(self, *args: Any, page_language: str, current: str, **options: Any) -> None:
        super().__init__(*args, **options | {"initial": {"language": current}})
        self.fields["language"].choices = language_choices(page_language)  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """Why a comment should be looked at."""

    reason = forms.ChoiceField(
        label=_("What is wrong with this comment?"), choices=ReportReason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Anything the moderators should know"),
        required=False,
        max_length=NOTE_LONGEST,
        widget=_text_area(3),
    )


class ReasonForm(forms.Form):
    """Why a moderator decides so. Some decisions need a reason; the action says which."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=REASON_LONGEST, widget=_text_area(3)
    )


class SuspensionForm(ReasonForm):
    """For how long a person may only read."""

    days = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        choices=[
            (1, _("one day")),
            (7, _("one week")),
            (30, _("thirty days")),
            (0, pgettext_lazy("of a suspension", "without an end")),
        ],
    )

    def until(self) -> Any:
        """The end of the suspension; None for none."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None
