"""Everything that is not the front's own: from the store, or else from Django."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from dragoman.delivery.front.answers import Message, Receive, Scope, Send, header, sentence, unavailable
from dragoman.delivery.front.changes import MalformedEvent
from dragoman.delivery.front.encodings import encode, negotiated
from dragoman.delivery.front.entries import Entry, Ready, Sharing, keepable
from dragoman.delivery.front.filling import Failed, Filling, NotKept
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
from dragoman.delivery.front.questions import Question, question_of
from dragoman.delivery.front.store import Head, Header, ResponseStore
from dragoman.delivery.front.upstream import Answer, BrokenAnswer, MalformedRequest, Unreachable, Upstream

_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_READ_ONLY = frozenset({"GET", "HEAD"})
_OF_ORIGIN = frozenset({b"host", b"x-forwarded-proto", b"x-forwarded-host"})
_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since", b"range", b"if-range", b"accept-encoding"})
_log = logging.getLogger(__name__)


class Proxy:
    """Requests to the upstream, answers back, the store between them.

    `heard` is given what an answer says that its request changed. `remember(scope, ready, impatient)` is
    told what was sent from the store, so that the server may answer the same request by itself.
    """

    def __init__(
        self,
        upstream: Upstream,
        store: ResponseStore,
        *,
        trusted: Networks = (),
        sharing: Sharing | None = None,
        heard: Callable[[bytes], None] = lambda _: None,
        remember: Callable[[Scope, Ready, bool], None] = lambda *_: None,
    ) -> None:
        self._upstream, self._store, self._trusted = upstream, store, trusted
        self._sharing = sharing or Sharing()
        self._heard, self._remember = heard, remember
        self._filling = Filling(store, upstream)

    async def close(self) -> None:
        """Ends what is rendered in the background, and the connections that rest."""
        await self._filling.close()
        self._upstream.close()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. A fault after the head was sent ends the connection: the client sees that it broke off."""
        question = question_of(scope) if scope["method"] in _READ_ONLY and not _has_body(scope) else None
        if question is not None:
            await self._answer(question, scope, send)
            return
        try:
            body = await body_of(scope, receive)
        except ClientGone:
            return
        except BodyTooLarge:
            most = BODY_BYTES_AT_MOST // 1_048_576
            await sentence(scope, send, 413, f"More than {most} MB cannot be sent here.")
            return
        with body:
            declared = body.length if body.length or scope["method"] not in _WITHOUT_BODY else None
            await self._pass_on(scope, send, request_headers(scope, self._trusted, declared), body)

    async def ready(self, scope: Scope) -> bool:
        """Whether Django says that it and its database answer; asked under the name that the client used."""
        headers = [(b"host", header(scope, b"host") or b"localhost")]
        try:
            async with self._upstream.ask("GET", b"/readyz", headers) as answer:
                return answer.status == 200
        except (Unreachable, BrokenAnswer):
            return False

    # From the store

    async def _answer(self, question: Question, scope: Scope, send: Send) -> None:
        entry = self._store.read(question) or await self._made_anew(question)
        if entry is not None:
            await self._send(question, scope, send, entry)
            return
        key = self._store.key(question)
        headers = request_headers(scope, self._trusted, None)
        is_alone = self._store.passes(question.path) or self._filling.flight(key) is not None
        if scope["method"] == "HEAD" or is_alone:
            await self._pass_on(scope, send, headers)
        else:
            await self._lead(question, scope, send, headers)

    async def _made_anew(self, question: Question) -> Entry | None:
        """What somebody else's question, or the background, is bringing; None: ask for yourself."""
        try:
            entry = await self._filling.entry_for(question)
        except (NotKept, Failed):
            return None
        entry.hits += 1
        return entry

    async def _send(self, question: Question, scope: Scope, send: Send, entry: Entry) -> None:
        if entry.asleep:
            await self._store.wake(entry)
        encoding = entry.encoding_for(negotiated(header(scope, b"accept-encoding")))
        body = entry.bodies.get(encoding) or await self._encoded(entry, encoding)
        tags = header(scope, b"if-none-match")
        ready = entry.make_ready(encoding, body, bool(tags) and entry.is_known_to(tags), self._sharing)
        if scope["method"] == "GET":
            self._remember(scope, ready, question.impatient)
        await send({"type": "http.response.start", "status": ready.status, "headers": list(ready.headers)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else ready.body})

    async def _encoded(self, entry: Entry, encoding: bytes) -> bytes:
        """Once, however many wait for it."""
        making = entry.making.get(encoding)
        if making is None:
            making = entry.making[encoding] = asyncio.create_task(self._encode(entry, encoding))
            making.add_done_callback(lambda _: entry.making.pop(encoding, None))
        return await asyncio.shield(making)

    async def _encode(self, entry: Entry, encoding: bytes) -> bytes:
        """In a thread: the event loop goes on, and the entry may fall asleep meanwhile."""
        effort = entry.effort
        encoded = await asyncio.to_thread(encode, entry.body, encoding, effort)
        if not entry.asleep and encoding not in entry.bodies:
            entry.encoded(encoding, encoded, effort)
            self._store.grow(entry, len(encoded))
        return encoded

    # From Django

    async def _lead(self, question: Question, scope: Scope, send: Send, headers: list[Header]) -> None:
        """Asks for what may turn out to be for everybody; others with the same question wait meanwhile."""
        key = self._store.key(question)
        flight = self._filling.depart(key)
        begun = _Begun(send)
        asked = [one for one in headers if one[0] not in _CONDITIONS]
        origin = tuple(one for one in headers if one[0] in _OF_ORIGIN)

        async def ask() -> Entry:
            async with self._upstream.ask("GET", target(scope), asked) as answer:
                head = response_head(answer.status, answer.headers)
                if keepable(head):
                    return await self._filling.entry(question, target(scope), origin, head, answer, flight)
                if head.status < 500:
                    self._store.note_passing(question.path, True)
                self._filling.land(key, flight, NotKept())
                await self._pass_back(head, answer, begun)
                raise _PassedBack

        outcome: Entry | Exception = Failed()
        try:
            outcome = await self._filling.until_valid(flight, ask)
            outcome.hits += 1
        except _PassedBack:
            return
        except NotKept as reason:
            outcome = reason
        except (Unreachable, BrokenAnswer, MalformedRequest) as fault:
            await self._tell_fault(scope, begun, fault)
            return
        finally:
            self._filling.land(key, flight, outcome)
        if isinstance(outcome, Entry):
            await self._send(question, scope, send, outcome)
        else:
            await self._pass_on(scope, send, headers)

    async def _pass_on(
        self, scope: Scope, send: Send, headers: list[Header], body: Iterable[bytes] = ()
    ) -> None:
        begun = _Begun(send)
        try:
            async with self._upstream.ask(scope["method"], target(scope), headers, body) as answer:
                await self._pass_back(response_head(answer.status, answer.headers), answer, begun)
        except (Unreachable, BrokenAnswer, MalformedRequest) as fault:
            await self._tell_fault(scope, begun, fault)

    async def _tell_fault(self, scope: Scope, begun: "_Begun", fault: Exception) -> None:
        if isinstance(fault, MalformedRequest):
            await sentence(scope, begun, 400, "The request cannot be read.")
            return
        _log.warning("%s for %s", fault, scope["method"])
        if begun.told:
            raise fault
        await unavailable(scope, begun)

    async def _pass_back(self, head: Head, answer: Answer, send: "_Begun") -> None:
        if head.changes:
            self._hear(head.changes)
        await send({"type": "http.response.start", "status": head.status, "headers": list(head.headers)})
        async for part in answer.parts():
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _hear(self, changes: bytes) -> None:
        try:
            self._heard(changes)
        except MalformedEvent as fault:
            _log.warning("%s", fault)


class _PassedBack(Exception):
    """The answer has gone to who asked."""


class _Begun:
    """Holds the head back until something follows it, and remembers whether anything was told to the client.

    An answer that broke off between the two would else be a bare 500 of the server's own.
    """

    def __init__(self, send: Send) -> None:
        self._send, self.told = send, False
        self._head: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        self.told = True
        if self._head is not None:
            head, self._head = self._head, None
            await self._send(head)
        await self._send(message)


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
        for name, value in scope["headers"]
    )
