"""Pages of the glossary, under `/admin/desk/terms/`. They work from the keyboard and without script."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dragoman.languages.registry import base, codes, default_language
from dragoman.people.models import User
from dragoman.translation.desk.guarding import only_with
from dragoman.translation.errors import TranslationRefused
from dragoman.translation.exchange.terms import FORMATS, LARGEST, read_terms, write_terms
from dragoman.translation.models import TargetStatus, Term, TermChange, TermStatus, TermTarget
from dragoman.translation.terms import actions
from dragoman.translation.terms.entries import Entry, TargetEntry, entry_of
from dragoman.translation.terms.queries import listed

PER_PAGE = 50
CHANGES_SHOWN = 5
_UNDECIDED = (TargetStatus.PROPOSED, TargetStatus.DISMISSED)


def _editor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
@only_with(actions.EDIT_TERMS)
def terms(request: HttpRequest) -> HttpResponse:
    """The glossary, searched."""
    wanted = {name: request.GET.get(name, "").strip()[:200] for name in ("words", "status", "language")}
    page = Paginator(listed(**wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "page": page,
        "languages": codes(),
        "statuses": TermStatus.choices,
        "kinds": list(FORMATS),
        "changes": TermChange.objects.select_related("by")[:CHANGES_SHOWN],
    }
    return TemplateResponse(request, "translation/desk/terms.html", context)


@require_http_methods(["GET", "POST"])
@only_with(actions.EDIT_TERMS)
def term(request: HttpRequest, term_id: int | None = None) -> HttpResponse:
    """A term to be written or changed."""
    stored = get_object_or_404(Term.objects.prefetch_related("targets"), pk=term_id) if term_id else None
    known = entry_of(stored) if stored else Entry(default_language(), request.GET.get("source", "")[:200])
    if request.method != "POST":
        return _form(request, known, stored)
    entry = _entry(request.POST, known)
    try:
        actions.save_term(entry, editor=_editor(request), term=stored)
    except TranslationRefused as refusal:
        return _form(request, entry, stored, refusal.sentence)
    messages.success(
        request, _("Saved. The sentences it touches are being made anew; people’s stay as they are.")
    )
    return redirect("desk_terms")


@require_POST
@only_with(actions.EDIT_TERMS)
def remove(request: HttpRequest, term_id: int) -> HttpResponse:
    """Take a term out of the glossary."""
    actions.remove_term(get_object_or_404(Term, pk=term_id), editor=_editor(request))
    messages.success(request, _("Removed. What was translated with it is being made anew."))
    return redirect("desk_terms")


@require_POST
@only_with(actions.EDIT_TERMS)
def decide(request: HttpRequest, target_id: int) -> HttpResponse:
    """Approve or dismiss a proposed translation."""
    target = get_object_or_404(TermTarget, pk=target_id)
    found = actions.decide_proposal(target, approve="approve" in request.POST, editor=_editor(request))
    return redirect("desk_term", found.pk)


@require_POST
@only_with(actions.EDIT_TERMS)
def bring(request: HttpRequest) -> HttpResponse:
    """Import a file, or say what it would change."""
    file = request.FILES.get("file")
    rehearsal = request.POST.get("rehearsal") == "on"
    try:
        content = file.read(LARGEST + 1) if file else b""
        report = actions.import_terms(read_terms(content), editor=_editor(request), dry_run=rehearsal)
    except TranslationRefused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("desk_terms")
    told = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    sentence = (
        _("Nothing was stored. New: %(added)d, changed: %(changed)d, as before: %(unchanged)d.")
        if rehearsal
        else _("Imported. New: %(added)d, changed: %(changed)d, as before: %(unchanged)d.")
    )
    messages.success(request, sentence % told)
    return redirect("desk_terms")


@require_safe
@only_with(actions.EDIT_TERMS)
def take(request: HttpRequest, kind: str) -> HttpResponse:
    """The glossary as a file."""
    del request
    if kind not in FORMATS:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="terms.{kind}"'}
    return HttpResponse(write_terms(kind), content_type=FORMATS[kind][0], headers=headers)


# --- the form ----------------------------------------------------------------------------------------------------


def _form(request: HttpRequest, entry: Entry, stored: Term | None, refusal: str = "") -> HttpResponse:
    others = [each.language for each in entry.targets]
    context = {
        "entry": entry,
        "term": stored,
        "refusal": refusal,
        "sources": _unique([*codes(), entry.source_language]),
        "variants": "\n".join(entry.variants),
        "statuses": TermStatus.choices,
        "languages": [
            {
                "code": code,
                "approved": _lines(entry, code, TargetStatus.APPROVED),
                "forbidden": _lines(entry, code, TargetStatus.FORBIDDEN),
            }
            for code in _unique([*codes(), *others])
            if base(code) != base(entry.source_language) or code in others
        ],
        "proposals": _proposals(stored),
    }
    return TemplateResponse(request, "translation/desk/term.html", context, status=422 if refusal else 200)


def _unique(codes: list[str]) -> list[str]:
    return list(dict.fromkeys(code for code in codes if code))


def _proposals(stored: Term | None) -> list[TermTarget]:
    if stored is None:
        return []
    rows = stored.targets.filter(status=TargetStatus.PROPOSED).prefetch_related("evidence")
    return list(rows)


def _lines(entry: Entry, language: str, status: str) -> str:
    return "\n".join(
        " | ".join((each.text, *each.forms))
        for each in entry.targets
        if each.language == language and each.status == status
    )


def _entry(sent: QueryDict, known: Entry) -> Entry:
    """What the form says; proposals are decided upon by themselves and stay."""
    undecided = tuple(each for each in known.targets if each.status in _UNDECIDED)
    written = [
        *_targets(sent, "approved", TargetStatus.APPROVED),
        *_targets(sent, "forbidden", TargetStatus.FORBIDDEN),
    ]
    said = {(each.language, each.text) for each in written}
    stay = [each for each in undecided if (each.language, each.text) not in said]
    return Entry(
        source_language=sent.get("source_language", ""),
        source=sent.get("source", ""),
        variants=tuple(sent.get("variants", "").splitlines()),
        targets=(*written, *stay),
        match_case="match_case" in sent,
        inflected="inflected" in sent,
        keep="keep" in sent,
        status=sent.get("status", ""),
        note=sent.get("note", ""),
    )


def _targets(sent: Mapping[str, str], name: str, status: str) -> list[TargetEntry]:
    """`approved-fr`: a translation on each line, its inflected forms behind bars."""
    found = []
    for key in sent:
        if key.startswith(f"{name}-"):
            for line in filter(str.strip, sent[key].splitlines()):
                text, *forms = line.split("|")
                found.append(TargetEntry(key.removeprefix(f"{name}-"), text, tuple(forms), status))
    return found
