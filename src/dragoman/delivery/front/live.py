"""`/live?topics=thread:12,document:7&language=pt&rendered=1790000000000`: server-sent events (HTML, 9.2)."""

import asyncio
import re
from urllib.parse import parse_qs

from dragoman.delivery.front.answers import RETRY_AFTER_SECONDS, Receive, Scope, Send, header, sentence
from dragoman.delivery.front.hub import TOPIC, Client, Hub

TOPICS_AT_MOST = 20

_HEARTBEAT_SECONDS = 15.0  # shorter than what proxies and phones take for silence
_SEND_SECONDS = 30.0  # who takes nothing for so long is gone
_CLOSE_SECONDS = 0.3
_RETRY_MILLISECONDS = 2000
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Live:
    """The streams of all open pages."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._streams: set[asyncio.Task[None]] = set()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One stream, until the page leaves, falls silent, or the server stops."""
        if scope["method"] != "GET":
            await sentence(scope, send, 405, "This address can only be read.", [(b"allow", b"GET")])
            return
        wishes = _wishes(scope["query_string"])
        if isinstance(wishes, str):
            await sentence(scope, send, 400, wishes)
            return
        topics, language, rendered = wishes
        client = self._hub.join(topics, language, _last_seen(scope), rendered)
        if client is None:
            retry = [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())]
            await sentence(scope, send, 503, "Too many pages are open; the page stays as it is.", retry)
            return
        try:
            await self._stream(client, receive, send)
        finally:
            self._hub.leave(client)

    async def close(self) -> None:
        """Ends every stream at once; cuts off those that do not take their end."""
        self._hub.close()
        if self._streams:
            _, stuck = await asyncio.wait(self._streams, timeout=_CLOSE_SECONDS)
            for stream in stuck:
                stream.cancel()

    async def _stream(self, client: Client, receive: Receive, send: Send) -> None:
        """Whichever comes first: the last word, or the page's leaving."""
        told = asyncio.create_task(self._tell(client, send))
        left = asyncio.create_task(_left(receive))
        self._streams.add(told)
        try:
            await asyncio.wait((told, left), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._streams.discard(told)
            told.cancel()
            left.cancel()
            await asyncio.gather(told, left, return_exceptions=True)

    async def _tell(self, client: Client, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # An id without data names what was seen last, though nothing came yet.
        await _say(send, f"retry: {_RETRY_MILLISECONDS}\nid: {client.since}\n\n".encode())
        while not client.closed:
            try:
                async with asyncio.timeout(_HEARTBEAT_SECONDS):
                    events = await client.take()
            except TimeoutError:
                await _say(send, b":\n\n")
            else:
                await _say(send, b"".join(event.encoded() for event in events))
        await send({"type": "http.response.body", "body": b""})


async def _say(send: Send, chunk: bytes) -> None:
    if chunk:
        async with asyncio.timeout(_SEND_SECONDS):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _last_seen(scope: Scope) -> int | None:
    value = header(scope, b"last-event-id")
    return int(value) if value.isdigit() and len(value) < 19 else None


def _wishes(query: bytes) -> tuple[frozenset[str], str | None, int | None] | str:
    """Topics, language and the moment of rendering, or a sentence that says what is wrong with them."""
    try:
        asked = parse_qs(query.decode("ascii"), max_num_fields=10)
    except ValueError:
        return "The query cannot be read."
    topics = [topic for value in asked.get("topics", []) for topic in value.split(",")]
    language = next(iter(asked.get("language", [])), None)
    if not 0 < len(topics) <= TOPICS_AT_MOST:
        return f"Name 1 to {TOPICS_AT_MOST} topics, as in ?topics=thread:12."
    if not all(TOPIC.fullmatch(topic) for topic in topics):
        return "A topic is a word and a number, as in thread:12."
    if language is not None and not _LANGUAGE.fullmatch(language):
        return "The language is not a language code."
    rendered = next(iter(asked.get("rendered", [])), "")
    if rendered and not (rendered.isascii() and rendered.isdigit() and len(rendered) < 16):
        return "The moment of rendering is in milliseconds since 1970."
    return frozenset(topics), language, int(rendered) if rendered else None
