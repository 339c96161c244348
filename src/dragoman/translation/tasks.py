"""Job entry points: ids only, idempotent, named explicitly (a renamed module must not orphan queued jobs)."""

import logging

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from dragoman.engines.errors import EngineError
from dragoman.engines.protocol import Pair
from dragoman.translation import actions, engines, work
from dragoman.translation.models import Edition, Progress
from dragoman.translation.queue import requeue

log = logging.getLogger(__name__)
STALLED_SECONDS = 3  # since a worker's last heartbeat; workers beat once a second
POISONED = 5  # a job whose worker died this often is set aside

again = RetryStrategy(max_attempts=work.ATTEMPTS_AT_MOST, exponential_wait=2, retry_exceptions=[EngineError])


@app.task(name="translation.translate_edition", queue="translation", retry=again)
def translate_edition(*, edition_id: int) -> None:
    """Translate what an edition lacks."""
    work.work_on(edition_id)


@app.task(name="translation.prepare", queue="translation", retry=3)
def prepare(*, document_id: int) -> None:
    """Find out a document's language, then queue its editions."""
    actions.identify_language(document_id)


@app.periodic(cron="17 4 * * *", periodic_id="forget")
@app.task(name="translation.forget", queue="housekeeping")
def forget(timestamp: int) -> None:
    """Machine and discussion memory that no live text holds any more."""
    del timestamp
    gone = actions.forget_unused_memory()
    if gone:
        log.info("%s memory rows forgotten", gone)


@app.periodic(cron="*/3 * * * * *", periodic_id="rescue")
@app.task(
    name="translation.rescue", queue="housekeeping", lock="rescue", queueing_lock="rescue", pass_context=True
)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Jobs of dead workers run again; what killed its worker too often is set aside."""
    del timestamp
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        if job.id is None or job.id == context.job.id:
            continue
        if job.attempts >= POISONED:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)


@app.periodic(cron="* * * * *", periodic_id="notice_engines")
@app.task(
    name="translation.notice_engines",
    queue="translation",
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
    """Queue the waiting editions whose pair an engine has now; gives their number."""
    known: dict[Pair, bool] = {}
    router = engines.router()
    ready = []
    for edition in Edition.objects.filter(progress=Progress.WAITING).select_related("document").iterator():
        pair = Pair(edition.document.source_language, edition.language)
        if pair not in known:
            known[pair] = router.route(pair, edition.document.confidential) is not None
        if known[pair]:
            ready.append(edition)
    return requeue(ready)
