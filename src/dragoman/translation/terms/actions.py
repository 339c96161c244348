"""The only writes of the glossary. What a change touches is made anew by a job that is deferred with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dragoman.people.models import User
from dragoman.translation.errors import InvalidTerm, MayNotEditTerms
from dragoman.translation.models import TargetStatus, Term, TermChange, TermStatus, TermTarget
from dragoman.translation.terms.entries import Entry, checked, effect, entry_of

EDIT_TERMS = "translation.edit_terms"


@dataclass(frozen=True, slots=True)
class ImportedTerms:
    """What an import did, or would do."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def save_term(entry: Entry, *, editor: User, term: Term | None = None) -> Term:
    """Add a term, or change one. Sentences that it touches are made anew, once they pass; people's are flagged.
    Raises MayNotEditTerms, InvalidTerm."""
    _require(editor)
    entry = checked(entry)
    before = None
    if term is not None:
        term = Term.objects.select_for_update().filter(pk=term.pk).first()
        if term is None:
            raise InvalidTerm(_("This term is gone."))
        before = entry_of(term)
    stored = _store(entry, term, editor)
    _announce([(before, entry)], editor)
    return stored


@transaction.atomic
def remove_term(term: Term, *, editor: User) -> None:
    """Take a term out of the glossary; what was made with it is made anew. Raises MayNotEditTerms."""
    _require(editor)
    locked = Term.objects.select_for_update().filter(pk=term.pk).first()
    if locked is None:
        return
    before = entry_of(locked)
    locked.delete()
    _announce([(before, None)], editor)


@transaction.atomic
def decide_proposal(target: TermTarget, *, approve: bool, editor: User) -> Term:
    """Approve or dismiss a proposed translation; its term is approved with it. What is dismissed is not proposed
    again. Raises MayNotEditTerms."""
    _require(editor)
    term = Term.objects.select_for_update().get(pk=target.term_id)
    before = entry_of(term)
    status = TargetStatus.APPROVED if approve else TargetStatus.DISMISSED
    TermTarget.objects.filter(pk=target.pk, status=TargetStatus.PROPOSED).update(status=status)
    if approve and term.status == TermStatus.PROPOSED:
        term.status, term.changed_by = TermStatus.APPROVED, editor
        term.save(update_fields=["status", "changed_by", "changed_at"])
    elif (
        term.status == TermStatus.PROPOSED and not term.targets.filter(status=TargetStatus.PROPOSED).exists()
    ):
        term.status = TermStatus.RETIRED
        term.save(update_fields=["status", "changed_at"])
    _announce([(before, entry_of(term))], editor)
    return term


@transaction.atomic
def import_terms(entries: Iterable[Entry], *, editor: User | None, dry_run: bool = False) -> ImportedTerms:
    """Store a file's entries: of a term that is known, what the file says replaces what is there, its languages
    that the file does not name stay. `editor` is None for who runs the command line. Raises MayNotEditTerms,
    InvalidTerm; then nothing is stored."""
    if editor is not None:
        _require(editor)
    wanted = [checked(entry) for entry in entries]
    known = _known(wanted)
    changes = [(known.get(_key(entry)), entry) for entry in wanted]
    pairs = [(entry_of(term) if term else None, entry, term) for term, entry in changes]
    merged = [(before, _merged(before, entry), term) for before, entry, term in pairs]
    report = ImportedTerms(
        added=sum(before is None for before, _, _ in merged),
        changed=sum(before is not None and before != after for before, after, _ in merged),
        unchanged=sum(before == after for before, after, _ in merged),
    )
    if not dry_run:
        for before, after, term in merged:
            if before != after:
                _store(after, term, editor)
        _announce([(before, after) for before, after, _ in merged], editor)
    return report


def _require(editor: User) -> None:
    if not editor.has_perm(EDIT_TERMS):
        raise MayNotEditTerms


def _key(entry: Entry) -> tuple[str, str]:
    return entry.source_language, entry.source


def _known(wanted: Sequence[Entry]) -> dict[tuple[str, str], Term]:
    keys = {_key(entry) for entry in wanted}
    if len(keys) < len(wanted):
        raise InvalidTerm(_("A term stands there twice."))
    rows = (
        Term.objects.select_for_update()
        .filter(source__in=[source for _, source in keys])
        .order_by("pk")
        .prefetch_related("targets")
    )
    return {(term.source_language, term.source): term for term in rows}


def _merged(before: Entry | None, entry: Entry) -> Entry:
    if before is None:
        return entry
    named = {each.language for each in entry.targets}
    stay = tuple(each for each in before.targets if each.language not in named)
    return checked(replace(entry, targets=(*entry.targets, *stay)))


def _store(entry: Entry, term: Term | None, editor: User | None) -> Term:
    term = term or Term()
    term.source_language, term.source, term.variants = (
        entry.source_language,
        entry.source,
        list(entry.variants),
    )
    term.match_case, term.inflected, term.keep = entry.match_case, entry.inflected, entry.keep
    term.status, term.note, term.changed_by = entry.status, entry.note, editor
    try:
        with transaction.atomic():
            term.save()
    except IntegrityError as fault:
        raise InvalidTerm(_("The glossary has “%(term)s” already.") % {"term": entry.source}) from fault
    _store_targets(entry, term)
    return term


def _store_targets(entry: Entry, term: Term) -> None:
    """Rows that may stay do: evidence hangs on them. Of a language, the order is that of the numbers."""
    rows = list(term.targets.all())
    for language in {row.language for row in rows} | {each.language for each in entry.targets}:
        known = {row.text: row for row in rows if row.language == language}
        wanted = [each for each in entry.targets if each.language == language]
        texts = [each.text for each in wanted]
        staying = [text for text in known if text in texts]
        if texts[: len(staying)] != staying:
            staying = []
        TermTarget.objects.filter(
            pk__in=[row.pk for text, row in known.items() if text not in staying]
        ).delete()
        for each in wanted:
            row = known[each.text] if each.text in staying else TermTarget(term=term)
            row.language, row.text = each.language, each.text
            row.forms, row.status = list(each.forms), each.status
            row.save()


def _announce(changes: Iterable[tuple[Entry | None, Entry | None]], editor: User | None) -> None:
    """A change of the glossary for each language that has one, and the job that makes anew what it touches."""
    touched: dict[str, dict[str, None]] = {}
    for before, after in changes:
        if effect(before) == effect(after):
            continue
        for entry in (before, after):
            if entry is not None:
                touched.setdefault(entry.source_language, {}).update(dict.fromkeys(entry.wordings))
    from dragoman.translation.tasks import apply_term_change

    for language, wordings in touched.items():
        change = TermChange.objects.create(source_language=language, wordings=list(wordings), by=editor)
        apply_term_change.defer(change_id=change.pk)
