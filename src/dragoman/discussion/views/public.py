"""What is the same for everybody: finders and fragments. Nothing personal here, ever."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_safe

from dragoman.discussion import facts, queries
from dragoman.discussion.drafting import quoted_markdown, selected
from dragoman.discussion.models import CommentState
from dragoman.discussion.views.answers import (
    comment_address,
    comment_or_404,
    gone,
    thread_address,
    thread_or_404,
    view_of,
)
from dragoman.languages.stretches import StretchedResponse
from dragoman.people import queries as people
from dragoman.text.emoticons import named_codes
from dragoman.translation.on_view import translated_on_view

SELECTION_LONGEST = 10_000


@require_safe
def find_comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """`/c/<id>`: to the comment in the reader's language; 410 for what was withdrawn."""
    comment = comment_or_404(comment_id)
    if comment.state == CommentState.HELD:
        raise Http404
    found = comment_address(request, comment, sort=request.GET.get("sort", ""))
    response = redirect(found) if queries.is_public(comment) else gone(request)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
def find_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """To the discussion under its story."""
    thread = thread_or_404(thread_id)
    return redirect(thread_address(request, thread)) if thread.document.visible else gone(request)


@require_safe
@translated_on_view
def thread_fragment(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The discussion as it stands in its page: `sort`, `from` a comment, and, for a page that is open already, `until`
    the comment that its next page begins with."""
    thread = thread_or_404(thread_id)
    query = request.GET
    start, until = _number(query.get("from", "")), _number(query.get("until", ""))
    reading = queries.thread_reading(
        thread.document_id, view_of(request), query.get("sort", ""), start, until
    )
    if reading is None:
        return gone(request)
    return StretchedResponse(request, "discussion/thread.html", {"thread": reading})


@require_safe
@translated_on_view
def comment_fragment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """One comment as it stands in its thread."""
    reading = queries.comment_reading(comment_id, view_of(request))
    if reading is None:
        raise Http404
    return render(request, "discussion/comment.html", {"comment": reading})


@require_GET
def quote(request: HttpRequest) -> HttpResponse:
    """A selection as quotations: in a `document` or a `comment`, `block` of `field` with `start` and `end`, or the
    selected `text`."""
    view = view_of(request)
    query = request.GET
    document = _number(query.get("document", ""))
    if document is None and (comment := _number(query.get("comment", ""))) is not None:
        document = comment_or_404(comment).document_id
    if document is None:
        raise Http404
    references = selected(
        document,
        view,
        field=query.get("field", ""),
        block=_number(query.get("block", "")),
        start=_number(query.get("start", "")) or 0,
        end=_number(query.get("end", "")),
        text=query.get("text", "")[:SELECTION_LONGEST],
    )
    markdown = quoted_markdown(references, view)
    if not markdown:
        raise Http404
    return JsonResponse({"markdown": markdown, "quote": ",".join(map(str, references))})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@require_safe
@translated_on_view
def written_by(request: HttpRequest, person_id: int) -> HttpResponse:
    """What somebody wrote, the newest first, from `before` a comment on."""
    person = people.person(person_id)
    if person is None:
        raise Http404
    facts.person_wrote_read.happened(person_id=person.pk)
    found = queries.wrote(person, view_of(request), _number(request.GET.get("before", "")))
    return render(request, "discussion/written_by.html", {"person": person, "wrote": found})


@require_safe
@cache_control(public=True, max_age=86_400)
def emoticons(request: HttpRequest) -> HttpResponse:
    """Codes, signs and names for a picker: `[[":smile:", "😄", "…"], …]`, the common ones first."""
    return JsonResponse(named_codes(view_of(request).language), safe=False)
