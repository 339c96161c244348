"""The client for the server behind the front: patience, and nothing sent twice."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import AF_UNIX
from socket import socket as Socket  # noqa: N812 - the tests' `socket` is a path
from threading import Event

import pytest
import uvloop

from dragoman.delivery.front import upstream as module
from dragoman.delivery.front.upstream import BrokenAnswer, MalformedRequest, Unreachable, Upstream

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HOST = [(b"host", b"localhost")]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture
def socket(tmp_path: Path) -> str:
    return str(tmp_path / "web.sock")


@asynccontextmanager
async def serving(socket: str, serve: Serve) -> AsyncIterator[None]:
    server = await asyncio.start_unix_server(serve, socket)
    try:
        yield
    finally:
        server.close()


def saying(answer: bytes, heard: list[bytes] | None = None) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.read(100_000)
        if heard is not None:
            heard.append(request)
        writer.write(answer)
        await writer.drain()
        writer.close()

    return serve


async def asked(upstream: Upstream, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    headers = [*HOST, (b"content-length", str(len(body)).encode())] if body is not None else HOST
    async with upstream.ask(method, b"/", headers, [body] if body is not None else []) as answer:
        return answer.status, b"".join([part async for part in answer.parts()])


def test_an_answer_comes_with_status_headers_and_body(socket: str) -> None:
    async def scenario() -> None:
        heard: list[bytes] = []
        async with serving(socket, saying(OK, heard)):
            assert await asked(Upstream(socket), "POST", b"words") == (200, b"hi")
        assert heard[0].startswith(b"POST / HTTP/1.1\r\n")
        assert heard[0].endswith(b"\r\n\r\nwords")
        assert b"connection:" not in heard[0].lower()

    uvloop.run(scenario())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nhi",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK,
    ],
)
def test_every_way_to_end_a_body_is_understood(socket: str, answer: bytes) -> None:
    async def scenario() -> None:
        async with serving(socket, saying(answer)):
            assert await asked(Upstream(socket)) == (200, b"hi")

    uvloop.run(scenario())


def test_it_waits_for_a_server_that_is_not_there_yet(socket: str) -> None:
    async def scenario() -> None:
        waiting = asyncio.create_task(asked(Upstream(socket, patience=20), "POST", b"words"))
        await asyncio.sleep(0)
        async with serving(socket, saying(OK)):
            assert await waiting == (200, b"hi")

    uvloop.run(scenario())


def test_it_does_not_wait_for_ever(socket: str) -> None:
    with pytest.raises(Unreachable):
        uvloop.run(asked(Upstream(socket, patience=0.1)))


def test_a_socket_without_a_server_is_unreachable(socket: str) -> None:
    async def scenario() -> None:
        async with serving(socket, saying(OK)):
            pass
        Path(socket).touch()
        with pytest.raises(Unreachable):
            await asked(Upstream(socket, patience=0.1))

    uvloop.run(scenario())


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 2", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_that_was_sent_is_never_sent_again(socket: str, answer: bytes, method: str) -> None:
    async def scenario() -> None:
        heard: list[bytes] = []
        async with serving(socket, saying(answer, heard)):
            with pytest.raises(BrokenAnswer):
                await asked(Upstream(socket), method)
        assert len(heard) == 1

    uvloop.run(scenario())


def test_a_silent_server_is_given_up(socket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ANSWER_SECONDS", 0.05)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def scenario() -> None:
        async with serving(socket, silent):
            with pytest.raises(BrokenAnswer):
                await asked(Upstream(socket))

    uvloop.run(scenario())


def test_an_answer_before_the_whole_body_was_read_counts(socket: str) -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(refusal)
        writer.write_eof()
        while await reader.read(65_536):
            pass
        writer.close()

    async def scenario() -> None:
        async with serving(socket, hasty):
            assert await asked(Upstream(socket), "POST", b"x" * 3_000_000) == (413, b"")

    uvloop.run(scenario())


def test_an_answer_counts_though_the_server_left_the_body_and_closed_before_it_was_written(
    socket: str,
) -> None:
    """As hyper does with what Django had no use for: whoever must sign in first was told that the site restarts."""
    closed = Event()

    def refuse(listener: Socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1_000)
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        closed.set()

    def body() -> Iterator[bytes]:
        yield b"x" * 9_000
        yield b"x" * 9_000
        assert closed.wait(20)
        yield b"x" * 9_000

    async def scenario(listener: Socket) -> None:
        serving = asyncio.create_task(asyncio.to_thread(refuse, listener))
        headers = [*HOST, (b"content-length", b"27000")]
        async with Upstream(socket).ask("POST", b"/", headers, body()) as answer:
            assert answer.status == 403
            assert b"".join([part async for part in answer.parts()]) == b"no"
        await serving

    with Socket(AF_UNIX) as listener:
        listener.bind(socket)
        listener.listen()
        asyncio.run(scenario(listener))  # which writes at once: uvloop writes when the body is whole


@pytest.mark.parametrize("target", [b"/a b", b"/\r\nX: 1"])
def test_what_cannot_be_written_as_http_is_not_sent(socket: str, target: bytes) -> None:
    async def scenario() -> None:
        heard: list[bytes] = []
        async with serving(socket, saying(OK, heard)):
            with pytest.raises(MalformedRequest):
                async with Upstream(socket).ask("GET", target, HOST):
                    pass
        assert heard == []

    uvloop.run(scenario())


def test_more_than_so_many_at_once_wait_their_turn(socket: str) -> None:
    async def scenario() -> None:
        gate = asyncio.Event()
        heard = 0

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal heard
            heard += 1
            await reader.readuntil(b"\r\n\r\n")
            await gate.wait()
            writer.write(OK)
            writer.close()

        async with serving(socket, slow):
            upstream = Upstream(socket, at_once=1, patience=0.1)
            first = asyncio.create_task(asked(upstream))
            while heard == 0:
                await asyncio.sleep(0.005)
            with pytest.raises(Unreachable):
                await asked(upstream)
            assert heard == 1
            gate.set()
            assert await first == (200, b"hi")
            assert await asked(upstream) == (200, b"hi")

    uvloop.run(scenario())


# Connections that are used again


@dataclass
class Server:
    """Answers as told, one answer for each request, over as many connections as it is given. `reply(number, request)`
    gives what is said to the `number`th request; None ends the connection without a word."""

    reply: Callable[[int, bytes], bytes | None] = lambda *_: OK
    connections: int = 0
    heard: list[bytes] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError):
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", request)
                request += await reader.readexactly(int(length[1]) if length else 0)
                self.heard.append(request)
                answer = self.reply(len(self.heard), request)
                if answer is None:
                    break
                writer.write(answer)
        writer.close()


@asynccontextmanager
async def before(socket: str, server: Server) -> AsyncIterator[Upstream]:
    async with serving(socket, server):
        upstream = Upstream(socket)
        try:
            yield upstream
        finally:
            upstream.close()


def test_one_connection_serves_one_request_after_the_other(socket: str) -> None:
    async def scenario() -> None:
        server = Server()
        async with before(socket, server) as upstream:
            for number in range(5):
                assert await asked(upstream, "POST", b"%d" % number) == (200, b"hi")
            assert await asked(upstream) == (200, b"hi")
        assert server.connections == 1
        assert [request[-1:] for request in server.heard[:5]] == [b"0", b"1", b"2", b"3", b"4"]

    uvloop.run(scenario())


def test_requests_at_the_same_time_have_connections_of_their_own(socket: str) -> None:
    async def scenario() -> None:
        server = Server()
        async with before(socket, server) as upstream:
            assert await asyncio.gather(*(asked(upstream) for _ in range(4))) == [(200, b"hi")] * 4
            assert server.connections == 4
            assert await asyncio.gather(*(asked(upstream) for _ in range(4))) == [(200, b"hi")] * 4
        assert server.connections == 4

    uvloop.run(scenario())


def test_what_rested_for_long_is_not_used_again_and_goes(
    socket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_REST_SECONDS", 0.02)

    async def scenario() -> None:
        server = Server()
        async with before(socket, server) as upstream:
            assert await asked(upstream) == (200, b"hi")
            while not server.writers[0].is_closing():
                await asyncio.sleep(0.005)
            assert await asked(upstream) == (200, b"hi")
        assert server.connections == 2

    uvloop.run(scenario())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        OK + OK,
        OK + b"more",
    ],
)
def test_a_connection_that_is_to_end_or_says_too_much_is_not_used_again(socket: str, answer: bytes) -> None:
    async def scenario() -> None:
        server = Server(lambda *_: answer)
        async with before(socket, server) as upstream:
            for _ in range(3):
                assert await asked(upstream, "POST", b"words") == (200, b"hi")
        assert server.connections == 3

    uvloop.run(scenario())


def test_a_connection_is_not_used_again_where_the_server_may_not_have_read_to_the_end(socket: str) -> None:
    """It answers, has no use for the rest, and closes without a word: that must not end the next request."""

    async def scenario() -> None:
        server = Server()
        async with before(socket, server) as upstream:
            assert await asked(upstream, "POST", b"x" * 7_000) == (200, b"hi")
            assert await asked(upstream, "POST", b"x" * 9_000) == (200, b"hi")
            assert server.connections == 1
            assert await asked(upstream, "POST", b"words") == (200, b"hi")
        assert server.connections == 2

    uvloop.run(scenario())


def test_what_comes_unasked_while_a_connection_rests_is_no_answer(socket: str) -> None:
    async def scenario() -> None:
        server = Server()
        async with before(socket, server) as upstream:
            assert await asked(upstream) == (200, b"hi")
            server.writers[0].write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")
            assert await asked(upstream) == (200, b"hi")
        assert server.connections == 2

    uvloop.run(scenario())


def test_an_answer_that_was_left_halfway_is_not_finished_by_the_next(socket: str) -> None:
    async def scenario() -> None:
        server = Server(lambda *_: b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
        async with before(socket, server) as upstream:
            for _ in range(2):
                async with upstream.ask("GET", b"/", HOST) as answer:
                    assert answer.status == 200
        assert server.connections == 2

    uvloop.run(scenario())


def test_what_is_posted_goes_over_a_new_connection_where_the_old_one_was_closed(socket: str) -> None:
    """The server was started again while nobody asked anything: what is written to it is not lost."""

    async def scenario() -> None:
        server = Server()
        async with before(socket, server) as upstream:
            assert await asked(upstream) == (200, b"hi")
            server.writers[0].transport.abort()
            await asyncio.sleep(0)  # it is closed, and our event loop has not heard of it
            assert await asked(upstream, "POST", b"words") == (200, b"hi")
        assert server.connections == 2
        assert len(server.heard) == 2

    uvloop.run(scenario())


def test_a_question_is_asked_again_when_a_used_connection_ends_under_it(socket: str) -> None:
    async def scenario() -> None:
        server = Server(lambda number, _: None if number == 2 else OK)
        async with before(socket, server) as upstream:
            assert await asked(upstream) == (200, b"hi")
            assert await asked(upstream) == (200, b"hi")
        assert len(server.heard) == 3

    uvloop.run(scenario())


def test_a_question_is_not_asked_a_third_time(socket: str) -> None:
    async def scenario() -> None:
        server = Server(lambda number, _: OK if number == 1 else None)
        async with before(socket, server) as upstream:
            assert await asked(upstream) == (200, b"hi")
            with pytest.raises(BrokenAnswer):
                await asked(upstream)
        assert len(server.heard) == 3

    uvloop.run(scenario())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_changes_something_is_not_sent_again_when_a_used_connection_ends_under_it(
    socket: str, method: str
) -> None:
    async def scenario() -> None:
        server = Server(lambda number, _: None if number == 2 else OK)
        async with before(socket, server) as upstream:
            assert await asked(upstream) == (200, b"hi")
            with pytest.raises(BrokenAnswer):
                await asked(upstream, method, b"words")
        assert len(server.heard) == 2

    uvloop.run(scenario())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_is_sent_again_once_an_answer_began(socket: str, method: str) -> None:
    async def scenario() -> None:
        server = Server(lambda number, _: b"HTTP/1.1 2" if number == 2 else OK)
        async with before(socket, server) as upstream:
            assert await asked(upstream) == (200, b"hi")
            asking = asyncio.create_task(asked(upstream, method))
            while len(server.heard) < 2:
                await asyncio.sleep(0.001)
            server.writers[0].close()
            with pytest.raises(BrokenAnswer):
                await asking
        assert len(server.heard) == 2

    uvloop.run(scenario())


def test_a_silent_server_is_not_asked_again(socket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        server = Server(lambda number, _: OK if number == 1 else b"")
        async with before(socket, server) as upstream:
            assert await asked(upstream) == (200, b"hi")
            monkeypatch.setattr(module, "_ANSWER_SECONDS", 0.05)
            with pytest.raises(BrokenAnswer):
                await asked(upstream)
        assert len(server.heard) == 2

    uvloop.run(scenario())


def test_an_answer_to_head_has_no_body_and_keeps_the_connection(socket: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"

    async def scenario() -> None:
        server = Server(lambda _, request: head if request.startswith(b"HEAD") else OK)
        async with before(socket, server) as upstream:
            async with upstream.ask("HEAD", b"/", HOST) as answer:
                assert dict(answer.headers)[b"content-length"] == b"500"
                assert [part async for part in answer.parts()] == []
            assert await asked(upstream) == (200, b"hi")
        assert server.connections == 1

    uvloop.run(scenario())


def test_a_trailer_is_no_header(socket: str) -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Dragoman-Changes: []\r\n\r\n"
    )

    async def scenario() -> None:
        server = Server(lambda *_: answer)
        async with before(socket, server) as upstream, upstream.ask("GET", b"/", HOST) as said:
            assert b"".join([part async for part in said.parts()]) == b"hi"
            assert said.headers == [(b"transfer-encoding", b"chunked")]

    uvloop.run(scenario())


def test_a_long_answer_waits_for_its_reader(socket: str) -> None:
    length = 40_000_000
    written = 0

    async def generous(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length)
        while written < length:
            writer.write(b"x" * 100_000)
            written += 100_000
            await writer.drain()
        writer.close()

    async def scenario() -> None:
        async with serving(socket, generous), Upstream(socket).ask("GET", b"/", HOST) as answer:
            before = -1
            while written != before:  # until it cannot write on
                before = written
                await asyncio.sleep(0.05)
            assert written < length / 4
            assert sum([len(part) async for part in answer.parts()]) == length

    uvloop.run(scenario())


def test_a_head_that_does_not_end_is_given_up(socket: str) -> None:
    async def scenario() -> None:
        async with before(
            socket, Server(lambda *_: b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000)
        ) as upstream:
            with pytest.raises(BrokenAnswer):
                await asked(upstream)

    uvloop.run(scenario())


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [*HOST, *HOST],
        [*HOST, (b"x", b"a\r\ny: b")],
        [*HOST, (b"x", b"a\x00")],
        [*HOST, (b"x y", b"a")],
        [*HOST, (b"", b"a")],
    ],
)
def test_headers_that_would_be_others_are_not_sent(socket: str, headers: list[tuple[bytes, bytes]]) -> None:
    async def scenario() -> None:
        server = Server()
        async with before(socket, server) as upstream:
            with pytest.raises(MalformedRequest):
                async with upstream.ask("GET", b"/", headers):
                    pass
        assert server.connections == 0

    uvloop.run(scenario())
