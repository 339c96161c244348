"""The embedded engine against real weights, and against processes that die, hang and babble."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.errors import (
    Crashed,
    DamagedModel,
    MalformedAnswer,
    TimedOut,
    TooLong,
    Unavailable,
    UnsupportedPair,
)
from dragoman.engines.model_files import ModelFiles, record_sums
from dragoman.engines.protocol import Pair, Request
from tests.engines.contract import PAIR, TEXTS, EngineContract
from tests.engines.weights_at_hand import copied_model, installed_model

BACK = Pair("pt", "en")
ENDLESS = "a" * 2000  # one word of 2,000 letters keeps a process busy for seconds
LONG = "a" * 700  # keeps it busy for a good second
PATIENCE = 60.0


@pytest.fixture
def engine() -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine([installed_model(PAIR), installed_model(BACK)])
    yield engine
    engine.close()


class TestContract(EngineContract):
    pass


def _wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _busy(engine: EmbeddedEngine, pid: int) -> bool:
    """Whether a request has the process, and the process works."""
    if pid not in {child.pid for child in tuple(engine._pool._leased)}:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "R"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _translate(engine: EmbeddedEngine, *texts: str, deadline: float = PATIENCE) -> tuple[str, ...]:
    return engine.translate(Request(PAIR, texts, deadline)).texts


def test_translates_both_ways(engine: EmbeddedEngine) -> None:
    assert "tempo" in _translate(engine, "The weather is nice today.")[0]
    assert "weather" in engine.translate(Request(BACK, ("Hoje o tempo está bom.",))).texts[0]


def test_starts_no_process_before_it_is_needed(engine: EmbeddedEngine) -> None:
    assert engine.pids() == ()
    _translate(engine, "...")
    assert engine.pids() == ()
    _translate(engine, "One boat.")
    assert len(engine.pids()) == 1


def test_a_batch_uses_all_processes(engine: EmbeddedEngine) -> None:
    _translate(engine, *TEXTS * 5)
    assert len(engine.pids()) == 2


def test_a_process_killed_in_the_middle_is_survived(engine: EmbeddedEngine) -> None:
    [first] = _translate(engine, "The harbour was closed.")
    [victim] = engine.pids()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(_translate, engine, LONG)
        _wait_for(lambda: _busy(engine, victim))
        os.kill(victim, signal.SIGKILL)
        assert len(waiting.result()) == 1
    assert not _lives(victim)
    assert _translate(engine, "The harbour was closed.") == (first,)


def test_an_idle_process_killed_is_replaced(engine: EmbeddedEngine) -> None:
    first = _translate(engine, TEXTS[0])
    [victim] = engine.pids()
    os.kill(victim, signal.SIGKILL)
    assert _translate(engine, TEXTS[0]) == first
    assert victim not in engine.pids()


def test_a_deadline_kills_and_the_next_request_works(engine: EmbeddedEngine) -> None:
    _translate(engine, TEXTS[0])
    [victim] = engine.pids()
    with pytest.raises(TimedOut):
        _translate(engine, ENDLESS, deadline=0.3)
    assert not _lives(victim)
    assert _translate(engine, TEXTS[0])[0]


def test_a_stopped_process_is_killed_at_the_deadline(engine: EmbeddedEngine) -> None:
    _translate(engine, TEXTS[0])
    [victim] = engine.pids()
    os.kill(victim, signal.SIGSTOP)
    with pytest.raises(TimedOut):
        _translate(engine, TEXTS[0], deadline=0.3)
    assert not _lives(victim)
    assert _translate(engine, TEXTS[0])[0]


def test_no_process_free_until_the_deadline() -> None:
    engine = EmbeddedEngine([installed_model()], processes=1)
    try:
        _translate(engine, TEXTS[0])
        with ThreadPoolExecutor(1) as threads:
            long = threads.submit(_translate, engine, LONG)
            _wait_for(lambda: _busy(engine, engine.pids()[0]))
            with pytest.raises(TimedOut, match="busy"):
                _translate(engine, TEXTS[0], deadline=0.1)
            assert long.result()
    finally:
        engine.close()


def test_a_short_request_passes_a_long_batch() -> None:
    engine = EmbeddedEngine([installed_model()], processes=1)
    done: list[str] = []
    batch = tuple(f"There were {number} boats in the harbour." for number in range(120))

    def long() -> None:
        _translate(engine, *batch)
        done.append("batch")

    try:
        _translate(engine, TEXTS[0])
        thread = threading.Thread(target=long)
        thread.start()
        _wait_for(lambda: _busy(engine, engine.pids()[0]))
        _translate(engine, TEXTS[1])
        done.append("short")
        thread.join()
    finally:
        engine.close()
    assert done == ["short", "batch"]


def test_overlong_text_starts_nothing(engine: EmbeddedEngine) -> None:
    with pytest.raises(TooLong):
        _translate(engine, "a" * (engine.longest + 1))
    assert engine.pids() == ()


def test_unsupported_pair_starts_nothing(engine: EmbeddedEngine) -> None:
    with pytest.raises(UnsupportedPair):
        engine.translate(Request(Pair("en", "fr"), TEXTS))
    assert engine.pids() == ()


# A vocabulary cut short loads, and only recorded sums tell (see below).
@pytest.mark.parametrize("part", ["model", "shortlist"])
def test_a_damaged_file_is_a_damaged_model(tmp_path: Path, part: str) -> None:
    files = copied_model(tmp_path)
    path: Path = getattr(files, part)
    path.write_bytes(path.read_bytes()[:1000])
    _expect_damaged(EmbeddedEngine([files]))


def test_a_file_that_vanished_is_a_damaged_model(tmp_path: Path) -> None:
    files = copied_model(tmp_path)
    files.model.unlink()
    _expect_damaged(EmbeddedEngine([files]))


def test_a_file_changed_since_it_was_recorded_is_a_damaged_model(tmp_path: Path) -> None:
    files = copied_model(tmp_path)
    record_sums(files)
    files.vocab_source.write_bytes(files.vocab_source.read_bytes() + b"\0")
    _expect_damaged(EmbeddedEngine([files]))


def test_a_damaged_model_does_not_spoil_the_others(tmp_path: Path) -> None:
    damaged = copied_model(tmp_path)
    damaged.model.write_bytes(b"")
    engine = EmbeddedEngine([damaged, installed_model(BACK)], processes=1)
    try:
        with pytest.raises(DamagedModel):
            _translate(engine, TEXTS[0])
        assert engine.translate(Request(BACK, ("O porto fechou.",))).texts[0]
    finally:
        engine.close()


def _expect_damaged(engine: EmbeddedEngine) -> None:
    try:
        with pytest.raises(DamagedModel):
            _translate(engine, TEXTS[0])
    finally:
        engine.close()


def test_the_models_used_last_are_kept() -> None:
    engine = EmbeddedEngine([installed_model(PAIR), installed_model(BACK)], processes=1, models_at_once=1)
    try:
        first = _translate(engine, TEXTS[0])
        engine.translate(Request(BACK, ("O porto fechou.",)))
        assert _translate(engine, TEXTS[0]) == first
        assert len(engine.pids()) == 1
    finally:
        engine.close()


def test_idle_processes_end() -> None:
    engine = EmbeddedEngine([installed_model()], idle_seconds=0.05)
    try:
        _translate(engine, TEXTS[0])
        _wait_for(lambda: not engine.pids())
        assert _translate(engine, TEXTS[0])[0]
    finally:
        engine.close()


def test_close_leaves_no_process(engine: EmbeddedEngine) -> None:
    _translate(engine, *TEXTS * 3)
    pids = engine.pids()
    assert len(pids) == 2
    engine.close()
    assert not any(map(_lives, pids))
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    with pytest.raises(Unavailable):
        _translate(engine, TEXTS[0])


def test_close_in_the_middle_is_told_to_those_who_wait() -> None:
    engine = EmbeddedEngine([installed_model()], processes=1)
    _translate(engine, TEXTS[0])
    [pid] = engine.pids()
    with ThreadPoolExecutor(2) as threads:
        working = threads.submit(_translate, engine, ENDLESS)
        _wait_for(lambda: _busy(engine, pid))
        waiting = threads.submit(_translate, engine, TEXTS[0])
        _wait_for(lambda: engine._pool.contended)
        engine.close()
        for request in (working, waiting):
            assert isinstance(request.exception(), Unavailable)
    assert not _lives(pid)


def test_threads_that_end_take_no_process_with_them(engine: EmbeddedEngine) -> None:
    thread = threading.Thread(target=_translate, args=(engine, TEXTS[0]))
    thread.start()
    thread.join()
    [pid] = engine.pids()
    assert _translate(engine, TEXTS[0])[0]
    assert engine.pids() == (pid,)


PARENT = textwrap.dedent("""
    import sys, threading
    from dragoman.engines.embedded import EmbeddedEngine
    from dragoman.engines.protocol import Pair, Request
    from dragoman.engines.weights import WeightsSource
    engine = EmbeddedEngine(WeightsSource().find())
    engine.translate(Request(Pair("en", "pt"), ("One boat.", "Two boats.", "Three boats.") * 4))
    print(*engine.pids(), flush=True)
    {then}
""")


@pytest.mark.parametrize(
    "then",
    ["sys.stdin.read()", f"engine.translate(Request(Pair('en', 'pt'), ('{ENDLESS}',) * 9, 600.0))"],
    ids=["idle", "busy"],
)
def test_children_die_with_a_killed_parent(then: str) -> None:
    installed_model()
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.format(then=then)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert pids
        assert all(map(_lives, pids))
        parent.kill()
    _wait_for(lambda: not any(map(_lives, pids)))


def test_children_die_with_a_parent_that_forgot_to_close() -> None:
    installed_model()
    ended = subprocess.run(
        [sys.executable, "-c", PARENT.format(then="")],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    pids = [int(pid) for pid in ended.stdout.split()]
    assert pids
    _wait_for(lambda: not any(map(_lives, pids)))
    assert ended.stderr == ""


def test_a_fork_is_told_that_the_engine_is_not_its_own() -> None:
    installed_model()
    then = textwrap.dedent("""
        import os
        from dragoman.engines.errors import Unavailable
        if os.fork() == 0:
            try:
                engine.translate(Request(Pair("en", "pt"), ("One boat.",)))
            except Unavailable:
                engine.close()
                os._exit(0)
            os._exit(1)
        assert os.wait()[1] == 0
        assert engine.translate(Request(Pair("en", "pt"), ("One boat.",))).texts[0]
        engine.close()
    """)
    script = PARENT.replace("    {then}", "{then}").format(then=then)
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=PATIENCE)


# Processes that are no engine: what a bug in the native code would look like from outside.


def _puppet(tmp_path: Path, behaviour: str) -> tuple[str, ...]:
    """A command whose process runs `behaviour` for every text, with `sock`, `reader` and `packed` at hand."""
    script = tmp_path / "puppet.py"
    lines = textwrap.indent(textwrap.dedent(behaviour), " " * 8)
    script.write_text(
        "import os, socket, sys, time\n"
        "from dragoman.engines.embedded_child import run\n"
        "from dragoman.engines.wire import Reader, packed\n"
        "def live():\n"
        "    sock = socket.socket(fileno=0)\n"
        "    reader = Reader(sock)\n"
        "    while True:\n"
        "        message = reader.wait()\n"
        f"{lines}\n"
        "run(int(sys.argv[1]), lambda message: {'loaded': message['load']}, live)\n"
    )
    return (sys.executable, str(script))


def _puppet_engine(tmp_path: Path, behaviour: str) -> EmbeddedEngine:
    nowhere = tmp_path / "model.bin"
    files = _no_files(nowhere)
    return EmbeddedEngine([files], processes=1, command=_puppet(tmp_path, behaviour))


def _no_files(path: Path) -> ModelFiles:
    return ModelFiles(PAIR, path, path, path, None, "puppet", 0)


def test_a_text_that_kills_twice_is_a_crash(tmp_path: Path) -> None:
    engine = _puppet_engine(
        tmp_path,
        """
        with open(__file__ + ".tries", "a") as tries:
            tries.write("x")
        if "bad" in message["translate"]:
            os.abort()
        sock.sendall(packed({"text": message["translate"].upper()}))
        """,
    )
    try:
        with pytest.raises(Crashed) as raised:
            _translate(engine, "a bad text")
        assert "bad" not in str(raised.value)
        assert (tmp_path / "puppet.py.tries").read_text() == "xx"
        assert _translate(engine, "a good text") == ("A GOOD TEXT",)
    finally:
        engine.close()


def test_a_text_that_kills_once_is_translated(tmp_path: Path) -> None:
    engine = _puppet_engine(
        tmp_path,
        """
        if not os.path.exists(__file__ + ".died"):
            open(__file__ + ".died", "w").close()
            os.abort()
        sock.sendall(packed({"text": "ok"}))
        """,
    )
    try:
        assert _translate(engine, "a text") == ("ok",)
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("sock.sendall(packed({'strange': 1}))", MalformedAnswer),
        ("sock.sendall(packed({'text': 7}))", MalformedAnswer),
        ("sock.sendall(b'\\xff\\xff\\xff\\xffabc')", Crashed),
        ("sock.sendall(b'\\x00\\x00\\x00\\x02{]')", Crashed),
        ("sock.sendall(b'\\x00\\x00\\x00\\x02[]')", Crashed),
        ("sock.sendall(b'\\x00\\x00'); sys.exit()", Crashed),
    ],
)
def test_babble_is_an_engine_error(tmp_path: Path, behaviour: str, error: type[Exception]) -> None:
    engine = _puppet_engine(tmp_path, behaviour)
    try:
        with pytest.raises(error):
            _translate(engine, "a text")
    finally:
        engine.close()


def test_an_answer_in_portions_is_put_together(tmp_path: Path) -> None:
    engine = _puppet_engine(
        tmp_path,
        """
        for byte in packed({"text": "slowly said"}):
            sock.sendall(bytes([byte]))
        """,
    )
    try:
        assert _translate(engine, "a text") == ("slowly said",)
    finally:
        engine.close()


def test_a_command_that_cannot_start_is_unavailable(tmp_path: Path) -> None:
    engine = EmbeddedEngine([_no_files(tmp_path / "x")], command=("/no/such/python",))
    try:
        with pytest.raises(Unavailable):
            _translate(engine, "a text")
    finally:
        engine.close()


def test_a_child_is_told_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret")
    engine = _puppet_engine(tmp_path, 'sock.sendall(packed({"text": repr(sorted(os.environ))}))')
    try:
        [told] = _translate(engine, "a text " * 50)
    finally:
        engine.close()
    assert "PATH" in told
    assert "DATABASE_URL" not in told


# Memory: what a process may hold, and what it is given before it is asked.


def _loaded(engine: EmbeddedEngine) -> list[Pair]:
    return list(engine._pool.loaded())


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_model_that_has_no_room_puts_out_the_least_recently_used() -> None:
    here, back = installed_model(PAIR), installed_model(BACK)
    engine = EmbeddedEngine([here, back], processes=1, memory=2 * here.bytes)  # room for one in memory
    try:
        first = _translate(engine, TEXTS[0])
        one = _resident(engine.pids()[0])
        engine.translate(Request(BACK, ("O porto fechou.",)))
        assert _loaded(engine) == [BACK]
        assert _resident(engine.pids()[0]) < one + here.bytes // 2
        assert _translate(engine, TEXTS[0]) == first
        assert _loaded(engine) == [PAIR]
    finally:
        engine.close()


def test_the_estimate_of_memory_is_not_below_what_a_model_takes() -> None:
    here, back = installed_model(PAIR), installed_model(BACK)
    engine = EmbeddedEngine([here, back], processes=1)
    try:
        _translate(engine, TEXTS[0])
        one = _resident(engine.pids()[0])
        engine.translate(Request(BACK, ("O porto fechou.",)))
        [pid] = engine.pids()
        assert _resident(pid) - one <= int(back.bytes * 1.75)
    finally:
        engine.close()


def _echoing(tmp_path: Path, **limits: int) -> EmbeddedEngine:
    """An engine of three models of 100 bytes each in processes that only say them back."""
    path = tmp_path / "model.bin"
    models = [
        ModelFiles(Pair("en", other), path, path, path, None, other, 100) for other in ("fr", "es", "ru")
    ]
    command = _puppet(tmp_path, "sock.sendall(packed({'text': message['translate'].upper()}))")
    return EmbeddedEngine(models, command=command, **limits)


def _used(engine: EmbeddedEngine, *languages: str) -> None:
    for language in languages:
        engine.translate(Request(Pair("en", language), ("a text",)))


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ({"memory": 10_000}, ["fr", "ru", "es"]),
        ({"memory": 400}, ["ru", "es"]),
        ({"memory": 200}, ["es"]),
        ({"memory": 1}, ["es"]),
        ({"models_at_once": 2}, ["ru", "es"]),
    ],
)
def test_what_was_used_last_is_kept(tmp_path: Path, limits: dict[str, int], kept: list[str]) -> None:
    engine = _echoing(tmp_path, processes=1, **limits)
    try:
        _used(engine, "fr", "es", "ru", "fr", "ru", "es")
        assert _loaded(engine) == [Pair("en", language) for language in kept]
    finally:
        engine.close()


def test_memory_is_counted_once_for_all_processes(tmp_path: Path) -> None:
    engine = _echoing(tmp_path, processes=2, memory=400)
    fr, es, ru = (Pair("en", language) for language in ("fr", "es", "ru"))
    try:
        assert engine.warm([fr, es, ru]) == 2
        assert _loaded(engine) == [es, fr]
    finally:
        engine.close()


def test_warming_loads_what_is_wanted_most_and_forgets_it_last(tmp_path: Path) -> None:
    engine = _echoing(tmp_path, processes=2, memory=400)
    fr, es, ru = (Pair("en", language) for language in ("fr", "es", "ru"))
    try:
        assert engine.warm([es, Pair("en", "xx"), ru, es, fr]) == 2
        assert _loaded(engine) == [ru, es]
        assert engine.warm([es, ru]) == 0
        _used(engine, "fr")
        assert _loaded(engine) == [es, fr]
    finally:
        engine.close()


def test_processes_hold_a_model_once() -> None:
    here = installed_model(PAIR)
    engine = EmbeddedEngine([here], processes=2)
    try:
        _translate(engine, *TEXTS * 5)
        own = [_own(pid) for pid in engine.pids()]
        assert len(own) == 2
        assert max(own) < here.bytes // 2
    finally:
        engine.close()


def test_who_was_born_before_a_model_was_loaded_is_replaced() -> None:
    engine = EmbeddedEngine([installed_model(PAIR), installed_model(BACK)], processes=2)
    try:
        _translate(engine, *TEXTS * 5)
        before = engine.pids()
        engine.translate(Request(BACK, ("O porto fechou.",)))
        [after] = engine.pids()
        assert after not in before
        assert not any(map(_lives, before))
        _translate(engine, TEXTS[0])
        assert engine.pids() == (after,)
    finally:
        engine.close()


def test_when_the_process_that_holds_the_models_dies_another_does(engine: EmbeddedEngine) -> None:
    first = _translate(engine, *TEXTS * 5)
    pids = engine.pids()
    os.kill(_parent(pids[0]), signal.SIGKILL)
    _wait_for(lambda: not any(map(_lives, pids)))
    assert _translate(engine, *TEXTS * 5) == first
    assert not set(pids) & set(engine.pids())


def _own(pid: int) -> int:
    """Bytes of memory that nobody else has."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Private_")) << 10


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_warming_nothing_starts_nothing(tmp_path: Path) -> None:
    engine = _echoing(tmp_path)
    assert engine.warm([]) == 0
    assert engine.warm([Pair("de", "fr")]) == 0
    assert engine.pids() == ()


def test_warming_gives_way_to_who_works_and_survives_what_dies(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    dying = tmp_path / "dying.py"
    dying.write_text("import sys; sys.exit()")
    engine = EmbeddedEngine([_no_files(path)], command=(sys.executable, str(dying)))
    try:
        assert engine.warm([PAIR]) == 0
        assert engine.pids() == ()
    finally:
        engine.close()
    assert engine.warm([PAIR]) == 0
    unstartable = EmbeddedEngine([_no_files(path)], command=("/no/such/python",))
    assert unstartable.warm([PAIR]) == 0
    unstartable.close()


def test_warming_leaves_a_damaged_model_to_who_needs_it(tmp_path: Path) -> None:
    files = copied_model(tmp_path)
    (files.model.parent / "SHA256SUMS.json").write_text("{")
    engine = EmbeddedEngine([files, installed_model(BACK)], processes=1)
    try:
        assert engine.warm([PAIR, BACK]) == 1
        assert engine.translate(Request(BACK, ("O porto fechou.",))).texts[0]
        with pytest.raises(DamagedModel):
            _translate(engine, TEXTS[0])
    finally:
        engine.close()


@pytest.mark.parametrize(
    "said", ["message['translate'].replace('XQZ1', '')", "message['translate'] + ' XQZ1'", "'XQZ9'", "''"]
)
def test_what_a_process_breaks_is_refused_by_itself(tmp_path: Path, said: str) -> None:
    engine = _puppet_engine(tmp_path, f"sock.sendall(packed({{'text': {said}}}))")
    try:
        answer = engine.translate(Request(PAIR, ("Read XQZ1 now.", "...")))
        assert answer.texts == ("", "...")
        [refusal] = answer.refusals
        assert (refusal.place, refusal.error.code) == (0, "malformed_answer")
    finally:
        engine.close()
