"""The queue under a real worker: what is committed is translated, whatever else runs, fails or dies (ADR 0005)."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Pair
from dragoman.translation.actions import create_document, revise
from dragoman.translation.models import Document, Edition, EditionState, Progress, Scope
from dragoman.translation.queue import defer_edition, queue_editions
from tests.delivery.processes import wait_until

from .conftest import body, edition, read
from .worker_process import empty_the_queue, jobs, running_worker

pytestmark = pytest.mark.django_db(transaction=True)

PORTUGUESE = Pair("en", "pt")


@pytest.fixture(autouse=True)
def queue() -> Iterator[None]:
    empty_the_queue()
    yield
    empty_the_queue()


def written(*paragraphs: str, detect: bool = False) -> Document:
    return create_document(
        kind="article", scope=Scope.NEWSROOM, language="en", fields={"body": body(*paragraphs)}, detect=detect
    )


def is_ready(document: Document) -> Callable[[], bool]:
    """Whether the current words can be read in Portuguese."""

    def ready() -> bool:
        current = Document.objects.get(pk=document.pk).current_id
        return Edition.objects.filter(
            revision=current, language="pt", state=EditionState.READY, progress=Progress.DONE
        ).exists()

    return ready


def text_of(document: Document) -> str:
    (part,) = read(document).fields["body"]
    return part.block.text


def test_what_a_job_queues_waits_for_the_commit_of_that_job(tmp_path: Path) -> None:
    """One text after the other: in a long queue the jobs would come late enough by themselves."""
    with running_worker(tmp_path):
        for number in range(10):
            document = written(f"The ferry {number} leaves the harbour today.", detect=True)
            wait_until(is_ready(document), f"the edition of {document}")


def test_words_written_while_an_equal_job_runs_are_translated(tmp_path: Path) -> None:
    document = written("The gate is closed today.")
    with running_worker(tmp_path):
        wait_until((tmp_path / "waiting").exists, "the first words to be at the engine")
        revise(document, fields={"body": body("The harbour is open today.")})
        assert jobs("status = 'doing'")
        (tmp_path / "gate").touch()
        wait_until(is_ready(document), "the edition of the second words")
    assert text_of(document) == FakeEngine.expected(PORTUGUESE, "The harbour is open today.")


def test_a_duplicate_does_not_break_the_writers_transaction() -> None:
    document = written("The ferry leaves at noon.")
    before = jobs()
    with transaction.atomic():
        assert document.current is not None
        assert queue_editions(document, document.current, ["pt", "fr"]) == []
        other = written("The ferry comes back at night.")
    assert Document.objects.filter(pk=other.pk).exists()
    assert len(jobs()) == 2 * len(before)


@pytest.mark.parametrize("first_commits", [True, False])
def test_of_two_writers_at_once_exactly_one_queues(first_commits: bool) -> None:
    document = written("The ferry leaves at noon.")
    revision = document.current
    assert revision is not None
    Edition.objects.filter(document=document).delete()
    empty_the_queue()
    second: list[list[int]] = []

    def write() -> None:
        with transaction.atomic():
            second.append(queue_editions(document, revision, ["pt"]))
        connection.close()

    writer = threading.Thread(target=write)
    with transaction.atomic():
        first = queue_editions(document, revision, ["pt"])
        writer.start()
        wait_until(somebody_waits, "the second writer to wait for the first")
        transaction.set_rollback(not first_commits)
    writer.join(30)
    assert [len(first), [len(made) for made in second]] == ([1, [0]] if first_commits else [1, [1]])
    assert Edition.objects.filter(document=document, language="pt").count() == 1
    assert len(jobs()) == 1


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_failing_job_with_a_twin_does_not_stick(tmp_path: Path) -> None:
    document = written("The fragile ferry leaves at noon.")
    defer_edition(edition(document))
    with running_worker(tmp_path):
        wait_until(lambda: not jobs("task_name = 'translation.translate_edition'"), "the end of both jobs")
    assert is_ready(document)()
    assert (tmp_path / "failed").exists()


def test_a_job_of_a_killed_worker_runs_again(tmp_path: Path) -> None:
    document = written("The gate is closed today.")
    with running_worker(tmp_path):
        wait_until((tmp_path / "waiting").exists, "the words to be at the engine")
    assert ("translation.translate_edition", "doing", 0) in jobs()
    (tmp_path / "gate").touch()
    with running_worker(tmp_path):
        wait_until(is_ready(document), "the edition")


def test_rescue_does_not_depend_on_the_rescue_of_the_killed_worker(tmp_path: Path) -> None:
    """Periodic jobs die as well: they hold no lock that outlives them, and make room for their successors."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        (dead,) = cursor.fetchone()
        for task, lock in (("rescue", None), ("notice_engines", "notice_engines")):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status,"
                " worker_id) VALUES ('translation', %s, %s, %s, '{\"timestamp\": 0}', 'doing', %s)",
                [f"translation.{task}", lock, lock, dead],
            )
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)"
            " VALUES ('translation', 'translation.notice_engines', 'notice_engines', 'notice_engines',"
            " '{\"timestamp\": 1}')"
        )
    document = written("The ferry leaves at noon.")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s"
            " WHERE task_name = 'translation.translate_edition'",
            [dead],
        )
    with running_worker(tmp_path):
        wait_until(is_ready(document), "the edition")
        wait_until(lambda: not jobs(f"worker_id = {dead}"), "nothing to be left of the dead worker")
        wait_until(lambda: not jobs("args @> '{\"timestamp\": 1}'"), "the twin of the dead periodic job")


def test_a_job_that_kills_its_worker_too_often_is_set_aside(tmp_path: Path) -> None:
    poisoned = written("The poison is strong today.")
    with running_worker(tmp_path) as worker:
        assert worker.wait(30) == 9
    with connection.cursor() as cursor:  # as if it had happened so often
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 5")
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
    other = written("The ferry leaves at noon.")
    with running_worker(tmp_path) as worker:
        wait_until(is_ready(other), "the edition of another text")
        wait_until(
            lambda: (
                {state for task, state, _ in jobs() if task == "translation.translate_edition"} == {"failed"}
            ),
            "the poisoned jobs to be set aside",
        )
        assert worker.poll() is None
    assert Edition.objects.filter(document=poisoned, progress=Progress.PARKED).exists()


def test_a_fault_of_ours_sets_the_edition_aside(tmp_path: Path) -> None:
    document = written("The impossible ferry leaves at noon.")
    with running_worker(tmp_path):
        wait_until(lambda: edition(document).progress == Progress.PARKED, "the edition to be set aside")
        wait_until(
            lambda: bool(jobs("status = 'failed'")), "the job to be kept for people who look for the fault"
        )
    assert edition(document).state == EditionState.ORIGINAL
