"""The moderators' pages: what waits, one page per act, and the log."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from dragoman.discussion import actions, queries
from dragoman.discussion.errors import DiscussionError
from dragoman.discussion.forms import ReasonForm, SuspensionForm
from dragoman.discussion.moderation import cases_of, queue
from dragoman.discussion.views.answers import (
    answer,
    comment_or_404,
    moderators_only,
    refused,
    see_other,
    status_of,
    thread_address,
    thread_or_404,
    view_of,
)
from dragoman.languages import addresses
from dragoman.people import queries as people
from dragoman.people.errors import PeopleError
from dragoman.people.models import User


@dataclass(frozen=True, slots=True)
class _Act:
    """A moderator's act: what it is called, and what does it."""

    heading: str | Promise
    button: str | Promise
    perform: Callable[..., object]


ON_COMMENTS = {
    "approve": _Act(_("Show this comment"), _("Show the comment"), actions.approve),
    "hide": _Act(_("Hide this comment"), _("Hide the comment"), actions.hide),
    "restore": _Act(_("Show this comment again"), _("Show the comment"), actions.restore),
    "feature": _Act(_("Feature this comment"), _("Feature the comment"), actions.feature),
    "unfeature": _Act(
        _("Feature this comment no longer"), _("Feature the comment no longer"), actions.unfeature
    ),
    "pin": _Act(_("Pin this comment"), _("Pin the comment"), actions.pin),
    "unpin": _Act(_("Unpin this comment"), _("Unpin the comment"), actions.unpin),
    "dismiss": _Act(_("Leave this comment as it is"), _("Settle the reports"), actions.dismiss),
}
ON_THREADS = {
    "lock": _Act(_("Close this discussion"), _("Close the discussion"), actions.lock),
    "unlock": _Act(_("Open this discussion again"), _("Open the discussion"), actions.unlock),
}
ON_PEOPLE = {
    "suspend": _Act(_("Suspend this account"), _("Suspend the account"), actions.suspend_account),
    "reinstate": _Act(_("Lift the suspension"), _("Lift the suspension"), actions.reinstate_account),
}


@moderators_only
@require_safe
def waiting(request: HttpRequest, user: User) -> HttpResponse:
    """Held, reported and hidden comments, in the original and in the moderator's language."""
    del user
    return answer(request, "moderation", {"queue": queue(view_of(request))})


@moderators_only
@require_safe
def log(request: HttpRequest, user: User) -> HttpResponse:
    """Every decision, the newest first."""
    del user
    asked = request.GET.get("page", "1")
    page = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    decisions, has_older = queries.decisions(page)
    older = page + 1 if has_older else None
    return answer(request, "decisions", {"decisions": decisions, "older": older, "newer": page - 1})


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def on_comment(request: HttpRequest, user: User, comment_id: int, act: str) -> HttpResponse:
    """Decide on a comment."""
    comment = comment_or_404(comment_id)
    back = addresses.address("moderation", language=view_of(request).language)
    context = {"case": cases_of([comment], view_of(request))[0]}
    return _decide(
        request, user, _act(ON_COMMENTS, act), comment, ReasonForm(request.POST or None), back, context
    )


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def on_thread(request: HttpRequest, user: User, thread_id: int, act: str) -> HttpResponse:
    """Close or open a discussion."""
    thread = thread_or_404(thread_id)
    back = thread_address(request, thread)
    return _decide(request, user, _act(ON_THREADS, act), thread, ReasonForm(request.POST or None), back, {})


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def on_person(request: HttpRequest, user: User, person_id: int, act: str) -> HttpResponse:
    """Suspend or reinstate an account."""
    person = people.person(person_id)
    if person is None:
        raise Http404
    chosen = _act(ON_PEOPLE, act)
    form = (SuspensionForm if act == "suspend" else ReasonForm)(request.POST or None)
    back = addresses.address("profile", language=view_of(request).language, person=person.pk)
    return _decide(request, user, chosen, person, form, back, {"person": person})


def _act(acts: dict[str, _Act], name: str) -> _Act:
    if name not in acts:
        raise Http404
    return acts[name]


def _decide(
    request: HttpRequest,
    user: User,
    act: _Act,
    subject: Any,
    form: ReasonForm,
    back: str,
    context: dict[str, Any],
) -> HttpResponse:
    page = context | {"form": form, "act": act, "action": request.path, "back": back}
    if request.method != "POST":
        return answer(request, "decide", page)
    if not form.is_valid():
        return answer(request, "decide", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    until = {"until": form.until()} if isinstance(form, SuspensionForm) else {}
    try:
        act.perform(subject, moderator=user, reason=form.cleaned_data["reason"], **until)
    except (DiscussionError, PeopleError) as refusal:
        if refusal.code != "reason_missing":
            return refused(request, refusal, back=back)
        form.add_error("reason", str(refusal))
        return answer(request, "decide", page, status=status_of(refusal))
    return see_other(request, back)
