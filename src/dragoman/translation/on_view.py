"""Languages translated on view: what a reader's page lacks is noted while it is made, and queued once it is there.

A page that a robot asked for is not translated for it, nor one over the day's budget; neither is kept, so that the
next reader's page is made anew.
"""

import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol

from django.http import HttpRequest, HttpResponseBase

from dragoman.languages.registry import UNDETERMINED, is_offered, offered
from dragoman.languages.view import View
from dragoman.translation.actions import request_editions

_P = ParamSpec("_P")
_Page = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]
_ROBOT = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|archiver|preview|facebookexternal|feedfetcher|monitor|headless|"
    r"curl|wget|python-|httpx|okhttp|go-http|java/|libwww|scrapy|lighthouse",
    re.IGNORECASE,
)
_missed: ContextVar[set[int] | None] = ContextVar("dragoman_missed_editions", default=None)


class _Written(Protocol):
    """A document, as far as it matters here."""

    @property
    def pk(self) -> int:
        """Its number."""

    @property
    def source_language(self) -> str:
        """What it is written in."""


def note(documents: Iterable[_Written], view: View) -> None:
    """Note documents that have no edition in the view's language; nothing outside a page of `translated_on_view`."""
    noted = _missed.get()
    if noted is None or not is_offered(view.language) or offered(view.language).ahead:
        return
    noted.update(
        document.pk
        for document in documents
        if document.source_language != UNDETERMINED
        and not view.reads_original_of(document.pk, document.source_language)
    )


def translated_on_view(page: _Page[_P]) -> _Page[_P]:
    """A view whose page asks for the translations it lacks: once, for people only, within the budget."""

    @wraps(page)
    def noting(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        token = _missed.set(set())
        try:
            response = page(request, *args, **kwargs)
            missed = _missed.get() or set()
        finally:
            _missed.reset(token)
        if missed and response.status_code == 200:
            language = request.view.language  # type: ignore[attr-defined]
            if not is_read_by_a_person(request) or request_editions(missed, language=language) < len(missed):
                response.headers["Cache-Control"] = "no-store"
        return response

    return noting


def is_read_by_a_person(request: HttpRequest) -> bool:
    """Whether a person seems to wait for the page: no robot, no preview, nothing a browser fetches in advance."""
    agent = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return request.method == "GET" and bool(agent) and not _ROBOT.search(agent) and "prefetch" not in ahead
