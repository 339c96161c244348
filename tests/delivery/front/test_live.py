"""The streams of open pages."""

import asyncio

import pytest

from dragoman.delivery.front import live as module
from dragoman.delivery.front.hub import Hub
from dragoman.delivery.front.live import Live
from tests.delivery.front.asgi import Exchange, run, scope


def asked(query: str, method: str = "GET", **headers: str) -> Exchange:
    """A question that is answered at once."""
    exchange = Exchange()
    told = [(name.replace("_", "-"), value) for name, value in headers.items()]
    run(
        Live(Hub()).serve(
            scope("/live", query=query, method=method, headers=told), exchange.receive, exchange.send
        )
    )
    return exchange


class Page:
    """An open page in this event loop."""

    def __init__(self, live: Live, query: str = "topics=thread:1", **headers: str) -> None:
        self.exchange = Exchange()
        told = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.task = asyncio.create_task(
            live.serve(scope("/live", query=query, headers=told), self.exchange.receive, self.exchange.send)
        )

    async def ended(self) -> None:
        await asyncio.wait_for(self.task, 20)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Name 1 to 20 topics, as in ?topics=thread:12."),
        ("topics=", "Name 1 to 20 topics, as in ?topics=thread:12."),
        (
            "topics=" + ",".join(f"thread:{n}" for n in range(21)),
            "Name 1 to 20 topics, as in ?topics=thread:12.",
        ),
        ("topics=thread", "A topic is a word and a number, as in thread:12."),
        ("topics=Thread:1", "A topic is a word and a number, as in thread:12."),
        ("topics=thread:٣", "The query cannot be read."),
        ("topics=thread:%D9%A3", "A topic is a word and a number, as in thread:12."),
        ("topics=thread:1%0Aid:2", "A topic is a word and a number, as in thread:12."),
        ("topics=thread:1&language=p", "The language is not a language code."),
        ("topics=thread:1&rendered=soon", "The moment of rendering is in milliseconds since 1970."),
        ("topics=thread:1&rendered=%D9%A3", "The moment of rendering is in milliseconds since 1970."),
        ("topics=thread:1&language=pt%0A", "The language is not a language code."),
        ("&".join(["topics=thread:1"] * 11), "The query cannot be read."),
    ],
)
def test_a_question_that_makes_no_sense_is_a_sentence(query: str, sentence: str) -> None:
    answer = asked(query)
    assert (answer.status, answer.text) == (400, sentence + "\n")


def test_only_get_opens_a_stream() -> None:
    answer = asked("topics=thread:1", method="POST")
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


def test_a_full_house_is_a_503_that_says_when_to_come_back() -> None:
    async def scenario() -> None:
        live = Live(Hub(clients_at_most=0))
        page = Page(live)
        await page.ended()
        assert page.exchange.status == 503
        assert page.exchange.headers["retry-after"] == "2"

    run(scenario())


def test_a_stream_begins_with_retry_and_a_number_and_carries_events() -> None:
    async def scenario() -> None:
        hub = Hub()
        live = Live(hub)
        page = Page(live, "topics=thread:1,document:7&language=pt")
        await page.exchange.until("\n\n")
        assert page.exchange.text == f"retry: 2000\nid: {hub.number}\n\n"
        assert page.exchange.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert page.exchange.headers["cache-control"] == "no-store"
        hub.tell("edition", ["document:7"], "pt", '{"document":7}')
        await page.exchange.until('event: edition\ndata: {"document":7}\n\n')
        await live.close()
        await page.ended()
        assert page.exchange.complete
        assert len(hub) == 0

    run(scenario())


def test_who_comes_back_is_caught_up() -> None:
    async def scenario() -> None:
        hub = Hub()
        seen = hub.number
        hub.tell("comment", ["thread:1"], None, '{"comment":1}')
        page = Page(Live(hub), last_event_id=str(seen))
        await page.exchange.until('data: {"comment":1}\n\n')
        assert page.exchange.text.startswith(f"retry: 2000\nid: {seen}\n\n")
        stale = Page(Live(hub), last_event_id="12")
        await stale.exchange.until("event: reload\ndata: {}\n\n")
        strange = Page(Live(hub), last_event_id="12; DROP")
        await strange.exchange.until("\n\n")
        for each in (page, stale, strange):
            each.exchange.leaves.set()
            await each.ended()

    run(scenario())


def test_a_page_that_leaves_is_forgotten() -> None:
    async def scenario() -> None:
        hub = Hub()
        page = Page(Live(hub))
        await page.exchange.until("\n\n")
        assert len(hub) == 1
        page.exchange.leaves.set()
        await page.ended()
        assert len(hub) == 0

    run(scenario())


def test_silence_is_filled_with_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_HEARTBEAT_SECONDS", 0.01)

    async def scenario() -> None:
        page = Page(Live(Hub()))
        await page.exchange.until(":\n\n:\n\n")
        page.exchange.leaves.set()
        await page.ended()

    run(scenario())


class Stuck(Exchange):
    """A page that takes nothing any more."""

    async def send(self, message: object) -> None:
        self.sent.set()
        await asyncio.Event().wait()


def test_a_page_that_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SEND_SECONDS", 0.01)
    monkeypatch.setattr(module, "_HEARTBEAT_SECONDS", 0.01)

    class Slow(Exchange):
        async def send(self, message: object) -> None:
            if self.sent.is_set():
                await asyncio.Event().wait()
            self.sent.set()

    async def scenario() -> None:
        hub, slow = Hub(), Slow()
        await asyncio.wait_for(
            Live(hub).serve(scope("/live", query="topics=thread:1"), slow.receive, slow.send), 20
        )
        assert len(hub) == 0

    run(scenario())


def test_the_end_does_not_wait_for_a_page_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CLOSE_SECONDS", 0.01)

    async def scenario() -> None:
        live, stuck = Live(Hub()), Stuck()
        task = asyncio.create_task(
            live.serve(scope("/live", query="topics=thread:1"), stuck.receive, stuck.send)
        )
        await stuck.sent.wait()
        await live.close()
        await asyncio.wait_for(task, 20)

    run(scenario())
