"""A draft as others will read it: a pane of the open form, or a page of its own that refreshes itself."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dragoman.discussion.models import Preview
from dragoman.discussion.previewing import preview_of, preview_reading
from dragoman.discussion.views.answers import home, is_htmx, signed_in, view_of
from dragoman.languages import addresses
from dragoman.people.models import User


@signed_in
@require_safe
def show(request: HttpRequest, user: User, key: UUID) -> HttpResponse:
    """For its author only."""
    found = preview_of(user, key)
    if found is None:
        return _expired(request)
    return pane(request, found) if is_htmx(request) else _page(request, found)


def pane(request: HttpRequest, preview: Preview) -> HttpResponse:
    """What stands under the open form; it asks again until it is there."""
    return render(request, "discussion/preview_part.html", {"preview": _reading(request, preview)})


def refused_pane(request: HttpRequest, sentence: str) -> HttpResponse:
    """Why there is nothing to see; htmx swaps nothing but successes."""
    return render(request, "discussion/preview_part.html", {"refusal": sentence})


def _page(request: HttpRequest, preview: Preview) -> HttpResponse:
    language = view_of(request).language
    if preview.parent is not None:
        writing = addresses.address("reply", language=language, comment=preview.parent.pk)
    else:
        writing = addresses.address("write", language=language, thread=preview.thread_id)
    context = {
        "preview": _reading(request, preview),
        "action": writing,
        "back": f"{writing}?preview={preview.key}",
    }
    return render(request, "discussion/preview.html", context)


def _expired(request: HttpRequest) -> HttpResponse:
    sentence = gettext("This preview is no longer there. Please ask for it again.")
    if is_htmx(request):
        return refused_pane(request, sentence)
    context = {"sentence": sentence, "back": home(request)}
    return render(request, "discussion/refused.html", context, status=HTTPStatus.GONE)


def _reading(request: HttpRequest, preview: Preview) -> object:
    return preview_reading(preview, view_of(request))
