"""Live events: one LISTEN for the process, a bounded queue for every open page, server-sent events."""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import psycopg

from dragoman.delivery.front.answers import Receive, Scope, Send, sentence

log = logging.getLogger(__name__)
CHANNEL = "dragoman"
QUEUE_LONGEST = 100
TOPICS_AT_MOST = 20
HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 2000
RECONNECT_AT_MOST_SECONDS = 2.0
_TOPIC = re.compile(r"[a-z]+:\d{1,18}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{2,8}){0,3}")
_EVENT = re.compile(r"[a-z-]{1,40}")


@dataclass(frozen=True, slots=True)
class Event:
    """Something new on some topics, for pages in `language` or in all."""

    number: int
    name: str
    topics: frozenset[str]
    language: str | None
    data: str

    def encoded(self) -> bytes:
        """As `text/event-stream` (HTML, 9.2) writes it."""
        return f"id: {self.number}\nevent: {self.name}\ndata: {self.data}\n\n".encode()


@dataclass(eq=False, slots=True)
class Client:
    """One open page."""

    topics: frozenset[str]
    language: str | None
    queue: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LONGEST))

    def wants(self, event: Event) -> bool:
        """Whether the event is on one of the page's topics and for its language."""
        if event.language not in (None, self.language):
            return False
        return not event.topics or not event.topics.isdisjoint(self.topics)


class Hub:
    """Everybody who listens in this process."""

    def __init__(self) -> None:
        self._clients: set[Client] = set()
        self._number = 0
        self.listening = False
        self._closed = False

    def tell(
        self, name: str, topics: Iterable[str] = (), language: str | None = None, data: str = "{}"
    ) -> None:
        """Give an event to every page it is for; a page that cannot keep up is told to reload instead."""
        self._number += 1
        event = Event(self._number, name, frozenset(topics), language, data)
        for client in list(self._clients):
            if client.wants(event):
                self._give(client, event)

    def _give(self, client: Client, event: Event) -> None:
        if client.queue.full():
            while not client.queue.empty():
                client.queue.get_nowait()
            event = Event(event.number, "reload", frozenset(), None, "{}")
        client.queue.put_nowait(event)

    def close(self) -> None:
        """End every stream: the server is stopping."""
        self._closed = True
        for client in list(self._clients):
            while client.queue.full():
                client.queue.get_nowait()
            client.queue.put_nowait(None)

    def heard(self, payload: str) -> None:
        """A notification as the database sent it; what is malformed is noted and dropped."""
        try:
            told = json.loads(payload)
            topics, name, language = told["topics"], told["event"], told.get("language")
            data = json.dumps(told.get("data", {}), separators=(",", ":"))
        except (ValueError, KeyError, TypeError):
            log.warning("a malformed live event was dropped")
            return
        if isinstance(name, str) and _EVENT.fullmatch(name):
            self.tell(name, topics, language, data)

    async def listen(self, conninfo: str) -> None:
        """LISTEN for ever, connecting again when the connection is lost; then everybody reloads."""
        wait = 0.1
        while not self._closed:
            try:
                async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.listening, wait = True, 0.1
                    self.tell("reload")
                    async for notification in connection.notifies():
                        self.heard(notification.payload)
            except (psycopg.Error, OSError) as fault:
                log.info("live events: the database is away (%s)", type(fault).__name__)
            self.listening = False
            await asyncio.sleep(wait)
            wait = min(wait * 2, RECONNECT_AT_MOST_SECONDS)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/live?topics=thread:12,document:7&language=pt`."""
        client = _client(scope["query_string"])
        if isinstance(client, str):
            await sentence(send, 400, client)
            return
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            (b"x-content-type-options", b"nosniff"),
        ]
        self._clients.add(client)
        gone = asyncio.create_task(_disconnected(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await _part(send, f"retry: {RETRY_MILLISECONDS}\n\n".encode())
            await self._stream(client, gone, send)
        finally:
            self._clients.discard(client)
            gone.cancel()
            with contextlib.suppress(Exception):
                await send({"type": "http.response.body", "body": b""})

    async def _stream(self, client: Client, gone: "asyncio.Task[None]", send: Send) -> None:
        while not gone.done() and not self._closed:
            waiting = asyncio.create_task(client.queue.get())
            done, _ = await asyncio.wait(
                {waiting, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if waiting not in done:
                waiting.cancel()
                if gone in done:
                    return
                await _part(send, b": still here\n\n")
                continue
            event = waiting.result()
            if event is None:
                return
            await _part(send, event.encoded())


async def _part(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _client(query: bytes) -> Client | str:
    """The page's wishes, or a sentence that says what is wrong with them."""
    asked = parse_qs(query.decode("latin-1"), max_num_fields=10)
    topics = [topic for value in asked.get("topics", []) for topic in value.split(",")]
    language = next(iter(asked.get("language", [])), None)
    if not 0 < len(topics) <= TOPICS_AT_MOST:
        return f"Name 1 to {TOPICS_AT_MOST} topics, as in ?topics=thread:12."
    if not all(_TOPIC.fullmatch(topic) for topic in topics):
        return "A topic is a word and a number, as in thread:12."
    if language is not None and not _LANGUAGE.fullmatch(language):
        return "The language is not a language code."
    return Client(frozenset(topics), language)
