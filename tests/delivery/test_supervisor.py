"""The supervisor: restarts what dies, stops in time, and takes everything with it even on kill -9."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.processes import alive, end_marked, marked, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

SLEEPER = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
)
PARENT = (
    "import subprocess, sys, signal; subprocess.Popen([sys.executable, '-c', sys.argv[1]]); signal.pause()"
)
PREAMBLE = """
import sys
from pathlib import Path
from dragoman.delivery.supervisor import Service, Step, Supervisor
def python(code, *arguments):
    return (sys.executable, "-c", code, *arguments)
"""


class Run:
    """A supervisor in a process of its own, made by a few lines of Python."""

    def __init__(self, body: str, log: Path, marker: str) -> None:
        self.log, self.marker = log, f"DRAGOMAN_RUN_ID={marker}"
        code = PREAMBLE + f"LOG = Path({str(log)!r})\n" + textwrap.dedent(body)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"DRAGOMAN_RUN_ID": marker},
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def rest(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.read()

    def children(self) -> dict[int, str]:
        return {pid: name for pid, name in marked(self.marker).items() if pid != self.process.pid}

    def running(self, text: str) -> list[int]:
        return [
            pid for pid, command in self.children().items() if text in command and "tether" not in command
        ]

    def stop(self, ending: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(ending)
        return self.process.wait(20)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator["Runs"]:
    made = Runs(tmp_path)
    yield made
    for run in made.all:
        run.process.kill()
        run.process.wait()
        end_marked(run.marker)
        if run.process.stdout is not None:
            run.process.stdout.close()


class Runs:
    def __init__(self, directory: Path) -> None:
        self.directory, self.all = directory, list[Run]()

    def __call__(self, body: str) -> Run:
        run = Run(body, self.directory / "log", f"{self.directory.name}-{os.getpid()}-{len(self.all)}")
        self.all.append(run)
        return run


def one_service(code: str, *arguments: str) -> str:
    return f"""
        service = Service("one", python({code!r}, *{arguments!r}))
        sys.exit(Supervisor([service], None, LOG, announce=lambda: print("ready", flush=True)).run())
    """


def test_it_announces_when_everything_is_ready_and_stops_with_status_0(runs: Runs) -> None:
    run = runs(one_service(SLEEPER))
    assert run.line() == "ready"
    wait_until(lambda: len(run.running(SLEEPER)) == 1, "the service to be what it was told to be")
    assert run.stop() == 0
    assert run.children() == {}


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_signal_to_stop_stops(runs: Runs, ending: signal.Signals) -> None:
    run = runs(one_service(SLEEPER))
    assert run.line() == "ready"
    assert run.stop(ending) == 0
    assert run.children() == {}


def test_a_service_that_ignores_sigterm_is_killed_with_its_children(runs: Runs) -> None:
    run = runs(one_service(PARENT, STUBBORN))
    wait_until(lambda: len(run.running("SIG_IGN")) == 2, "the service and its child")
    assert run.stop() == 0
    assert run.children() == {}


def test_what_dies_is_started_again_and_what_it_started_ends_with_it(runs: Runs) -> None:
    run = runs(one_service(PARENT, SLEEPER))
    assert run.line() == "ready"
    wait_until(lambda: len(run.running("pause")) == 2, "the service and its child")
    first = run.running("pause")
    os.kill(run.running("subprocess")[0], signal.SIGKILL)
    assert run.line() == "one ended (signal 9); starting it again."
    wait_until(lambda: len(run.running("pause")) == 2, "the new service and its child")
    assert not set(first) & set(run.running("pause"))
    assert run.stop() == 0


def test_nothing_outlives_a_supervisor_that_was_killed(runs: Runs) -> None:
    run = runs(one_service(SLEEPER))
    assert run.line() == "ready"
    run.process.kill()
    run.process.wait()
    wait_until(lambda: run.children() == {}, "every process of the run to be gone")


def test_a_service_that_does_not_stay_alive_ends_the_run_with_a_sentence(runs: Runs) -> None:
    run = runs("""
        import dragoman.delivery.children as children
        children._DELAYS = (0.0, 0.0)
        sys.exit(Supervisor([Service("one", python("raise SystemExit(3)"))], None, LOG).run())
    """)
    said = run.rest()
    assert run.process.wait(20) == 1
    assert said.splitlines()[-1] == "one ended (status 3), and does not stay alive; its log says why."
    assert said.count("starting it again") == 2


def test_once_it_served_what_needs_the_database_is_never_given_up(runs: Runs, tmp_path: Path) -> None:
    """The database answers, then fails for good; who needs it fails with it; the front goes on."""
    broken = tmp_path / "broken"
    needy = f"import pathlib, signal; pathlib.Path({str(broken)!r}).exists() and exit(3); signal.pause()"
    run = runs(f"""
        import dragoman.delivery.children as children, dragoman.delivery.supervisor as supervisor
        from dragoman.delivery.postgres import CannotStart
        children._DELAYS, supervisor.LONGEST_DELAY = (0.0,), 0.05
        class Database:
            pid = 1
            def start(self, *, abandon=lambda: False):
                if Path({str(broken)!r}).exists():
                    Database.pid = None
                    raise CannotStart("No space left.")
                Database.pid = 1
            def stop(self, seconds=0.0): pass
            def trim_log(self):
                if Path({str(broken)!r}).exists(): Database.pid = None
        supervisor._TRIM_SECONDS = 0.0
        front = Service("front", python({SLEEPER!r}, "front"))
        needy = Service("needy", python({needy!r}, "needy"), needs=("postgres",))
        sys.exit(Supervisor([front, needy], Database(), LOG, announce=lambda: print("ready", flush=True)).run())
    """)
    assert run.line() == "ready"
    wait_until(
        lambda: bool(run.running("front") and run.running("needy")), "both to be what they were told to be"
    )
    (front,), (served,) = run.running("front"), run.running("needy")
    broken.touch()
    os.kill(served, signal.SIGUSR1)
    for _ in range(5):
        while run.line() != "No space left. It is tried again; what is stored can be read.":
            assert run.process.poll() is None
    assert run.running("front") == [front]
    broken.unlink()
    wait_until(lambda: bool(run.running("needy")), "who needs the database to be back")
    os.kill(front, signal.SIGKILL)
    wait_until(lambda: bool(set(run.running("front")) - {front}), "another front")
    assert run.stop() == 0


def test_a_service_waits_for_those_it_needs(runs: Runs, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = runs(f"""
        gate = Path({str(gate)!r})
        first = Service("first", python({SLEEPER!r}), ready=lambda: gate.exists())
        second = Service("second", python("print('second', flush=True); " + {SLEEPER!r}), needs=("first",))
        third = Service("third", python("print('third', flush=True); " + {SLEEPER!r}))
        Supervisor([second, first, third], None, LOG, announce=lambda: print("ready", flush=True)).run()
    """)
    assert run.line() == "third"
    assert run.running("second") == []
    gate.write_text("")
    assert {run.line(), run.line()} == {"second", "ready"}


def test_standard_output_is_for_the_console_and_standard_error_for_the_log(runs: Runs) -> None:
    run = runs(one_service("import sys; print('a mail'); sys.stdout.flush(); sys.exit('a fault')"))
    said = [run.line(), run.line(), run.line()]
    assert "a mail" in said
    assert "a fault" not in said
    wait_until(lambda: "a fault" in (run.log / "one.log").read_text(), "the fault in the log")


def test_a_console_that_nobody_reads_does_not_stop_the_services(runs: Runs, tmp_path: Path) -> None:
    done = tmp_path / "done"
    flood = "import sys, signal, pathlib; [print('x' * 1000) for _ in range(2000)]; "
    run = runs(
        one_service(
            flood + "sys.stdout.flush(); pathlib.Path(sys.argv[1]).touch(); signal.pause()", str(done)
        )
    )
    wait_until(done.exists, "the service to have said everything")
    assert run.stop() == 0


def test_steps_come_first_and_tell_what_they_say(runs: Runs) -> None:
    run = runs(f"""
        step = Step("migrate", python("print('told')"), sentence="Migrating …",
                    line=lambda line: print("heard", line, flush=True), done=lambda: print("done", flush=True))
        Supervisor([Service("one", python({SLEEPER!r}))], None, LOG, steps=[step],
                   announce=lambda: print("ready", flush=True)).run()
    """)
    assert [run.line() for _ in range(4)] == ["Migrating …", "heard told", "done", "ready"]


def test_a_step_that_fails_ends_the_run_with_what_it_said(runs: Runs) -> None:
    run = runs("""
        step = Step("migrate", python("raise SystemExit('no such table')"), done=lambda: print("done", flush=True))
        service = Service("one", python("print('never', flush=True)"))
        sys.exit(Supervisor([service], None, LOG, steps=[step]).run())
    """)
    assert run.rest() == "no such table\nThe step “migrate” failed (status 1).\n"
    assert run.process.wait(20) == 1


def test_stopping_during_a_step_leaves_nothing(runs: Runs) -> None:
    run = runs(f"""
        step = Step("long", python({STUBBORN!r}), line=lambda line: print(line, flush=True))
        sys.exit(Supervisor([], None, LOG, steps=[step]).run())
    """)
    assert run.line() == "up"
    assert run.stop() == 0
    assert run.children() == {}


def test_orphans_are_reaped(runs: Runs) -> None:
    fork = "import os, time; os.fork() or (time.sleep(0.2), os._exit(0)); "
    leave = "import os\nif os.fork() == 0:\n    os.setsid()\n    os._exit(0) if os.fork() else os._exit(0)\n"
    run = runs(one_service(leave + fork.partition(";")[0] + "\nimport signal\nsignal.pause()"))
    assert run.line() == "ready"
    parent = run.process.pid

    def zombies() -> list[str]:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, ppid = stat.read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if ppid == str(parent) and state == "Z":
                found.append(stat.parent.name)
        return found

    wait_until(lambda: zombies() == [], "no zombie of the supervisor")
    assert alive(parent)


@pytest.mark.db
def test_postgres_is_started_kept_and_stopped(runs: Runs, tmp_path: Path) -> None:
    run = runs(f"""
        from dragoman.delivery.postgres import EmbeddedPostgres
        postgres = EmbeddedPostgres(Path({str(tmp_path / "postgres")!r}), log=LOG / "postgres.log")
        needy = Service("needy", python({SLEEPER!r}), needs=("postgres",))
        sys.exit(Supervisor([needy], postgres, LOG, announce=lambda: print(postgres.pid, flush=True)).run())
    """)
    pid = int(run.line())
    os.kill(pid, signal.SIGKILL)
    assert run.line() == "PostgreSQL ended unexpectedly; starting it again."
    wait_until(lambda: bool(set(run.running("bin/postgres")) - {pid}), "a new server")
    assert run.stop() == 0
    assert run.children() == {}


@pytest.mark.db
def test_postgres_ends_with_a_supervisor_that_was_killed(runs: Runs, tmp_path: Path) -> None:
    run = runs(f"""
        from dragoman.delivery.postgres import EmbeddedPostgres
        postgres = EmbeddedPostgres(Path({str(tmp_path / "postgres")!r}))
        Supervisor([], postgres, LOG, announce=lambda: print(postgres.pid, flush=True)).run()
    """)
    run.line()
    assert run.children()
    run.process.kill()
    run.process.wait()
    wait_until(lambda: run.children() == {}, "every process of PostgreSQL to be gone")


@pytest.mark.db
def test_a_database_in_use_is_a_sentence(runs: Runs, tmp_path: Path) -> None:
    body = f"""
        from dragoman.delivery.postgres import EmbeddedPostgres
        postgres = EmbeddedPostgres(Path({str(tmp_path / "postgres")!r}))
        sys.exit(Supervisor([], postgres, LOG, announce=lambda: print("ready", flush=True)).run())
    """
    first = runs(body)
    assert first.line() == "ready"
    second = runs(body)
    assert "is in use by another process" in second.rest()
    assert second.process.wait(20) == 1
