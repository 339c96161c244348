"""Job entry points: ids only, idempotent, named explicitly (a renamed module must not orphan queued jobs)."""

import logging
from collections.abc import Sequence

from asgiref.sync import sync_to_async
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from dragoman.engines.errors import EngineError
from dragoman.engines.protocol import Pair
from dragoman.translation import actions, company, engines, work
from dragoman.translation.models import Edition, Progress
from dragoman.translation.queue import requeue
from dragoman.translation.terms import redoing

log = logging.getLogger(__name__)
STALLED_SECONDS = 3  # since a worker's last heartbeat; workers beat once a second
POISONED = 5  # a job whose worker died this often is set aside
REQUEUED_AT_MOST = 500  # editions a minute
FIRST = 100  # priority: a long queue must not keep what mends it waiting

PASSING = (EngineError, *company.DATABASE_GONE)  # what may be over soon
again = RetryStrategy(max_attempts=work.ATTEMPTS_AT_MOST, exponential_wait=2, retry_exceptions=PASSING)


@app.task(name="translation.translate_edition", queue="translation", retry=again)
def translate_edition(*, edition_id: int) -> None:
    """Translate what an edition lacks; it is set aside when the work on it fails for good."""
    try:
        work.work_on(edition_id)
    except PASSING:
        raise
    except Exception:
        work.set_aside(edition_id)
        raise


@app.task(
    name="translation.prepare",
    queue="translation",
    pass_context=True,
    retry=RetryStrategy(max_attempts=work.ATTEMPTS_AT_MOST, exponential_wait=2),
)
def prepare(context: JobContext, *, document_ids: Sequence[int] = (), document_id: int | None = None) -> None:
    """Find out the languages of documents, then queue their editions. `document_id`: of jobs that an earlier release
    has queued."""
    ids = document_ids if document_id is None else [document_id]
    company.together(context.job, ids, actions.identify_languages)


@app.task(name="translation.apply_term_change", queue="translation", retry=again)
def apply_term_change(*, change_id: int) -> None:
    """Mark what a change of the glossary touches, and queue the work."""
    redoing.apply_change(change_id)


@app.periodic(cron="17 4 * * *", periodic_id="forget")
@app.task(name="translation.forget", queue="housekeeping")
def forget(timestamp: int) -> None:
    """Machine and discussion memory that no live text holds any more."""
    del timestamp
    gone = actions.forget_unused_memory()
    if gone:
        log.info("%s memory rows forgotten", gone)


# Seconds come last (croniter). No locks: a rescue whose worker was killed must not lock the next one out.
@app.periodic(cron="* * * * * */2", periodic_id="rescue")
@app.task(
    name="translation.rescue",
    queue="housekeeping",
    priority=FIRST,
    pass_context=True,
)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Jobs of dead workers run again; what killed its worker too often is set aside."""
    del timestamp
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        if job.id != context.job.id:
            await _rescue(manager, job)


async def _rescue(manager: JobManager, job: Job) -> None:
    if job.queueing_lock is not None:  # periodic: its successor may be queued, and bears the same lock
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
    elif job.attempts < POISONED:
        await sync_to_async(company.part)(job)  # what killed it shall kill no others' again
        await manager.retry_job(job)
    else:
        log.error("job %s (%s) is set aside: its worker died %s times", job.id, job.task_name, job.attempts)
        if job.task_name == translate_edition.name:
            await sync_to_async(work.set_aside)(int(str(job.task_kwargs["edition_id"])))
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)


@app.periodic(cron="* * * * *", periodic_id="notice_engines")
@app.task(
    name="translation.notice_engines",
    queue="translation",
    priority=FIRST,
    lock="notice_engines",
    queueing_lock="notice_engines",
)
def notice_engines(timestamp: int) -> None:
    """Editions that waited for an engine, once there is one for their pair."""
    del timestamp
    count = requeue_waiting()
    if count:
        log.info("%s editions queued again: there is an engine for them now", count)


def requeue_waiting() -> int:
    """Queue the waiting editions whose pair an engine has now; gives their number.

    Those that wait longest come first and not too many: an engine that is still ill sends them all back.
    """
    known: dict[tuple[Pair, bool], bool] = {}
    router = engines.router()
    ready: list[Edition] = []
    waiting = Edition.objects.filter(progress=Progress.WAITING).select_related("document")
    for edition in waiting.order_by("changed_at").iterator():
        pair, confidential = (
            Pair(edition.document.source_language, edition.language),
            edition.document.confidential,
        )
        if (pair, confidential) not in known:
            known[pair, confidential] = router.route(pair, confidential) is not None
        if known[pair, confidential]:
            ready.append(edition)
        if len(ready) == REQUEUED_AT_MOST:
            break
    return requeue(ready)
