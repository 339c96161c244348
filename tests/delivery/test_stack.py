"""The processes together: whatever is killed comes back, and the end is an end."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dragoman.delivery.front.hearing import AWAY, BACK
from tests.delivery.processes import alive, wait_until
from tests.delivery.stack import Reader, Stack, running

pytestmark = pytest.mark.db

STOPS_WITHIN_SECONDS = 3.0  # DESIGN.md; a promise, not a measurement
BACK_WITHIN_SECONDS = 10.0


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that tests may kill in part."""
    with running(tmp_path_factory.mktemp("mortal")) as started:
        yield started


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_three_seconds_with_readers_connected(tmp_path: Path, ending: signal.Signals) -> None:
    with running(tmp_path) as stack:
        readers = [Reader(stack, f"topics=thread:{number}") for number in range(20)]
        stack.supervisor.send_signal(ending)
        assert stack.supervisor.wait(STOPS_WITHIN_SECONDS) == 0
        assert stack.children() == {}
        assert [reader.block() for reader in readers] == [{}] * 20
        for reader in readers:
            reader.close()
        assert not any(
            "Killing" in line for line in (tmp_path / "log" / "front.log").read_text().splitlines()
        )


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with running(tmp_path) as stack, Reader(stack, "topics=thread:1"):
        assert len(stack.children()) > 8
        stack.supervisor.kill()
        stack.supervisor.wait()
        wait_until(lambda: stack.children() == {}, "every process of the run to be gone")


def test_after_everything_was_killed_the_next_start_recovers(tmp_path: Path) -> None:
    with running(tmp_path) as stack:
        for pid in [stack.supervisor.pid, *stack.children()]:
            with_kill(pid)
        stack.supervisor.wait()
    assert (tmp_path / "postgres" / "data" / "postmaster.pid").exists()
    assert (tmp_path / "web.sock").exists()
    with running(tmp_path) as again:
        wait_until(again.answers, "the stack to answer")


@pytest.mark.parametrize("name", ["postgres", "web", "front", "worker"])
def test_what_is_killed_is_back_within_ten_seconds(mortal: Stack, name: str) -> None:
    wait_until(mortal.answers, "the stack to answer")
    leader = mortal.leader(name)
    assert leader is not None
    followers = mortal.followers(leader)
    with_kill(leader)
    wait_until(lambda: mortal.leader(name) not in (None, leader), f"a new {name}", BACK_WITHIN_SECONDS)
    wait_until(mortal.answers, "the stack to answer", BACK_WITHIN_SECONDS)
    assert not any(alive(pid) for pid in followers)


def test_the_site_is_one_process(mortal: Stack) -> None:
    """What starts it again is the supervisor: a process that only waits for it would hold its memory once more."""
    wait_until(mortal.answers, "the stack to answer")
    leader = mortal.leader("web")
    assert leader is not None
    assert mortal.followers(leader) == []


def test_a_page_that_waits_while_the_site_is_killed_gets_its_answer(mortal: Stack) -> None:
    wait_until(mortal.answers, "the stack to answer")
    leader = mortal.leader("web")
    assert leader is not None
    with_kill(leader)
    assert httpx.get(mortal.url("/fr/"), timeout=15).status_code == 200


def test_a_page_is_told_to_reload_after_the_database_was_killed(mortal: Stack) -> None:
    wait_until(mortal.answers, "the stack to answer")
    with Reader(mortal, "topics=thread:1") as reader:
        leader = mortal.leader("postgres")
        assert leader is not None
        with_kill(leader)
        assert next_of(reader) == "reload"
        wait_until(mortal.answers, "the stack to answer")
        mortal.notify('{"topics": ["thread:1"], "event": "comment", "language": null, "data": {}}')
        assert next_of(reader) == "comment"


def next_of(reader: Reader) -> str:
    """The next event but those that tell of the database, which come where it takes its time."""
    while (event := reader.block()["event"]) in (AWAY, BACK):
        pass
    return event


def test_mails_reach_the_console_and_logs_do_not(mortal: Stack) -> None:
    wait_until(mortal.answers, "the stack to answer")
    httpx.get(mortal.url("/mail"))
    wait_until(lambda: "Subject: Your code is 123456" in mortal.said, "the mail on the console")
    assert not any("123456" in path.read_text() for path in (mortal.directory / "log").iterdir())
    assert not any(line.startswith("[") for line in mortal.said)


def with_kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def test_two_hundred_readers_do_not_slow_the_end(tmp_path: Path) -> None:
    with running(tmp_path) as stack:
        readers = [Reader(stack, "topics=thread:1") for _ in range(200)]
        begun = time.monotonic()
        stack.supervisor.terminate()
        try:
            stack.supervisor.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            pytest.fail(f"still running after {time.monotonic() - begun:.1f} s")
        for reader in readers:
            reader.close()
