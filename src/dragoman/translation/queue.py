"""Queueing work: a row of ours de-duplicates, a job is deferred only when a row came of it (ADR 0005)."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from dragoman.database.jobs import put_jobs
from dragoman.engines.protocol import Pair
from dragoman.languages.registry import UNDETERMINED, base, publication_languages
from dragoman.translation.models import Document, Edition, EditionState, Progress, Revision

FRESH, EDITED, IMPORTED = 20, 10, 0  # job priorities: fresh comments precede imports
TOGETHER = 16  # editions that one job brings to an engine


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
        defer_editions(
            (work_of(pk, language, by_number[document]) for pk, language, document in made), debounce=debounce
        )
    return [pk for pk, _, _ in made]


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
    ON CONFLICT DO NOTHING RETURNING id, language, document_id
"""


def _insert(rows: Sequence[tuple[Document, int, str]]) -> list[tuple[int, str, int]]:
    """The new rows' ids, each with its language and its document's id. Never aborts the writer's transaction."""
    told: dict[str, Any] = {
        "documents": [document.pk for document, _, _ in rows],
        "revisions": [revision for _, revision, _ in rows],
        "languages": [language for _, _, language in rows],
        "state": EditionState.ORIGINAL,
        "progress": Progress.QUEUED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, told)
        return [(int(pk), str(language), int(document)) for pk, language, document in cursor.fetchall()]


class Work(NamedTuple):
    """An edition that waits to be worked on."""

    edition: int
    pair: Pair
    bulk: bool = False


def work_of(edition: int, language: str, document: Document) -> Work:
    """An edition of a document in a language."""
    return Work(edition, Pair(document.source_language, language), document.bulk)


def defer_edition(edition: Edition, *, debounce: bool = False) -> None:
    """The job for an edition, in the writer's transaction."""
    defer_editions([work_of(edition.pk, edition.language, edition.document)], debounce=debounce)


def defer_editions(works: Iterable[Work], *, debounce: bool = False, asked_for: bool = False) -> None:
    """The jobs for editions: one for those that are asked of an engine together, one statement for those of a
    priority. `asked_for`: by a reader, on view."""
    from dragoman.translation.tasks import translate_edition

    wait = settings.TRANSLATION_DEBOUNCE_SECONDS if debounce else 0
    jobs: dict[int, dict[Pair, list[int]]] = {}
    for work in works:
        priority = IMPORTED if work.bulk else EDITED if debounce or asked_for else FRESH
        jobs.setdefault(priority, {}).setdefault(work.pair, []).append(work.edition)
    for priority, pairs in jobs.items():
        put_jobs(
            translate_edition.configure(
                priority=priority, **({"schedule_in": {"seconds": wait}} if wait else {})
            ),
            (
                {"edition_ids": some[start : start + TOGETHER], "pair": str(pair)}
                for pair, some in pairs.items()
                for start in range(0, len(some), TOGETHER)
            ),
        )


def defer_detection(documents: Iterable[Document]) -> None:
    """The job that finds out the languages before anything is translated: one for all of a priority."""
    from dragoman.translation.tasks import prepare

    jobs: dict[int, list[int]] = {}
    for document in documents:
        jobs.setdefault(IMPORTED if document.bulk else FRESH, []).append(document.pk)
    for priority, some in jobs.items():
        put_jobs(prepare.configure(priority=priority), [{"document_ids": some}])


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
            defer_edition(edition, debounce=debounce)
            count += 1
    return count
