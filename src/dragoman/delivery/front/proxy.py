"""Everything that is not the front's own: from the store, or else from Django."""

import logging
from typing import IO

from dragoman.delivery.front.answers import Receive, Scope, Send, header, sentence, unavailable
from dragoman.delivery.front.forwarding import (
    BODY_BYTES_AT_MOST,
    BodyTooLarge,
    ClientGone,
    Networks,
    body_of,
    request_headers,
    response_head,
    target,
)
from dragoman.delivery.front.store import Asked, Header, Recorder, Store, Stored
from dragoman.delivery.front.upstream import Answer, BrokenAnswer, MalformedRequest, Unreachable, Upstream

_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_READ_ONLY = frozenset({"GET", "HEAD"})
_log = logging.getLogger(__name__)


class Proxy:
    """Requests to the upstream, answers back, the store between them."""

    def __init__(self, upstream: Upstream, store: Store, *, trusted: Networks = ()) -> None:
        self._upstream, self._store, self._trusted = upstream, store, trusted

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. A fault after the head was sent ends the connection: the client sees that it broke off."""
        asked = Asked(scope["method"], target(scope), tuple(scope["headers"]))
        stored = self._store.lookup(asked) if asked.method in _READ_ONLY else None
        if stored is not None:
            await _send_stored(scope, send, stored)
            return
        try:
            body, length = await body_of(scope, receive)
        except ClientGone:
            return
        except BodyTooLarge:
            most = BODY_BYTES_AT_MOST // 1_048_576
            await sentence(scope, send, 413, f"More than {most} MB cannot be sent here.")
            return
        with body:
            declared = length if length or asked.method not in _WITHOUT_BODY else None
            headers = request_headers(scope, self._trusted, declared)
            await self._pass_on(scope, send, asked, headers, body)

    async def ready(self, scope: Scope) -> bool:
        """Whether Django says that it and its database answer; asked under the name that the client used."""
        headers = [(b"host", header(scope, b"host") or b"localhost")]
        try:
            async with self._upstream.ask("GET", b"/readyz", headers) as answer:
                return answer.status == 200
        except (Unreachable, BrokenAnswer):
            return False

    async def _pass_on(
        self, scope: Scope, send: Send, asked: Asked, headers: list[Header], body: IO[bytes]
    ) -> None:
        begun = _Begun(send)
        try:
            async with self._upstream.ask(asked.method, asked.target, headers, body) as answer:
                await self._pass_back(asked, answer, begun)
        except MalformedRequest:
            await sentence(scope, send, 400, "The request cannot be read.")
        except (Unreachable, BrokenAnswer) as fault:
            _log.warning("%s for %s", fault, asked.method)
            if begun.told:
                raise
            await unavailable(scope, send)

    async def _pass_back(self, asked: Asked, answer: Answer, send: "_Begun") -> None:
        head = response_head(answer.status, answer.headers)
        recorder: Recorder | None = self._store.offer(asked, head) if asked.method == "GET" else None
        await send({"type": "http.response.start", "status": head.status, "headers": list(head.headers)})
        async for part in answer.parts():
            if recorder is not None:
                recorder.add(part)
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        if recorder is not None:
            recorder.complete()


class _Begun:
    """Holds the head back until something follows it, and remembers whether anything was told to the client.

    The server below sends no head without a body: an answer that broke off between the two would be its own bare 500.
    """

    def __init__(self, send: Send) -> None:
        self._send, self.told = send, False
        self._head: dict[str, object] | None = None

    async def __call__(self, message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        self.told = True
        if self._head is not None:
            head, self._head = self._head, None
            await self._send(head)
        await self._send(message)


async def _send_stored(scope: Scope, send: Send, stored: Stored) -> None:
    await send({"type": "http.response.start", "status": stored.status, "headers": list(stored.headers)})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else stored.body})
