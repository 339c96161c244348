"""Queueing work: a row of ours de-duplicates, a job is deferred only when a row came of it (ADR 0005)."""

from collections.abc import Iterable

from django.conf import settings
from django.db import connection

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
    if document.source_language == UNDETERMINED:
        return []
    made = [pk for language in languages if (pk := _insert(document, revision, language)) is not None]
    for pk in made:
        defer_edition(pk, document, debounce=debounce)
    return made


def _insert(document: Document, revision: Revision, language: str) -> int | None:
    """The new row's id; None when the row is there already. Never aborts the writer's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO translation_edition
                (document_id, revision_id, language, state, progress, attempts, origin, note, content,
                 created_at, changed_at)
            VALUES (%s, %s, %s, %s, %s, 0, '', '', '{}', now(), now())
            ON CONFLICT DO NOTHING RETURNING id
            """,
            [document.pk, revision.pk, language, EditionState.ORIGINAL, Progress.QUEUED],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def defer_edition(pk: int, document: Document, *, debounce: bool = False) -> None:
    """The job for an edition, in the writer's transaction."""
    from dragoman.translation.tasks import translate_edition

    wait = settings.TRANSLATION_DEBOUNCE_SECONDS if debounce else 0
    translate_edition.configure(
        priority=IMPORTED if document.bulk else EDITED if debounce else FRESH,
        **({"schedule_in": {"seconds": wait}} if wait else {}),
    ).defer(edition_id=pk)


def defer_requested(editions: Iterable[int]) -> None:
    """The jobs for editions that readers asked for: one statement."""
    from dragoman.translation.tasks import translate_edition

    jobs = [{"edition_id": pk} for pk in editions]
    if jobs:
        translate_edition.configure(priority=EDITED).batch_defer(*jobs)


def defer_detection(documents: Iterable[Document]) -> None:
    """The jobs that find out a language before anything is translated."""
    from dragoman.translation.tasks import prepare

    jobs: dict[int, list[Document]] = {}
    for document in documents:
        jobs.setdefault(IMPORTED if document.bulk else FRESH, []).append(document)
    for priority, some in jobs.items():
        prepare.configure(priority=priority).batch_defer(*({"document_id": each.pk} for each in some))


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
