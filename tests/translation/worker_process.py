"""A real worker process whose engine does what the texts tell it: stops at gates, fails once, kills its process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from dragoman.engines.errors import Unavailable
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Answer, Request
from tests.conftest import ENGLISH_PAIRS
from tests.delivery.processes import wait_until
from tests.shared import ROOT

SCRIPT = """
import sys
from pathlib import Path
from dragoman.site import cli
cli.setup()
from dragoman.site import worker
from dragoman.translation import engines
from tests.translation.worker_process import ToldEngine
worker._step_back = lambda: None  # tests beside this one would starve it
with engines.use(ToldEngine(Path(sys.argv[1]))):
    worker.run()
"""


class ToldEngine(FakeEngine):
    """`folder` holds the gate (a file; open when it is there) and notes of what the engine met."""

    def __init__(self, folder: Path) -> None:
        super().__init__(ENGLISH_PAIRS)
        self._folder = folder

    def translate(self, request: Request) -> Answer:
        for text in request.texts:
            if "gate" in text:
                (self._folder / "waiting").touch()
                wait_until((self._folder / "gate").exists, "the gate to be opened")
            if "poison" in text:
                os._exit(9)
            if "fragile" in text and request.pair.target == "pt" and not self._failed():
                raise Unavailable("The engine is away, as the text told it to be.")
            if "impossible" in text:
                raise RuntimeError("a fault of ours")
        return super().translate(request)

    def _failed(self) -> bool:
        """Whether it did before."""
        try:
            (self._folder / "failed").touch(exist_ok=False)
        except FileExistsError:
            return True
        return False


@contextmanager
def running_worker(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`dragoman worker` on the database of the tests; killed at the end of the block where it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env=os.environ
        | {
            "DATABASE_URL": _database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        },
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _database_url() -> str:
    """Of the test database that this process is connected to."""
    database = connection.settings_dict
    parts = {name: database[name.upper()] for name in ("host", "port", "user", "password")}
    query = "&".join(f"{name}={value}" for name, value in parts.items() if value)
    return f"postgresql:///{database['NAME']}?{query}"


def jobs(where: str = "true") -> list[tuple[str, str, int]]:
    """Task, state and attempts of jobs that are not done."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT task_name, status, attempts FROM procrastinate_jobs WHERE {where} ORDER BY id"
        )
        return [(str(task), str(status), int(attempts)) for task, status, attempts in cursor.fetchall()]


def empty_the_queue() -> None:
    """The queue's tables are not Django's: the flush after a test leaves them alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE"
        )
