"""Queueing work: a row of ours de-duplicates, a job is deferred only when a row came of it (ADR 0005)."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import connection, transaction

from dragoman.languages.registry import UNDETERMINED, base, publication_languages
from dragoman.translation.models import Document, Edition, EditionState, Progress, Revision

FRESH, EDITED, IMPORTED = 20, 10, 0  # job priorities: fresh comments precede imports


def ahead_of(source_language: str) -> list[str]:
    """The languages a document is translated to ahead of any reader."""
    return [
        language.code
        for language in publication_languages()
        if language.ahead and base(language.code) != base(source_language)
    ]


def queue_editions(
    document: Document, revision: Revision, languages: Iterable[str], *, debounce: bool = False
) -> list[int]:
    """An edition row and a job for each language that has none yet; gives the new rows' ids."""
    return queue_all([(document, revision, languages)], debounce=debounce)


def queue_all(
    wanted: Iterable[tuple[Document, Revision | None, Iterable[str]]], *, debounce: bool = False
) -> list[int]:
    """As `queue_editions`, of many documents at once: two statements. A revision that is not its document's current
    one any more gets none: who stored the next has queued that."""
    rows = [
        (document, revision.pk, language)
        for document, revision, languages in wanted
        if revision is not None and document.source_language != UNDETERMINED
        for language in languages
    ]
    if not rows:
        return []
    with transaction.atomic(savepoint=False):
        made = _insert(rows)
        by_number = {document.pk: document for document, _, _ in rows}
        defer_editions([(pk, by_number[document]) for pk, document in made], debounce=debounce)
    return [pk for pk, _ in made]


_INSERT = """
    WITH wanted AS (
        SELECT document.id, document.current_id AS revision, own.language
        FROM translation_document AS document
        JOIN unnest(%(documents)s::bigint[], %(revisions)s::bigint[], %(languages)s::text[])
            WITH ORDINALITY AS own (document, revision, language, place)
            ON own.document = document.id AND own.revision = document.current_id
        WHERE document.id = ANY(%(documents)s)
        ORDER BY document.id, own.place FOR KEY SHARE OF document
    )
    INSERT INTO translation_edition
        (document_id, revision_id, language, state, progress, attempts, origin, note, content, created_at, changed_at)
    SELECT id, revision, language, %(state)s, %(progress)s, 0, '', '', '{}', now(), now() FROM wanted
    ON CONFLICT DO NOTHING RETURNING id, document_id
"""


def _insert(rows: Sequence[tuple[Document, int, str]]) -> list[tuple[int, int]]:
    """The new rows' ids, each with its document's. Never aborts the writer's transaction."""
    told = {
        "documents": [document.pk for document, _, _ in rows],
        "revisions": [revision for _, revision, _ in rows],
        "languages": [language for _, _, language in rows],
        "state": EditionState.ORIGINAL,
        "progress": Progress.QUEUED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, told)
        return [(int(pk), int(document)) for pk, document in cursor.fetchall()]


def defer_edition(pk: int, document: Document, *, debounce: bool = False) -> None:
    """The job for an edition, in the writer's transaction."""
    defer_editions([(pk, document)], debounce=debounce)


def defer_editions(editions: Iterable[tuple[int, Document]], *, debounce: bool = False) -> None:
    """The jobs for editions, each with its document: one statement for those of a priority."""
    from dragoman.translation.tasks import translate_edition

    wait = settings.TRANSLATION_DEBOUNCE_SECONDS if debounce else 0
    jobs: dict[int, list[int]] = {}
    for pk, document in editions:
        jobs.setdefault(IMPORTED if document.bulk else EDITED if debounce else FRESH, []).append(pk)
    for priority, some in jobs.items():
        translate_edition.configure(
            priority=priority, **({"schedule_in": {"seconds": wait}} if wait else {})
        ).batch_defer(*({"edition_id": pk} for pk in some))


def defer_requested(editions: Iterable[int]) -> None:
    """The jobs for editions that readers asked for: one statement."""
    from dragoman.translation.tasks import translate_edition

    jobs = [{"edition_id": pk} for pk in editions]
    if jobs:
        translate_edition.configure(priority=EDITED).batch_defer(*jobs)


def defer_detection(documents: Iterable[Document]) -> None:
    """The job that finds out the languages before anything is translated: one for all of a priority."""
    from dragoman.translation.tasks import prepare

    jobs: dict[int, list[int]] = {}
    for document in documents:
        jobs.setdefault(IMPORTED if document.bulk else FRESH, []).append(document.pk)
    for priority, some in jobs.items():
        prepare.configure(priority=priority).defer(document_ids=some)


def requeue(editions: Iterable[Edition], *, debounce: bool = False) -> int:
    """Queue work again on editions that rest (done, waiting, parked); gives how many were."""
    count = 0
    for edition in editions:
        moved = (
            Edition.objects.filter(pk=edition.pk)
            .exclude(progress=Progress.QUEUED)
            .update(progress=Progress.QUEUED, attempts=0)
        )
        if moved:
            defer_edition(edition.pk, edition.document, debounce=debounce)
            count += 1
    return count
