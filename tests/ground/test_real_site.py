"""The whole publication, started by its command: what is killed comes back, and nothing acknowledged is lost."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.delivery.processes import alive, listening, marked, wait_until, working_in
from tests.ground.publication import COMMAND, LOADED_WITHIN_SECONDS, Publication, Writer, environment

pytestmark = pytest.mark.db

BACK_WITHIN_SECONDS = 10.0  # a promise, not a measurement
STOPS_WITHIN_SECONDS = 3.0
TRANSLATED_WITHIN_SECONDS = 60.0


@pytest.fixture(scope="module")
def loaded(demo: Publication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publication]:
    """The demo publication, in a directory that is nobody else's."""
    directory = tmp_path_factory.mktemp("ground")
    directory.chmod(0o700)
    demo.copy(directory)
    publication = Publication(directory)
    try:
        publication.start()
        yield publication
    finally:
        publication.kill_everything()


@pytest.fixture
def publication(loaded: Publication) -> Publication:
    """The same, running: a test before may have ended it."""
    if not loaded.runs:
        loaded.start()
    return loaded


def translated(publication: Publication, comments: list[int]) -> None:
    wait_until(
        lambda: publication.untranslated(comments) == set(),
        f"editions of {comments}\n{publication.logs()}",
        TRANSLATED_WITHIN_SECONDS,
    )


@pytest.mark.parametrize("what", ["engine", "models", "worker", "web", "front", "postgres"])
def test_killing_one_process_loses_no_comment_and_no_edition(publication: Publication, what: str) -> None:
    with Writer(publication) as writer:
        wait_until(lambda: len(writer.acknowledged) >= 5, "the first comments")
        wait_until(lambda: bool(publication.engines()), "an engine process")
        engines = publication.engines()
        victim = {"models": engines[0], "engine": engines[-1]}.get(what) or publication.process(what)
        assert victim is not None
        killed = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        wait_until(
            lambda: writer.since(killed) >= 5,
            f"comments after {what} was killed\n{publication.logs()}",
            BACK_WITHIN_SECONDS,
        )
    assert not alive(victim)
    translated(publication, writer.comments)
    stored = publication.rows("SELECT id FROM discussion_comment WHERE id = ANY(%s)", writer.comments)
    assert len(stored) == len(writer.comments)
    last = httpx.get(f"{publication.base}/pt/comments/{writer.comments[-1]}/fragment/", timeout=15)
    assert "tradução automática" in last.text


def test_reading_goes_on_while_the_database_hangs(publication: Publication) -> None:
    with Writer(publication) as writer:
        wait_until(lambda: len(writer.acknowledged) >= 1, "a first comment")
    translated(publication, writer.comments)
    thread = publication.rows("SELECT thread_id FROM discussion_comment WHERE id = %s", writer.comments[-1])[
        0
    ][0]
    address = f"{publication.base}/pt/threads/{thread}/fragment/"
    wait_until(
        lambda: f'id="c{writer.comments[-1]}"' in httpx.get(address, timeout=15).text,
        "the comment to be read",
    )
    database = working_in(publication.var / "postgres" / "data")
    assert database
    for pid in database:
        os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(20):
            read = httpx.get(address, timeout=3)
            assert read.status_code == 200
            assert f'id="c{writer.comments[-1]}"' in read.text
    finally:
        for pid in database:
            os.kill(pid, signal.SIGCONT)
    with Writer(publication) as again:
        wait_until(lambda: len(again.acknowledged) >= 1, "a comment after it", BACK_WITHIN_SECONDS * 3)
    newest = f'id="c{again.comments[-1]}"'
    wait_until(lambda: newest in httpx.get(address, timeout=15).text, "it to be read", BACK_WITHIN_SECONDS)


def test_it_stops_within_three_seconds_with_pages_open(publication: Publication) -> None:
    with Writer(publication) as writer:
        wait_until(lambda: len(writer.acknowledged) >= 2, "the first comments")
        processes = publication.processes()
        assert len(processes) > 8
        with httpx.stream("GET", f"{publication.base}/live?topics=thread:1&language=pt", timeout=15) as page:
            assert page.status_code == 200
            publication.supervisor.terminate()
            assert publication.supervisor.wait(STOPS_WITHIN_SECONDS) == 0
        assert not any(map(alive, processes))
    publication.start()
    translated(publication, writer.comments)


def test_nothing_outlives_a_killed_supervisor(publication: Publication) -> None:
    processes = publication.processes()
    assert len(processes) > 8
    publication.supervisor.kill()
    publication.supervisor.wait()
    wait_until(lambda: not any(map(alive, processes)), "every process to be gone", BACK_WITHIN_SECONDS)


def test_after_everything_was_killed_the_next_start_keeps_every_comment(publication: Publication) -> None:
    with Writer(publication) as writer:
        wait_until(lambda: len(writer.acknowledged) >= 5, "the first comments")
        publication.kill_everything()
    assert (publication.var / "postgres" / "data" / "postmaster.pid").exists()
    publication.start()
    assert not any("Loading" in line for line in publication.said)
    translated(publication, writer.comments)


def test_mails_are_read_on_the_console(publication: Publication) -> None:
    answer = httpx.post(
        f"{publication.base}/pt/account/login/code/",
        data={"email": "zelia@example.org"},
        headers={"Origin": publication.base},
        timeout=15,
    )
    assert answer.status_code == 302
    wait_until(lambda: "To: zelia@example.org" in publication.said, "the mail on the console")


def test_permissions_of_the_directory_stay(publication: Publication) -> None:
    directory = publication.var.parent
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {path.stat().st_uid for path in (directory, publication.var, publication.var / "postgres")} == {
        os.geteuid()
    }
    assert stat.S_IMODE((publication.var / "postgres" / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((publication.var / "secret-key").stat().st_mode) == 0o600


def test_fresh_is_refused_while_it_runs(publication: Publication, tmp_path: Path) -> None:
    comments = publication.rows("SELECT count(*) FROM discussion_comment")
    refused = subprocess.run(
        [*COMMAND, "demo", "--fresh", "--port", str(publication.port + 1)],
        cwd=tmp_path, env=environment(publication.var), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "in use" in refused.stderr
    assert publication.rows("SELECT count(*) FROM discussion_comment") == comments


def test_fresh_begins_anew(publication: Publication) -> None:
    with Writer(publication) as writer:
        wait_until(lambda: len(writer.acknowledged) >= 1, "a comment")
    accounts = publication.accounts
    publication.supervisor.terminate()
    publication.supervisor.wait(STOPS_WITHIN_SECONDS)
    publication.start("--fresh", seconds=LOADED_WITHIN_SECONDS)
    assert publication.rows("SELECT 1 FROM discussion_comment WHERE external_id IS NULL") == []
    assert publication.accounts == accounts != []


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_port_in_use_is_one_sentence_and_nothing_is_started(tmp_path: Path, command: str) -> None:
    marker = f"ground-port-{os.getpid()}"
    with listening() as port:
        refused = subprocess.run(
            [*COMMAND, command, "--port", str(port)],
            cwd=tmp_path, env=environment(tmp_path / "var", DRAGOMAN_RUN_ID=marker),
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert refused.returncode == 2
    assert (
        refused.stderr == f"Port {port} is in use: choose another with --port, or stop what listens there.\n"
    )
    assert refused.stdout == ""
    assert list(tmp_path.iterdir()) == []
    assert marked(f"DRAGOMAN_RUN_ID={marker}") == {}
