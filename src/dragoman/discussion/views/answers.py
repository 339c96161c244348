"""How the discussion's views answer: full pages, or the part that htmx puts into the open page."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from dragoman.discussion import queries
from dragoman.discussion.errors import DiscussionError, NotLive, NotPermitted
from dragoman.discussion.models import Comment, Thread
from dragoman.discussion.permissions import may_moderate
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people.errors import PeopleError
from dragoman.people.models import User

Rest = ParamSpec("Rest")
Refusal = DiscussionError | PeopleError

_STATUS = {
    "not_permitted": HTTPStatus.FORBIDDEN,
    "suspended": HTTPStatus.FORBIDDEN,
    "thread_locked": HTTPStatus.FORBIDDEN,
    "own_comment": HTTPStatus.FORBIDDEN,
    "editing_closed": HTTPStatus.FORBIDDEN,
    "comment_not_live": HTTPStatus.GONE,
    "thread_withdrawn": HTTPStatus.GONE,
    "too_fast": HTTPStatus.TOO_MANY_REQUESTS,
    "slow_mode": HTTPStatus.TOO_MANY_REQUESTS,
    "no_such_change": HTTPStatus.CONFLICT,
    "appeal_closed": HTTPStatus.CONFLICT,
    "own_decision": HTTPStatus.FORBIDDEN,
    "changed_meanwhile": HTTPStatus.CONFLICT,
    "submission_taken": HTTPStatus.CONFLICT,
}


def view_of(request: HttpRequest) -> View:
    """How this reader reads."""
    view: View = request.view  # type: ignore[attr-defined]
    return view


def is_htmx(request: HttpRequest) -> bool:
    """Whether the answer is put into an open page."""
    return bool(request.htmx)  # type: ignore[attr-defined]


def reader(request: HttpRequest) -> User | None:
    """Who is signed in."""
    return request.user if isinstance(request.user, User) else None


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return _STATUS.get(refusal.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def answer(
    request: HttpRequest, name: str, context: Mapping[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """`discussion/<name>.html`, or what it holds (`discussion/<name>_part.html`) for htmx, which swaps nothing but
    successes."""
    if is_htmx(request):
        return render(request, f"discussion/{name}_part.html", dict(context))
    return render(request, f"discussion/{name}.html", dict(context), status=status)


def refused(request: HttpRequest, refusal: Refusal, *, back: str = "") -> HttpResponse:
    """The sentence, and a way back."""
    context = {"sentence": str(refusal), "back": back or home(request)}
    return answer(request, "refused", context, status=status_of(refusal))


def beside(response: HttpResponse) -> HttpResponse:
    """In the open page, above what is written under the comment, instead of the button that was pressed."""
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "next .slot", "afterbegin"
    return response


def gone(request: HttpRequest) -> HttpResponse:
    """410, in the reader's language."""
    if is_htmx(request):
        return refused(request, NotLive())
    return render(request, "discussion/gone.html", {"back": home(request)}, status=HTTPStatus.GONE)


def see_other(request: HttpRequest, path: str) -> HttpResponse:
    """Go and look there (RFC 9110, 15.4.4)."""
    if is_htmx(request):
        return HttpResponseClientRedirect(path)
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def told(event: str, comment: Comment, response: HttpResponse) -> HttpResponse:
    """The script hears by this, and by nothing else, that words are here: then it keeps its draft no longer."""
    response.headers["HX-Trigger"] = json.dumps({event: {"comment": comment.pk}})
    return response


def stored(request: HttpRequest, comment: Comment, path: str) -> HttpResponse:
    """Go and look there; the open page closes what was written in, and shows the comment as it is now."""
    if is_htmx(request):
        return told("comment-stored", comment, HttpResponse())
    return see_other(request, path)


def sign_in_first(request: HttpRequest, then: str) -> HttpResponse:
    """To the sign-in page, and from there to `then`."""
    return see_other(request, addresses.address("sign_in", language=view_of(request).language, next=then))


def home(request: HttpRequest) -> str:
    """The home page of the page's language."""
    return addresses.address("home", language=view_of(request).language)


def comment_address(request: HttpRequest, comment: Comment, *, sort: str = "") -> str:
    """Where the comment is read, in an order of the comments."""
    return addresses.address("comment", language=view_of(request).language, comment=comment, sort=sort)


def thread_address(request: HttpRequest, thread: Thread) -> str:
    """Where the thread's story is read."""
    story = thread.document
    language = view_of(request).language
    return addresses.address(f"document:{story.kind}", language=language, document=story.pk) + "#comments"


def comment_or_404(comment_id: int) -> Comment:
    """The comment, whatever its state."""
    found = queries.comment(comment_id)
    if found is None:
        raise Http404
    return found


def thread_or_404(thread_id: int) -> Thread:
    """The thread, whether its story is public or not."""
    found = queries.thread(thread_id)
    if found is None:
        raise Http404
    return found


Signed = Callable[Concatenate[HttpRequest, User, Rest], HttpResponse]
Plain = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def signed_in(view: Signed[Rest]) -> Plain[Rest]:
    """A personal page: who is not signed in is asked to, and led back to it."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        user = reader(request)
        if user is None:
            return sign_in_first(request, request.get_full_path())
        return view(request, user, *args, **kwargs)

    return wrapped


def moderators_only(view: Signed[Rest]) -> Plain[Rest]:
    """A page for moderators; the actions behind it ask again."""

    @signed_in
    @wraps(view)
    def wrapped(request: HttpRequest, user: User, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not may_moderate(user):
            return refused(request, NotPermitted())
        return view(request, user, *args, **kwargs)

    return wrapped
