"""The work on one edition: recall, ask the engine for what is missing, store what passed. Entered by jobs only.

Three steps, so that no engine runs inside a transaction: read and recall (one transaction), ask (none), store
(one transaction, which gives up when the document has moved on meanwhile).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction

from dragoman.engines.errors import EngineError, UnsupportedPair
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.fidelity.findings import Finding, Severity, Verdict
from dragoman.languages.registry import base
from dragoman.text.blocks import Block
from dragoman.text.terms import Term
from dragoman.translation import engines, facts
from dragoman.translation.asking import Asked, Told, Translate, ask
from dragoman.translation.compose import recompose
from dragoman.translation.desk.kinds import is_for_desk
from dragoman.translation.models import (
    Document,
    Edition,
    LedgerEntry,
    Memory,
    Origin,
    Progress,
    Revision,
    Segment,
    Target,
    TargetState,
)
from dragoman.translation.queue import requeue
from dragoman.translation.recall import recall
from dragoman.translation.segmenting import sentence
from dragoman.translation.targets import asked_of, from_engine, from_memory
from dragoman.translation.terms.queries import fingerprints, glossary, terms_in

ATTEMPTS_AT_MOST = 5
_OPEN = (TargetState.UPDATING, TargetState.REFUSED)
_NOT_REDONE = Finding(
    check="terms",
    severity=Severity.DOUBTFUL,
    message="The glossary has changed, but no translation with its terms has passed the checks.",
    code="term_not_redone",
)


@dataclass(frozen=True, slots=True)
class _Job:
    edition: Edition
    document: Document
    revision: Revision
    fields: Mapping[str, tuple[Block, ...]]
    missing: tuple[Segment, ...]
    terms: Mapping[int, tuple[Term, ...]]  # that stand in each missing segment, by its id

    @property
    def pair(self) -> Pair:
        return Pair(self.document.source_language, self.edition.language)

    def asked(self) -> list[Asked]:
        return [asked_of(self.fields, segment, self.terms.get(segment.pk, ())) for segment in self.missing]


def work_on(edition_id: int) -> None:
    """Bring an edition as far as memory and engines can. Raises EngineError where trying again may help."""
    job = _take_up(edition_id)
    if job is None or not job.missing:
        return
    try:
        told = ask(job.asked(), job.pair, _translator(job.document), settings.TRANSLATION_DEADLINE_SECONDS)
    except UnsupportedPair:
        _rest(edition_id, Progress.WAITING)
    except EngineError as fault:
        _failed(edition_id, fault)
    else:
        _store(job, told)


def _translator(document: Document) -> Translate:
    router = engines.router()

    def translate(request: Request) -> Answer:
        return router.translate(request, confidential_only=document.confidential)

    return translate


# --- take up ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def _take_up(edition_id: int) -> _Job | None:
    """Fill in what memory knows; None when there is nothing to do, or the revision is superseded."""
    edition = _locked(edition_id)
    if edition is None:
        return None
    document, revision = edition.document, edition.revision
    fields = revision.blocks()
    missing = _missing(edition)
    terms = _terms(edition, fields, missing)
    recalled = recall(
        missing,
        source_language=document.source_language,
        language=edition.language,
        scope=document.scope,
        terms={pk: fingerprints(own) for pk, own in terms.items()},
    )
    pair = Pair(document.source_language, edition.language)
    targets = [
        from_memory(recalled[segment.pk], segment, asked_of(fields, segment, terms[segment.pk]), pair)
        for segment in missing
        if segment.pk in recalled
    ]
    usable = [target for target in targets if target.state != TargetState.REFUSED]
    _put(edition, usable)
    got = {target.segment_id for target in usable}
    still = tuple(segment for segment in missing if segment.pk not in got)
    if not still:
        edition.progress = Progress.DONE
    if usable or not still:
        _finish(edition, document, revision)
    return _Job(edition, document, revision, fields, still, terms)


def _terms(
    edition: Edition, fields: Mapping[str, tuple[Block, ...]], segments: Iterable[Segment]
) -> dict[int, tuple[Term, ...]]:
    """The terms that stand in segments, by segment id."""
    known = glossary(edition.document.source_language, edition.language)
    return {segment.pk: terms_in(sentence(fields, segment)[0], known) for segment in segments}


def _locked(edition_id: int) -> Edition | None:
    """The edition under its row lock; None when it is gone or its revision is no longer current."""
    edition = (
        Edition.objects.select_for_update(of=("self",))
        .select_related("document", "revision")
        .filter(pk=edition_id)
        .first()
    )
    if edition is None or edition.document.current_id != edition.revision_id:
        return None
    return edition


def _missing(edition: Edition) -> list[Segment]:
    settled = edition.targets.filter(redo=False).exclude(state__in=_OPEN).values("segment")
    return list(Segment.objects.filter(revision=edition.revision_id).exclude(pk__in=settled))


# --- store -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def _store(job: _Job, told: Sequence[Told]) -> None:
    """Keep what came back, unless the words have changed meanwhile: then it is of no use to anyone."""
    Document.objects.select_for_update().filter(pk=job.document.pk).first()
    edition = _locked(job.edition.pk)
    if edition is None:
        return
    results = list(zip(job.missing, told, strict=True))
    _put(edition, [from_engine(each, segment, job.terms[segment.pk]) for segment, each in results])
    _remember(job, results)
    _enter(job, told)
    edition.progress = Progress.DONE
    _finish(edition, edition.document, edition.revision)
    _check_glossary_again(job, edition)


def _check_glossary_again(job: _Job, edition: Edition) -> None:
    """The glossary may have changed while the engine worked: it did not find these targets yet, and what it marked
    beside them got no job, for this one was at work."""
    now = _terms(edition, job.fields, job.missing)
    stale = [pk for pk, terms in now.items() if fingerprints(terms) != fingerprints(job.terms[pk])]
    if stale:
        edition.targets.filter(segment__in=stale, origin=Origin.MACHINE).update(redo=True)
    if edition.targets.filter(redo=True, origin=Origin.MACHINE).exists():
        requeue([edition], debounce=True)


def _put(edition: Edition, targets: Sequence[Target]) -> None:
    """Store targets, never over a human's; what a human said of an earlier wording stays beside."""
    existing = {
        target.segment_id: target
        for target in edition.targets.select_for_update().filter(
            segment__in=[each.segment_id for each in targets]
        )
    }
    for target in targets:
        target.edition = edition
        known = existing.get(target.segment_id)
        if known is None:
            target.save()
        elif known.state in _OPEN:
            target.pk, target._state.adding = known.pk, False
            target.outdated, target.outdated_source = known.outdated, known.outdated_source
            target.save()
        elif known.redo and known.origin == Origin.MACHINE:
            _redo(known, target)


def _redo(known: Target, target: Target) -> None:
    """The glossary changed: what was made anew takes the old one's place when it passed, else the old one stays."""
    if target.state != TargetState.REFUSED:
        target.pk, target._state.adding = known.pk, False
        target.outdated, target.outdated_source = known.outdated, known.outdated_source
        target.save()
        return
    known.redo, known.terms, known.state = False, target.terms, TargetState.DOUBTFUL
    known.findings = [*known.findings, asdict(_NOT_REDONE)]
    known.save(update_fields=["redo", "terms", "state", "findings", "changed_at"])


def _remember(job: _Job, results: Iterable[tuple[Segment, Told]]) -> None:
    """Machine memory of what was asked and not refused; it takes the place of what was made with other terms. None of
    what the desk may not see: memory is shown there, and given out in files."""
    if not is_for_desk(job.document.kind):
        return
    rows = {
        (bytes(segment.key), bytes(segment.context)): Memory(
            source_language=base(job.document.source_language),
            target_language=base(job.edition.language),
            key=bytes(segment.key),
            context=bytes(segment.context),
            scope=job.document.scope,
            origin=Origin.MACHINE,
            source=sentence(job.fields, segment)[0],
            target=told.text,
            fragments=told.fragments,
            engine=told.engine,
            model=told.model,
            terms=fingerprints(job.terms[segment.pk]),
        )
        for segment, told in results
        if told.engine and told.verdict is not Verdict.REFUSE
    }
    Memory.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["source_language", "target_language", "key", "context", "scope", "origin"],
        update_fields=["target", "fragments", "engine", "model", "terms"],
    )


def _enter(job: _Job, told: Sequence[Told]) -> None:
    """One line in the ledger for one logical request."""
    answered = [each for each in told if each.engine]
    if not answered:
        return
    LedgerEntry.objects.create(
        document_id=job.document.pk,
        revision_id=job.revision.pk,
        source_language=job.document.source_language,
        language=job.edition.language,
        engine=answered[0].engine,
        segments=len(answered),
        characters=sum(len(asked.text) for asked in job.asked()),
        hops=max(each.hops for each in answered),
        retries=sum(each.retries for each in answered),
    )


def _finish(edition: Edition, document: Document, revision: Revision) -> None:
    recompose(edition, document=document, revision=revision)
    facts.edition_ready.happened(document_id=document.pk, kind=document.kind, language=edition.language)


# --- what could not be done ------------------------------------------------------------------------------------------


@transaction.atomic
def _rest(edition_id: int, progress: Progress) -> None:
    """Leave an edition as it is: read in the original where nothing else is there."""
    edition = Edition.objects.select_for_update().filter(pk=edition_id).first()
    if edition is not None:
        edition.progress = progress
        edition.save(update_fields=["progress"])
        _tell_given_up(edition)


def _tell_given_up(edition: Edition) -> None:
    """Open pages say "translation on its way" until they hear that there will be none."""
    document = edition.document
    facts.edition_given_up.happened(document_id=document.pk, kind=document.kind, language=edition.language)


def set_aside(edition_id: int) -> None:
    """No more work on an edition until somebody asks for it."""
    _rest(edition_id, Progress.PARKED)


def _failed(edition_id: int, fault: EngineError) -> None:
    """Count the attempt; try again where that may help, set aside what was tried too often.

    What fails for the engine's sake alone (an outage of an hour, a quota until tomorrow) waits for an engine instead.
    """
    with transaction.atomic():
        edition = Edition.objects.select_for_update().filter(pk=edition_id).first()
        if edition is None:
            return
        edition.attempts += 1
        again = fault.retryable and edition.attempts < ATTEMPTS_AT_MOST
        rest = Progress.WAITING if fault.of_engine else Progress.PARKED
        edition.progress = Progress.QUEUED if again else rest
        edition.save(update_fields=["attempts", "progress", "changed_at"])
        if not again:
            _tell_given_up(edition)
    if again:
        raise fault
