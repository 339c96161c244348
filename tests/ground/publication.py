"""A real publication for the tests of this folder: started by its command, read and written over HTTP."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg

from dragoman.delivery.postgres import EmbeddedPostgres
from tests.delivery.processes import alive, free_port, marked, wait_until, working_in
from tests.shared import ROOT

COMMAND = (sys.executable, "-m", "dragoman.site.cli")
READER, PASSWORD = "maud@example.org", "dragoman-demo"
LOADED_WITHIN_SECONDS = 300.0
SERVED_WITHIN_SECONDS = 60.0


def environment(var: Path, **more: str) -> dict[str, str]:
    """Nothing of this test session's configuration, everything of the checkout."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DRAGOMAN_", "DJANGO_"))
    }
    kept.pop("DATABASE_URL", None)
    return kept | {"PYTHONPATH": str(ROOT / "src"), "DRAGOMAN_VAR": str(var)} | more


class Publication:
    """The demo publication in a directory of its own; stopped, killed and started again by tests."""

    def __init__(self, directory: Path) -> None:
        self.var = directory / "var"
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.said: list[str] = []
        self._directory = directory
        self._marker = f"DRAGOMAN_RUN_ID=ground-{os.getpid()}-{self.port}"
        self._supervisor: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None

    # Starting and ending

    @property
    def supervisor(self) -> "subprocess.Popen[str]":
        assert self._supervisor is not None
        return self._supervisor

    @property
    def runs(self) -> bool:
        return self._supervisor is not None and self._supervisor.poll() is None

    def start(self, *options: str, seconds: float = SERVED_WITHIN_SECONDS) -> None:
        """`dragoman demo`, until it says that everything is served."""
        self.said = []
        self._supervisor = subprocess.Popen(
            [*COMMAND, "demo", "--port", str(self.port), *options],
            cwd=self._directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=environment(
                self.var,
                DRAGOMAN_RUN_ID=self._marker.partition("=")[2],
                DRAGOMAN_DISCUSSION__COMMENTS_PER_MINUTE="100000",
            ),
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen, args=(self._supervisor,), daemon=True)
        self._listener.start()
        wait_until(lambda: self.announced or not self.runs, "the publication to be served", seconds)
        assert self.runs, self.said

    @property
    def announced(self) -> bool:
        return "Ctrl-C stops everything." in self.said

    @property
    def accounts(self) -> list[str]:
        """The lines that name accounts to sign in with."""
        return [line for line in self.said if line.endswith(PASSWORD)]

    def _listen(self, supervisor: "subprocess.Popen[str]") -> None:
        assert supervisor.stdout is not None
        for line in supervisor.stdout:
            self.said.append(line.rstrip("\n"))

    def copy(self, directory: Path) -> Path:
        """Its data for another publication, in `directory`; it must not run."""
        assert not self.runs

        def sockets(folder: str, names: list[str]) -> list[str]:
            return [name for name in names if Path(folder, name).is_socket()]

        return Path(shutil.copytree(self.var, directory / "var", symlinks=True, ignore=sockets))

    def kill_everything(self) -> None:
        """kill -9 of every process; the supervisor first, so that it starts nothing again."""
        processes = self.processes()
        for pid in [self.supervisor.pid, *processes]:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.supervisor.wait()
        wait_until(lambda: not any(map(alive, processes)), "every process to be gone")

    # Its processes

    def processes(self) -> dict[int, str]:
        """Every process of this run but the supervisor: pid → command line."""
        found = marked(self._marker) | working_in(self.var / "postgres" / "data")
        found |= dict.fromkeys(self.engines(), "dragoman.engines.embedded_child")
        return {pid: command for pid, command in found.items() if pid != self.supervisor.pid}

    def process(self, what: str) -> int | None:
        """The process of a service that the supervisor started itself."""
        text = {
            "web": "delivery.web",
            "front": "front.serving",
            "worker": "dragoman.site.worker",
            "postgres": "/postgres -D",
        }[what]
        own = _children(self.supervisor.pid)
        return next((pid for pid in own if text in _command(pid) and "tether.py" not in _command(pid)), None)

    def engines(self) -> list[int]:
        """The engine processes, below the worker: first the one that holds the models, then those that translate."""
        worker = self.process("worker") if self.runs else None
        below = _children(worker) if worker else []
        mothers = [pid for pid in below if "embedded_child" in _command(pid)]
        return [*mothers, *(pid for mother in mothers for pid in _children(mother))]

    # What it knows

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(EmbeddedPostgres(self.var / "postgres").url, connect_timeout=5) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def translates(self) -> bool:
        """Whether it has anything to translate."""
        waiting = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name = 'translation'"
        return bool(self.rows(waiting))

    def untranslated(self, comments: Iterable[int]) -> set[int]:
        """Which of these comments have no edition in Portuguese that is ready."""
        ready = self.rows(
            "SELECT comment.id FROM discussion_comment comment JOIN translation_edition edition"
            " ON edition.document_id = comment.document_id"
            " WHERE edition.language = 'pt' AND edition.state = 'ready' AND comment.id = ANY(%s)",
            list(comments),
        )
        return set(comments) - {int(str(pk)) for (pk,) in ready}

    def logs(self) -> str:
        """For people who read a failed test."""
        return "\n".join(
            f"{path.name}: {path.read_text(errors='replace')[-3000:]}"
            for path in sorted((self.var / "log").glob("*.log"))
        )


class Writer:
    """A reader with an account who writes one comment after the other, whatever happens to the site."""

    def __init__(self, publication: Publication) -> None:
        self._client = httpx.Client(
            base_url=publication.base,
            headers={"Origin": publication.base},
            timeout=15,
            follow_redirects=False,
        )
        signed_in = self._client.post("/en/account/login/", data={"login": READER, "password": PASSWORD})
        assert signed_in.status_code == 302, signed_in.text
        story = re.search(r'href="(/en/[a-z-]+/\d+-[^"]+)"', self._client.get("/en/").text)
        assert story is not None
        thread = re.search(r"/en/threads/\d+/write/", self._client.get(story[1]).text)
        assert thread is not None
        self._address = thread[0]
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self.acknowledged: list[tuple[float, int]] = []  # when its posting began, and the comment

    def post(self, text: str, language: str = "en") -> int | None:
        """The comment's number when the site said that it is stored."""
        words = {"source": text, "language": language, "submission": str(uuid.uuid4())}
        try:
            answer = self._client.post(self._address, data=words)
        except httpx.HTTPError:
            return None
        stored = re.search(r"#c(\d+)$", answer.headers.get("Location", ""))
        return int(stored[1]) if answer.status_code == 303 and stored else None

    @property
    def comments(self) -> list[int]:
        return [comment for _, comment in self.acknowledged]

    def since(self, moment: float) -> int:
        """How many comments were stored that were sent after a moment."""
        return sum(begun > moment for begun, _ in self.acknowledged)

    def _write(self) -> None:
        number = 0
        while not self._halt.is_set():
            number += 1
            begun = time.monotonic()
            comment = self.post(f"The keeper told me {number} stories about the old boats in the harbour.")
            if comment is not None:
                self.acknowledged.append((begun, comment))
            self._halt.wait(0.05)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._halt.set()
        self._thread.join(30)
        self._client.close()


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""
