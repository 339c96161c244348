"""Pages of notifications: one person's own. Each reads and posts without script."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dragoman.discussion.errors import DiscussionError
from dragoman.discussion.models import Thread
from dragoman.discussion.notifications import actions, pages, queries, unsubscribing
from dragoman.discussion.notifications.forms import PreferencesForm
from dragoman.discussion.notifications.models import ABOUT_OWN, Kind, Notification
from dragoman.discussion.notifications.wishes import preferences_of
from dragoman.discussion.queries import is_public
from dragoman.discussion.views.answers import (
    comment_address,
    gone,
    is_htmx,
    refused,
    see_other,
    signed_in,
    thread_address,
    thread_or_404,
    view_of,
)
from dragoman.languages import addresses
from dragoman.people import queries as people
from dragoman.people.models import User


@signed_in
@require_safe
def notifications(request: HttpRequest, user: User) -> HttpResponse:
    """What one is told, the newest first."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    page = pages.page(user, view_of(request), before)
    return render(request, "discussion/notifications.html", {"page": page, "is_first": before is None})


@signed_in
@require_safe
def notification(request: HttpRequest, user: User, notification_id: int) -> HttpResponse:
    """To what one was told of, which is read by that. 410 where it was withdrawn since."""
    found = queries.one(user, notification_id)
    if found is None:
        raise Http404
    actions.mark_read(user, notifications=[found.pk])
    place = _place(request, found)
    return see_other(request, place) if place else gone(request)


def _place(request: HttpRequest, found: Notification) -> str:
    """Where it leads: of what was decided, to the decision where the comment can no longer be read."""
    language = view_of(request).language
    if found.comment is not None and is_public(found.comment):
        return comment_address(request, found.comment)
    return addresses.address("own_decisions", language=language) if found.kind in ABOUT_OWN else ""


@signed_in
@require_POST
def read(request: HttpRequest, user: User) -> HttpResponse:
    """Everything up to what the page showed was seen."""
    until = request.POST.get("until", "")
    is_number = until.isascii() and until.isdigit() and len(until) < 19
    actions.mark_all_read(user, until=int(until) if is_number else None)
    return see_other(request, addresses.address("notifications", language=view_of(request).language))


# --- following and ignoring ------------------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, user: User, thread_id: int) -> HttpResponse:
    """Follow a discussion, or follow it no more."""
    thread = thread_or_404(thread_id)
    if not thread.document.visible:
        return gone(request)
    if request.method == "POST":
        act = actions.unfollow if request.POST.get("follow") == "0" else actions.follow
        act(thread, person=user)
        if is_htmx(request):
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return see_other(request, _after_following(request, thread))
    context = {"follows": queries.follows(user, thread), "back": thread_address(request, thread)}
    return render(request, "discussion/follow.html", context | {"action": request.path})


def _after_following(request: HttpRequest, thread: Thread) -> str:
    if request.POST.get("from") == "settings":
        return addresses.address("notification_settings", language=view_of(request).language) + "#followed"
    return thread_address(request, thread)


@signed_in
@require_POST
def seen(request: HttpRequest, user: User, thread_id: int) -> HttpResponse:
    """One reads the discussion now: the open page says so."""
    actions.mark_thread_read(user, thread=thread_or_404(thread_id))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ignore(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """Hear no more of a person, or hear of them again."""
    other = people.person(person_id)
    if other is None:
        raise Http404
    language = view_of(request).language
    back = addresses.address("profile", language=language, person=other.pk)
    if request.method != "POST":
        ignored = queries.ignored_by(user).filter(pk=other.pk).exists()
        context = {"other": other, "ignored": ignored, "back": back, "action": request.path}
        return render(request, "discussion/ignore.html", context)
    try:
        act = actions.unignore if request.POST.get("ignore") == "0" else actions.ignore
        act(other, person=user)
    except DiscussionError as refusal:
        return refused(request, refusal, back=back)
    return see_other(request, addresses.address("notification_settings", language=language) + "#ignored")


# --- what one wishes -------------------------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest, user: User) -> HttpResponse:
    """What is told by e-mail and when, which discussions one follows, whom one ignores."""
    form = PreferencesForm(request.POST or None, preferences=preferences_of(user))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("digest_at", "time_zone", "follows_own")}
        actions.prefer(user, paces=form.paces(), **given)
        messages.success(request, gettext("Your settings were saved."))
        return see_other(
            request, addresses.address("notification_settings", language=view_of(request).language)
        )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request, "discussion/notification_settings.html", _wishes(request, user, form), status=status
    )


def _wishes(request: HttpRequest, user: User, form: PreferencesForm) -> dict[str, Any]:
    return {
        "form": form,
        "followed": pages.followed(user, view_of(request)),
        "ignored": queries.ignored_by(user),
    }


@never_cache
@csrf_exempt  # mail programs post it, from nowhere and without cookies (RFC 8058); the token is signed
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an e-mail: a GET asks and changes nothing, a POST ends these e-mails."""
    wanted = unsubscribing.read(token)
    if wanted is None:
        raise Http404
    done = request.method == "POST"
    if done:
        actions.unsubscribe(wanted.person, kinds=wanted.kinds)
    kinds = [Kind(kind).label for kind in wanted.kinds]
    context = {"done": done, "kinds": kinds, "is_daily": wanted.is_daily, "action": request.path}
    return render(request, "discussion/unsubscribe.html", context)
