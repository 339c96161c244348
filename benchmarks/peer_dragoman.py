"""Our adapter for the harness of the peers (../shared/peers): the whole product on the server's core, with its content.

Put this folder before the harness's own on PYTHONPATH and name "dragoman" among the peers; DRAGOMAN_PYTHON is the
interpreter of an environment in which Dragoman is installed (default: this checkout's).
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import content
import lib

ROOT = Path(__file__).resolve().parent.parent
PYTHON = os.environ.get("DRAGOMAN_PYTHON") or str(ROOT / ".venv" / "bin" / "python")
PORT = 60
READ, WRITE = "peers:1", "peers:2"


class Peer:
    """Two copies of the thread: one is read, into the other comments are written."""

    name = "dragoman"

    def __init__(self) -> None:
        self.at, self.processes = lib.WORK / "dragoman", lib.Processes("dragoman")
        self.facts = self.at / "facts.json"
        own = {name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")}
        self.environment = own | {
            "DRAGOMAN_VAR": str(self.at / "var"),
            "DRAGOMAN_PUBLICATION__BASE_URL": self.address,
            "DRAGOMAN_TRANSLATION__FAKE_ENGINE": "true",
            "DRAGOMAN_DISCUSSION__COMMENTS_PER_MINUTE": "0",  # no peer has a limit of posts
            "DRAGOMAN_DISCUSSION__COMMENTS_PER_HOUR": "0",
            "DRAGOMAN_DISCUSSION__NEWCOMER_COMMENTS": "0",
            "PYTHONPATH": str(ROOT / "src"),
        }

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{lib.port(PORT)}"

    def setup(self) -> None:
        """A publication with the content, twice, its editions made: a new one when the content is another."""
        if self.facts.exists() and self._facts()["content"] == content.digest():
            return
        shutil.rmtree(self.at, ignore_errors=True)
        lib.folder("dragoman")
        self.start()
        try:
            said = {"language": "fr", "content": content.content()}
            read, write = (self._tell("content", **said, key=key) for key in (READ, WRITE))
            cookies = self._tell("writers", count=1)["cookies"]
            facts = {"content": content.digest(), "read": read, "write": write, "cookie": cookies[0]}
            self.facts.write_text(json.dumps(facts), encoding="utf-8")
        finally:
            self.processes.stop()

    def start(self) -> None:
        """Supervisor, front, Django, worker and PostgreSQL; ready when it says so."""
        self.processes.start(
            PYTHON, "-m", "dragoman.site.cli", "serve", "--port", lib.port(PORT),
            accepts=lib.port(PORT), env=self.environment, cwd=self.at,
        )  # fmt: skip
        for _ in range(600):
            try:
                if lib.request(self.address + "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            lib.time.sleep(0.2)
        if self.facts.exists():
            lib.request(self.address + self._facts()["read"]["path"])  # the first read makes the page
            self._wait()

    def rows(self) -> list[tuple[str, str]]:
        """What is read."""
        return [("Dragoman, from the response store", self.address + self._facts()["read"]["path"])]

    def version(self) -> str:
        """Of the product and what it stands on."""
        said = "import django, wagtail; print(f'Wagtail {wagtail.__version__}, Django {django.__version__}')"
        told: str = lib.sh(PYTHON, "-c", said, env=self.environment).strip().splitlines()[-1]
        return f"this checkout, {told}, embedded PostgreSQL"

    def queries(self) -> int:
        """Of a page that is made anew; a stored one asks nothing."""
        path = self._facts()["read"]["path"]
        return int(self._tell("queries", paths=[path])[path]["queries"])

    def post(self) -> dict[str, Any]:
        """One account writes from every connection. Each form is a new one: it has no number of its own to be told
        apart by, so that the product makes one."""
        facts = self._facts()
        return {
            "port": lib.port(PORT),
            "path": f"/fr/threads/{facts['write']['thread']}/write/",
            "headers": {"Cookie": facts["cookie"], "Sec-Fetch-Site": "same-origin"},
            "ok": [303],
            "text_field": "source",
            "form": {"language": "fr"},
        }

    def stored(self) -> int:
        """Comments beyond those of the content."""
        thread = self._facts()["write"]["thread"]
        return int(self._tell("stored", thread=thread)["comments"]) - content.COMMENTS

    def reset(self) -> None:
        """Back to the content."""
        self._tell("reset", thread=self._facts()["write"]["thread"])

    def _facts(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.facts.read_text(encoding="utf-8"))
        return told

    def _tell(self, what: str, **about: Any) -> dict[str, Any]:
        """On the client's core: what the harness does is no part of what is measured."""
        done = subprocess.run(
            ["taskset", "-c", lib.CLIENT_CORE, PYTHON, "-m", "dragoman.site.bench.filling", what],
            input=json.dumps(about), env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"dragoman: {what}: {done.stderr[-2000:]}")
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    def _wait(self) -> None:
        """Until the editions are made."""
        for _ in range(600):
            if self._tell("waiting")["jobs"] == 0:
                return
            lib.time.sleep(0.5)
