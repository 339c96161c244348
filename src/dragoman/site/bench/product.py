"""The whole product on one core, as it is served: supervisor, front, Django, worker, PostgreSQL."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, Self

import psycopg

from dragoman.delivery.postgres import EmbeddedPostgres
from dragoman.site.bench.filling import NOT_BEGUN, RESET, WAITING
from dragoman.site.bench.measuring import SERVER_CORE, on_core

_START_SECONDS = 400
_REST_SECONDS, _QUIET_SECONDS = 120, 15
_OF_OTHERS = ("DRAGOMAN_", "DJANGO_")  # what configures whoever started us
_RULES_OFF = {  # as at the peers: what keeps one person from writing hundreds of comments a second
    "DRAGOMAN_DISCUSSION__COMMENTS_PER_MINUTE": "0",
    "DRAGOMAN_DISCUSSION__COMMENTS_PER_HOUR": "0",
    "DRAGOMAN_DISCUSSION__NEWCOMER_COMMENTS": "0",
}


class NotStarted(Exception):
    """The product did not come up; its own words say why."""


class Product:
    """`with Product() as product`: started, migrated, empty. `settings` are environment names and values."""

    def __init__(self, settings: Mapping[str, str] | None = None, folder: Path | None = None) -> None:
        self._scratch = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="dragoman-bench-"))
        self.port = free_port()
        own = {name: value for name, value in os.environ.items() if not name.startswith(_OF_OTHERS)}
        own.pop("DATABASE_URL", None)
        told = {"DRAGOMAN_VAR": str(self.folder), "DRAGOMAN_PUBLICATION__BASE_URL": self.address}
        self.environment = own | _RULES_OFF | told | dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Raises NotStarted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "bench.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dragoman.site.cli", "serve", "--port", str(self.port)],
                env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=on_core(SERVER_CORE),
            )  # fmt: skip
        until = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                said = (self.folder / "bench.log").read_text(errors="replace")[-2000:]
                self.stop()
                raise NotStarted(said)
            time.sleep(0.2)

    def stop(self) -> None:
        """Ends it; the scratch folder goes."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
        if self._scratch:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _is_ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    # What is done to it

    def tell(self, what: str, **about: Any) -> dict[str, Any]:
        """Run a function of `bench.filling` in the product's environment, on the client's core; what it answers."""
        done = subprocess.run(
            [sys.executable, "-m", "dragoman.site.bench.filling", what],
            input=json.dumps(about), env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{what}: {done.stderr[-3000:]}")
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def ask(self, statement: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """SQL, straight to its database."""
        url = EmbeddedPostgres(self.folder / "postgres").url
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def stored(self, thread: int) -> tuple[int, int]:
        """How many comments stand in a thread, and how many of them its count says."""
        rows = self.ask("SELECT count(*) FROM discussion_comment WHERE thread_id = %s", thread)
        counted = self.ask("SELECT comment_count FROM discussion_thread WHERE id = %s", thread)
        return int(rows[0][0]), int(counted[0][0])

    def reset(self, thread: int) -> None:
        """Put a thread back to what was imported. The worker may be in the middle of what goes: it ends that first."""
        url = EmbeddedPostgres(self.folder / "postgres").url
        with psycopg.connect(url, autocommit=True) as connection:
            until = time.monotonic() + _REST_SECONDS
            while time.monotonic() < until:
                connection.execute(NOT_BEGUN)
                if not connection.execute(WAITING).fetchall()[0][0]:
                    break
                time.sleep(0.1)
            for statement in RESET:
                connection.execute(statement, [thread] if "%s" in statement else None)

    def get(self, path: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        """One request of its own connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                "GET", path, headers={name.replace("_", "-"): v for name, v in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        finally:
            connection.close()

    # What is seen of it

    def pids(self) -> dict[int, str]:
        """Its processes, each with the name of what it is."""
        assert self._process is not None
        found, children = {}, _children()
        waiting = [self._process.pid]
        while waiting:
            pid = waiting.pop()
            found[pid] = _name(pid)
            waiting += children.get(pid, [])
        return found

    def memory(self) -> dict[str, float]:
        """Proportional set size in MB, by process: what is shared is shared out, so that the sum is true."""
        sizes: dict[str, float] = {}
        for pid, name in self.pids().items():
            sizes[name] = sizes.get(name, 0.0) + _pss(pid)
        return sizes

    def processor_seconds(self) -> float:
        """Of all its processes since they began."""
        return sum(_seconds(pid) for pid in self.pids())

    def wait_for_rest(self) -> None:
        """Until no job waits and next to no time is spent."""
        until = time.monotonic() + _REST_SECONDS
        while time.monotonic() < until:
            if self.ask(WAITING)[0][0] == 0:
                break
            time.sleep(0.5)
        quiet, until = 0, time.monotonic() + _QUIET_SECONDS
        while quiet < 3 and time.monotonic() < until:
            before = self.processor_seconds()
            time.sleep(0.3)
            quiet = quiet + 1 if self.processor_seconds() - before < 0.03 else 0


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found.setdefault(int(parent), []).append(int(entry.name))
    return found


_NAMES = {
    "front.serving": "front",
    "preloaded": "fork server",
    "delivery.web": "Django",
    "granian": "Django",
    "site.worker": "worker",
    "dragoman.engines": "engine",
    "site.running": "supervisor",
    "postgres": "PostgreSQL",
}


def _name(pid: int) -> str:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "gone"
    return next((name for part, name in _NAMES.items() if part in line), "other")


def _pss(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def scratch_database(settings: Mapping[str, str] | None = None) -> Iterator[None]:
    """Django in this very process, on an embedded PostgreSQL of its own that is thrown away."""
    folder = Path(tempfile.mkdtemp(prefix="dragoman-bench-"))
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(_RULES_OFF | {"DRAGOMAN_VAR": str(folder)} | dict(settings or {}))
    try:
        from dragoman.site.cli import setup

        setup()
        from django.conf import settings as configured
        from django.core.management import call_command
        from django.db import connections

        with EmbeddedPostgres(configured.POSTGRES_DIRECTORY).attach_or_start():
            call_command("migrate", verbosity=0, interactive=False)
            call_command("collectstatic", verbosity=0, interactive=False)
            yield
            connections.close_all()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
