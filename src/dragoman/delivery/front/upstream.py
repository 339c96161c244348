"""A small HTTP/1.1 client for the one server behind us, on a Unix socket.

httptools on asyncio's protocols, and connections that are used again within a moment (docs/adr/0024): a request costs a
quarter of what it cost with h11 on a connection of its own.

Nothing is sent twice. A connection is used again only if it ended its last answer properly, rested for less than a
second, and is silent and open in the moment before it is written to; what is sent over it is in no more danger than
what waits to be accepted. When it ends all the same before anything of an answer came, a question without
consequences is asked again on a new one, and anything else is not.
"""

import asyncio
import os
import re
import select
import socket as sockets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import cast

import httptools

from dragoman.delivery.front.store import Header

PATIENCE_SECONDS = 8.0  # the supervisor brings a dead server back sooner

_AT_ONCE = 256
_RETRY_SECONDS = 0.05
_ANSWER_SECONDS = 60.0
_REST_SECONDS = 1.0  # the server closes what rested for 30
_CHUNK = 65_536
_HEAD_LONGEST = 65_536
_SHORT = 8_192
"""Bytes: a server reads so much at once. Of a longer body it may leave the rest, and close after it has answered."""
_AHEAD_BYTES = 1_048_576  # of an answer, before its reader wants them: a page comes at once
_ASKED_AGAIN = frozenset({"GET", "HEAD"})
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110, 5.6.2
_REQUEST = re.compile(
    _TOKEN + rb" [\x21-\x7e]+ HTTP/1\.1\r\n(?:" + _TOKEN + rb": [^\x00-\x08\x0a-\x1f\x7f]*\r\n)*\r\n"
)


class Unreachable(Exception):
    """Nobody took the connection; nothing was sent."""


class BrokenAnswer(Exception):
    """The connection ended or fell silent before the whole answer was there."""


class MalformedRequest(Exception):
    """The request cannot be written as HTTP/1.1; nothing was sent."""


@dataclass(slots=True)
class Answer:
    """The head of an answer, and its body as it comes."""

    status: int
    headers: list[Header]
    _connection: "_Connection"

    async def parts(self) -> AsyncIterator[bytes]:
        """The body. Raises BrokenAnswer."""
        while part := await self._connection.part():
            yield part


class Upstream:
    """The server behind us."""

    def __init__(self, socket: str, *, patience: float = PATIENCE_SECONDS, at_once: int = _AT_ONCE) -> None:
        self._socket, self._patience = socket, patience
        self._room = asyncio.Semaphore(at_once)
        self._make = partial(_Connection, bytearray(_CHUNK))
        self._resting: deque[_Connection] = deque()
        self._tidying: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def ask(
        self, method: str, target: bytes, headers: list[Header], body: Iterable[bytes] = ()
    ) -> AsyncIterator[Answer]:
        """One request. Waits for room, and for the server to come back, `patience` seconds in all.

        Raises MalformedRequest, Unreachable, BrokenAnswer.
        """
        head = _request(method, target, headers)
        limit = time.monotonic() + self._patience
        await self._take_place(limit)
        connection = None
        try:
            connection = self._rested()
            if connection is not None:
                answer = await connection.ask(method, head, body, again=method in _ASKED_AGAIN)
                if answer is None:
                    connection.close()
                    connection = None
            if connection is None:
                connection = await self._connect(limit)
                answer = await connection.ask(method, head, body)
            assert answer is not None
            yield answer
        finally:
            if connection is not None:
                self._let_rest(connection)
            self._room.release()

    def close(self) -> None:
        """Ends the connections that nobody uses."""
        if self._tidying is not None:
            self._tidying.cancel()
            self._tidying = None
        while self._resting:
            self._resting.pop().close()

    async def _take_place(self, limit: float) -> None:
        if not self._room.locked():
            await self._room.acquire()
            return
        try:
            async with asyncio.timeout(limit - time.monotonic()):
                await self._room.acquire()
        except TimeoutError:
            raise Unreachable("too many requests wait already") from None

    async def _connect(self, limit: float) -> "_Connection":
        while True:
            try:
                loop = asyncio.get_running_loop()
                return (await loop.create_unix_connection(self._make, self._socket))[1]
            except OSError as fault:
                if time.monotonic() > limit:
                    raise Unreachable("nobody answers on the socket") from fault
            await asyncio.sleep(_RETRY_SECONDS)

    # Connections that rest

    def _rested(self) -> "_Connection | None":
        """The one that was used last: the others grow old, and go."""
        while self._resting:
            connection = self._resting.pop()
            if connection.rested_since > time.monotonic() - _REST_SECONDS and connection.is_quiet():
                return connection
            connection.close()
        return None

    def _let_rest(self, connection: "_Connection") -> None:
        if not connection.is_reusable():
            connection.close()
            return
        connection.rested_since = time.monotonic()
        self._resting.append(connection)
        if self._tidying is None:
            self._tidying = asyncio.get_running_loop().call_later(_REST_SECONDS, self._tidy)

    def _tidy(self) -> None:
        self._tidying = None
        earliest = time.monotonic() - _REST_SECONDS
        while self._resting and self._resting[0].rested_since <= earliest:
            self._resting.popleft().close()
        if self._resting:
            self._tidying = asyncio.get_running_loop().call_later(_REST_SECONDS, self._tidy)


class _Connection(asyncio.BufferedProtocol):
    """One connection, one request at a time. What comes is read into `buffer`, which all of them share: nothing stays
    there longer than it takes to parse it."""

    def __init__(self, buffer: bytearray) -> None:
        self.rested_since = 0.0
        self._buffer, self._view = buffer, memoryview(buffer)
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[None] | None = None
        self._aside: sockets.socket | None = None
        self._may_write = True
        self._lost = False
        self._begin(has_body=True)

    def _begin(self, *, has_body: bool) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._has_body = has_body  # an answer to HEAD has none, whatever its head says
        self._headers: list[Header] = []
        self._status = 0
        self._head_bytes = 0
        self._parts: deque[bytes] = deque()
        self._ahead = 0
        self._is_taken = self._heard = self._headed = self._whole = self._goes_on = self._silent = False
        self._fault: Exception | None = None

    # For who asks

    async def ask(
        self, method: str, head: bytes, body: Iterable[bytes], *, again: bool = False
    ) -> Answer | None:
        """Raises BrokenAnswer. None, if it may be asked `again` elsewhere: it was not answered at all."""
        self._begin(has_body=method != "HEAD")
        await self._send(head, body)
        await self._until(lambda: self._headed)
        if self._headed:
            return Answer(self._status, self._headers, self)
        if again and self._lost and not self._heard:
            return None
        raise BrokenAnswer("the answer broke off" if self._heard else "there was no answer") from self._fault

    async def part(self) -> bytes:
        """The next of the body; empty after the last. Raises BrokenAnswer."""
        await self._until(lambda: bool(self._parts) or self._whole)
        if self._parts:
            part = self._parts.popleft()
            self._ahead -= len(part)
            if self._ahead <= _AHEAD_BYTES and not self._lost:
                self._transport.resume_reading()
            return part
        if self._whole:
            return b""
        raise BrokenAnswer("the answer broke off") from self._fault

    def is_quiet(self) -> bool:
        """Whether it is open and nothing has come that nobody asked for, as the kernel sees it now."""
        if self._lost or self._transport.is_closing():
            return False
        asked = select.poll()
        asked.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        return not asked.poll(0)

    def is_reusable(self) -> bool:
        """Whether the server has taken the whole request, and its answer ended as it should."""
        return (
            self._is_taken
            and self._whole
            and not self._parts
            and not self._lost
            and self._fault is None
            and self._goes_on
        )

    def close(self) -> None:
        """Idempotent."""
        self._transport.abort()

    async def _send(self, head: bytes, body: Iterable[bytes]) -> None:
        """A server may answer and close before it has read everything: its answer counts."""
        told, is_short = head, True
        for part in body:
            if len(told) + len(part) <= _SHORT:
                told += part
                continue
            is_short = False
            self._aside = self._aside or self._second_way_to_read()
            self._transport.write(told)
            told = part
            if not self._may_write:
                await self._until(lambda: self._may_write or self._whole)
            if self._whole or self._lost or self._silent:
                return
        self._transport.write(told)
        self._is_taken = is_short

    def _second_way_to_read(self) -> sockets.socket:
        """The transport ends where who has answered closes while we still write; what it did not read is here."""
        return sockets.socket(fileno=os.dup(self._transport.get_extra_info("socket").fileno()))

    def _read_aside(self, aside: sockets.socket) -> None:
        aside.setblocking(False)
        with aside, suppress(OSError):
            while not self._whole and self._fault is None and (read := aside.recv_into(self._buffer)):
                self.buffer_updated(read)

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Or until it has ended, for whatever reason."""
        while not condition() and not self._lost and not self._silent and self._fault is None:
            self._waiting = self._loop.create_future()
            patience = self._loop.call_later(_ANSWER_SECONDS, self._fall_silent)
            try:
                await self._waiting
            finally:
                patience.cancel()
                self._waiting = None

    def _fall_silent(self) -> None:
        self._silent = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    # What the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self._lost, self._may_write = True, True
        if self._aside is not None:
            self._read_aside(self._aside)
        if self._headed and self._ends_with_connection():
            self._whole = True
        self._wake()

    def pause_writing(self) -> None:
        self._may_write = False

    def resume_writing(self) -> None:
        self._may_write = True
        self._wake()

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 - asyncio's
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._heard = True
        if not self._headed:
            self._head_bytes += nbytes
        try:
            if self._whole:
                raise httptools.HttpParserError("something came after the answer")
            self._parser.feed_data(self._view[:nbytes])
            if not self._headed and self._head_bytes > _HEAD_LONGEST:
                raise httptools.HttpParserError("the head does not end")
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as fault:
            self._fault = fault
            self._transport.abort()
        if self._ahead > _AHEAD_BYTES and not self._lost:
            self._transport.pause_reading()
        self._wake()

    # What the parser calls

    def on_message_begin(self) -> None:
        if self._whole:
            raise ValueError("something came after the answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._headed:  # else it is a trailer, which nobody waits for
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200:
            self._status, self._headed = status, True
            if not self._has_body:
                self._end()

    def on_body(self, body: bytes) -> None:
        if not self._has_body:
            raise ValueError("there is to be no body")
        self._parts.append(body)
        self._ahead += len(body)

    def on_message_complete(self) -> None:
        if self._headed:
            self._end()
        else:
            self._headers = []  # of an answer that only announces another

    def _end(self) -> None:
        self._whole = True
        self._goes_on = self._parser.should_keep_alive()

    def _ends_with_connection(self) -> bool:
        told = {name for name, _ in self._headers}
        return self._fault is None and b"content-length" not in told and b"transfer-encoding" not in told


def _request(method: str, target: bytes, headers: list[Header]) -> bytes:
    lines = [method.encode("latin-1", "replace"), b" ", target, b" HTTP/1.1\r\n"]
    for name, value in headers:
        lines += (name, b": ", value, b"\r\n")
    lines.append(b"\r\n")
    request = b"".join(lines)
    one_host = sum(name == b"host" for name, _ in headers) == 1
    if not one_host or request.count(b"\n") != len(headers) + 2 or not _REQUEST.fullmatch(request):
        raise MalformedRequest("the request cannot be written as HTTP/1.1")
    return request
