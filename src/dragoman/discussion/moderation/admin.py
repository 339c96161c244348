"""The rules of the house and the lists of words in the newsroom's admin."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dragoman.discussion import actions
from dragoman.discussion.errors import NoSuchChange
from dragoman.discussion.models import ListedWord, WordKind
from dragoman.discussion.moderation.listing import read, written
from dragoman.discussion.moderation.models import HouseRules
from dragoman.discussion.moderation.rules import HOUSE, NAMES, Rules, as_configured
from dragoman.discussion.moderation.words import LONGEST, hits
from dragoman.discussion.permissions import may_set_house_rules
from dragoman.languages.registry import codes
from dragoman.people.models import User
from dragoman.text.markdown import blocks_from_markdown

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
LARGEST = 2_000_000
"""Characters of a list that is brought along."""
_NUMBERS = {
    "hold_first_comments": gettext_lazy("So many of a person’s first comments wait"),
    "reports_to_hold": gettext_lazy("So many readers’ reports hold a comment"),
    "comments_per_minute": gettext_lazy("Comments of one person per minute"),
    "comments_per_hour": gettext_lazy("Comments of one person per hour"),
    "duplicate_hours": gettext_lazy("Hours in which nobody says the same again"),
    "newcomer_comments": gettext_lazy("Whoever has fewer comments that stand is a newcomer"),
    "newcomer_comments_per_hour": gettext_lazy("Comments of a newcomer per hour"),
    "newcomer_links": gettext_lazy("Links in a newcomer’s comment"),
    "links": gettext_lazy("Links in a comment"),
    "slow_seconds": gettext_lazy("Seconds between two comments of one person in a discussion"),
    "close_days": gettext_lazy("A discussion closes after so many days"),
    "appeal_days": gettext_lazy("Days in which one may appeal against a decision"),
}
_CHOICES = {
    "premoderate": gettext_lazy("Every comment waits for a moderator"),
    "hold_until_classified": gettext_lazy("Every comment waits for the classifier"),
}
_LARGEST = {"close_days": 32_767, "duplicate_hours": 8760, "slow_seconds": 86_400}


def rulers_only(view: View[P]) -> View[P]:
    """Refuse whoever may not change the rules of the house."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, User) or not may_set_house_rules(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _ruler(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


class HouseRulesForm(forms.Form):
    """Each rule; empty is as configured, which is said beside it."""

    def __init__(self, *args: Any, row: HouseRules | None, configured: Rules, **options: Any) -> None:
        standing = {name: getattr(row, name) if row is not None else None for name in NAMES}
        yes_or_no = {True: "yes", False: "no", None: ""}
        initial = standing | {name: yes_or_no[standing[name]] for name in _CHOICES}
        hosts = standing["blocked_hosts"]
        super().__init__(*args, **options | {"initial": initial | {"blocked_hosts": "\n".join(hosts or ())}})
        for name, label in _CHOICES.items():
            self.fields[name] = _choice(label, getattr(configured, name))
        for name, label in _NUMBERS.items():
            self.fields[name] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=_LARGEST.get(name, 30_000),
                help_text=_("As configured: %(value)s") % {"value": getattr(configured, name)},
            )
        self.fields["blocked_hosts"] = forms.CharField(
            label=gettext_lazy("Hosts nobody may link to, one a line"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
        )

    def changes(self) -> dict[str, Any]:
        """What `actions.set_house_rules` takes."""
        hosts = self.cleaned_data["blocked_hosts"].split()
        return self.cleaned_data | {"blocked_hosts": hosts or None}


def _choice(label: Any, configured: bool) -> forms.TypedChoiceField:
    as_told = _("As configured: %(value)s") % {"value": _("yes") if configured else _("no")}
    return forms.TypedChoiceField(
        label=label,
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        choices=[("", as_told), ("yes", _("yes")), ("no", _("no"))],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@rulers_only
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of the house."""
    row = HouseRules.objects.filter(pk=HOUSE).first()
    form = HouseRulesForm(request.POST or None, row=row, configured=as_configured())
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_house_rules(form.changes(), by=_ruler(request))
            messages.success(request, _("The rules of the discussion were saved."))
        except NoSuchChange:
            messages.info(request, _("Nothing was changed."))
        return redirect("discussion_rules")
    status = 422 if form.errors else 200
    return TemplateResponse(request, "discussion/admin/rules.html", {"form": form}, status=status)


class WordsForm(forms.Form):
    """Entries to be put on a list."""

    language = forms.CharField(required=False, max_length=12)
    kind = forms.ChoiceField(choices=WordKind.choices)
    words = forms.CharField(required=False, max_length=LARGEST, strip=False)
    file = forms.FileField(required=False)

    def text(self) -> str:
        """What was typed, and what the file holds. Raises UnicodeDecodeError."""
        file = self.cleaned_data["file"]
        brought = file.read(LARGEST).decode("utf-8") if file else ""
        return "\n".join(part for part in (self.cleaned_data["words"], brought) if part.strip())


@require_http_methods(["GET", "HEAD", "POST"])
@rulers_only
def words(request: HttpRequest) -> HttpResponse:
    """The lists, and new entries."""
    if request.method == "POST":
        return _add(request)
    return _words(request, {})


def _words(request: HttpRequest, more: Mapping[str, Any], status: int = 200) -> HttpResponse:
    rows = ListedWord.objects.all()
    language = request.GET.get("language", "")
    if language:
        rows = rows.filter(language="" if language == "*" else language)
    context = {
        "words": rows[:2000],
        "count": rows.count(),
        "languages": codes(),
        "language": language,
        "kinds": WordKind.choices,
        "longest": LONGEST,
    }
    return TemplateResponse(request, "discussion/admin/words.html", context | dict(more), status=status)


def _add(request: HttpRequest) -> HttpResponse:
    form = WordsForm(request.POST, request.FILES)
    try:
        text = form.text() if form.is_valid() else ""
    except UnicodeDecodeError:
        messages.error(request, _("The file is not written in UTF-8. Nothing was changed."))
        return redirect("discussion_words")
    if not text.strip():
        messages.error(request, _("There is no entry in it. Nothing was changed."))
        return redirect("discussion_words")
    entries, faulty = read(text, form.cleaned_data["language"], WordKind(form.cleaned_data["kind"]))
    added = actions.add_words(entries, by=_ruler(request))
    sentence = ngettext("%(number)d entry is new.", "%(number)d entries are new.", added)
    messages.success(request, sentence % {"number": added})
    if faulty:
        told = _("Lines that are no entries: %(lines)s")
        messages.warning(request, told % {"lines": ", ".join(map(str, faulty[:20]))})
    return redirect("discussion_words")


@require_POST
@rulers_only
def remove_words(request: HttpRequest) -> HttpResponse:
    """Take the ticked entries off the lists."""
    ticked = [
        int(pk) for pk in request.POST.getlist("word") if pk.isascii() and pk.isdigit() and len(pk) < 19
    ]
    removed = actions.remove_words(ticked, by=_ruler(request))
    sentence = ngettext("%(number)d entry was removed.", "%(number)d entries were removed.", removed)
    messages.success(request, sentence % {"number": removed})
    return redirect("discussion_words")


@require_POST
@rulers_only
def try_words(request: HttpRequest) -> HttpResponse:
    """What the lists find in a text. Nothing is kept."""
    text, language = request.POST.get("text", "")[:10_000], request.POST.get("language", "")
    found = hits(blocks_from_markdown(text), language)
    return _words(request, {"tried": text, "tried_language": language, "hits": found, "was_tried": True})


@require_safe
@rulers_only
def take_words(request: HttpRequest) -> HttpResponse:
    """The lists as a file."""
    del request
    response = HttpResponse(
        "".join(written(ListedWord.objects.all())), content_type="text/plain; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="words.tsv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
