"""The work on editions: recall, ask the engine for what is missing, store what passed. Entered by jobs only.

Three steps, so that no engine runs inside a transaction: read and recall (one transaction), ask (none), store
(one transaction, which gives up what has moved on meanwhile). Each of them is done for several editions at once, in
as many statements as for one; those of a pair of languages are asked together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import islice

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from dragoman.database.statements import gathering
from dragoman.engines.errors import EngineError, UnsupportedPair
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.fidelity.findings import Finding, Severity, Verdict
from dragoman.languages.registry import base
from dragoman.text.blocks import Block
from dragoman.text.terms import Glossary, Term
from dragoman.translation import engines, facts
from dragoman.translation.asking import Asked, Told, Translate, ask
from dragoman.translation.compose import recompose_all
from dragoman.translation.desk.kinds import is_for_desk
from dragoman.translation.models import (
    Document,
    Edition,
    LedgerEntry,
    Memory,
    Origin,
    Progress,
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
CHARACTERS_TOGETHER = 4000  # of one request; a longer text is asked by itself
_OPEN = (TargetState.UPDATING, TargetState.REFUSED)
_NOT_REDONE = Finding(
    check="terms",
    severity=Severity.DOUBTFUL,
    message="The glossary has changed, but no translation with its terms has passed the checks.",
    code="term_not_redone",
)


@dataclass(frozen=True)
class _Job:
    edition: Edition
    missing: tuple[Segment, ...]
    terms: Mapping[int, tuple[Term, ...]]  # that stand in each missing segment, by its id

    @property
    def document(self) -> Document:
        return self.edition.document

    @property
    def pair(self) -> Pair:
        return Pair(self.document.source_language, self.edition.language)

    @cached_property
    def fields(self) -> Mapping[str, tuple[Block, ...]]:
        return self.edition.revision.blocks()

    @cached_property
    def asked(self) -> list[Asked]:
        return [asked_of(self.fields, segment, self.terms.get(segment.pk, ())) for segment in self.missing]

    @property
    def characters(self) -> int:
        return sum(len(asked.text) for asked in self.asked)


_Results = tuple[_Job, Sequence[Told]]


def work_on(edition_ids: Sequence[int]) -> None:
    """Bring editions as far as memory and engines can. Raises EngineError where trying again may help; of several also
    where it may be one of them that the engine fails on: then each is to be tried alone."""
    jobs, busy = _take_up(edition_ids, wait=len(edition_ids) == 1)
    for group in _asked_together(job for job in jobs if job.missing):
        _work_together(group)
    for edition in busy:
        work_on([edition])


def _asked_together(jobs: Iterable[_Job]) -> Iterator[list[_Job]]:
    """Of one pair of languages, and of one confidence; no more than an engine says in good time, and each by itself
    where what somebody wrote might sway another's translation."""
    apart = engines.router().reads_together
    groups: dict[tuple[Pair, bool], list[_Job]] = {}
    for job in jobs:
        groups.setdefault((job.pair, job.document.confidential), []).append(job)
    for own in groups.values():
        group: list[_Job] = []
        for job in own:
            long = sum(each.characters for each in (*group, job)) > CHARACTERS_TOGETHER
            if group and (apart or long):
                yield group
                group = []
            group.append(job)
        yield group


def _work_together(jobs: Sequence[_Job]) -> None:
    asked = [sentence for job in jobs for sentence in job.asked]
    try:
        translate = _translator(confidential=jobs[0].document.confidential)
        told = iter(ask(asked, jobs[0].pair, translate, settings.TRANSLATION_DEADLINE_SECONDS))
    except UnsupportedPair:
        for job in jobs:
            _rest(job.edition.pk, Progress.WAITING)
    except EngineError as fault:
        if len(jobs) > 1 and not fault.of_engine:
            raise
        _failed([job.edition.pk for job in jobs], fault)
    else:
        _store([(job, list(islice(told, len(job.missing)))) for job in jobs])


def _translator(*, confidential: bool) -> Translate:
    router = engines.router()

    def translate(request: Request) -> Answer:
        return router.translate(request, confidential_only=confidential)

    return translate


# --- take up ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def _take_up(edition_ids: Sequence[int], *, wait: bool) -> tuple[list[_Job], list[int]]:
    """Fill in what memory knows. What is not queued, or of a superseded revision, is left out; also given are the
    editions that somebody else holds, unless they are waited for: who holds several rows waits for no more."""
    queued = Edition.objects.filter(pk__in=edition_ids, progress=Progress.QUEUED)
    editions = _locked(queued, wait=wait)
    busy = [] if wait or len(editions) == len(edition_ids) else _not_in(queued, editions)
    missing = _missing(editions)
    terms = _terms((each, missing[each.pk]) for each in editions)
    jobs = [
        _Job(edition, tuple(missing[edition.pk]), own) for edition, own in zip(editions, terms, strict=True)
    ]
    recalled = _recalled(jobs)
    _put([(job.edition, recalled[job.edition.pk]) for job in jobs])
    changed, left = [], []
    for job in jobs:
        got = {target.segment_id for target in recalled[job.edition.pk]}
        still = tuple(segment for segment in job.missing if segment.pk not in got)
        if not still:
            job.edition.progress = Progress.DONE
        if got or not still:
            changed.append(job.edition)
        left.append(replace(job, missing=still))
    _finish(changed)
    return left, busy


def _not_in(wanted: QuerySet[Edition], found: Iterable[Edition]) -> list[int]:
    """Ids of those that were not found though they are there."""
    return list(
        wanted.exclude(pk__in=[each.pk for each in found]).order_by("pk").values_list("pk", flat=True)
    )


def _recalled(jobs: Iterable[_Job]) -> dict[int, list[Target]]:
    """What memory has for each edition and the checks let pass, by its id: one query for a pair of languages."""
    groups: dict[tuple[Pair, str], list[_Job]] = {}
    for job in jobs:
        groups.setdefault((job.pair, job.document.scope), []).append(job)
    found: dict[int, list[Target]] = {}
    for (pair, scope), some in groups.items():
        rows = recall(
            [segment for job in some for segment in job.missing],
            source_language=pair.source,
            language=pair.target,
            scope=scope,
            terms={pk: fingerprints(own) for job in some for pk, own in job.terms.items()},
        )
        for job in some:
            targets = (
                from_memory(rows[segment.pk], segment, sentence, pair)
                for segment, sentence in zip(job.missing, job.asked, strict=True)
                if segment.pk in rows
            )
            found[job.edition.pk] = [each for each in targets if each.state != TargetState.REFUSED]
    return found


def _terms(wanted: Iterable[tuple[Edition, Iterable[Segment]]]) -> list[dict[int, tuple[Term, ...]]]:
    """The terms that stand in segments, by segment id, for each edition in its order. The glossary is looked at once
    for a pair of languages."""
    known: dict[tuple[str, str], Glossary] = {}
    found = []
    for edition, segments in wanted:
        pair = edition.document.source_language, edition.language
        if pair not in known:
            known[pair] = glossary(*pair)
        fields = edition.revision.blocks()
        found.append({each.pk: terms_in(sentence(fields, each)[0], known[pair]) for each in segments})
    return found


def _locked(wanted: QuerySet[Edition], *, wait: bool) -> list[Edition]:
    """The editions under their row locks, but for those whose revision is no longer current."""
    rows = wanted.select_for_update(of=("self",), skip_locked=not wait).select_related("document", "revision")
    return [each for each in rows.order_by("pk") if each.document.current_id == each.revision_id]


def _missing(editions: Sequence[Edition]) -> dict[int, list[Segment]]:
    """The segments of each edition, by its id, for which nothing is settled."""
    settled = set(
        Target.objects.filter(edition__in=editions, redo=False)
        .exclude(state__in=_OPEN)
        .values_list("edition_id", "segment_id")
    )
    of_revision: dict[int, list[Segment]] = {}
    for segment in Segment.objects.filter(revision__in={each.revision_id for each in editions}):
        of_revision.setdefault(segment.revision_id, []).append(segment)
    return {
        each.pk: [s for s in of_revision.get(each.revision_id, ()) if (each.pk, s.pk) not in settled]
        for each in editions
    }


# --- store -----------------------------------------------------------------------------------------------------------


def _store(results: Sequence[_Results]) -> None:
    """Keep what came back. Those of several that somebody else holds are waited for one by one: who holds several
    rows waits for no more."""
    if len(results) == 1:
        _store_all(results, wait=True)
        return
    stored = _store_all(results, wait=False)
    for job, told in results:
        if job.edition.pk not in stored:
            _store_all([(job, told)], wait=True)


@transaction.atomic
def _store_all(results: Sequence[_Results], *, wait: bool) -> set[int]:
    """Keep what came back, unless the words have changed meanwhile: then it is of no use to anyone. Gives the editions
    for which it was kept."""
    steady = _steady([job.document.pk for job, _ in results], wait=wait)
    wanted = Edition.objects.filter(pk__in=[job.edition.pk for job, _ in results], document__in=steady)
    held = {edition.pk: edition for edition in _locked(wanted, wait=wait)}
    kept = [
        (replace(job, edition=held[job.edition.pk]), told) for job, told in results if job.edition.pk in held
    ]
    _put(
        [
            (
                job.edition,
                [from_engine(each, s, job.terms[s.pk]) for s, each in zip(job.missing, told, strict=True)],
            )
            for job, told in kept
        ]
    )
    _remember(kept)
    _enter(kept)
    for edition in held.values():
        edition.progress = Progress.DONE
    _finish(list(held.values()))
    _check_glossary_again([job for job, _ in kept])
    return set(held)


def _steady(documents: Sequence[int], *, wait: bool) -> list[int]:
    """Documents that nobody revises or erases until this transaction ends: who does holds the row for itself
    (`FOR UPDATE`), while the jobs of other languages share it."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED if wait else _SHARED_SKIPPING, [list(documents)])
        return [int(pk) for (pk,) in cursor.fetchall()]


_SHARED = "SELECT id FROM translation_document WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
_SHARED_SKIPPING = _SHARED + " SKIP LOCKED"


def _check_glossary_again(jobs: Sequence[_Job]) -> None:
    """The glossary may have changed while the engine worked: it did not find these targets yet, and what it marked
    beside them got no job, for this one was at work."""
    editions = {job.edition.pk: job.edition for job in jobs}
    for job, now in zip(jobs, _terms((job.edition, job.missing) for job in jobs), strict=True):
        stale = [pk for pk, terms in now.items() if fingerprints(terms) != fingerprints(job.terms[pk])]
        if stale:
            job.edition.targets.filter(segment__in=stale, origin=Origin.MACHINE).update(redo=True)
    marked = Target.objects.filter(edition__in=editions, redo=True, origin=Origin.MACHINE)
    again = sorted(set(marked.values_list("edition", flat=True)))
    if again:
        requeue([editions[pk] for pk in again], debounce=True)


def _put(made: Sequence[tuple[Edition, Sequence[Target]]]) -> None:
    """Store targets, never over a human's; what a human said of an earlier wording stays beside."""
    editions = [edition for edition, targets in made if targets]
    if not editions:
        return
    segments = {target.segment_id for _, targets in made for target in targets}
    there = (
        Target.objects.select_for_update().filter(edition__in=editions, segment__in=segments).order_by("pk")
    )
    existing = {(target.edition_id, target.segment_id): target for target in there}
    new: list[Target] = []
    for edition, targets in made:
        for target in targets:
            target.edition = edition
            known = existing.get((edition.pk, target.segment_id))
            if known is None:
                new.append(target)
            else:
                _put_over(known, target)
    Target.objects.bulk_create(new)


def _put_over(known: Target, target: Target) -> None:
    if known.state in _OPEN:
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


def _remember(results: Iterable[_Results]) -> None:
    """Machine memory of what was asked and not refused; it takes the place of what was made with other terms. None of
    what the desk may not see: memory is shown there, and given out in files."""
    rows = {
        (row.key, row.context, row.target_language, row.source_language, row.scope): row
        for job, told in results
        if is_for_desk(job.document.kind)
        for row in _memories(job, told)
    }
    Memory.objects.bulk_create(
        [rows[key] for key in sorted(rows)],  # in an order: who does the same waits, and not for one another
        update_conflicts=True,
        unique_fields=["source_language", "target_language", "key", "context", "scope", "origin"],
        update_fields=["target", "fragments", "engine", "model", "terms"],
    )


def _memories(job: _Job, told: Iterable[Told]) -> Iterator[Memory]:
    for segment, asked, each in zip(job.missing, job.asked, told, strict=True):
        if each.engine and each.verdict is not Verdict.REFUSE:
            yield Memory(
                source_language=base(job.document.source_language),
                target_language=base(job.edition.language),
                key=bytes(segment.key),
                context=bytes(segment.context),
                scope=job.document.scope,
                origin=Origin.MACHINE,
                source=asked.text,
                target=each.text,
                fragments=each.fragments,
                engine=each.engine,
                model=each.model,
                terms=fingerprints(job.terms[segment.pk]),
            )


def _enter(results: Iterable[_Results]) -> None:
    """One line in the ledger for each edition."""
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            document_id=job.document.pk,
            revision_id=job.edition.revision_id,
            source_language=job.document.source_language,
            language=job.edition.language,
            engine=answered[0].engine,
            segments=len(answered),
            characters=job.characters,
            hops=max(each.hops for each in answered),
            retries=sum(each.retries for each in answered),
        )
        for job, told in results
        if (answered := [each for each in told if each.engine])
    )


def _finish(editions: Sequence[Edition]) -> None:
    recompose_all(editions)
    with gathering():
        for edition in editions:
            document = edition.document
            facts.edition_ready.happened(
                document_id=document.pk, kind=document.kind, language=edition.language
            )


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


def _failed(edition_ids: Iterable[int], fault: EngineError) -> None:
    """Count the attempt; try again where that may help, set aside what was tried too often.

    What fails for the engine's sake alone (an outage of an hour, a quota until tomorrow) waits for an engine instead.
    """
    again = [pk for pk in edition_ids if _try_again(pk, fault)]
    if again:
        raise fault


@transaction.atomic
def _try_again(edition_id: int, fault: EngineError) -> bool:
    edition = Edition.objects.select_for_update().filter(pk=edition_id).first()
    if edition is None:
        return False
    edition.attempts += 1
    again = fault.retryable and edition.attempts < ATTEMPTS_AT_MOST
    rest = Progress.WAITING if fault.of_engine else Progress.PARKED
    edition.progress = Progress.QUEUED if again else rest
    edition.save(update_fields=["attempts", "progress", "changed_at"])
    if not again:
        _tell_given_up(edition)
    return again
