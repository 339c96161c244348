"""Who is told what: topics, languages, bounded queues, and catching up."""

import asyncio
import json

import pytest

from dragoman.delivery.front.changes import MalformedEvent
from dragoman.delivery.front.hub import Client, Event, Hub

THREAD = frozenset({"thread:1"})


def joined(
    hub: Hub, topics: frozenset[str] = THREAD, language: str | None = None, after: int | None = None
) -> Client:
    client = hub.join(topics, language, after)
    assert client is not None
    return client


def waiting(client: Client) -> list[Event]:
    """What it would be told now."""
    if not client._awake.is_set():
        return []
    return asyncio.run(client.take())


def names(client: Client) -> list[str]:
    return [event.name for event in waiting(client)]


def test_an_event_reaches_who_listens_to_one_of_its_topics() -> None:
    hub = Hub()
    one, two = joined(hub), joined(hub, frozenset({"thread:2", "document:7"}))
    hub.tell("comment", ["thread:1"], None, "{}")
    hub.tell("edition", ["document:7", "thread:1", "thread:2"], None, "{}")
    assert names(one) == ["comment", "edition"]
    assert names(two) == ["edition"]


def test_an_event_in_a_language_reaches_readers_of_that_language() -> None:
    hub = Hub()
    portuguese, french, unsaid = joined(hub, language="pt"), joined(hub, language="fr"), joined(hub)
    hub.tell("edition", ["thread:1"], "pt", "{}")
    hub.tell("comment", ["thread:1"], None, "{}")
    assert names(portuguese) == ["edition", "comment"]
    assert names(french) == ["comment"]
    assert names(unsaid) == ["comment"]


def test_numbers_grow_and_are_larger_than_those_of_an_earlier_process() -> None:
    hub = Hub()
    client = joined(hub)
    hub.tell("a", ["thread:1"], None, "{}")
    hub.tell("b", ["thread:1"], None, "{}")
    first, second = waiting(client)
    assert client.since < first.number < second.number
    assert first.number > 1_700_000_000_000


def test_a_page_that_cannot_keep_up_is_told_to_reload_instead() -> None:
    hub = Hub()
    client = joined(hub)
    for number in range(65):
        hub.tell(f"e{'x' * (number % 3)}", ["thread:1"], None, "{}")
    assert names(client) == ["reload"]
    hub.tell("comment", ["thread:1"], None, "{}")
    assert names(client) == ["comment"]


def test_who_left_is_told_nothing_and_forgotten() -> None:
    hub = Hub()
    client = joined(hub)
    hub.leave(client)
    hub.tell("comment", ["thread:1"], None, "{}")
    assert waiting(client) == []
    assert len(hub) == 0
    assert hub._by_topic == {}


def test_a_full_house_takes_nobody_and_a_closed_one_neither() -> None:
    hub = Hub(clients_at_most=1)
    client = joined(hub)
    assert hub.join(THREAD, None) is None
    hub.leave(client)
    joined(hub)
    hub.close()
    assert hub.join(THREAD, None) is None


def test_closing_wakes_everybody() -> None:
    hub = Hub()
    client = joined(hub)
    hub.close()
    assert client.closed
    assert waiting(client) == []


def test_who_comes_back_gets_what_it_missed() -> None:
    hub = Hub()
    seen = hub.number
    hub.tell("comment", ["thread:1"], None, "{}")
    hub.tell("comment", ["thread:2"], None, "{}")
    hub.tell("edition", ["thread:1"], "pt", "{}")
    assert names(joined(hub, language="fr", after=seen)) == ["comment"]
    assert names(joined(hub, language="pt", after=seen + 1)) == ["edition"]
    assert names(joined(hub, after=hub.number)) == []


@pytest.mark.parametrize("shift", [-1, 10_000_000])
def test_who_comes_back_with_a_number_of_another_process_reloads(shift: int) -> None:
    hub = Hub()
    assert names(joined(hub, after=hub.number + shift)) == ["reload"]


def test_who_missed_more_than_is_remembered_reloads() -> None:
    hub = Hub()
    seen = hub.number
    for _ in range(257):
        hub.tell("comment", ["thread:2"], None, "{}")
    assert names(joined(hub, after=seen)) == ["reload"]
    assert names(joined(hub, after=seen + 1)) == []


def test_who_missed_a_call_to_reload_reloads() -> None:
    hub = Hub()
    seen = hub.number
    hub.tell_to_reload()
    assert names(joined(hub, after=seen)) == ["reload"]


def joined_by_a_page_rendered_at(hub: Hub, moment: int) -> Client:
    client = hub.join(THREAD, "pt", rendered=moment)
    assert client is not None
    return client


def test_a_new_page_gets_what_happened_since_it_was_rendered() -> None:
    hub = Hub()
    hub.tell("comment", ["thread:1"], None, "{}")
    hub.tell("comment", ["thread:2"], None, "{}")
    moment = hub._recent[0].moment
    assert names(joined_by_a_page_rendered_at(hub, moment)) == ["comment"]
    assert names(joined_by_a_page_rendered_at(hub, hub._recent[-1].moment + 1)) == []


def test_a_page_rendered_before_this_process_began_or_longer_ago_than_is_remembered_reloads() -> None:
    hub = Hub()
    assert names(joined_by_a_page_rendered_at(hub, hub._began - 1)) == ["reload"]
    for _ in range(256):
        hub.tell("comment", ["thread:2"], None, "{}")
    assert names(joined_by_a_page_rendered_at(hub, hub._recent[0].moment - 1)) == ["reload"]
    assert names(joined_by_a_page_rendered_at(hub, hub._recent[-1].moment + 1)) == []


def test_a_notification_becomes_an_event_on_one_line() -> None:
    hub = Hub()
    client = joined(hub, language="pt")
    data = {"comment": 9, "text": "a\nb\r\nc\u2028«é»"}
    hub.hear(json.dumps({"topics": ["thread:1"], "event": "comment", "language": "pt", "data": data}))
    (event,) = waiting(client)
    number, name, text, *rest = event.encoded().decode().split("\n")
    assert number == f"id: {event.number}"
    assert name == "event: comment"
    assert json.loads(text.removeprefix("data: ")) == data
    assert rest == ["", ""]


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "no json",
        "[]",
        "7",
        "[" * 5000,
        '{"event": "comment"}',
        '{"topics": "thread:1", "event": "comment"}',
        '{"topics": [1], "event": "comment"}',
        '{"topics": ["thread:1"], "event": "a\\nevent: b"}',
        '{"topics": ["thread:1"], "event": 7}',
        '{"topics": ["thread:1"], "event": "comment", "language": 7}',
    ],
)
def test_a_malformed_notification_is_refused(payload: str) -> None:
    hub = Hub()
    client = joined(hub)
    with pytest.raises(MalformedEvent):
        hub.hear(payload)
    assert waiting(client) == []
