"""Readers report a translation: a page with a form, without script."""

from collections.abc import Sequence

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.translation.desk.actions import report_translation
from dragoman.translation.errors import MayNotReport, ReportedTooOften, TranslationRefused
from dragoman.translation.models import Document
from dragoman.translation.models.report import NOTE_LONGEST
from dragoman.translation.queries import fields_in_order, key_at, readings
from dragoman.translation.readings import Reading

LABEL_LONGEST = 110
_STATUS = {MayNotReport: 403, ReportedTooOften: 429}


class ReportForm(forms.Form):
    """Which sentence, and what is wrong with it."""

    sentence = forms.ChoiceField(label=_("Which sentence?"), required=False)
    note = forms.CharField(
        label=_("What is wrong? You can also say it better."),
        max_length=NOTE_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *args: object, reading: Reading, order: Sequence[str]) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        choices: list[tuple[str, object]] = [("", _("The whole text")), *sentences(reading, order)]
        self.fields["sentence"].choices = choices  # type: ignore[attr-defined]


def sentences(reading: Reading, order: Sequence[str]) -> list[tuple[str, str]]:
    """The sentences that are read in translation, by their places ("body.3.0"), field by field in this order."""
    return [
        (f"{name}.{number}.{index}", _shortened(read.block.text[start:end]))
        for name in order
        for number, read in enumerate(reading.fields.get(name, ()))
        if read.language == reading.language
        for index, (start, end) in enumerate(read.block.sentences)
        if end > start
    ]


def _shortened(text: str) -> str:
    return text if len(text) <= LABEL_LONGEST else text[: LABEL_LONGEST - 1].rstrip() + "…"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, document_id: int) -> HttpResponse:
    """Tell the desk about a translation, as the one who reads it."""
    view: View = request.view  # type: ignore[attr-defined]
    if not isinstance(request.user, User):
        place = addresses.address("sign_in", language=view.language, next=request.get_full_path())
        return HttpResponse(status=303, headers={"Location": place})
    document = get_object_or_404(Document, pk=document_id, visible=True)
    reading = readings([document.pk], View(view.language))[document.pk]
    back = _read_at(document, view.language)
    if not reading.is_translated or not back:
        raise Http404
    form = ReportForm(request.POST or None, reading=reading, order=fields_in_order(document))
    context = {"form": form, "back": back, "reading": reading}
    if request.method != "POST":
        return render(request, "translation/report.html", context)
    if not form.is_valid():
        return render(request, "translation/report.html", context, status=422)
    try:
        report_translation(
            document,
            language=view.language,
            reporter=request.user,
            key=key_at(document, form.cleaned_data["sentence"]),
            note=form.cleaned_data["note"],
        )
    except TranslationRefused as refusal:
        form.add_error(None, refusal.sentence)
        return render(request, "translation/report.html", context, status=_STATUS.get(type(refusal), 422))
    return render(request, "translation/reported.html", context)


def _read_at(document: Document, language: str) -> str:
    """Where it is read; "" where nobody reads it, such as a comment under a story that was withdrawn."""
    try:
        return addresses.address(f"document:{document.kind}", language=language, document=document.pk)
    except LookupError:
        return ""
