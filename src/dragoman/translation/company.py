"""Jobs of one kind that wait are done together, by one of them: everybody who waits comes along, nobody is waited for.

A job names many things of a kind by id (`document_ids`). Before it begins it takes over the ids of others like it, of
the same priority and with the same other arguments: their jobs go and its own names them, in one statement, so that
whatever happens to it afterwards happens to all of them, and none is lost. What fails together is done by each alone:
then each has a job of its own again, which counts as tried once and has no company any more. So one that cannot be
done holds nobody up.
"""

import logging
from collections.abc import Callable, Sequence

from django.db import InterfaceError, OperationalError, connection
from procrastinate.jobs import Job

AT_ONCE = 64
DATABASE_GONE = (OperationalError, InterfaceError)
"""It was killed, or of two that waited for one another this one went back: nothing is wrong with any of them."""

log = logging.getLogger(__name__)

_JOIN = """
    WITH own AS MATERIALIZED (
        SELECT id, args FROM procrastinate_jobs WHERE id = %(job)s AND status = 'doing' FOR UPDATE
    ), alike AS (
        SELECT waiting.id, waiting.args -> %(key)s AS ids FROM procrastinate_jobs AS waiting, own
        WHERE waiting.status = 'todo' AND waiting.priority = %(priority)s
            AND waiting.task_name = %(task)s AND waiting.queue_name = %(queue)s AND waiting.attempts = 0
            AND (waiting.scheduled_at IS NULL OR waiting.scheduled_at <= now())
            AND jsonb_exists(waiting.args, %(key)s) AND waiting.args - %(key)s = own.args - %(key)s
        ORDER BY waiting.id LIMIT %(most)s
    ), fitting AS (
        SELECT id, sum(jsonb_array_length(ids)) OVER (ORDER BY id) AS number FROM alike
    ), company AS MATERIALIZED (
        SELECT id, args -> %(key)s AS ids FROM procrastinate_jobs
        WHERE id IN (SELECT id FROM fitting WHERE number <= %(most)s) AND status = 'todo'
        FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM procrastinate_jobs USING company WHERE procrastinate_jobs.id = company.id
    )
    UPDATE procrastinate_jobs AS job SET args = own.args || jsonb_build_object(%(key)s, own.args -> %(key)s || (
        SELECT jsonb_agg(each.value ORDER BY company.id) FROM company, jsonb_array_elements(company.ids) AS each
    ))
    FROM own
    WHERE job.id = own.id AND EXISTS (SELECT FROM company)
    RETURNING ARRAY(SELECT value::text::bigint FROM jsonb_array_elements(job.args -> %(key)s))
"""
_PART = """
    WITH parted AS MATERIALIZED (
        SELECT * FROM procrastinate_jobs
        WHERE id = %(job)s AND status = 'doing' AND jsonb_array_length(args -> %(key)s) > 1 FOR UPDATE
    ), emptied AS (
        UPDATE procrastinate_jobs SET args = parted.args || jsonb_build_object(%(key)s, '[]'::jsonb)
        FROM parted WHERE procrastinate_jobs.id = parted.id
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, attempts)
    SELECT parted.queue_name, parted.task_name, parted.priority,
        parted.args || jsonb_build_object(%(key)s, jsonb_build_array(each.value)), parted.attempts + 1
    FROM parted, jsonb_array_elements(parted.args -> %(key)s) AS each
"""


def is_of_database(fault: Exception) -> bool:
    """Whether it would fail whatever the job names."""
    return isinstance(fault, DATABASE_GONE)


def together(
    job: Job,
    ids: Sequence[int],
    do: Callable[[Sequence[int]], None],
    *,
    at_most: int = AT_ONCE,
    passing: Callable[[Exception], bool] = is_of_database,
) -> None:
    """Do what a running job names with what others of its kind name. Raises what one alone raises, and of several what
    is of no one of them (`passing`): then all of them may be tried again as they are."""
    key = key_of(job)
    if key is None:
        do(ids)  # under the name of an earlier release
        return
    wanted = ids if job.attempts else _with_company(job, key, ids, at_most)
    try:
        if wanted:
            do(wanted)
    except Exception as fault:
        if len(wanted) < 2 or passing(fault):
            raise
        log.warning(
            "%s of %s fails (%s): each is done alone", job.task_name, len(wanted), type(fault).__name__
        )
        part(job)


def key_of(job: Job) -> str | None:
    """The argument under which a job names several things; None where it does not."""
    return next((key for key, value in job.task_kwargs.items() if isinstance(value, list)), None)


def part(job: Job) -> bool:
    """Where a running job names several things, each gets a job of its own, and this one has nothing left to do. Gives
    whether it was so."""
    key = key_of(job)
    if key is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_PART, {"job": job.id, "key": key})
        return bool(cursor.rowcount)


def _with_company(job: Job, key: str, ids: Sequence[int], at_most: int) -> Sequence[int]:
    if len(ids) >= at_most:
        return ids
    told = {
        "job": job.id,
        "key": key,
        "task": job.task_name,
        "queue": job.queue,
        "priority": job.priority,
        "most": at_most - len(ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, told)
        row = cursor.fetchone()
    return [int(each) for each in row[0]] if row else ids
