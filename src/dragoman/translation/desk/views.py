"""Pages of the desk. Everything works from the keyboard and without script: links, tables and forms."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dragoman.languages.registry import codes
from dragoman.people.models import User
from dragoman.translation import actions
from dragoman.translation.desk import queries
from dragoman.translation.errors import Superseded, TranslationRefused
from dragoman.translation.models import Edition, Segment
from dragoman.translation.queries import segments_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def reviewers_only(view: View[P]) -> View[P]:
    """Refuse whoever may not review editions."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.has_perm(actions.REVIEW):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def reviewer_of(request: HttpRequest) -> User:
    """The person at the desk."""
    assert isinstance(request.user, User)
    return request.user


@require_safe
@reviewers_only
def board(request: HttpRequest) -> HttpResponse:
    """Documents × languages."""
    wanted = queries.Wanted(
        kind=request.GET.get("kind", ""),
        concern=request.GET.get("concern", ""),
        words=request.GET.get("words", "").strip()[:200],
    )
    page = queries.documents(wanted, _number(request.GET.get("page", "1")))
    context = {
        "wanted": wanted,
        "kinds": queries.kinds(),
        "concerns": list(queries.CONCERNS),
        "languages": codes(),
        "page": page,
        "rows": queries.rows(page.object_list),
    }
    return TemplateResponse(request, "translation/desk/board.html", context)


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 1


@require_safe
@reviewers_only
def edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """An edition beside its source, sentence by sentence."""
    found = _edition(edition_id)
    context = _about(found) | {"segments": segments_of(found), "counts": queries.counts_of(found)}
    return TemplateResponse(request, "translation/desk/edition.html", context)


@require_safe
@reviewers_only
def segment(request: HttpRequest, edition_id: int, segment_id: int) -> HttpResponse:
    """One sentence, to be corrected."""
    return _segment_page(request, _edition(edition_id), segment_id)


@require_POST
@reviewers_only
def correct(request: HttpRequest, edition_id: int, segment_id: int) -> HttpResponse:
    """A person's words for one sentence; "everywhere" also for its twins."""
    found = _edition(edition_id)
    text = request.POST.get("text", "")
    try:
        count = actions.correct_target(
            edition=found,
            segment=get_object_or_404(Segment, pk=segment_id),
            text=text,
            reviewer=reviewer_of(request),
            everywhere=request.POST.get("everywhere") == "on",
        )
    except Superseded as refusal:
        messages.error(request, refusal.sentence)
        return redirect("desk_edition", found.pk)
    except TranslationRefused as refusal:
        return _segment_page(request, found, segment_id, typed=text, refusal=refusal)
    messages.success(request, _corrected(count))
    return _after(request, found, segment_id)


def _corrected(count: int) -> str:
    sentence = ngettext("%(count)d sentence corrected.", "%(count)d sentences corrected.", count)
    return sentence % {"count": count}


def _after(request: HttpRequest, found: Edition, segment_id: int) -> HttpResponseRedirect:
    """The next sentence where that was asked for, else back to the edition at this one."""
    place = queries.neighbours(found, segment_id)
    if "next" in request.POST and place and place.following:
        return redirect("desk_segment", found.pk, place.following.segment.pk)
    return HttpResponseRedirect(reverse("desk_edition", args=[found.pk]) + f"#segment-{segment_id}")


@require_POST
@reviewers_only
def ask_again(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Throw away what machines made of the edition and have it made anew."""
    found = _edition(edition_id)
    try:
        actions.ask_again(found, reviewer=reviewer_of(request))
    except TranslationRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Asked again. What people wrote stays as it is."))
    return redirect("desk_edition", edition_id)


def _edition(pk: int) -> Edition:
    found = queries.edition_on_board(pk)
    if found is None:
        raise Http404
    return found


def _about(found: Edition) -> dict[str, object]:
    return {
        "edition": found,
        "document": found.document,
        "label": queries.label_of(found.document),
        "address": queries.address_of(found.document),
    }


def _segment_page(
    request: HttpRequest,
    found: Edition,
    segment_id: int,
    *,
    typed: str | None = None,
    refusal: TranslationRefused | None = None,
) -> HttpResponse:
    place = queries.neighbours(found, segment_id)
    if place is None:
        raise Http404
    target = place.current.target
    text = typed if typed is not None else target.text if target else ""
    context = _about(found) | {
        "place": place,
        "text": text,
        "refusal": refusal.sentence if refusal else "",
        "others": len(queries.other_places(found, place.current.segment)),
    }
    return TemplateResponse(request, "translation/desk/segment.html", context, status=422 if refusal else 200)
