"""Writing, answering, editing, deleting: small pages of their own, or parts of the open page."""

import time
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dragoman.discussion import actions, drafts, queries
from dragoman.discussion.actions.posting import Draft, worded
from dragoman.discussion.drafting import (
    own_source,
    quoted_markdown,
    references_in,
    taken_from_thread,
    whole_comment,
)
from dragoman.discussion.errors import (
    CommentEmpty,
    DiscussionError,
    EditingClosed,
    NotLive,
    NotPermitted,
    ThreadLocked,
    WordsTaken,
)
from dragoman.discussion.forms import CommentForm, WordsForm
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.moderation.about import latest_about
from dragoman.discussion.moderation.cases import cases_of
from dragoman.discussion.permissions import (
    editable_until,
    is_own,
    may_delete,
    may_edit,
    may_moderate,
    may_write,
)
from dragoman.discussion.previewing import preview_of
from dragoman.discussion.standing import refuse_closed, refuse_suspended
from dragoman.discussion.views.answers import (
    answer,
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
    thread_address,
    thread_or_404,
    told,
    view_of,
)
from dragoman.discussion.views.previewing import pane, refused_pane
from dragoman.languages import addresses
from dragoman.people.models import User

QUOTE, KEEP = "quote", "keep"  # what an author says of words taken from the thread
WITHDRAWN = frozenset({CommentState.HIDDEN, CommentState.REMOVED})
PLACE_SECONDS, PLACES_AT_MOST = 1.0, 1000
_places: dict[tuple[int, str], tuple[float, str]] = {}
"""By story and language: when it was asked (`time.monotonic`), and where it is read."""
WHOLE_COMMENT = "comment"  # `?quote=comment` on the answer's form: all of what is answered


@dataclass
class _Place:
    """Where somebody writes: under a story, or in answer to a comment. The thread is read where something of it is
    shown; whoever stores a comment reads it under lock."""

    number: int
    parent: Comment | None = None

    @cached_property
    def thread(self) -> Thread:
        return self.parent.thread if self.parent else thread_or_404(self.number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Write under a story."""
    return _write(request, _Place(thread_id))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Answer a comment."""
    comment = comment_or_404(comment_id)
    if not queries.is_public(comment):
        return gone(request)
    return _write(request, _Place(comment.thread_id, comment))


def _write(request: HttpRequest, place: _Place) -> HttpResponse:
    user = reader(request)
    if user is not None and request.method == "POST" and "preview" not in request.POST:
        return _send(request, user, place)
    if not place.thread.document.visible:
        return gone(request)
    if request.method == "POST":
        return _preview(request, user, place) if user is not None else _sign_in(request)
    refusal = _refusal(place.thread, user)
    if refusal is not None:
        return refused(request, refusal, back=_back(request, place))
    return answer(request, "write", _write_context(request, _new_form(request, place.parent), place))


def _sign_in(request: HttpRequest) -> HttpResponse:
    """What was typed waits in the session."""
    if drafts.typed(request.POST):
        drafts.keep(request)
    return sign_in_first(request, request.path)


def _back(request: HttpRequest, place: _Place) -> str:
    return comment_address(request, place.parent) if place.parent else thread_address(request, place.thread)


def _refusal(thread: Thread, user: User | None) -> DiscussionError | None:
    """Why nobody needs to begin to type."""
    if user is None:
        return ThreadLocked() if thread.is_locked else None
    try:
        refuse_suspended(user)
        refuse_closed(thread, user)
    except DiscussionError as refusal:
        return refusal
    return None


def _new_form(request: HttpRequest, parent: Comment | None) -> CommentForm:
    view = view_of(request)
    quote = request.GET.get("quote", "")
    wanted = whole_comment(parent) if quote == WHOLE_COMMENT and parent else references_in(quote)
    kept = _previewed(request) or drafts.take(request)
    initial = {"source": quoted_markdown(wanted, view) if wanted else ""} | kept
    return CommentForm(page_language=view.language, initial=initial, auto_id=_ids(parent))


def _previewed(request: HttpRequest) -> dict[str, Any]:
    """What its author comes back to from the page of a preview."""
    user, key = reader(request), request.GET.get("preview", "")
    try:
        found = preview_of(user, UUID(key)) if user and key else None
    except ValueError:
        return {}
    if found is None:
        return {}
    return {
        "source": found.source,
        "language": found.language,
        "submission": found.submission,
        "preview_in": found.target_language,
    }


def _ids(parent: Comment | None) -> str:
    """Several forms may be open in one page."""
    return f"{parent.pk if parent else 'thread'}_%s"


def _write_context(request: HttpRequest, form: CommentForm, place: _Place) -> dict[str, Any]:
    view = view_of(request)
    return {
        "form": form,
        "action": request.path,
        "back": _back(request, place),
        "parent": queries.comment_reading(place.parent.pk, view) if place.parent else None,
        "sign_in": ""
        if reader(request)
        else addresses.address("sign_in", language=view.language, next=request.path),
    }


def _sent_form(request: HttpRequest, place: _Place) -> CommentForm:
    return CommentForm(request.POST, page_language=view_of(request).language, auto_id=_ids(place.parent))


def _again(
    request: HttpRequest,
    form: CommentForm,
    place: _Place,
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
    **more: Any,
) -> HttpResponse:
    """The form as it was sent, with what is to be said about it, as long as there is something to write under."""
    if not place.thread.document.visible:
        return gone(request)
    return answer(request, "write", _write_context(request, form, place) | more, status=status)


def _send(request: HttpRequest, user: User, place: _Place) -> HttpResponse:
    form = _sent_form(request, place)
    if not form.is_valid():
        return _again(request, form, place)
    given, decided = form.cleaned_data, request.POST.get("taken", "")
    draft = Draft(
        given["source"],
        given["language"],
        view_of(request),
        given["submission"],
        refer=decided == QUOTE,
        ask=decided not in (QUOTE, KEEP),
    )
    try:
        try:
            comment = actions.post(place.number, author=user, draft=draft, parent=place.parent)
        except WordsTaken as found:
            taken = taken_from_thread(worded(draft.source), found.blocks, view=draft.view)
            if taken:
                return _again(request, form, place, HTTPStatus.OK, taken=taken)
            draft = replace(draft, ask=False)
            comment = actions.post(place.number, author=user, draft=draft, parent=place.parent)
    except DiscussionError as refusal:
        form.add_error("source", str(refusal))
        return _again(request, form, place, status_of(refusal))
    return _posted(request, comment)


def _preview(request: HttpRequest, user: User, place: _Place) -> HttpResponse:
    """How others will read it: a pane in the open form, or a page of its own."""
    form = _sent_form(request, place)
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        given = form.cleaned_data
        draft = Draft(given["source"], given["language"], view_of(request), given["submission"])
        try:
            made = actions.preview(
                place.thread,
                author=user,
                draft=draft,
                target_language=given["preview_in"],
                parent=place.parent,
            )
        except DiscussionError as refusal:
            form.add_error("source", str(refusal))
            status = status_of(refusal)
        else:
            address = addresses.address("preview", language=view_of(request).language, preview=made.key)
            return pane(request, made) if is_htmx(request) else see_other(request, address)
    if is_htmx(request):
        return refused_pane(
            request, " ".join(str(said) for errors in form.errors.values() for said in errors)
        )
    return _again(request, form, place, status)


def _posted(request: HttpRequest, comment: Comment) -> HttpResponse:
    """To the comment, or the word that it waits."""
    if comment.state == CommentState.HELD:
        own = addresses.address("own_comment", language=view_of(request).language, comment=comment.pk)
        if not is_htmx(request):
            return see_other(request, own)
        return told("comment-held", comment, answer(request, "held", {"comment": comment, "is_own": True}))
    path = "" if is_htmx(request) else _led_to(request, comment)  # the open page shows it itself
    return stored(request, comment, path)


def _led_to(request: HttpRequest, comment: Comment) -> str:
    """The comment's address. Where a story is read is asked once a second at most, however many write: if it has
    moved since, its old address leads to the new one."""
    language, story, now = view_of(request).language, comment.thread.document, time.monotonic()
    asked, place = _places.get((story.pk, language), (0.0, ""))
    if not place or now - asked > PLACE_SECONDS:
        place = addresses.address(f"document:{story.kind}", language=language, document=story.pk)
        if len(_places) >= PLACES_AT_MOST:
            _places.clear()
        _places[story.pk, language] = now, place
    return addresses.address("comment", language=language, comment=comment, place=place)


@signed_in
@require_http_methods(["GET", "HEAD"])
def own_comment(request: HttpRequest, user: User, comment_id: int) -> HttpResponse:
    """One comment with all that this person may do to it; its author sees here that it waits."""
    comment = comment_or_404(comment_id)
    view = view_of(request)
    back = thread_address(request, comment.thread)
    if comment.state == CommentState.HELD and is_own(user, comment):
        return answer(request, "held", _own_context(user, comment) | {"back": back})
    if is_own(user, comment) and comment.state in WITHDRAWN:
        about = latest_about(comment, user, view, timezone.now())
        context = {"comment": comment, "about": about, "case": cases_of([comment], view)[0], "back": back}
        return answer(request, "own_withdrawn", context | {"may_delete": may_delete(user, comment)})
    if not queries.is_public(comment):
        return gone(request)
    reading = queries.comment_reading(comment.pk, view)
    context = _own_context(user, comment) | {"reading": reading, "back": comment_address(request, comment)}
    return answer(request, "own_comment", context)


def _own_context(user: User, comment: Comment) -> dict[str, Any]:
    return {
        "comment": comment,
        "is_own": is_own(user, comment),
        "may_edit": may_write(user, comment.thread) and may_edit(user, comment, timezone.now()),
        "may_delete": may_delete(user, comment),
        "may_moderate": may_moderate(user),
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, user: User, comment_id: int) -> HttpResponse:
    """Change one's own comment while that is possible."""
    comment = comment_or_404(comment_id)
    back = comment_address(request, comment)
    if request.method != "POST":
        refusal = _edit_refusal(user, comment)
        if refusal is not None:
            return refused(request, refusal, back=back)
    view = view_of(request)
    initial = {} if request.method == "POST" else {"source": own_source(comment, view)}
    form = WordsForm(request.POST or None, initial=initial)
    context = {"form": form, "action": request.path, "back": back, "until": editable_until(comment)}
    if request.method != "POST":
        return answer(request, "edit", context)
    try:
        if not form.is_valid():
            raise CommentEmpty
        edited = actions.edit(comment, author=user, source=form.cleaned_data["source"], view=view)
    except DiscussionError as refusal:
        if not form.errors:
            form.add_error("source", str(refusal))
        return answer(request, "edit", context, status=status_of(refusal))
    return _posted(request, edited)


def _edit_refusal(user: User, comment: Comment) -> DiscussionError | None:
    if not is_own(user, comment):
        return NotPermitted()
    refusal = _refusal(comment.thread, user)
    if refusal is not None or not may_write(user, comment.thread):
        return refusal
    if may_edit(user, comment, timezone.now()):
        return None
    return EditingClosed() if may_delete(user, comment) else NotLive()


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, user: User, comment_id: int) -> HttpResponse:
    """Delete one's own comment, after a question."""
    comment = comment_or_404(comment_id)
    back = comment_address(request, comment)
    if not may_delete(user, comment):
        return refused(request, NotLive() if is_own(user, comment) else NotPermitted(), back=back)
    if request.method != "POST":
        return answer(request, "delete", {"comment": comment, "action": request.path, "back": back})
    try:
        actions.delete(comment, author=user)
    except DiscussionError as refusal:
        return refused(request, refusal, back=back)
    return stored(request, comment, thread_address(request, comment.thread))
