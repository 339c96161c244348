"""Jobs of one kind that wait are done together, by one of them: everybody who waits comes along, nobody is waited for.

A job names many things of a kind by id (`document_ids`). Before it begins it takes over the ids of others like it:
their jobs go and its own names them, in one statement, so that whatever happens to it afterwards happens to all of
them, and none is lost. What fails together is done by each alone: then each has a job of its own again, which counts
as tried once and has no company any more. So one that cannot be done holds nobody up.
"""

import logging
from collections.abc import Callable, Sequence

from django.db import InterfaceError, OperationalError, connection
from procrastinate.jobs import Job

JOBS_AT_ONCE = 16
DATABASE_GONE = (OperationalError, InterfaceError)
"""It was killed, or of two that waited for one another this one went back: nothing is wrong with any of them."""

log = logging.getLogger(__name__)

_JOIN = """
    WITH own AS MATERIALIZED (
        SELECT id FROM procrastinate_jobs WHERE id = %(job)s AND status = 'doing' FOR UPDATE
    ), company AS MATERIALIZED (
        SELECT id, args FROM procrastinate_jobs
        WHERE EXISTS (SELECT FROM own) AND status = 'todo' AND priority = %(priority)s
            AND task_name = %(task)s AND queue_name = %(queue)s AND attempts = 0
            AND (scheduled_at IS NULL OR scheduled_at <= now()) AND jsonb_exists(args, %(key)s)
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM procrastinate_jobs USING company WHERE procrastinate_jobs.id = company.id
    )
    UPDATE procrastinate_jobs SET args = jsonb_build_object(%(key)s, args -> %(key)s || (
        SELECT jsonb_agg(each.value ORDER BY company.id)
        FROM company, jsonb_array_elements(company.args -> %(key)s) AS each
    ))
    WHERE id IN (SELECT id FROM own) AND EXISTS (SELECT FROM company)
    RETURNING ARRAY(SELECT value::text::bigint FROM jsonb_array_elements(args -> %(key)s))
"""
_PART = """
    WITH parted AS MATERIALIZED (
        SELECT * FROM procrastinate_jobs
        WHERE id = %(job)s AND status = 'doing' AND jsonb_array_length(args -> %(key)s) > 1 FOR UPDATE
    ), emptied AS (
        UPDATE procrastinate_jobs SET args = jsonb_build_object(%(key)s, '[]'::jsonb)
        FROM parted WHERE procrastinate_jobs.id = parted.id
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, attempts)
    SELECT parted.queue_name, parted.task_name, parted.priority,
        jsonb_build_object(%(key)s, jsonb_build_array(each.value)), parted.attempts + 1
    FROM parted, jsonb_array_elements(parted.args -> %(key)s) AS each
"""


def together(
    job: Job,
    ids: Sequence[int],
    do: Callable[[Sequence[int]], None],
    *,
    passing: tuple[type[Exception], ...] = DATABASE_GONE,
) -> None:
    """Do what a running job names with what others of its kind name. Raises what one alone raises, and of several what
    is of no one of them (`passing`): then all of them may be tried again as they are."""
    key = key_of(job)
    if key is None:
        do(ids)  # under the name of an earlier release
        return
    wanted = ids if job.attempts else _with_company(job, key, ids)
    try:
        if wanted:
            do(wanted)
    except Exception as fault:
        if len(wanted) < 2 or isinstance(fault, passing):
            raise
        log.warning(
            "%s of %s fails (%s): each is done alone", job.task_name, len(wanted), type(fault).__name__
        )
        part(job)


def key_of(job: Job) -> str | None:
    """The argument under which a job names several things; None where it does not."""
    return next((key for key, value in job.task_kwargs.items() if isinstance(value, list)), None)


def part(job: Job) -> None:
    """Where a running job names several things, each gets a job of its own, and this one has nothing left to do."""
    with connection.cursor() as cursor:
        cursor.execute(_PART, {"job": job.id, "key": key_of(job)})


def _with_company(job: Job, key: str, ids: Sequence[int]) -> Sequence[int]:
    told = {
        "job": job.id,
        "key": key,
        "task": job.task_name,
        "queue": job.queue,
        "priority": job.priority,
        "most": JOBS_AT_ONCE - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, told)
        row = cursor.fetchone()
    return [int(each) for each in row[0]] if row else ids
