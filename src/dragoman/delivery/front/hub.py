"""Who listens to live events in this process, and what each is told. Bounded in every direction."""

import asyncio
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dragoman.delivery.front.changes import read

TOPIC = re.compile(r"[a-z]+:\d{1,18}", re.ASCII)
RELOAD = "reload"

_QUEUE_LONGEST = 64
_REMEMBERED = 256
_CLIENTS_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Event:
    """Something new on `topics`, for pages in `language`; None means all, for either."""

    number: int
    name: str
    topics: frozenset[str] | None
    language: str | None
    text: str
    moment: int = field(default_factory=lambda: _now())  # milliseconds since 1970

    def encoded(self) -> bytes:
        """As text/event-stream (HTML, 9.2) writes it."""
        return f"id: {self.number}\nevent: {self.name}\ndata: {self.text}\n\n".encode()


@dataclass(eq=False, slots=True)
class Client:
    """One open page: what it wants to hear, from which number on, and what it has yet to be told."""

    topics: frozenset[str]
    language: str | None
    since: int
    _waiting: deque[Event] = field(default_factory=deque)
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    def wants(self, event: Event) -> bool:
        if event.language not in (None, self.language):
            return False
        return event.topics is None or not event.topics.isdisjoint(self.topics)

    def give(self, event: Event) -> None:
        """Keeps it until it is taken. A page that cannot keep up is told to reload instead."""
        if len(self._waiting) >= _QUEUE_LONGEST:
            self._waiting.clear()
            event = reloading(event.number)
        self._waiting.append(event)
        self._awake.set()

    def close(self) -> None:
        self.closed = True
        self._awake.set()

    async def take(self) -> list[Event]:
        """What has come, as soon as something has; nothing when the client is closed."""
        await self._awake.wait()
        self._awake.clear()
        taken = list(self._waiting)
        self._waiting.clear()
        return taken


def reloading(number: int) -> Event:
    """The event that says: something may have been missed."""
    return Event(number, RELOAD, None, None, "{}")


class Hub:
    """All clients of this process.

    Numbers grow, across restarts too: they begin at the milliseconds since 1970. A page that comes back with the
    last number it saw gets what it missed, or is told to reload when that is no longer known. `is_current` may know
    that nothing happened to topics, in a language, since a moment (milliseconds since 1970).
    """

    def __init__(
        self,
        *,
        clients_at_most: int = _CLIENTS_AT_MOST,
        is_current: Callable[[frozenset[str], str | None, int], bool] = lambda *_: False,
    ) -> None:
        self._at_most, self._is_current = clients_at_most, is_current
        self._clients: set[Client] = set()
        self._by_topic: defaultdict[str, set[Client]] = defaultdict(set)
        self._began = self._first = self.number = _now()
        self._recent: deque[Event] = deque(maxlen=_REMEMBERED)
        self.closed = False

    def __len__(self) -> int:
        return len(self._clients)

    def join(
        self,
        topics: frozenset[str],
        language: str | None,
        after: int | None = None,
        rendered: int | None = None,
    ) -> Client | None:
        """A new client; None when there are too many, or no more at all.

        `after` is the number of the last event it saw. A page that saw none says when it was `rendered`
        (milliseconds since 1970), and hears what happened between that moment and now.
        """
        if self.closed or len(self._clients) >= self._at_most:
            return None
        client = Client(topics, language, self.number if after is None else after)
        self._clients.add(client)
        for topic in topics:
            self._by_topic[topic].add(client)
        if after is not None:
            self._catch_up(client, after)
        elif rendered is not None and not self._is_current(topics, language, rendered):
            self._catch_up_since(client, rendered)
        return client

    def leave(self, client: Client) -> None:
        self._clients.discard(client)
        for topic in client.topics:
            self._by_topic[topic].discard(client)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    def tell(self, name: str, topics: Iterable[str], language: str | None, text: str) -> None:
        """Gives an event to every page it is for. `text` is one line."""
        event = Event(self._next(), name, frozenset(topics), language, text)
        self._recent.append(event)
        for client in {client for topic in event.topics or () for client in self._by_topic.get(topic, ())}:
            if client.wants(event):
                client.give(event)

    def tell_to_reload(self) -> None:
        """Something may have been missed: everybody reloads."""
        event = reloading(self._next())
        self._recent.append(event)
        for client in self._clients:
            client.give(event)

    def tell_everybody(self, name: str) -> None:
        """Something about the live parts themselves; who comes later is not told."""
        event = Event(self.number, name, None, None, "{}")
        for client in self._clients:
            client.give(event)

    def hear(self, payload: str) -> None:
        """A notification as the database sent it. Raises MalformedEvent."""
        told = read(payload)
        self.tell(told.event, told.topics, told.language, told.text)

    def close(self) -> None:
        """Ends every stream: the server stops."""
        self.closed = True
        for client in self._clients:
            client.close()

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _catch_up(self, client: Client, after: int) -> None:
        missed = [event for event in self._recent if event.number > after]
        if after < self._first or after > self.number or len(missed) < self.number - after:
            client.give(reloading(self.number))
            return
        self._give(client, missed)

    def _catch_up_since(self, client: Client, moment: int) -> None:
        is_forgotten = len(self._recent) == _REMEMBERED and self._recent[0].moment > moment
        if moment < self._began or is_forgotten:
            client.give(reloading(self.number))
            return
        self._give(client, [event for event in self._recent if event.moment >= moment])

    def _give(self, client: Client, events: Iterable[Event]) -> None:
        for event in events:
            if client.wants(event):
                client.give(event)


def _now() -> int:
    return time.time_ns() // 1_000_000
