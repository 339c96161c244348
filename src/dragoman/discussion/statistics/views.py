"""Pages of the figures, in Wagtail's admin. Links, a form and tables: nothing needs a script."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.views.decorators.http import require_safe

from dragoman.discussion import queries
from dragoman.discussion.models import CommentState, Thread
from dragoman.discussion.permissions import may_moderate
from dragoman.discussion.statistics.charts import Chart, columns, scale, shares
from dragoman.discussion.statistics.figures import (
    DAYS_AT_MOST,
    Figures,
    Period,
    figures,
    table,
    talks,
)
from dragoman.languages import formats
from dragoman.languages.registry import UNDETERMINED, default_language, is_offered, language_name
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.translation.queries import readings

DAYS_AT_FIRST = 28
P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def moderators_only(view: Page[P]) -> Page[P]:
    """Refuse whoever may not moderate."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, User) or not may_moderate(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@moderators_only
def publication(request: HttpRequest) -> HttpResponse:
    """Of every thread together, and a list of the liveliest."""
    period, sentence = _period(request)
    view = _view(request)
    context = _context(figures(period), period, view) | {"talks": talks(period, view), "sentence": sentence}
    return TemplateResponse(request, "discussion/statistics/page.html", context)


@require_safe
@moderators_only
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Of one."""
    found = _thread(thread_id)
    period, sentence = _period(request, found)
    view = _view(request)
    reading = readings([found.document_id], view)[found.document_id]
    context = _context(figures(period, found), period, view) | {
        "thread": found,
        "headline": "" if reading.is_withdrawn else reading.text("headline"),
        "sentence": sentence,
    }
    return TemplateResponse(request, "discussion/statistics/page.html", context)


@require_safe
@moderators_only
def download(request: HttpRequest) -> HttpResponse:
    """The days as CSV (RFC 4180), of one thread (`thread=`) or of all. Figures and dates only."""
    number = request.GET.get("thread", "")
    found = _thread(int(number)) if number.isascii() and number.isdecimal() and len(number) < 19 else None
    if number and found is None:
        raise Http404
    period, _sentence = _period(request, found)
    name = f"comments-{found.pk if found else 'all'}-{period.first}-{period.last}.csv"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows(table(figures(period, found).days))
    return response


def _thread(thread_id: int) -> Thread:
    found = queries.thread(thread_id)
    if found is None:
        raise Http404
    return found


def _view(request: HttpRequest) -> View:
    """Wagtail's admin speaks the language of its person's wish, where the publication has it."""
    language = get_language() or default_language()
    return View(language if is_offered(language) else default_language())


def _period(request: HttpRequest, about: Thread | None = None) -> tuple[Period, str]:
    """The days that were asked for, and what is wrong with them. At first the last four weeks; of a thread, its
    first days where it is older."""
    today = timezone.now().astimezone(formats.publication_zone()).date()
    first, last = today - timedelta(days=DAYS_AT_FIRST - 1), today
    if about is not None and about.created_at.astimezone(formats.publication_zone()).date() < first:
        first = max(about.created_at.date(), today - timedelta(days=DAYS_AT_MOST - 1))
    usual = Period(first, last)
    try:
        asked = Period(_day(request, "from", first), _day(request, "to", last))
    except ValueError:
        return usual, gettext("A day is written as 2026-11-30.")
    if asked.first > asked.last:
        return usual, gettext("The first day comes after the last one.")
    if (asked.last - asked.first).days >= DAYS_AT_MOST:
        return usual, ngettext(
            "At most %(number)d day at once.", "At most %(number)d days at once.", DAYS_AT_MOST
        ) % {"number": DAYS_AT_MOST}
    return asked, ""


def _day(request: HttpRequest, name: str, usual: date) -> date:
    said = request.GET.get(name, "").strip()
    return date.fromisoformat(said) if said else usual


def _context(told: Figures, period: Period, view: View) -> dict[str, object]:
    language = view.language
    return {
        "figures": told,
        "period": period,
        "language": language,
        "states": [(CommentState(state).label, count) for state, count in told.states.items()],
        "languages": [
            (_name(code, language), count, share)
            for (code, count), share in zip(
                told.languages, shares([count for _code, count in told.languages]), strict=True
            )
        ],
        "exchanges": [
            (_name(own, language), _name(other, language), count) for own, other, count in told.exchanges
        ],
        "days": [(formats.day(each.day, language), each) for each in told.days],
        "over_time": _over_time(told, language),
    }


def _name(code: str, language: str) -> str:
    return pgettext("a language", "not known") if code == UNDETERMINED else language_name(code, language)


def _over_time(told: Figures, language: str) -> Chart:
    counts = [each.comments for each in told.days]
    names = [formats.day(each.day, language, short=True) for each in told.days]
    titles = [
        f"{formats.day(each.day, language)}: {formats.number(each.comments, language)}" for each in told.days
    ]
    ticks = [formats.number(mark, language) for mark in scale(max(counts, default=0))]
    return columns(counts, names, titles, ticks)
