"""What every HTTP engine does when its server is slow, busy, rude, broken or away."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dragoman.engines.breaker import PAUSE_WITHOUT_WORD, Breaker
from dragoman.engines.chat import ChatEngine
from dragoman.engines.errors import (
    EngineError,
    MalformedAnswer,
    NotAuthorized,
    QuotaExceeded,
    RateLimited,
    Refused,
    TimedOut,
    TooLong,
    Unavailable,
)
from dragoman.engines.fake import FakeEngine
from dragoman.engines.http import LARGEST_ANSWER, Patience, seconds_to_wait
from dragoman.engines.libretranslate import LibreTranslate
from dragoman.engines.protocol import Engine, Request
from tests.engines.contract import PAIR, TEXTS
from tests.engines.servers import KEY, ChatServer, LibreServer, Reply, Server

SECRET = "The harbour master's secret."
LATER = 1000.0


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


Make = Callable[..., tuple[Server, Engine, Clock]]


@pytest.fixture(params=["libretranslate", "chat"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes a server and its engine; the engine's time is the test's."""
    made: list[tuple[Server, Engine]] = []

    def _make(**patience: object) -> tuple[Server, Engine, Clock]:
        clock = Clock()
        kind = {"patience": Patience(**patience), "key": KEY, "clock": clock, "sleep": clock.sleep}  # type: ignore[arg-type]
        server: Server
        engine: Engine
        if request.param == "chat":
            server = ChatServer()
            engine = ChatEngine(f"{server.url}/v1", model="small", languages=("en", "pt"), **kind)  # type: ignore[arg-type]
        else:
            server = LibreServer()
            engine = LibreTranslate(server.url, languages=("en", "pt"), **kind)  # type: ignore[arg-type]
        server._thread.start()
        made.append((server, engine))
        return server, engine, clock

    yield _make
    for server, engine in made:
        engine.close()
        server.stop()


def _fails(engine: Engine, *texts: str, deadline: float = 20.0) -> EngineError:
    with pytest.raises(EngineError) as raised:
        engine.translate(Request(PAIR, texts or TEXTS, deadline))
    return raised.value


def _works(engine: Engine) -> None:
    assert engine.translate(Request(PAIR, TEXTS)).texts == tuple(
        FakeEngine.expected(PAIR, text) for text in TEXTS
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, NotAuthorized),
        (402, QuotaExceeded),
        (403, NotAuthorized),
        (413, TooLong),
        (418, Refused),
        (422, Refused),
        (429, RateLimited),
        (456, QuotaExceeded),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (529, Unavailable),
        (302, MalformedAnswer),
        (204, Refused),
    ],
)
def test_every_status_is_a_typed_error(make: Make, status: int, kind: type[EngineError]) -> None:
    server, engine, _ = make(attempts=1)
    server.replies += [Reply.json({"error": SECRET}, status)] * 2
    error = _fails(engine, SECRET)
    assert type(error) is kind
    assert SECRET not in str(error)
    assert KEY not in str(error)


def test_what_passes_is_asked_again_with_growing_pauses(make: Make) -> None:
    server, engine, clock = make(attempts=4)
    server.replies += [Reply(500), Reply(502), Reply(hang_up=True)]
    _works(engine)
    first, second, third = clock.waited
    assert 0.125 <= first <= 0.25
    assert 0.25 <= second <= 0.5
    assert 0.5 <= third <= 1.0


def test_pauses_are_not_all_alike(make: Make) -> None:
    server, engine, clock = make(attempts=2)
    for _ in range(8):
        server.replies.append(Reply(500))
        _works(engine)
    assert len(set(clock.waited)) == len(clock.waited) == 8


def test_what_does_not_pass_is_not_asked_again(make: Make) -> None:
    server, engine, clock = make()
    server.replies.append(Reply.json({}, 401))
    assert type(_fails(engine)) is NotAuthorized
    assert len(server.asked) == 1
    assert clock.waited == []


def test_nobody_waits_past_the_deadline(make: Make) -> None:
    server, engine, clock = make(attempts=50, failures=99)
    server.replies += [Reply(500)] * 50
    assert type(_fails(engine, deadline=3.0)) is Unavailable
    assert sum(clock.waited) < 3.0


def test_no_time_at_all_is_a_time_out(make: Make) -> None:
    server, engine, _ = make()
    assert type(_fails(engine, deadline=0.0)) is TimedOut
    assert server.asked == []


def test_a_rate_limit_is_waited_for_when_there_is_time(make: Make) -> None:
    server, engine, clock = make()
    server.replies.append(Reply.json({}, 429, Retry_After="2"))
    _works(engine)
    assert len(clock.waited) == 1
    assert 2.0 <= clock.waited[0] <= 2.5


def test_a_long_rate_limit_is_the_next_engines_business(make: Make) -> None:
    server, engine, clock = make()
    server.replies.append(Reply.json({}, 429, Retry_After="60"))
    error = _fails(engine, deadline=100.0)  # waiting would leave the next one less than half
    assert isinstance(error, RateLimited)
    assert error.retry_after == 60.0
    assert clock.waited == []
    # And until then nobody knocks.
    clock.now += 30.0
    error = _fails(engine)
    assert isinstance(error, RateLimited)
    assert error.retry_after == pytest.approx(30.0)
    assert len(server.asked) == 1
    clock.now += 30.0
    _works(engine)


def test_a_rate_limit_without_a_time_is_not_guessed_at(make: Make) -> None:
    server, engine, clock = make()
    server.replies.append(Reply.json({}, 429))
    assert type(_fails(engine)) is RateLimited
    assert type(_fails(engine)) is RateLimited
    assert len(server.asked) == 1
    clock.now += PAUSE_WITHOUT_WORD
    _works(engine)


def test_an_engine_that_fails_again_and_again_is_left_alone_then_tried_once(make: Make) -> None:
    server, engine, clock = make(attempts=1, failures=3, pause=30.0)
    server.replies += [Reply(500)] * 4
    for _ in range(5):
        assert type(_fails(engine)) is Unavailable
    assert len(server.asked) == 3
    clock.now += 30.0
    assert type(_fails(engine)) is Unavailable  # the trial
    assert len(server.asked) == 4
    assert type(_fails(engine)) is Unavailable
    assert len(server.asked) == 4
    clock.now += 30.0
    _works(engine)
    server.replies += [Reply(500)] * 2
    _fails(engine)
    _fails(engine)
    _works(engine)


def test_a_slow_answer_is_a_time_out(make: Make) -> None:
    server, engine, _ = make(timeout=0.2, attempts=1)
    answered = threading.Event()
    server.replies.append(Reply(before=lambda: answered.wait(30)))
    try:
        assert type(_fails(engine)) is TimedOut
    finally:
        answered.set()


def test_who_hangs_is_not_asked_again_so_that_the_next_engine_has_time(make: Make) -> None:
    server, engine, clock = make(timeout=0.2)
    answered = threading.Event()
    server.replies += [Reply(before=lambda: answered.wait(30))] * 3
    try:
        assert type(_fails(engine)) is TimedOut
    finally:
        answered.set()
    assert len(server.asked) == 1
    assert clock.waited == []


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 200 OK\r\nX-Endless: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_an_answer_in_drops_is_ended(said: bytes) -> None:
    """Each drop comes in time, the whole never: in the headers, and in the body."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        dripping = threading.Thread(target=_drip, args=(listening, said), daemon=True)
        dripping.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        patience = Patience(timeout=0.3, attempts=1)
        engine = LibreTranslate(address, languages=("en", "pt"), patience=patience)
        assert type(_fails(engine)) is TimedOut
        engine.close()
        dripping.join(30)
        assert not dripping.is_alive()


def _drip(listening: socket.socket, said: bytes) -> None:
    connection, _ = listening.accept()
    with connection, suppress(OSError):
        connection.sendall(said)
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)


def test_a_server_that_is_away_is_unavailable(make: Make) -> None:
    server, engine, clock = make(attempts=2)
    server.stop()
    assert type(_fails(engine)) is Unavailable
    assert len(clock.waited) == 1
    server.stop = lambda: None  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"7", b'"x"', b"{}", b"[" * 5000, b"\xff\xfe", b'{"choices": []}'],
)
def test_an_answer_that_is_something_else_is_malformed(make: Make, body: bytes) -> None:
    server, engine, _ = make()
    server.replies += [Reply(body=body)] * 2
    assert type(_fails(engine, "One boat.")) is MalformedAnswer


def test_an_endless_answer_is_cut_off(make: Make) -> None:
    server, engine, _ = make()
    server.replies += [Reply(body=b" " * (LARGEST_ANSWER + 1))] * 2
    assert type(_fails(engine)) is MalformedAnswer


def test_keys_and_texts_go_nowhere_else(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server, engine, _ = make(attempts=2)
    server.replies += [
        Reply.json({"error": f"{SECRET} {KEY}"}, 500),
        Reply.json({"error": f"{SECRET} {KEY}"}, 429, Location="http://127.0.0.1:1/"),
    ]
    error = _fails(engine, SECRET)
    for told in (caplog.text, str(error), repr(error), repr(engine)):
        assert SECRET not in told
        assert KEY not in told
    assert KEY not in "".join(asked.path for asked in server.asked)


def test_a_redirect_is_not_followed(make: Make) -> None:
    server, engine, _ = make()
    server.replies += [Reply.json({}, 307, Location=f"{server.url}/elsewhere")] * 2
    assert type(_fails(engine)) is MalformedAnswer
    assert not any(asked.path == "/elsewhere" for asked in server.asked)


def test_proxies_of_the_environment_are_not_told_anything(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    _, engine, _ = make()
    _works(engine)


def test_a_certificate_file_of_the_environment_is_not_read(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    server, engine, _ = make()
    _works(engine)
    told = {asked.headers.get("Authorization", f"Bearer {KEY}") for asked in server.asked}
    assert told == {f"Bearer {KEY}"}


def test_closed_is_unavailable(make: Make) -> None:
    _, engine, clock = make()
    _works(engine)
    engine.close()
    assert type(_fails(engine)) is Unavailable
    assert clock.waited == []


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("5", 5.0),
        (" 1.5 ", 1.5),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("٣", None),
    ],
)
def test_retry_after(told: str, seconds: float | None) -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert seconds_to_wait({"retry-after": told}, lambda: noon) == seconds


def test_only_one_finds_out_whether_an_engine_is_well_again() -> None:
    clock = Clock()
    breaker = Breaker("x", clock, failures=1, seconds=10.0)
    breaker.failed(Unavailable("down"))
    clock.now += 10.0
    breaker.require_closed()
    with pytest.raises(Unavailable):
        breaker.require_closed()
    breaker.worked()
    breaker.require_closed()
    breaker.require_closed()


def test_a_bad_request_says_nothing_about_the_engine() -> None:
    breaker = Breaker("x", Clock(), failures=2, seconds=10.0)
    for _ in range(5):
        breaker.failed(Unavailable("down"))
        breaker.failed(Refused("no"))
        breaker.require_closed()
