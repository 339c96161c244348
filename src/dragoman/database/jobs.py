"""Jobs that are queued on the same journey as what they are about (ADR 20). Who wants a job's number calls
Procrastinate's own `defer`, which makes a journey for it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from procrastinate.jobs import JobDeferrer

from dragoman.database.statements import put


def put_jobs(deferrer: JobDeferrer, jobs: Iterable[Mapping[str, Any]]) -> None:
    """As `deferrer.batch_defer`, `put` with other statements: now, or with others inside `gathering`."""
    told = [json.dumps(job) for job in jobs]
    if told:
        put_jobs_found(deferrer, _AS_TOLD, {"told": told})


def put_jobs_found(deferrer: JobDeferrer, found: str, values: Mapping[str, Any]) -> None:
    """The same for what the database knows: a job for each row of the query `found`, whose one column, `told`, is its
    arguments as jsonb; `values` are the query's own."""
    job = deferrer.job
    about = {
        "job_queue": job.queue,
        "job_task": job.task_name,
        "job_priority": job.priority,
        "job_lock": job.lock,
        "job_queueing_lock": job.queueing_lock,
        "job_at": job.scheduled_at,
    }
    put(_QUEUE.format(found=found), {**values, **about})


_AS_TOLD = "SELECT unnest(%(told)s::text[])::jsonb AS told"
# Procrastinate's own function, which its `batch_defer` calls: the number is the version of what it takes.
_QUEUE = """
    SELECT procrastinate_defer_jobs_v1(jobs) FROM (
        SELECT array_agg(ROW(
            %(job_queue)s::text, %(job_task)s::text, %(job_priority)s::int, %(job_lock)s::text,
            %(job_queueing_lock)s::text, found.told, %(job_at)s::timestamptz
        )::procrastinate_job_to_defer_v1) AS jobs FROM ({found}) AS found
    ) AS gathered WHERE jobs IS NOT NULL
"""
