"""Pages of the desk. Everything works from the keyboard and without script: links, tables and forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from dragoman.engines.protocol import Pair
from dragoman.languages.registry import codes
from dragoman.people.models import User
from dragoman.translation import actions
from dragoman.translation.asking import Asked, check
from dragoman.translation.desk import actions as desk_actions
from dragoman.translation.desk import queries, suggesting
from dragoman.translation.desk.bringing import Brought
from dragoman.translation.desk.guarding import only_with
from dragoman.translation.desk.marking import Stored, explanations, marked
from dragoman.translation.errors import Superseded, TranslationRefused
from dragoman.translation.models import (
    Edition,
    Origin,
    Scope,
    Segment,
    Target,
    TargetState,
    TranslationReport,
)
from dragoman.translation.queries import DeskSegment, current_edition, segments_of
from dragoman.translation.terms.queries import glossary, terms_in


def reviewer_of(request: HttpRequest) -> User:
    """The person at the desk."""
    assert isinstance(request.user, User)
    return request.user


@require_safe
@only_with(actions.REVIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Documents × languages."""
    wanted = queries.Wanted(
        kind=request.GET.get("kind", ""),
        concern=request.GET.get("concern", ""),
        words=request.GET.get("words", "").strip()[:200],
        language=_offered(request.GET.get("language", "")),
    )
    languages = [wanted.language] if wanted.language else codes()
    page = queries.documents(wanted, _number(request.GET.get("page", "1")))
    context = {
        "wanted": wanted,
        "kinds": queries.kinds(),
        "concerns": list(queries.CONCERNS),
        "languages": languages,
        "every_language": codes(),
        "page": page,
        "rows": queries.rows(page.object_list, languages),
        "totals": [each for each in queries.totals(wanted.kind) if each["language"] in languages],
        "reports": queries.open_reports(),
    }
    return TemplateResponse(request, "translation/desk/board.html", context)


def _offered(language: str) -> str:
    return language if language in codes() else ""


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 1


@require_safe
@only_with(actions.REVIEW)
def edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """An edition beside its source, sentence by sentence."""
    return edition_page(request, edition_or_404(edition_id))


def edition_page(
    request: HttpRequest, found: Edition, *, brought: Brought | None = None, refusal: str = ""
) -> HttpResponse:
    """The page of an edition; with what came of a translator's file."""
    shown = request.GET.get("show", "all")
    every = segments_of(found)
    context = _about(found) | {
        "counts": queries.counts_of(found),
        "waiting": sum(queries.waits(one) for one in every),
        "lines": [_line(number, one) for number, one in enumerate(every, 1) if _is_shown(shown, one)],
        "shown": shown if shown in queries.SHOWN else "all",
        "reports": queries.open_reports(found.document, found.language),
        "is_given_out": found.document.scope == Scope.NEWSROOM,
        "brought": brought,
        "refusal": refusal,
    }
    return TemplateResponse(request, "translation/desk/edition.html", context, status=422 if refusal else 200)


def _is_shown(shown: str, one: DeskSegment) -> bool:
    if shown == "waiting":
        return queries.waits(one)
    return shown != "human" or (one.target is not None and one.target.origin == Origin.HUMAN)


def _line(number: int, one: DeskSegment, findings: Sequence[Stored] | None = None) -> dict[str, object]:
    """A sentence for the templates, with its findings in place."""
    target = one.target
    noticed = findings if findings is not None else target.findings if target is not None else []
    return {
        "number": number,
        "segment": one.segment,
        "target": target,
        "source_pieces": marked(one.source, noticed, "source"),
        "target_pieces": marked(target.text, noticed, "target") if target is not None else (),
        "findings": explanations(noticed),
        "waits": queries.waits(one),
        "may_be_approved": target is not None and target.text != "" and target.state != TargetState.UPDATING,
    }


@require_safe
@only_with(actions.REVIEW)
def segment(request: HttpRequest, edition_id: int, segment_id: int) -> HttpResponse:
    """One sentence, to be corrected."""
    return _segment_page(request, edition_or_404(edition_id), segment_id)


@require_POST
@only_with(actions.REVIEW)
def correct(request: HttpRequest, edition_id: int, segment_id: int) -> HttpResponse:
    """A person's words for one sentence; "everywhere" also for its twins."""
    found = edition_or_404(edition_id)
    text = request.POST.get("text", "")
    try:
        count = actions.correct_target(
            edition=found,
            segment=get_object_or_404(Segment, pk=segment_id),
            text=text,
            reviewer=reviewer_of(request),
            everywhere=request.POST.get("everywhere") == "on",
        )
    except Superseded as refusal:
        messages.error(request, refusal.sentence)
        return redirect("desk_edition", found.pk)
    except TranslationRefused as refusal:
        return _segment_page(request, found, segment_id, typed=text, refusal=refusal)
    messages.success(request, _corrected(count))
    return _after(request, found, segment_id)


def _corrected(count: int) -> str:
    sentence = ngettext("%(count)d sentence corrected.", "%(count)d sentences corrected.", count)
    return sentence % {"count": count}


def _after(request: HttpRequest, found: Edition, segment_id: int) -> HttpResponseRedirect:
    """The next sentence, or the next that waits, where that was asked for; else where one came from."""
    if "stay" in request.POST:
        return redirect("desk_segment", found.pk, segment_id)
    if "waiting" in request.POST:
        waiting = queries.next_waiting(found, segment_id)
        if waiting is not None:
            return redirect("desk_segment", found.pk, waiting.segment.pk)
    if "next" in request.POST:
        place = queries.neighbours(found, segment_id)
        if place and place.following:
            return redirect("desk_segment", found.pk, place.following.segment.pk)
    return HttpResponseRedirect(reverse("desk_edition", args=[found.pk]) + f"#segment-{segment_id}")


Act = Callable[[Edition, Segment, User, str], None]


def _approve(found: Edition, one: Segment, reviewer: User, seen: str) -> None:
    desk_actions.approve_target(edition=found, segment=one, reviewer=reviewer, text=seen)


def _lock(found: Edition, one: Segment, reviewer: User, seen: str) -> None:
    desk_actions.lock_target(edition=found, segment=one, reviewer=reviewer, text=seen)


def _unlock(found: Edition, one: Segment, reviewer: User, _seen: str) -> None:
    desk_actions.unlock_target(edition=found, segment=one, reviewer=reviewer)


def _ask_one_again(found: Edition, one: Segment, reviewer: User, _seen: str) -> None:
    actions.ask_again(found, reviewer=reviewer, segment=one)


ACTS: Mapping[str, tuple[Act, Promise]] = {
    "approve": (_approve, gettext_lazy("Approved: these words are a person's now.")),
    "lock": (_lock, gettext_lazy("Locked: no machine and no import replaces this sentence.")),
    "unlock": (_unlock, gettext_lazy("Unlocked.")),
    "again": (_ask_one_again, gettext_lazy("Asked again. What people wrote stays as it is.")),
}


@require_POST
@only_with(actions.REVIEW)
def act(request: HttpRequest, edition_id: int, segment_id: int, act: str) -> HttpResponse:
    """Approve, lock, unlock or ask again for one sentence. `seen`: the words that the person saw."""
    if act not in ACTS:
        raise Http404
    found = edition_or_404(edition_id)
    do, done = ACTS[act]
    seen = request.POST.get("seen", "").replace("\r\n", "\n")
    try:
        do(found, get_object_or_404(Segment, pk=segment_id), reviewer_of(request), seen)
    except TranslationRefused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("desk_edition", found.pk)
    messages.success(request, str(done))
    return _after(request, found, segment_id)


@require_POST
@only_with(actions.REVIEW)
def close_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """The desk has looked at what a reader reported."""
    report = get_object_or_404(TranslationReport, pk=report_id)
    desk_actions.close_report(report, reviewer=reviewer_of(request))
    messages.success(request, _("The report is closed."))
    edition = current_edition(report.document_id, report.language)
    if "here" in request.POST and edition is not None:
        return redirect("desk_edition", edition.pk)
    return redirect("desk")


@require_POST
@only_with(actions.REVIEW)
def ask_again(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Throw away what machines made of the edition and have it made anew."""
    found = edition_or_404(edition_id)
    try:
        actions.ask_again(found, reviewer=reviewer_of(request))
    except TranslationRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Asked again. What people wrote stays as it is."))
    return redirect("desk_edition", edition_id)


def edition_or_404(pk: int) -> Edition:
    """A current edition with its counts."""
    found = queries.edition_on_board(pk)
    if found is None:
        raise Http404
    return found


def _about(found: Edition) -> dict[str, object]:
    return {
        "edition": found,
        "document": found.document,
        "label": queries.label_of(found.document),
        "address": queries.address_of(found.document),
    }


def _segment_page(
    request: HttpRequest,
    found: Edition,
    segment_id: int,
    *,
    typed: str | None = None,
    refusal: TranslationRefused | None = None,
) -> HttpResponse:
    place = queries.neighbours(found, segment_id)
    if place is None:
        raise Http404
    one, target = place.current, place.current.target
    suggested = suggesting.suggestions(found, one)
    text = typed if typed is not None else _offered_text(request, suggested, target)
    waiting = queries.next_waiting(found, segment_id)
    context = _about(found) | {
        "place": place,
        "line": _line(place.number, one, _noticed(found, one)),
        "text": text,
        "refusal": refusal.sentence if refusal else "",
        "others": len(queries.other_places(found, one.segment)),
        "suggestions": suggested,
        "terms": suggesting.terms(found, one),
        "waiting": waiting,
        "reports": [
            each
            for each in queries.open_reports(found.document, found.language)
            if each.segment is None or each.segment == one.segment
        ],
    }
    return TemplateResponse(request, "translation/desk/segment.html", context, status=422 if refusal else 200)


def _offered_text(request: HttpRequest, suggested: list[suggesting.Suggestion], target: Target | None) -> str:
    """What the editor begins with: the suggestion a link asked for, or what is there."""
    wanted = request.GET.get("use", "")
    if wanted == "outdated" and target is not None and target.outdated:
        return target.outdated
    chosen = suggesting.named(suggested, wanted)
    if chosen is not None:
        return chosen.text
    return target.text if target is not None else ""


def _noticed(found: Edition, one: DeskSegment) -> list[Stored]:
    """What our checks say: of a machine's words what they said then, of a person's what they say now."""
    target = one.target
    if target is None or target.origin != Origin.HUMAN:
        return target.findings if target is not None else []
    pair = Pair(found.document.source_language, found.language)
    known = glossary(pair.source, pair.target)
    asked = Asked(one.source, one.ranges, terms_in(one.source, known))
    return [asdict(finding) for finding in check(asked, target.text, target.fragments, pair)]
