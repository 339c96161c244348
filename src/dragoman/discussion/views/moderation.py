"""The moderators' pages: what waits, one page per act, several at once, and the log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dragoman.discussion import actions, queries
from dragoman.discussion.errors import DiscussionError
from dragoman.discussion.forms import (
    ApprovalForm,
    BanForm,
    GroundForm,
    ReasonForm,
    SuspensionForm,
    ThreadRulesForm,
)
from dragoman.discussion.models import Act, Comment, Ground
from dragoman.discussion.moderation.about import open_appeals
from dragoman.discussion.moderation.cases import cases_of
from dragoman.discussion.moderation.queue import Kind, chosen, page
from dragoman.discussion.views.answers import (
    answer,
    comment_or_404,
    moderators_only,
    refused,
    see_other,
    status_of,
    stored,
    thread_address,
    thread_or_404,
    view_of,
)
from dragoman.languages import addresses
from dragoman.languages.formats import number
from dragoman.people import queries as people
from dragoman.people.errors import PeopleError
from dragoman.people.models import User


@dataclass(frozen=True, slots=True)
class _Act:
    """A moderator's act: what it is called, what does it, and what it asks."""

    heading: str | Promise
    button: str | Promise
    perform: Callable[..., object]
    form: type[ReasonForm] = ReasonForm


ON_COMMENTS = {
    "approve": _Act(_("Show this comment"), _("Show the comment"), actions.approve, ApprovalForm),
    "hide": _Act(_("Hide this comment"), _("Hide the comment"), actions.hide, GroundForm),
    "restore": _Act(_("Show this comment again"), _("Show the comment"), actions.restore),
    "remove": _Act(_("Delete this comment for good"), _("Delete the comment"), actions.remove, GroundForm),
    "feature": _Act(_("Feature this comment"), _("Feature the comment"), actions.feature),
    "unfeature": _Act(
        _("Feature this comment no longer"), _("Feature the comment no longer"), actions.unfeature
    ),
    "pin": _Act(_("Pin this comment"), _("Pin the comment"), actions.pin),
    "unpin": _Act(_("Unpin this comment"), _("Unpin the comment"), actions.unpin),
    "dismiss": _Act(_("Leave this comment as it is"), _("Settle the reports"), actions.dismiss),
}
ON_THREADS = {
    "lock": _Act(_("Close this discussion"), _("Close the discussion"), actions.lock, GroundForm),
    "unlock": _Act(_("Open this discussion again"), _("Open the discussion"), actions.unlock),
}
ON_PEOPLE = {
    "warn": _Act(_("Warn this account"), _("Send the warning"), actions.warn, GroundForm),
    "suspend": _Act(
        _("Suspend this account"), _("Suspend the account"), actions.suspend_account, SuspensionForm
    ),
    "ban": _Act(_("Ban this account"), _("Ban the account"), actions.ban, BanForm),
    "reinstate": _Act(_("Lift the suspension"), _("Lift the suspension"), actions.reinstate_account),
}
AT_ONCE = ("approve", "hide", "remove", "restore", "dismiss")
"""What can be done with many comments."""
AT_MOST = 200
_PLACE = ("kind", "language", "after")  # what an address says of a place in the queue


@moderators_only
@require_safe
def waiting(request: HttpRequest, user: User) -> HttpResponse:
    """What waits, in the original and in the moderator's language."""
    del user
    return _queue(request, request.GET)


def _queue(
    request: HttpRequest, place: Mapping[str, str], *, fault: str = "", checked: frozenset[str] = frozenset()
) -> HttpResponse:
    shown = page(
        view_of(request),
        Kind.of(place.get("kind", "")),
        place.get("language", ""),
        _number(place.get("after")),
    )
    appeals, further = (
        open_appeals(view_of(request), shown.after) if shown.kind is Kind.APPEALS else ([], None)
    )
    context = {
        "queue": shown,
        "place": urlencode(_place(place)),
        "grounds": Ground.choices,
        "fault": fault,
        "appeals": appeals,
        "further_appeals": further,
        "checked": checked,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return answer(request, "moderation", context, status=status)


def _place(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query[name] for name in _PLACE if query.get(name)}


def _back(request: HttpRequest, query: Mapping[str, str]) -> str:
    place = urlencode(_place(query))
    address = addresses.address("moderation", language=view_of(request).language)
    return f"{address}?{place}" if place else address


@moderators_only
@require_POST
def at_once(request: HttpRequest, user: User) -> HttpResponse:
    """Decide on several comments, or on the one whose own button was pressed: each for itself."""
    name, _colon, own = request.POST.get("do", "").partition(":")
    tokens = [own] if own else request.POST.getlist("case")[:AT_MOST]
    if name not in AT_ONCE or not tokens:
        return see_other(request, _back(request, request.POST))
    reason, ground = request.POST.get("reason", ""), request.POST.get("ground", "")
    done, refusals = 0, list[DiscussionError]()
    for pk, revision in chosen(tokens):
        try:
            _perform(name, pk, revision, user, reason, ground)
            done += 1
        except DiscussionError as refusal:
            refusals.append(refusal)
    if refusals and not done and refusals[0].code == "reason_missing":
        return _queue(request, request.POST, fault=str(refusals[0]), checked=frozenset(tokens))
    _tell(request, done, refusals)
    return see_other(request, _back(request, request.POST))


def _perform(name: str, pk: int, revision: int | None, user: User, reason: str, ground: str) -> None:
    comment = queries.comment(pk)
    if comment is None:
        return
    told = {"revision": revision} if name == "approve" else {}
    ON_COMMENTS[name].perform(comment, moderator=user, reason=reason, ground=ground, **told)


def _tell(request: HttpRequest, done: int, refusals: list[DiscussionError]) -> None:
    if done:
        sentence = ngettext("%(number)s comment decided.", "%(number)s comments decided.", done)
        messages.success(request, sentence % {"number": number(done, view_of(request).language)})
    for sentence in dict.fromkeys(map(str, refusals)):
        messages.warning(request, sentence)


@moderators_only
@require_safe
def log(request: HttpRequest, user: User) -> HttpResponse:
    """Every decision, the newest first."""
    del user
    asked = request.GET
    wanted = queries.Wanted(
        act=asked.get("act", "") if asked.get("act") in Act.values else "",
        by=_number(asked.get("by")),
        person=_number(asked.get("person")),
        comment=_number(asked.get("comment")),
        thread=_number(asked.get("thread")),
    )
    at = min(_number(asked.get("page")) or 1, 1_000_000)
    decisions, has_older = queries.decisions(at, wanted)
    kept = {name: asked[name] for name in ("act", "by", "person", "comment", "thread") if asked.get(name)}
    context = {
        "decisions": decisions,
        "older": urlencode(kept | {"page": at + 1}) if has_older else "",
        "newer": urlencode(kept | {"page": at - 1}) if at > 1 else "",
        "wanted": wanted,
        "acts": Act.choices,
        "people": queries.deciding_people(),
    }
    return answer(request, "decisions", context)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def on_comment(request: HttpRequest, user: User, comment_id: int, act: str) -> HttpResponse:
    """Decide on a comment."""
    comment = comment_or_404(comment_id)
    back = _back(request, request.GET)
    context = {"case": cases_of([comment], view_of(request))[0]}
    revision = comment.document.current_id if comment.document is not None else None
    return _decide(request, user, _act(ON_COMMENTS, act), comment, back, context, {"revision": revision})


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def on_thread(request: HttpRequest, user: User, thread_id: int, act: str) -> HttpResponse:
    """Close or open a discussion."""
    thread = thread_or_404(thread_id)
    return _decide(request, user, _act(ON_THREADS, act), thread, thread_address(request, thread), {}, {})


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def on_person(request: HttpRequest, user: User, person_id: int, act: str) -> HttpResponse:
    """Warn, suspend, ban or reinstate an account."""
    person = people.person(person_id)
    if person is None:
        raise Http404
    back = addresses.address("history", language=view_of(request).language, person=person.pk)
    return _decide(request, user, _act(ON_PEOPLE, act), person, back, {"person": person}, {})


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def thread_rules(request: HttpRequest, user: User, thread_id: int) -> HttpResponse:
    """Slow mode, closing by age and pre-moderation of one discussion."""
    thread = thread_or_404(thread_id)
    back = thread_address(request, thread)
    standing = {"yes": True, "no": False}
    initial = {
        "slow_seconds": thread.slow_seconds,
        "close_days": thread.close_days,
        "premoderate": next((name for name, value in standing.items() if value == thread.premoderate), ""),
    }
    form = ThreadRulesForm(request.POST or None, initial=initial)
    context = {"form": form, "action": request.path, "back": back}
    if request.method != "POST":
        return answer(request, "thread_rules", context)
    if not form.is_valid():
        return answer(request, "thread_rules", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        actions.set_thread_rules(thread, moderator=user, **form.cleaned_data)
    except DiscussionError as refusal:
        return refused(request, refusal, back=back)
    return see_other(request, back)


def _act(acts: dict[str, _Act], name: str) -> _Act:
    if name not in acts:
        raise Http404
    return acts[name]


def _decide(
    request: HttpRequest,
    user: User,
    act: _Act,
    subject: Any,
    back: str,
    context: dict[str, Any],
    initial: dict[str, Any],
) -> HttpResponse:
    form = act.form(request.POST or None, initial=initial)
    shown = context | {"form": form, "act": act, "action": request.get_full_path(), "back": back}
    if request.method != "POST":
        return answer(request, "decide", shown)
    if not form.is_valid():
        return answer(request, "decide", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        act.perform(subject, moderator=user, **form.decided())
    except (DiscussionError, PeopleError) as refusal:
        if refusal.code != "reason_missing":
            return refused(request, refusal, back=back)
        form.add_error("reason", str(refusal))
        return answer(request, "decide", shown, status=status_of(refusal))
    return stored(request, subject, back) if isinstance(subject, Comment) else see_other(request, back)
