"""An edition for a professional translator, out and in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from dragoman.translation import actions
from dragoman.translation.desk.bringing import bring_xliff
from dragoman.translation.desk.guarding import only_with
from dragoman.translation.desk.views import edition_or_404, edition_page, reviewer_of
from dragoman.translation.errors import TranslationRefused
from dragoman.translation.exchange.xliff import LARGEST, write_xliff


@require_safe
@only_with(actions.REVIEW)
def take(request: HttpRequest, edition_id: int) -> HttpResponse:
    """The edition as XLIFF 2.1."""
    found = edition_or_404(edition_id)
    try:
        text = write_xliff(found)
    except TranslationRefused as refusal:
        return edition_page(request, found, refusal=refusal.sentence)
    response = HttpResponse(text, content_type="application/xliff+xml; charset=utf-8")
    name = f"{found.document_id}-{found.document.source_language}-{found.language}.xlf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@only_with(actions.REVIEW)
def bring(request: HttpRequest, edition_id: int) -> HttpResponse:
    """A translator's file comes back."""
    found = edition_or_404(edition_id)
    file = request.FILES.get("file")
    content = file.read(LARGEST + 1) if file is not None else b""
    try:
        brought = bring_xliff(content, reviewer=reviewer_of(request), only=found)
    except TranslationRefused as refusal:
        return edition_page(request, found, refusal=refusal.sentence)
    return edition_page(request, edition_or_404(edition_id), brought=brought)
