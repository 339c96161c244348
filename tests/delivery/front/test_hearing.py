"""What the database tells: the store first, open pages then."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dragoman.delivery.front.changes import Changes, MalformedEvent, Told
from dragoman.delivery.front.hearing import AWAY_SECONDS, Hearing
from dragoman.delivery.front.hub import Client, Hub
from dragoman.delivery.front.store import ResponseStore


def payload(event: str = "comment", topic: str = "thread:7", key: str = "", **more: Any) -> str:
    return json.dumps({"topics": [topic], "event": event, "language": None, "data": {}, "key": key, **more})


class Listening:
    def __init__(self) -> None:
        self.store, self.hub = ResponseStore(), Hub()
        self.waiting: list[Callable[[], None]] = []
        self.hearing = Hearing(self.store, self.hub, lambda _, function: self.waiting.append(function))
        page = self.hub.join(frozenset({"thread:7"}), "pt")
        assert page is not None
        self.page: Client = page

    @property
    def changes(self) -> int:
        return self.store.changes.number

    @property
    def told(self) -> list[str]:
        return [event.name for event in self.page._waiting]


def test_what_the_answer_told_is_heard_once() -> None:
    one = Listening()
    one.hearing.hear_answer(f"[{payload(key='a')}]".encode())
    assert (one.changes, one.told) == (1, [])
    for _ in range(2):
        one.hearing.hear(payload(key="a"))
    assert (one.changes, one.told) == (1, ["comment"])


def test_without_a_key_each_is_another() -> None:
    one = Listening()
    one.hearing.hear(payload())
    one.hearing.hear(payload())
    assert (one.changes, one.told) == (2, ["comment"] * 2)


def test_scores_rest_for_a_while() -> None:
    one = Listening()
    for _ in range(10):
        one.hearing.hear(payload("score"))
    one.hearing.hear(payload("score", "thread:8"))
    assert (one.changes, one.told) == (2, ["score"])
    one.waiting.pop(0)()
    assert (one.changes, one.told) == (3, ["score"] * 2)
    one.waiting.pop(1)()  # nothing was held back meanwhile
    assert one.changes == 3
    one.hearing.hear(payload("score"))
    assert one.changes == 4


@pytest.mark.parametrize("changes", [b"", b"{}", b"[1]", b"\xff", b"[" * 5000, b'[{"topics": 1}]'])
def test_nonsense_in_an_answer_is_refused(changes: bytes) -> None:
    with pytest.raises(MalformedEvent):
        Listening().hearing.hear_answer(changes)


def test_after_losing_track_pages_reload() -> None:
    one = Listening()
    one.hearing.lose_track()
    assert one.told == ["reload"]


def test_what_was_forgotten_is_known_to_be_unknown() -> None:
    changes = Changes(remembered=3)
    for number in range(5):
        changes.note(Told("comment", frozenset({f"thread:{number}"}), None, "{}"), 0.0)
    assert [changes.knows_since(number) for number in range(5)] == [False, False, True, True, True]
    assert [change.number for change in changes.after(3, frozenset({"thread:3", "thread:4"}), "pt")] == [5, 4]


def test_pages_are_told_when_the_database_stays_away() -> None:
    one = Listening()
    now = [1000.0]
    one.store.clock = lambda: now[0]
    one.hearing.see()
    one.hearing.go_blind()
    one.hearing.see()
    now[0] += AWAY_SECONDS
    one.waiting.pop()()
    assert one.told == []  # a restart is no news
    one.hearing.go_blind()
    one.hearing.go_blind()
    now[0] += AWAY_SECONDS
    assert len(one.waiting) == 1
    one.waiting.pop()()
    assert one.told == ["away"]
    one.hearing.see()
    one.hearing.see()
    assert one.told == ["away", "back"]
