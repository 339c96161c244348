"""Jobs that wait together are done together, and what fails together is done by each alone (ADR 5)."""

from collections.abc import Callable, Sequence

import pytest
from django.db import OperationalError, connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from dragoman.engines.fake import FakeEngine
from dragoman.text import identify as identifying
from dragoman.translation import actions, company
from dragoman.translation.actions import correct_language, create_documents, identify_languages, revise
from dragoman.translation.models import Document, Edition, Progress, Scope
from dragoman.translation.queue import FRESH, ahead_of
from dragoman.translation.tasks import prepare
from dragoman.translation.testing import _take as take

from .conftest import body

Jobs = Callable[[], int]
pytestmark = pytest.mark.django_db


def written(*texts: str, detect: bool = True, bulk: bool = False) -> list[int]:
    """The documents of comments that were posted in one batch."""
    fields = ({"body": body(text)} for text in texts)
    made = create_documents(
        [actions.Text("comment", Scope.DISCUSSION, "en", each, detect=detect, bulk=bulk) for each in fields]
    )
    return [each.pk for each in made]


def rows(columns: str = "args") -> list[tuple[object, ...]]:
    """What waits, in the order in which it is taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id"
        )
        return list(cursor.fetchall())


def named() -> list[list[int]]:
    """The ids that the waiting jobs name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ARRAY(SELECT own.value::text::int"
            " FROM jsonb_each(args) AS arg, jsonb_array_elements(arg.value) AS own)"
            " FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id"
        )
        return [list(ids) for (ids,) in cursor.fetchall()]


def taken() -> Job:
    job = take()
    assert job is not None
    return job


def do_first(do: Callable[[Sequence[int]], None], at_most: int = company.AT_ONCE) -> list[int]:
    """Take the first job as a worker does; gives what it came to name."""
    job, done = taken(), list[int]()

    def note(ids: Sequence[int]) -> None:
        done.extend(ids)
        do(ids)

    ids = job.task_kwargs[company.key_of(job) or ""]
    company.together(job, ids, note, at_most=at_most)
    return done


def nothing(ids: Sequence[int]) -> None:
    del ids


def test_a_batch_is_one_job() -> None:
    ids = written("The ferry leaves.", "The lamp is lit.", "The gate is open.")
    assert named() == [ids]


def test_who_works_takes_along_who_waits() -> None:
    first, second, third = (written(text) for text in ("One boat.", "Two boats.", "Three boats."))
    assert do_first(nothing) == [*first, *second, *third]
    assert named() == []


def test_nobody_of_another_priority_or_before_its_time_comes_along() -> None:
    first, imported, later = written("One boat."), written("Two boats.", bulk=True), written("Three boats.")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 minute' WHERE args = %s::jsonb",
            [f'{{"document_ids": {later}}}'],
        )
    assert do_first(nothing) == first
    assert sorted(named()) == sorted([imported, later])


def test_so_many_and_no_more_come_along() -> None:
    batches = [written(f"{number} boats.", f"{number} lamps.") for number in range(5)]
    assert do_first(nothing, at_most=5) == [*batches[0], *batches[1]]
    assert do_first(nothing, at_most=2) == batches[2]
    assert named() == batches[3:]


def test_whoever_came_along_is_tried_again_with_the_job_that_took_it() -> None:
    first, second = written("One boat."), written("Two boats.")
    with pytest.raises(OperationalError):
        do_first(_database_gone)
    assert named() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo', attempts = attempts + 1")
    assert named() == [[*first, *second]]


def _database_gone(ids: Sequence[int]) -> None:
    raise OperationalError("gone")


def test_what_fails_together_is_done_by_each_alone() -> None:
    first, second = written("One boat.", "Two boats."), written("Three boats.")

    def poisoned(ids: Sequence[int]) -> None:
        if second[0] in ids:
            raise RuntimeError("a fault of ours")

    assert do_first(poisoned) == [*first, *second]
    assert named() == [[first[0]], [first[1]], second]
    assert rows("attempts, priority") == [(1, FRESH)] * 3
    assert do_first(poisoned) == [first[0]]  # who was tried has no company any more
    assert do_first(poisoned) == [first[1]]
    with pytest.raises(RuntimeError):
        do_first(poisoned)


def test_a_job_that_nobody_holds_any_more_takes_nobody_along() -> None:
    """A rescue took it for dead: what it took over would be gone with it."""
    first, second = written("One boat."), written("Two boats.")
    job = taken()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE id = %s", [job.id])
    company.together(job, first, nothing)
    assert named() == [first, second]


def test_those_whose_worker_died_of_one_of_them_are_done_alone() -> None:
    ids = written("One boat.", "Two boats.")
    job = taken()
    assert company.part(job)
    assert named() == [[ids[0]], [ids[1]]]
    assert rows("attempts, priority") == [(1, FRESH)] * 2
    assert not company.part(job)  # it names nobody any more


def test_a_job_of_one_is_not_parted() -> None:
    written("One boat.")
    assert not company.part(taken())
    assert named() == []


def test_a_text_that_cannot_be_prepared_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, fake_engine: FakeEngine
) -> None:
    good, bad = written("The ferry leaves the harbour at noon."), written("The poison is strong today.")
    also = written("The lamp at the gate is lit at night.")
    whole = identifying.identify

    def identify(words: str, **rest: object) -> identifying.Identified:
        if "poison" in words:
            raise RuntimeError("a fault of ours")
        return whole(words, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "identify", identify)
    failures = 0
    while (job := take()) is not None:
        context = JobContext(app=app, job=job, start_timestamp=0.0, abort_reason=lambda: None)
        task = app.tasks[job.task_name]
        try:
            task.func(*([context] if task.pass_context else []), **job.task_kwargs)
        except RuntimeError:
            failures += 1
    assert failures == 1
    done = set(Edition.objects.filter(progress=Progress.DONE).values_list("document", flat=True))
    assert done == {*good, *also}
    assert not Edition.objects.filter(document__in=bad).exists()


def test_preparing_again_changes_nothing(fake_engine: FakeEngine, run_jobs: Jobs) -> None:
    ids = written(
        "The ferry leaves the harbour at noon.", "A ponte fica fechada até domingo por causa da água."
    )
    identify_languages(ids)
    before = _editions(), len(rows())
    identify_languages(ids)
    assert (_editions(), len(rows())) == before
    run_jobs()
    done = _editions()
    identify_languages([*ids, *ids, 10**9])
    run_jobs()
    assert _editions() == done
    languages = dict(Document.objects.filter(pk__in=ids).values_list("pk", "source_language"))
    assert list(languages.values()) == ["en", "pt"]
    for pk, language in languages.items():
        own = Edition.objects.filter(document=pk, document__current__editions__isnull=False).distinct()
        assert set(own.values_list("language", flat=True)) == set(ahead_of(language))


def _editions() -> list[tuple[object, ...]]:
    return list(
        Edition.objects.order_by("pk").values_list("document", "revision", "language", "state", "progress")
    )


def test_many_are_prepared_in_few_statements(
    fake_engine: FakeEngine, django_assert_num_queries: Callable[..., object]
) -> None:
    ids = written(*(f"The ferry number {number} leaves the harbour today." for number in range(20)))
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        identify_languages(ids)
    assert Edition.objects.count() == 20 * 5


def test_words_that_changed_or_were_corrected_meanwhile_are_not_queued_twice() -> None:
    (changed, corrected) = written("The ferry leaves the harbour at noon.", "The lamp is lit.")
    first = Document.objects.get(pk=changed)
    revise(first, fields={"body": body("The bridge is closed until Sunday.")})
    correct_language(Document.objects.get(pk=corrected), language="fr")
    before = _editions()
    identify_languages([changed, corrected])
    assert _editions() == before
    assert Document.objects.get(pk=corrected).source_language == "fr"


def test_a_job_that_an_earlier_release_queued_is_done(fake_engine: FakeEngine, run_jobs: Jobs) -> None:
    (pk,) = written("The ferry leaves the harbour at noon.")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    prepare.defer(document_id=pk)
    also = written("The lamp at the gate is lit at night.")
    run_jobs()
    assert Edition.objects.filter(document__in=[pk, *also], progress=Progress.DONE).count() == 10
