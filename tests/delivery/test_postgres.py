"""The embedded PostgreSQL: ownership, recovery after kill -9, root without touching users or permissions."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dragoman.delivery import postgres as module
from dragoman.delivery.postgres import ABOVE_EVERY_PID, CannotStart, EmbeddedPostgres, OwnedElsewhere
from dragoman.delivery.sockets import socket_directory
from tests.delivery.processes import alive, marked, wait_until

pytestmark = [
    pytest.mark.db,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
]

OWNER = """
import sys, signal
from pathlib import Path
from dragoman.delivery.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
signal.pause()
"""
ATTACHED = """
import sys
from pathlib import Path
from dragoman.delivery.postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])).attach_or_start() as server:
    print("in", flush=True)
    sys.stdin.readline()
    print("running" if server.running() else "gone", flush=True)
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster that was made and stopped once: copies of it start fast."""
    directory = tmp_path_factory.mktemp("template") / "postgres"
    server = EmbeddedPostgres(directory)
    server.start()
    server.stop()
    return directory


@pytest.fixture
def directory(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "postgres"))


@pytest.fixture
def server(directory: Path) -> Iterator[EmbeddedPostgres]:
    embedded = EmbeddedPostgres(directory)
    yield embedded
    embedded.stop()


def one(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def started(script: str, directory: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def answer(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.flush()


def test_a_new_cluster_lowers_cyrillic_whatever_the_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_ALL", "C")
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    try:
        assert one(server, "SELECT lower('ЁЖ')") == "ёж"
        assert one(server, "SHOW fsync") == "on"
        assert one(server, "SHOW synchronous_commit") == "on"
        assert one(server, "SHOW listen_addresses") == ""
    finally:
        server.stop()


def test_stop_ends_every_process_and_start_brings_the_rows_back(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pid = server.pid
    assert pid is not None
    server.stop()
    assert not alive(pid)
    assert not server.running()
    server.start()
    assert one(server, "SELECT n FROM kept") == 7


def test_starting_twice_and_stopping_twice_does_nothing(server: EmbeddedPostgres) -> None:
    server.start()
    pid = server.pid
    server.start()
    assert server.pid == pid
    server.stop()
    server.stop()
    assert server.pid is None


def test_after_a_kill_the_same_object_starts_again_and_keeps_what_was_committed(
    server: EmbeddedPostgres,
) -> None:
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: server.pid is None, "the server to be dead")
    server.start()
    assert one(server, "SELECT n FROM kept") == 7


def test_the_server_ends_with_its_owner_even_on_kill_9(directory: Path) -> None:
    owner = started(OWNER, directory)
    pid = int(line(owner))
    assert alive(pid)
    owner.kill()
    owner.wait()
    wait_until(lambda: not alive(pid), "the server to follow its owner")


def test_after_both_were_killed_the_next_start_recovers(directory: Path) -> None:
    owner = started(OWNER, directory)
    pid = int(line(owner))
    os.kill(pid, signal.SIGSTOP)  # so that it cannot clean up when its owner dies
    owner.kill()
    owner.wait()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid), "the server to be dead")
    assert (directory / "data" / "postmaster.pid").exists()
    server = EmbeddedPostgres(directory)
    server.start()
    try:
        assert server.running()
    finally:
        server.stop()


def test_lock_files_that_name_a_living_stranger_do_not_stop_it(server: EmbeddedPostgres) -> None:
    server.start()
    postmaster = server.data / "postmaster.pid"
    content = postmaster.read_text()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: server.pid is None, "the server to be dead")
    lines = content.splitlines(keepends=True)
    stranger = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    try:
        for file in (postmaster, server.data / ".s.PGSQL.5432.lock"):
            file.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))
        server.start()
        assert server.running()
        assert alive(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_mending_rewrites_the_pid_and_removes_only_an_empty_file(server: EmbeddedPostgres) -> None:
    pid_file, socket_lock = server.data / "postmaster.pid", server.data / ".s.PGSQL.5432.lock"
    pid_file.write_text(f"{os.getpid()}\n{server.data}\nrest\n")
    socket_lock.write_text("")
    server._mend()
    assert pid_file.read_text() == f"{ABOVE_EVERY_PID}\n{server.data}\nrest\n"
    assert not socket_lock.exists()


def test_a_second_owner_is_refused_with_a_sentence(server: EmbeddedPostgres, directory: Path) -> None:
    server.start()
    with pytest.raises(OwnedElsewhere, match=f"in use by another process .process {os.getpid()}"):
        EmbeddedPostgres(directory).start()
    assert server.running()


def test_a_command_uses_the_server_that_runs(server: EmbeddedPostgres, directory: Path) -> None:
    server.start()
    with EmbeddedPostgres(directory).attach_or_start() as attached:
        assert attached.pid is None
        assert one(attached, "SELECT 1") == 1
    assert server.running()


def test_a_command_without_a_server_starts_one_for_its_duration(directory: Path) -> None:
    server = EmbeddedPostgres(directory)
    with server.attach_or_start():
        assert server.running()
        with server.attach_or_start():
            assert server.running()
        assert server.running()
    assert not server.running()


def test_whoever_started_it_waits_for_the_commands_that_attached(directory: Path) -> None:
    first = started(ATTACHED, directory)
    assert line(first) == "in"
    second = started(ATTACHED, directory)
    assert line(second) == "in"
    answer(first, "go\n")
    assert line(first) == "running"
    answer(second, "go\n")
    assert line(second) == "running"
    assert (first.wait(), second.wait()) == (0, 0)
    assert not EmbeddedPostgres(directory).running()


def test_a_path_too_long_for_a_socket_is_no_obstacle(template: Path, tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60) / "postgres"
    shutil.copytree(template, deep)
    server = EmbeddedPostgres(deep)
    server.start()
    try:
        assert one(server, "SELECT 1") == 1
    finally:
        server.stop()
        shutil.rmtree(socket_directory(server.data), ignore_errors=True)


def test_erase_leaves_nothing_and_the_next_start_makes_a_new_one(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE gone AS SELECT 1")
    server.stop()
    server.erase()
    server.start()
    assert one(server, "SELECT to_regclass('gone') IS NULL") is True


def test_erase_is_refused_while_somebody_else_uses_it(server: EmbeddedPostgres, directory: Path) -> None:
    server.start()
    with pytest.raises(OwnedElsewhere):
        EmbeddedPostgres(directory).erase()
    assert server.running()


def test_half_a_cluster_from_a_killed_start_is_made_anew(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    (directory / "data.new").mkdir(parents=True)
    (directory / "data.new" / "half").write_text("")
    server = EmbeddedPostgres(directory)
    server.start()
    server.stop()
    assert not (directory / "data.new").exists()


def test_strange_files_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letter.txt").write_text("mine")
    with pytest.raises(CannotStart, match="holds files, but no PostgreSQL cluster"):
        EmbeddedPostgres(tmp_path).start()
    assert (tmp_path / "data" / "letter.txt").read_text() == "mine"


def test_another_major_version_is_refused_with_a_sentence(server: EmbeddedPostgres) -> None:
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 12, which is not installed"):
        server.start()


def test_what_postgres_says_is_in_the_message_when_it_cannot_start(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PREDECESSOR_SECONDS", 0.0)
    with (server.data / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")
    with pytest.raises(CannotStart, match=r"does not start: .*contains errors"):
        server.start()
    assert marked(f"PGDATA={server.data}") == {}


def test_a_grown_log_is_moved_aside_while_the_server_writes(server: EmbeddedPostgres) -> None:
    server.start()
    server.log.write_bytes(b"x" * 100)
    server.trim_log(most=50)
    assert server.log.with_name("server.log.1").read_bytes() == b"x" * 100
    with psycopg.connect(server.url, autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT nonsense")
    wait_until(lambda: b"nonsense" in server.log.read_bytes(), "the server to write on")


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
class TestAsRoot:
    def test_a_directory_of_mode_700_keeps_its_mode_and_owner(self, tmp_path: Path) -> None:
        private = tmp_path / "private"
        private.mkdir(mode=0o700)
        accounts = Path("/etc/passwd").read_bytes()
        server = EmbeddedPostgres(private / "postgres")
        server.start()
        try:
            assert one(server, "SELECT 1") == 1
            assert private.stat().st_mode & 0o777 == 0o700
            assert {path.stat().st_uid for path in (private, server.directory, server.data)} == {0}
        finally:
            server.stop()
        assert Path("/etc/passwd").read_bytes() == accounts

    def test_without_namespaces_a_lesser_account_runs_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if not all(folder.stat().st_mode & 0o001 for folder in Path(sys.prefix).parents):
            pytest.skip("this environment lies where a lesser account cannot reach its programs")
        monkeypatch.setattr(module, "namespaces_allowed", lambda: False)
        with tempfile.TemporaryDirectory(dir="/tmp") as place:
            Path(place).chmod(0o755)
            server = EmbeddedPostgres(Path(place) / "postgres")
            server.start()
            try:
                assert one(server, "SELECT 1") == 1
                assert server.data.stat().st_uid != 0
                assert server.pid is not None
                assert Path(f"/proc/{server.pid}").stat().st_uid == server.data.stat().st_uid
            finally:
                server.stop()

    def test_without_either_it_says_what_to_do(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "namespaces_allowed", lambda: False)
        monkeypatch.setattr(pwd, "getpwnam", _nobody_there)
        with pytest.raises(CannotStart, match="run as an ordinary user, or set DATABASE_URL"):
            EmbeddedPostgres(tmp_path / "postgres").start()


def _nobody_there(name: str) -> None:
    raise KeyError(name)
