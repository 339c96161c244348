"""Running queued jobs in the calling process: for tests, where a worker would not see an open transaction."""

import time

from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from dragoman.engines.errors import EngineError

ROUNDS = 1000


def run_queued_jobs() -> int:
    """Run every queued job in order of priority, and those they queue; gives their number. A job that fails
    with an error it may retry is queued again, as a worker would, up to its attempts."""
    count = 0
    while (job := _take()) is not None and count < ROUNDS:
        _run(job)
        count += 1
    return count


def _take() -> Job | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT id FROM procrastinate_jobs"
            " WHERE status = 'todo' ORDER BY priority DESC, id LIMIT 1)"
            " RETURNING id, status, priority, lock, queueing_lock, task_name, args, scheduled_at, queue_name, attempts"
        )
        row = cursor.fetchone()
        names = [column.name for column in cursor.description or ()]
    return Job.from_row(dict(zip(names, (*row[:6], _args(row[6]), *row[7:]), strict=True))) if row else None


def _args(value: object) -> dict[str, object]:
    import json

    return dict(json.loads(value)) if isinstance(value, str) else dict(value)  # type: ignore[call-overload]


def _run(job: Job) -> None:
    task = app.tasks[job.task_name]
    context = JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: None)
    try:
        task.func(*([context] if task.pass_context else []), **job.task_kwargs)
    except EngineError:
        _settle(job.id, "failed")
    else:
        _settle(job.id, "succeeded")


def _settle(pk: int | None, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, pk])
