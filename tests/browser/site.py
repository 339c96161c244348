"""The demo publication as a process, and what tests ask of it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.delivery.processes import wait_until
from tests.postbox import Postbox, open_postbox

PASSWORD = "dragoman-demo"
READY = "Ctrl-C stops everything."
SET_UP_SECONDS = 300.0
LEAVE_UNTRANSLATED = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND priority = 0 AND queue_name = 'translation'"
    )
"""
"""Run after what imports much: other tests do not wait behind hundreds of translations that nobody looks at."""

TRANSLATED = """
import time
from procrastinate.contrib.django.models import ProcrastinateJob
while ProcrastinateJob.objects.filter(status__in=["todo", "doing"], queue_name="translation").exists():
    time.sleep(0.2)
"""
"""Ends when the demo is there in every language: tests set its editions as they need them."""


@dataclass
class Site:
    """A running publication."""

    address: str
    environment: dict[str, str]
    postbox: Postbox
    lines: list[str] = field(default_factory=list)

    def python(self, code: str, given: str = "", patience_seconds: float = 120.0) -> str:
        """What `code` prints, run beside the site with its database; `given` is its standard input."""
        done = subprocess.run(
            [sys.executable, "-c", f"from dragoman.site.cli import setup\nsetup()\n{code}"],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=patience_seconds,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()


@contextmanager
def start_demo(var: Path, port: int) -> Iterator[Site]:
    """`dragoman demo` with its data under `var`, until it says that it is ready; ended afterwards. Its e-mails go to
    a server of ours."""
    with open_postbox() as (postbox, mail_port), _demo(var, port, postbox, mail_port) as site:
        yield site


@contextmanager
def _demo(var: Path, port: int, postbox: Postbox, mail_port: int) -> Iterator[Site]:
    environment = {
        **{
            name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DRAGOMAN_"))
        },
        "DRAGOMAN_VAR": str(var),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent / "src"),
        "DRAGOMAN_PUBLICATION__BASE_URL": f"http://127.0.0.1:{port}",
        "DRAGOMAN_MAIL__TRANSPORT": "smtp",
        "DRAGOMAN_MAIL__HOST": "127.0.0.1",
        "DRAGOMAN_MAIL__PORT": str(mail_port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "dragoman.site.cli", "demo", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    site = Site(f"http://127.0.0.1:{port}", environment, postbox)
    reader = threading.Thread(target=_read, args=(process, site.lines), daemon=True)
    reader.start()
    try:
        wait_until(
            lambda: READY in site.lines or process.poll() is not None, "the demo's address", SET_UP_SECONDS
        )
        assert process.poll() is None, "\n".join(site.lines)
        site.python(TRANSLATED)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _read(process: "subprocess.Popen[str]", lines: list[str]) -> None:
    assert process.stdout is not None
    lines.extend(line.rstrip("\n") for line in process.stdout)


def score_in(text: str) -> int:
    """The score of a comment, as pages in Latin script write it."""
    return int(re.findall(r"-?\d+", text.replace("\u2212", "-"))[-1])


def reads_as_score(number: int) -> re.Pattern[str]:
    """What such a page writes for it."""
    written = str(number).replace("-", "\u2212")
    return re.compile(rf"(?<![\d\u2212]){written}\s*$")


def sign_in(page: Page, email: str, language: str = "en") -> None:
    """Signs in as a reader does, by e-mail address and password."""
    page.goto(f"/{language}/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/account/login/" not in address)
