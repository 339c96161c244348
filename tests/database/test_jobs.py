"""Jobs on the same journey as what they are about."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import JobDeferrer

from dragoman.database.jobs import put_jobs, put_jobs_found
from dragoman.database.statements import Statement, ask, gathering

pytestmark = pytest.mark.django_db

WORDS = {"words": ['a "quoted" word', "50 %", "{braces}", "back\\slash", "ещё"], "number": 7, "none": None}


def deferrer(**about: Any) -> JobDeferrer:
    return app.configure_task("tests.nothing", queue="tests", **about)


def queued() -> Sequence[dict[str, Any]]:
    rows = ProcrastinateJob.objects.filter(task_name="tests.nothing").order_by("pk")
    return list(
        rows.values("queue_name", "priority", "lock", "queueing_lock", "args", "scheduled_at", "status")
    )


def test_they_are_what_procrastinate_itself_queues() -> None:
    about: dict[str, Any] = {
        "priority": -5,
        "lock": "one",
        "queueing_lock": "two",
        "schedule_in": {"hours": 1},
    }
    told = deferrer(**about)
    told.batch_defer(WORDS)
    own = queued()
    with connection.cursor() as cursor:  # Procrastinate's model deletes nothing
        cursor.execute("DELETE FROM procrastinate_jobs")
    put_jobs(told, [WORDS])
    assert queued() == own
    put_jobs(deferrer(), [{"number": each} for each in range(3)])
    assert [each["args"] for each in queued()[1:]] == [{"number": each} for each in range(3)]


def test_inside_gathering_they_go_with_the_next_question() -> None:
    with gathering():
        put_jobs(deferrer(), [WORDS])
        with connection.cursor() as beside:
            beside.execute("SELECT count(*) FROM procrastinate_jobs")
            assert beside.fetchone() == (0,)
        question = Statement("SELECT count(*) FROM procrastinate_jobs", [], lambda rows: int(rows[0][0]))
        ask(question)
        assert question.answer == 1
        put_jobs(deferrer(), [WORDS])
    assert len(queued()) == 2


def test_none_are_queued_for_nothing() -> None:
    put_jobs(deferrer(), [])
    put_jobs_found(deferrer(), "SELECT '{}'::jsonb AS told WHERE %(wanted)s::bool", {"wanted": False})
    assert queued() == []


def test_one_for_each_row_that_is_found() -> None:
    found = "SELECT jsonb_build_object('number', number) AS told FROM generate_series(1, %(most)s) AS number"
    put_jobs_found(deferrer(priority=3), found, {"most": 2})
    assert [(each["priority"], each["args"]) for each in queued()] == [(3, {"number": 1}), (3, {"number": 2})]


def test_they_are_gone_with_the_transaction() -> None:
    def fails() -> None:
        with transaction.atomic(), gathering():
            put_jobs(deferrer(), [WORDS])
            ask()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert queued() == []


def test_a_queueing_lock_that_is_held_is_an_error_of_the_database() -> None:
    put_jobs(deferrer(queueing_lock="one"), [WORDS])
    with pytest.raises(IntegrityError), transaction.atomic():
        put_jobs(deferrer(queueing_lock="one"), [WORDS])
    assert len(queued()) == 1
