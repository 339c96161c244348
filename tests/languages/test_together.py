"""Calls that arrive while others are at work are done in one go, and none fails for another's sake."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar

import pytest
from django.db import DataError, OperationalError, connection

from dragoman.languages.together import AT_MOST, Call, Together

pytestmark = pytest.mark.django_db(transaction=True)
whose: ContextVar[str] = ContextVar("whose", default="nobody's")


class Shop:
    """Doubles numbers; while it is shut, whoever leads waits inside."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.opened = threading.Event()
        self.entered = threading.Event()
        self.fault: Callable[[Sequence[int]], Exception | None] = lambda _: None
        self.together: Together[int, int] = Together(self._do)

    def _do(self, calls: Sequence[Call[int, int]]) -> None:
        self.batches.append([call.asked for call in calls])
        self.entered.set()
        assert self.opened.wait(20)
        if (fault := self.fault([call.asked for call in calls])) is not None:
            raise fault
        for call in calls:
            call.outcome = ValueError(call.asked) if call.asked < 0 else 2 * call.asked


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.opened.set()


def queue_up(shop: Shop, numbers: Sequence[int]) -> list[object]:
    """The first is inside when the others come; what each got."""
    got: list[object] = [None] * len(numbers)

    def call(place: int) -> None:
        try:
            got[place] = shop.together(numbers[place])
        except Exception as fault:
            got[place] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(place,)) for place in range(len(numbers))]
    threads[0].start()
    assert shop.entered.wait(20)
    for number, thread in enumerate(threads[1:], start=1):
        thread.start()
        until = time.monotonic() + 20
        while len(shop.together._waiting) < number and time.monotonic() < until:
            threading.Event().wait(0.001)
    shop.opened.set()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    return got


def test_one_alone_is_a_batch_of_one(shop: Shop) -> None:
    shop.opened.set()
    assert shop.together(4) == 8
    assert shop.together(5) == 10
    assert shop.batches == [[4], [5]]


def test_those_who_come_meanwhile_are_done_in_one_go_in_their_order(shop: Shop) -> None:
    assert queue_up(shop, [1, 2, 3, 4]) == [2, 4, 6, 8]
    assert shop.batches == [[1], [2, 3, 4]]


def test_a_batch_has_an_end(shop: Shop) -> None:
    numbers = list(range(AT_MOST + 2))
    assert queue_up(shop, numbers) == [2 * number for number in numbers]
    assert [len(batch) for batch in shop.batches] == [1, AT_MOST, 1]


def test_what_is_refused_is_refused_to_one(shop: Shop) -> None:
    got = queue_up(shop, [1, -2, 3])
    assert (got[0], got[2]) == (2, 6)
    assert isinstance(got[1], ValueError)


def test_when_all_fail_for_one_each_is_done_by_itself(shop: Shop) -> None:
    shop.fault = lambda asked: DataError("of three") if 3 in asked else None
    got = queue_up(shop, [1, 2, 3, 4])
    assert (got[:2], got[3]) == ([2, 4], 8)
    assert isinstance(got[2], DataError)
    assert shop.batches == [[1], [2, 3, 4], [2], [3], [4]]


def test_a_database_that_is_away_is_asked_once(shop: Shop) -> None:
    shop.fault = lambda asked: OperationalError("gone") if len(asked) > 1 else None
    got = queue_up(shop, [1, 2, 3])
    assert got[0] == 2
    assert [type(each) for each in got[1:]] == [OperationalError, OperationalError]
    assert shop.batches == [[1], [2, 3]]


def test_who_waits_holds_no_connection(shop: Shop) -> None:
    closed: list[bool] = []

    def call(number: int) -> None:
        connection.ensure_connection()
        shop.together(number)
        closed.append(connection.connection is None)
        connection.close()

    first = threading.Thread(target=call, args=(1,))
    first.start()
    assert shop.entered.wait(20)
    second = threading.Thread(target=call, args=(2,))
    second.start()
    until = time.monotonic() + 20
    while not shop.together._waiting and time.monotonic() < until:
        threading.Event().wait(0.001)
    shop.opened.set()
    first.join(20)
    second.join(20)
    assert sorted(closed) == [False, True]


def test_what_is_ones_own_stays_in_ones_own_context() -> None:
    seen: list[tuple[str, str]] = []

    def do(calls: Sequence[Call[int, int]]) -> None:
        for call in calls:
            seen.append((whose.get(), call.context.run(whose.get)))
            call.outcome = call.asked

    token = whose.set("mine")
    try:
        Together(do)(1)
    finally:
        whose.reset(token)
    assert seen == [("nobody's", "mine")]
