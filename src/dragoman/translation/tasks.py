"""Job entry points: ids only, idempotent, named explicitly (a renamed module must not orphan queued jobs)."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from dragoman.engines.errors import EngineError
from dragoman.engines.protocol import Pair
from dragoman.translation import actions, company, engines, work
from dragoman.translation.models import Edition, Progress
from dragoman.translation.queue import TOGETHER, requeue
from dragoman.translation.terms import redoing

log = logging.getLogger(__name__)
STALLED_SECONDS = 3  # since a worker's last heartbeat; workers beat once a second
POISONED = 5  # a job whose worker died this often is set aside
REQUEUED_AT_MOST = 500  # editions a minute
FIRST = 100  # priority: a long queue must not keep what mends it waiting

PASSING = (EngineError, *company.DATABASE_GONE)  # what may be over soon
again = RetryStrategy(max_attempts=work.ATTEMPTS_AT_MOST, exponential_wait=2, retry_exceptions=PASSING)


@app.task(name="translation.translate_edition", queue="translation", retry=again, pass_context=True)
def translate_edition(
    context: JobContext, *, edition_ids: Sequence[int] = (), pair: str = "", edition_id: int | None = None
) -> None:
    """Translate what editions lack that are asked of an engine together. `edition_id`: of jobs that an earlier release
    has queued."""
    del pair  # jobs that name the same one are done together
    ids = edition_ids if edition_id is None else [edition_id]
    company.together(context.job, ids, _translate, at_most=TOGETHER, passing=_is_of_engine)


def _translate(edition_ids: Sequence[int]) -> None:
    """What fails for good alone is set aside."""
    try:
        work.work_on(edition_ids)
    except PASSING:
        raise
    except Exception:
        if len(edition_ids) == 1:
            work.set_aside(edition_ids[0])
        raise


def _is_of_engine(fault: Exception) -> bool:
    return company.is_of_database(fault) or (isinstance(fault, EngineError) and fault.of_engine)


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
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS)
    others = (job for job in stalled if job.id != context.job.id)
    for place, job in enumerate(sorted(others, key=lambda job: job.id or 0)):
        await _rescue(manager, job, place)


async def _rescue(manager: JobManager, job: Job, place: int) -> None:
    """`place` among those that died with it: after the second time they run one after the other, for one of them may
    be what kills them all."""
    if job.queueing_lock is not None:  # periodic: its successor may be queued, and bears the same lock
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
    elif await sync_to_async(company.part)(job) or job.attempts < POISONED:  # what killed it is found alone
        later = timedelta(seconds=STALLED_SECONDS * place if job.attempts else 0)
        await manager.retry_job(job, retry_at=timezone.now() + later)
    else:
        log.error("job %s (%s) is set aside: its worker died %s times", job.id, job.task_name, job.attempts)
        if job.task_name == translate_edition.name:
            for edition in _editions_of(job):
                await sync_to_async(work.set_aside)(edition)
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)


def _editions_of(job: Job) -> list[int]:
    """One, however it is named: a job of several was parted when its worker died."""
    named = job.task_kwargs.get("edition_ids") or [job.task_kwargs.get("edition_id")]
    return [int(str(each)) for each in named if each is not None] if isinstance(named, list) else []


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
