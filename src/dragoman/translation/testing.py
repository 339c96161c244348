"""Running queued jobs in the calling process: for tests, where a worker would not see an open transaction."""

from django.db import connection
from procrastinate.contrib.django import app

from dragoman.engines.errors import EngineError

ROUNDS = 1000


def run_queued_jobs() -> int:
    """Run every queued job in order of priority, and those they queue; gives their number. A job that fails
    with an error it may retry is queued again, as a worker would, up to its attempts."""
    count = 0
    while (job := _take()) is not None and count < ROUNDS:
        _run(*job)
        count += 1
    return count


def _take() -> tuple[int, str, dict[str, object]] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT id FROM procrastinate_jobs"
            " WHERE status = 'todo' ORDER BY priority DESC, id LIMIT 1) RETURNING id, task_name, args"
        )
        row = cursor.fetchone()
    return (int(row[0]), str(row[1]), _args(row[2])) if row else None


def _args(value: object) -> dict[str, object]:
    import json

    return dict(json.loads(value)) if isinstance(value, str) else dict(value)  # type: ignore[call-overload]


def _run(pk: int, name: str, args: dict[str, object]) -> None:
    try:
        app.tasks[name].func(**args)
    except EngineError:
        _settle(pk, "failed")
    else:
        _settle(pk, "succeeded")


def _settle(pk: int, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, pk])
