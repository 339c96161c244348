"""Forms of the discussion. What actions refuse is shown beside the field; nothing typed is lost."""

import json
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dragoman.discussion.actions.appealing import WORDS_LONGEST
from dragoman.discussion.actions.authors import NOTE_LONGEST as NOTE_ON_PERSON_LONGEST
from dragoman.discussion.actions.deciding import REASON_LONGEST
from dragoman.discussion.actions.posting import LONGEST
from dragoman.discussion.actions.reporting import NOTE_LONGEST
from dragoman.discussion.models import Ground, ReportReason
from dragoman.discussion.tongues import is_known, language_choices
from dragoman.discussion.wording import writing_words
from dragoman.languages.registry import language_name, publication_languages


def _text_area(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", **attrs})


class WordsForm(forms.Form):
    """The text of a comment. Its length is judged by the action, so that what is too long comes back whole."""

    source = forms.CharField(
        label=_("Your comment"),
        strip=False,
        help_text=_("You can use **bold**, *italic*, ||hidden||, lists, links and emoticons such as :smile:"),
        widget=_text_area(8, **{"data-longest": str(LONGEST), "data-counter": ""}),
    )

    @property
    def words(self) -> str:
        """What script says beside it, as JSON."""
        return json.dumps(writing_words(), ensure_ascii=False)


class LanguageField(forms.ChoiceField):
    """Any of some hundred languages. Names for the menu are looked up when one is drawn, not to take an answer."""

    def valid_value(self, value: Any) -> bool:
        """Whether a text may be said to be in it."""
        return is_known(str(value))

    def offer(self, page_language: str) -> None:
        """The menu, for a page in this language."""
        self.choices = partial(language_choices, page_language)


class CommentForm(WordsForm):
    """A new comment: its text, its language, and the form's own number, so that it posts once."""

    language = LanguageField(label=_("Language of your comment"))
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)  # without, it may post twice
    preview_in = forms.ChoiceField(label=_("How others will read you"), required=False)

    def __init__(self, *args: Any, page_language: str, **options: Any) -> None:
        initial = {"language": page_language, "submission": uuid.uuid4()} | (
            options.pop("initial", None) or {}
        )
        super().__init__(*args, **options | {"initial": initial})
        self.fields["language"].offer(page_language)  # type: ignore[attr-defined]
        self.fields["preview_in"].choices = partial(_others, page_language)  # type: ignore[attr-defined]

    def asked(self) -> list[forms.BoundField]:
        """The fields above the buttons; the preview has its own line."""
        return [field for field in self.visible_fields() if field.name != "preview_in"]


def _others(page_language: str) -> list[tuple[str, str]]:
    """In which languages a comment will be read besides the page's."""
    others = (each.code for each in publication_languages() if each.code != page_language)
    return [(code, language_name(code, page_language)) for code in others]


class LanguageForm(forms.Form):
    """What language a comment is in."""

    language = LanguageField(label=_("Language of the comment"))

    def __init__(self, *args: Any, page_language: str, current: str, **options: Any) -> None:
        super().__init__(*args, **options | {"initial": {"language": current}})
        self.fields["language"].offer(page_language)  # type: ignore[attr-defined]


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
    """Why a moderator decides so."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=REASON_LONGEST, widget=_text_area(3)
    )

    def decided(self) -> dict[str, Any]:
        """What the action is to know."""
        return dict(self.cleaned_data)


class ApprovalForm(ReasonForm):
    """Words are approved that were read: those of this revision."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


class GroundForm(ReasonForm):
    """Which rule of the house was broken, which the author reads in their language, and words of the moderator's."""

    ground = forms.ChoiceField(
        label=_("What is wrong with it"),
        required=False,
        choices=[("", "—"), *Ground.choices],
    )

    field_order = ["ground", "reason"]


class BanForm(GroundForm):
    """Whether everything is to go that the person wrote."""

    hide_comments = forms.BooleanField(
        label=_("Hide everything this account has written"),
        required=False,
        help_text=_("Reinstating the account shows exactly these comments again."),
    )

    field_order = ["ground", "reason", "hide_comments"]


class SuspensionForm(GroundForm):
    """For how long a person may only read."""

    days = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        choices=[(1, _("one day")), (7, _("one week")), (30, _("thirty days")), (365, _("one year"))],
    )

    field_order = ["ground", "reason", "days"]

    def decided(self) -> dict[str, Any]:
        """The end of the suspension in place of its length."""
        told = super().decided()
        return told | {"until": timezone.now() + timedelta(days=told.pop("days"))}


class AppealForm(forms.Form):
    """Why a decision was wrong."""

    words = forms.CharField(
        label=_("Why should another moderator look at it?"),
        max_length=WORDS_LONGEST,
        required=False,
        widget=_text_area(6),
    )


class ThreadRulesForm(forms.Form):
    """Rules of one discussion; empty is as everywhere."""

    slow_seconds = forms.IntegerField(
        label=_("Seconds between two comments of one person"),
        required=False,
        min_value=0,
        max_value=86_400,
        help_text=_("0: no limit. Empty: as everywhere."),
    )
    close_days = forms.IntegerField(
        label=_("Closes after so many days"),
        required=False,
        min_value=0,
        max_value=36_500,
        help_text=_("0: never. Empty: as everywhere."),
    )
    premoderate = forms.TypedChoiceField(
        label=_("Comments wait for a moderator"),
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        choices=[("", _("as everywhere")), ("yes", _("yes")), ("no", _("no"))],
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=REASON_LONGEST, widget=_text_area(2)
    )


class NoteForm(forms.Form):
    """What other moderators should know about a person."""

    text = forms.CharField(label=_("Note"), max_length=NOTE_ON_PERSON_LONGEST, widget=_text_area(3))
