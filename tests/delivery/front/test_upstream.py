"""The client for the server behind the front: patience, and nothing sent twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest

from dragoman.delivery.front import upstream as module
from dragoman.delivery.front.upstream import BrokenAnswer, MalformedRequest, Unreachable, Upstream
from tests.delivery.front.asgi import run

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
    async with upstream.ask(method, b"/", headers, BytesIO(body) if body is not None else None) as answer:
        return answer.status, b"".join([part async for part in answer.parts()])


def test_an_answer_comes_with_status_headers_and_body(socket: str) -> None:
    async def scenario() -> None:
        heard: list[bytes] = []
        async with serving(socket, saying(OK, heard)):
            assert await asked(Upstream(socket), "POST", b"words") == (200, b"hi")
        assert heard[0].startswith(b"POST / HTTP/1.1\r\n")
        assert heard[0].endswith(b"\r\n\r\nwords")
        assert b"connection: close" in heard[0].lower()

    run(scenario())


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

    run(scenario())


def test_it_waits_for_a_server_that_is_not_there_yet(socket: str) -> None:
    async def scenario() -> None:
        waiting = asyncio.create_task(asked(Upstream(socket, patience=20), "POST", b"words"))
        await asyncio.sleep(0)
        async with serving(socket, saying(OK)):
            assert await waiting == (200, b"hi")

    run(scenario())


def test_it_does_not_wait_for_ever(socket: str) -> None:
    with pytest.raises(Unreachable):
        run(asked(Upstream(socket, patience=0.1)))


def test_a_socket_without_a_server_is_unreachable(socket: str) -> None:
    async def scenario() -> None:
        async with serving(socket, saying(OK)):
            pass
        Path(socket).touch()
        with pytest.raises(Unreachable):
            await asked(Upstream(socket, patience=0.1))

    run(scenario())


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

    run(scenario())


def test_a_silent_server_is_given_up(socket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ANSWER_SECONDS", 0.05)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def scenario() -> None:
        async with serving(socket, silent):
            with pytest.raises(BrokenAnswer):
                await asked(Upstream(socket))

    run(scenario())


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

    run(scenario())


@pytest.mark.parametrize("target", [b"/a b", b"/\r\nX: 1"])
def test_what_cannot_be_written_as_http_is_not_sent(socket: str, target: bytes) -> None:
    async def scenario() -> None:
        heard: list[bytes] = []
        async with serving(socket, saying(OK, heard)):
            with pytest.raises(MalformedRequest):
                async with Upstream(socket).ask("GET", target, HOST):
                    pass
        assert heard == []

    run(scenario())


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

    run(scenario())
