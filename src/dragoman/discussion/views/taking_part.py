"""Votes, reports, the language of a comment, and the one small personal request."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dragoman.discussion import actions, queries
from dragoman.discussion.errors import DiscussionError, NotLive, NotPermitted
from dragoman.discussion.forms import LanguageForm, ReportForm
from dragoman.discussion.models import Comment, ReportReason
from dragoman.discussion.permissions import is_own, may_moderate
from dragoman.discussion.views.answers import (
    answer,
    beside,
    comment_address,
    comment_or_404,
    gone,
    is_htmx,
    reader,
    refused,
    see_other,
    sign_in_first,
    signed_in,
    status_of,
    stored,
    view_of,
)
from dragoman.people.models import User

VOTES = {"1": 1, "-1": -1, "0": 0}


@never_cache
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """What the open page leaves out because it is the same for everybody."""
    asked = request.GET.get("thread", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 19
    thread = queries.thread(int(asked)) if is_number else None
    personal = queries.me(request.user, thread)
    if personal["signed_in"]:
        personal["csrf"] = get_token(request)
    return JsonResponse(personal)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Vote; a GET shows how one has voted, and lets one change it."""
    comment = comment_or_404(comment_id)
    if not queries.is_public(comment):
        return beside(gone(request))
    user = reader(request)
    if user is None:
        return sign_in_first(request, comment_address(request, comment))
    if request.method != "POST":
        return answer(request, "vote", _vote_context(request, user, comment))
    return _vote(request, user, comment)


def _vote(request: HttpRequest, user: User, comment: Comment) -> HttpResponse:
    value = VOTES.get(request.POST.get("value", ""))
    if value is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        voted = actions.vote(comment, voter=user, value=value)
    except DiscussionError as refusal:
        return beside(refused(request, refusal, back=comment_address(request, comment)))
    if is_htmx(request):
        comment.score = voted.score
        return answer(request, "vote", _vote_context(request, user, comment))
    return see_other(request, comment_address(request, comment))


def _vote_context(request: HttpRequest, user: User, comment: Comment) -> dict[str, Any]:
    return {
        "comment": comment,
        "vote": queries.vote_of(user, comment),
        "is_own": is_own(user, comment),
        "back": comment_address(request, comment),
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, user: User, comment_id: int) -> HttpResponse:
    """Tell the moderators about a comment."""
    comment = comment_or_404(comment_id)
    if not queries.is_public(comment):
        return gone(request)
    view = view_of(request)
    form = ReportForm(request.POST or None)
    back = comment_address(request, comment)
    context = {"form": form, "action": request.path, "back": back}
    context["comment"] = queries.comment_reading(comment.pk, view)
    if request.method != "POST":
        return answer(request, "report", context)
    if not form.is_valid():
        return answer(request, "report", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        actions.report(
            comment,
            reporter=user,
            reason=ReportReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            language=view.language,
        )
    except DiscussionError as refusal:
        form.add_error(None, str(refusal))
        return answer(request, "report", context, status=status_of(refusal))
    return answer(request, "reported", {"back": back})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest, user: User, comment_id: int) -> HttpResponse:
    """Say what language a comment is in: its author, or a moderator."""
    comment = comment_or_404(comment_id)
    back = comment_address(request, comment)
    if comment.document is None:
        return refused(request, NotLive(), back=back)
    if not is_own(user, comment) and not may_moderate(user):
        return refused(request, NotPermitted(), back=back)
    form = LanguageForm(
        request.POST or None,
        page_language=view_of(request).language,
        current=comment.document.source_language,
    )
    context = {"form": form, "action": request.path, "back": back}
    if request.method != "POST":
        return answer(request, "language", context)
    if not form.is_valid():
        return answer(request, "language", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        actions.correct_language(comment, by=user, language=form.cleaned_data["language"])
    except DiscussionError as refusal:
        return refused(request, refusal, back=back)
    return stored(request, comment, back)
