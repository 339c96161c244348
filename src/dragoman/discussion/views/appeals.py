"""What was decided about oneself, in one's own language; an appeal, and what another moderator says to it."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dragoman.discussion import actions
from dragoman.discussion.errors import DiscussionError
from dragoman.discussion.forms import AppealForm, GroundForm
from dragoman.discussion.models import Decision
from dragoman.discussion.moderation.about import appeal_case, decisions_about
from dragoman.discussion.views.answers import (
    answer,
    moderators_only,
    refused,
    see_other,
    signed_in,
    status_of,
    view_of,
)
from dragoman.languages import addresses
from dragoman.people.errors import PeopleError
from dragoman.people.models import User


@signed_in
@require_safe
def own_decisions(request: HttpRequest, user: User) -> HttpResponse:
    """Every decision about this person, the newest first."""
    asked = request.GET.get("page", "1")
    page = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    about, has_older = decisions_about(user, view_of(request), timezone.now(), page)
    context = {"decisions": about, "older": page + 1 if has_older else None, "newer": page - 1}
    return answer(request, "own_decisions", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, user: User, decision_id: int) -> HttpResponse:
    """Ask another moderator, once."""
    decision = Decision.objects.select_related("comment__author", "person").filter(pk=decision_id).first()
    if decision is None:
        raise Http404
    view = view_of(request)
    back = addresses.address("own_decisions", language=view.language)
    form = AppealForm(request.POST or None)
    context = {"form": form, "decision": decision, "action": request.path, "back": back}
    try:
        if request.method != "POST":
            actions.refuse_appeal(decision, user, timezone.now())
            return answer(request, "appeal", context)
        if form.is_valid():
            words = form.cleaned_data["words"]
            actions.appeal(decision, author=user, words=words, language=view.language)
            return see_other(request, back)
    except DiscussionError as refusal:
        if refusal.code != "reason_missing":
            return refused(request, refusal, back=back)
        form.add_error("words", str(refusal))
    return answer(request, "appeal", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, user: User, appeal_id: int) -> HttpResponse:
    """Let a decision stand, or take it back."""
    found = appeal_case(appeal_id, view_of(request))
    if found is None:
        raise Http404
    back = addresses.address("moderation", language=view_of(request).language) + "?kind=appeals"
    form = GroundForm(request.POST or None)
    context = {"appealed": found, "form": form, "action": request.path, "back": back}
    if request.method != "POST":
        return answer(request, "decide_appeal", context)
    overturn = request.POST.get("do") == "overturn"
    if not form.is_valid() or request.POST.get("do") not in ("overturn", "uphold"):
        return answer(request, "decide_appeal", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        actions.decide_appeal(found.appeal, moderator=user, overturn=overturn, **form.decided())
    except (DiscussionError, PeopleError) as refusal:
        if refusal.code != "reason_missing":
            return refused(request, refusal, back=back)
        form.add_error("reason", str(refusal))
        return answer(request, "decide_appeal", context, status=status_of(refusal))
    return see_other(request, back)
