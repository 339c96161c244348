"""Loads, each a process of its own on the client's core: `python -m dragoman.site.bench.load WHAT`, with JSON on
standard input and one line of it back. Raw sockets: a client that costs more than the server measures itself. No
Django."""

import asyncio
import json
import random
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from dragoman.site.bench.measuring import CLIENT_CORE, on_core, percentile

_ANSWER_SECONDS = 60
_SYLLABLES = ("la", "ri", "vo", "ta", "ne", "mu", "so", "ki", "pe", "du", "fa", "lo", "gi", "ra", "me")

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Tally:
    """What came of all requests."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0


# --- writing ---------------------------------------------------------------------------------------------------------


async def write(told: dict[str, Any]) -> dict[str, Any]:
    """`connections` writers post comments for `seconds`, stop asking, and wait for every answer: what was acknowledged
    can be counted. `cookies` are taken in turn."""
    tally = Tally()
    began = time.perf_counter()
    until = began + told["seconds"]
    await asyncio.gather(*(_writer(told, number, until, tally) for number in range(told["connections"])))
    elapsed = time.perf_counter() - began
    acknowledged = tally.statuses[303] + tally.statuses[302]
    return {
        "acknowledged": acknowledged,
        "per_second": acknowledged / elapsed,
        "p50_ms": 1e3 * percentile(tally.seconds, 0.5),
        "p99_ms": 1e3 * percentile(tally.seconds, 0.99),
        "statuses": dict(tally.statuses),
        "broken": tally.broken,
    }


async def _writer(told: dict[str, Any], number: int, until: float, tally: Tally) -> None:
    chance = random.Random(f"{told.get('run', 0)} {number}")  # noqa: S311 - words, nothing secret
    streams: Streams | None = None
    while time.perf_counter() < until:
        began = time.perf_counter()
        try:
            streams = streams or await asyncio.open_connection("127.0.0.1", told["port"])
            streams[1].write(_post(told, number, words(chance)))
            status, closes, _ = await asyncio.wait_for(answer(streams[0]), _ANSWER_SECONDS)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            tally.broken += 1
            streams = None
            continue
        tally.seconds.append(time.perf_counter() - began)
        tally.statuses[status] += 1
        if closes:
            streams = None
    if streams:
        streams[1].close()


def words(chance: random.Random, characters: int = 250) -> str:
    """Something that nobody wrote before."""
    told: list[str] = []
    while sum(map(len, told)) + len(told) < characters:
        told.append("".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(1, 4))))
    return " ".join(told).capitalize() + "."


def _post(told: dict[str, Any], number: int, text: str) -> bytes:
    cookie = told["cookies"][number % len(told["cookies"])]
    form = {"source": text, "language": told["language"], "submission": str(uuid.uuid4())}
    body = urlencode(form).encode()
    head = (
        f"POST {told['path']} HTTP/1.1\r\nHost: 127.0.0.1:{told['port']}\r\nCookie: {cookie}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, bool, dict[str, str]]:
    """Status, whether the server closes, and the headers; the body is thrown away."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if "chunked" in fields.get("transfer-encoding", ""):
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(fields.get("content-length", "0")))
    return int(lines[0].split(" ")[1]), fields.get("connection", "") == "close", fields


# --- listening -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Heard:
    """What the open pages were told: when, by event and comment."""

    opened: int = 0
    moments: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    ended: int = 0
    reloads: int = 0


async def listen(told: dict[str, Any]) -> dict[str, Any]:
    """`readers` pages are open while `rate` comments a second arrive for `seconds`: what each page was told of each,
    and how long after its writer began to send it. Translations are told apart, until `patience` seconds after the
    last."""
    heard = Heard()
    pages = [asyncio.create_task(_page(told, heard)) for _ in range(told["readers"])]
    while heard.opened < told["readers"] and not any(page.done() for page in pages):
        await asyncio.sleep(0.05)
    sent: dict[int, float] = {}
    await _arrive(told, sent)
    until = time.perf_counter() + told["patience"]
    while time.perf_counter() < until and not _all_told(told, heard, sent):
        await asyncio.sleep(0.1)
    for page in pages:
        page.cancel()
    await asyncio.gather(*pages, return_exceptions=True)
    return _told(told, heard, sent)


def _all_told(told: dict[str, Any], heard: Heard, sent: dict[int, float]) -> bool:
    events = ("comment", "edition") if told["editions"] else ("comment",)
    wanted = told["readers"]
    return all(len(heard.moments.get((event, pk), ())) >= wanted for pk in sent for event in events)


def _told(told: dict[str, Any], heard: Heard, sent: dict[int, float]) -> dict[str, Any]:
    lags = {
        event: [at - sent[pk] for (name, pk), moments in heard.moments.items() for at in moments
                if name == event and pk in sent]
        for event in ("comment", "edition")
    }  # fmt: skip
    wanted = len(sent) * told["readers"]
    return {
        "sent": len(sent),
        "wanted": wanted,
        "heard": len(lags["comment"]),
        "lost": wanted - len(lags["comment"]),
        "translated": len(lags["edition"]),
        "ended": heard.ended,
        "reloads": heard.reloads,
        "source_p50_ms": 1e3 * percentile(lags["comment"], 0.5),
        "source_p95_ms": 1e3 * percentile(lags["comment"], 0.95),
        "translation_p50_ms": 1e3 * percentile(lags["edition"], 0.5),
        "translation_p95_ms": 1e3 * percentile(lags["edition"], 0.95),
    }


async def _page(told: dict[str, Any], heard: Heard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", told["port"])
    path = f"/live?topics=thread:{told['thread']}&language={told['reads']}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{told['port']}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    heard.opened += 1
    event = ""
    try:
        while line := await reader.readline():
            if line.startswith(b"event: "):
                event = line[7:].decode().strip()
            elif line.startswith(b"data: "):
                _note(heard, event, line[6:])
        heard.ended += 1
    finally:
        writer.close()


def _note(heard: Heard, event: str, data: bytes) -> None:
    if event == "reload":
        heard.reloads += 1
        return
    comment = json.loads(data).get("comment")
    if comment is not None:
        heard.moments.setdefault((event, int(comment)), []).append(time.perf_counter())


async def _arrive(told: dict[str, Any], sent: dict[int, float]) -> list[float]:
    """At the rate, whatever the answers take: who writes does not wait for others. How long each answer took."""
    chance = random.Random(told.get("run", 0))  # noqa: S311 - words, nothing secret
    count = int(told["rate"] * told["seconds"])
    began = time.perf_counter()
    posts = []
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / told["rate"] - time.perf_counter()))
        text = told["texts"][number % len(told["texts"])] if told.get("texts") else words(chance)
        posts.append(asyncio.create_task(_send(told, number, text, sent)))
    return await asyncio.gather(*posts)


async def _send(told: dict[str, Any], number: int, text: str, sent: dict[int, float]) -> float:
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", told["port"])
    writer.write(_post(told, number, text))
    status, _, fields = await asyncio.wait_for(answer(reader), _ANSWER_SECONDS)
    answered = time.perf_counter()
    writer.close()
    if status not in (302, 303):
        raise RuntimeError(f"a comment was answered {status}")
    sent[int(fields["location"].rpartition("#c")[2])] = began
    return answered - began


async def hold(told: dict[str, Any]) -> dict[str, Any]:
    """`readers` pages are open until standard input ends; says so when they are."""
    heard = Heard()
    pages = [asyncio.create_task(_page(told, heard)) for _ in range(told["readers"])]
    while heard.opened < told["readers"] and not any(page.done() for page in pages):
        await asyncio.sleep(0.05)
    print(json.dumps({"opened": heard.opened}), flush=True)  # noqa: T201 - the answer
    await asyncio.to_thread(sys.stdin.read)
    for page in pages:
        page.cancel()
    await asyncio.gather(*pages, return_exceptions=True)
    return {"ended": heard.ended}


# --- arriving alone --------------------------------------------------------------------------------------------------


async def arrive(told: dict[str, Any]) -> dict[str, Any]:
    """Comments arrive at `rate` for `seconds`, and nobody listens; says when they begin, and how long one waited."""
    print(json.dumps({"begins": True}), flush=True)  # noqa: T201 - the answer
    sent: dict[int, float] = {}
    took = await _arrive(told, sent)
    return {"sent": len(sent), "p50_ms": 1e3 * percentile(took, 0.5), "p99_ms": 1e3 * percentile(took, 0.99)}


_KNOWN = {each.__name__: each for each in (write, listen, hold, arrive)}


def main() -> None:
    """One load, one answer."""
    on_core(CLIENT_CORE)()
    told = json.loads(sys.stdin.readline())
    print(json.dumps(asyncio.run(_KNOWN[sys.argv[1]](told))))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
