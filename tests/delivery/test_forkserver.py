"""Whoever is forked is as if started: the supervisor's child, with a session, pipes and an environment of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dragoman.delivery import forkserver
from tests.delivery.processes import alive, wait_until
from tests.delivery.test_supervisor import Run, Runs, runs

__all__ = ["runs"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a subreaper")

SERVER = (
    "from dragoman.delivery import forkserver; import sys; forkserver.become(forkserver.serve(sys.argv[1]))"
)


def forking(directory: Path, *arguments: str, announce: str = "ready") -> str:
    """A supervisor with a fork server and one service that it forks."""
    return f"""
        from dragoman.delivery.forkserver import Listening
        forks = {str(directory / "forks.sock")!r}
        services = [
            Service("server", python({SERVER!r}, forks), {{"SERVERS": "1"}}, ready=Listening(forks)),
            Service("one", (sys.executable, "-m", "tests.delivery.forked", *{arguments!r}), {{"MINE": "2"}},
                    needs=("server",), fork_server=forks),
        ]
        sys.exit(Supervisor(services, None, LOG, announce=lambda: print({announce!r}, flush=True)).run())
    """


def told(run: Run) -> dict[str, Any]:
    """What the next forked process says of itself."""
    while not (line := run.line()).startswith("{"):
        assert line, "the run has ended"
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.fixture
def run(runs: Runs, tmp_path: Path) -> Run:
    return runs(forking(tmp_path, "wait"))


def server_of(run: Run) -> int:
    return next(pid for pid, command in run.children().items() if "forkserver.serve" in command)


def test_it_is_the_supervisors_own_child(run: Run, tmp_path: Path) -> None:
    one = told(run)
    assert one["parent"] == run.process.pid
    assert one["session"] == one["pid"]
    assert one["argv"] == ["tests.delivery.forked", "wait"]
    assert (one["mine"], one["servers"]) == ("2", None)
    assert one["standard input"] == "null"
    assert one["command"] == f"{sys.executable} -m tests.delivery.forked wait"
    assert one["pid"] in run.children()  # which look for the run's mark in the environment others see
    log = tmp_path / "log" / "one.log"
    wait_until(lambda: log.exists() and "a line for the log" in log.read_text(), "its log")


def test_it_is_asked_to_stop_with_the_rest(run: Run) -> None:
    told(run)
    assert run.stop() == 0
    assert run.children() == {}


def test_it_does_not_outlive_a_supervisor_that_was_killed(run: Run) -> None:
    told(run)
    run.process.kill()
    run.process.wait()
    wait_until(lambda: run.children() == {}, "every process of the run to be gone")


def test_it_is_forked_again_when_it_dies(run: Run) -> None:
    first = told(run)
    os.kill(first["pid"], signal.SIGKILL)
    second = told(run)
    assert second["pid"] != first["pid"]
    assert second["parent"] == run.process.pid


def test_it_outlives_its_server_and_comes_back_after_it(run: Run) -> None:
    first, server = told(run), server_of(run)
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: not alive(server), "the end of the server")
    assert alive(first["pid"])
    os.kill(first["pid"], signal.SIGKILL)
    second = told(run)
    assert second["parent"] == run.process.pid
    assert server_of(run) != server


def test_its_status_is_told(runs: Runs, tmp_path: Path) -> None:
    run = runs(forking(tmp_path, "3"))
    told(run)
    assert "one ended (status 3); starting it again." in [run.line(), run.line()]


def test_what_no_server_forks_is_started(runs: Runs, tmp_path: Path) -> None:
    run = runs(f"""
        services = [
            Service("one", (sys.executable, "-m", "tests.delivery.forked", "wait"),
                    fork_server={str(tmp_path / "nobody.sock")!r}),
        ]
        sys.exit(Supervisor(services, None, LOG).run())
    """)
    assert told(run)["parent"] == run.process.pid


def test_a_server_that_hangs_up_forks_nothing(tmp_path: Path) -> None:
    assert forkserver.fork(str(tmp_path / "nobody.sock"), ("python", "-m", "x"), {}, 1, 2) is None


def test_a_process_with_threads_is_no_fork_server(tmp_path: Path) -> None:
    code = f"import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); {SERVER}"
    command = [sys.executable, "-c", code, str(tmp_path / "forks.sock")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "A fork server has one thread; this one has 2." in done.stderr
