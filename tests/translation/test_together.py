"""Editions that wait for the same pair of languages are worked on together, and none for another's sake not."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection, transaction

from dragoman.engines.errors import Crashed, EngineError, MalformedAnswer, TimedOut, Unavailable
from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.translation import engines, work
from dragoman.translation.actions import Text, create_documents, revise
from dragoman.translation.models import (
    Document,
    Edition,
    LedgerEntry,
    Memory,
    Progress,
    Scope,
    Target,
    TargetState,
)
from tests.conftest import ENGLISH_PAIRS

from .conftest import Write, body, edition, read

Jobs = Callable[[], int]
PORTUGUESE = Pair("en", "pt")
WORDS = ("The ferry leaves the harbour at noon.", "The lamp at the gate is lit.", "The bridge is closed.")
pytestmark = pytest.mark.django_db


def comments(*texts: str) -> list[Document]:
    return create_documents([Text("comment", Scope.DISCUSSION, "en", {"body": body(text)}) for text in texts])


def portuguese(documents: list[Document]) -> list[int]:
    return [edition(each).pk for each in documents]


class Touchy(FakeEngine):
    """Fails as a whole where one text of a request says "poison"."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(ENGLISH_PAIRS)
        self._fault = fault

    def translate(self, request: Request) -> Answer:
        if any("poison" in text for text in request.texts):
            self.ledger.append(request)
            raise self._fault
        return super().translate(request)


def test_a_batch_is_asked_once_for_each_language(fake_engine: FakeEngine, run_jobs: Jobs) -> None:
    documents = comments(*WORDS)
    assert run_jobs() == 5
    assert [(each.pair.target, len(each.texts)) for each in fake_engine.ledger] == [
        (each.pair.target, 3) for each in fake_engine.ledger
    ]
    assert len(fake_engine.ledger) == 5
    for document, text in zip(documents, WORDS, strict=True):
        assert read(document).text("body") == FakeEngine.expected(PORTUGUESE, text)
    assert LedgerEntry.objects.filter(language="pt", segments=1).count() == 3
    assert Memory.objects.filter(target_language="pt").count() == 3


def test_what_is_done_is_not_done_again(fake_engine: FakeEngine, run_jobs: Jobs) -> None:
    editions = portuguese(comments(*WORDS))
    work.work_on(editions)
    asked, made = len(fake_engine.ledger), list(Target.objects.order_by("pk").values())
    work.work_on([*editions, 10**9])
    run_jobs()
    own = Target.objects.filter(edition__in=editions).order_by("pk").values()
    assert (len(fake_engine.ledger) - asked, list(own)) == (4, made)


def test_as_many_statements_as_for_one(
    fake_engine: FakeEngine, django_assert_max_num_queries: Callable[..., object]
) -> None:
    """But for what each edition tells those who read it."""
    told = 5
    editions = portuguese(comments(*(f"Ferry number {number} leaves at noon." for number in range(12))))
    with django_assert_max_num_queries(24 + told * len(editions)):  # type: ignore[attr-defined]
        work.work_on(editions)


@pytest.mark.parametrize("fault", [Crashed("Dead."), MalformedAnswer("What?"), TimedOut("Slow.")])
def test_one_that_the_engine_fails_on_is_set_aside_alone(run_jobs: Jobs, fault: EngineError) -> None:
    documents = comments(WORDS[0], "The poison is strong.", WORDS[1])
    with engines.use(Touchy(fault)):
        run_jobs()
        for _ in range(work.ATTEMPTS_AT_MOST):
            if edition(documents[1]).progress == Progress.QUEUED:
                with suppress(EngineError):
                    work.work_on([edition(documents[1]).pk])
    assert [edition(each).progress for each in documents] == [Progress.DONE, Progress.PARKED, Progress.DONE]
    assert [edition(each).attempts for each in (documents[0], documents[2])] == [0, 0]


def test_an_ill_engine_counts_for_each_and_nobody_is_asked_alone() -> None:
    editions = portuguese(comments(*WORDS))
    ill = FakeEngine(ENGLISH_PAIRS, quirks=Quirks(failures=(Unavailable("Away."),) * work.ATTEMPTS_AT_MOST))
    with engines.use(ill):
        for _ in range(work.ATTEMPTS_AT_MOST - 1):
            with pytest.raises(Unavailable):
                work.work_on(editions)
        work.work_on(editions)
    assert len(ill.ledger) == work.ATTEMPTS_AT_MOST
    rows = set(Edition.objects.filter(pk__in=editions).values_list("progress", "attempts"))
    assert rows == {(Progress.WAITING, work.ATTEMPTS_AT_MOST)}


def test_what_is_under_embargo_is_asked_by_itself_and_of_whom_one_trusts(write: Write) -> None:
    free, secret = write(WORDS[0]), write(WORDS[1], confidential=True)
    open_to_all = FakeEngine(ENGLISH_PAIRS, name="abroad", confidential=False)
    trusted = FakeEngine(ENGLISH_PAIRS, name="house")
    with engines.use(open_to_all, trusted):
        work.work_on([edition(free).pk, edition(secret).pk])
    assert [each.texts for each in open_to_all.ledger] == [(WORDS[0],)]
    assert [each.texts for each in trusted.ledger] == [(WORDS[1],)]


def test_what_a_language_model_reads_is_one_authors() -> None:
    editions = portuguese(comments(*WORDS))
    model = FakeEngine(ENGLISH_PAIRS)
    model.reads_together = True  # type: ignore[attr-defined]
    with engines.use(model):
        work.work_on(editions)
    assert [each.texts for each in model.ledger] == [(text,) for text in WORDS]


def test_a_request_is_no_longer_than_an_engine_says_in_good_time(fake_engine: FakeEngine) -> None:
    long = "The ferry leaves. " * 150
    editions = portuguese(comments(long + "One.", WORDS[0], long + "Two.", WORDS[1]))
    work.work_on(editions)
    lengths = [sum(map(len, each.texts)) for each in fake_engine.ledger]
    assert len(lengths) == 2
    assert max(lengths) <= work.CHARACTERS_TOGETHER


def test_words_that_change_while_the_engine_works_are_left_out_alone() -> None:
    documents = comments(*WORDS)
    editions = portuguese(documents)

    class Meanwhile(FakeEngine):
        def translate(self, request: Request) -> Answer:
            if len(self.ledger) == 0:
                revise(documents[1], fields={"body": body("Quite other words.")})
            return super().translate(request)

    with engines.use(Meanwhile(ENGLISH_PAIRS)):
        work.work_on(editions)
    assert edition(documents[0]).progress == edition(documents[2]).progress == Progress.DONE
    assert edition(documents[1]).progress == Progress.QUEUED
    assert not Target.objects.filter(edition__document=documents[1], state=TargetState.PASSED).exists()


@pytest.mark.django_db(transaction=True)
def test_one_that_somebody_holds_keeps_the_others_from_nothing(fake_engine: FakeEngine) -> None:
    documents = comments(*WORDS)
    editions = portuguese(documents)
    done = threading.Event()

    def at_work() -> None:
        try:
            work.work_on(editions)
        finally:
            done.set()
            connection.close()

    worker = threading.Thread(target=at_work)
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=editions[1])
        worker.start()
        while Edition.objects.filter(pk__in=editions, progress=Progress.DONE).count() < 2:
            assert not done.wait(0.02)
    worker.join(60)
    assert set(Edition.objects.filter(pk__in=editions).values_list("progress", flat=True)) == {Progress.DONE}
