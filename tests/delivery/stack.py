"""The whole stack around the tiny site: real PostgreSQL, real Granian, under the real supervisor."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

from dragoman.delivery.postgres import EmbeddedPostgres
from tests.delivery.processes import end_marked, free_port, marked, wait_until, working_in

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = "import signal; 'worker'; signal.pause()"
SCRIPT = """
import sys
from pathlib import Path
from dragoman.delivery.postgres import EmbeddedPostgres
from dragoman.delivery.servers import Answering, clear_socket, front_command, web_command
from dragoman.delivery.supervisor import Service, Supervisor

directory, port = Path(sys.argv[1]), int(sys.argv[2])
web = str(directory / "web.sock")
postgres = EmbeddedPostgres(directory / "postgres", log=directory / "log" / "postgres.log")
front = {
    "DRAGOMAN_FRONT_UPSTREAM": web,
    "DRAGOMAN_FRONT_DATABASE": postgres.url,
    "DRAGOMAN_FRONT_STATIC": str(directory / "static"),
    "DRAGOMAN_FRONT_MEDIA": str(directory / "media"),
    "DRAGOMAN_FRONT_STORE": str(directory / "responses"),
    "DRAGOMAN_FRONT_BUILD": "tiny",
}
services = [
    Service("web", web_command(web, application="tests.delivery.tiny_site:application"),
            ready=Answering(web), needs=("postgres",), before=clear_socket(web)),
    Service("front", front_command("127.0.0.1", port), front, ready=Answering(("127.0.0.1", port))),
    Service("worker", (sys.executable, "-c", sys.argv[3]), needs=("postgres",)),
]
announce = lambda: print("ready", flush=True)
sys.exit(Supervisor(services, postgres, directory / "log", announce=announce).run())
"""


class Stack:
    """A running stack; `directory` holds its static, media, log and postgres folders."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.count = directory / "count"
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.marker = f"DRAGOMAN_RUN_ID={directory.name}-{os.getpid()}-{self.port}"
        for name in ("static", "media"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        self.supervisor = self._start()
        self.said: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        wait_until(lambda: "ready" in self.said or self.supervisor.poll() is not None, "the stack", 60)
        assert self.supervisor.poll() is None, self.said

    def _start(self) -> "subprocess.Popen[str]":
        environment = os.environ | {
            "DRAGOMAN_RUN_ID": self.marker.partition("=")[2],
            "TINY_SITE_COUNT": str(self.count),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        }
        command = [sys.executable, "-c", SCRIPT, str(self.directory), str(self.port), WORKER]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    def _listen(self) -> None:
        assert self.supervisor.stdout is not None
        for line in self.supervisor.stdout:
            self.said.append(line.rstrip("\n"))

    @property
    def conninfo(self) -> str:
        return EmbeddedPostgres(self.directory / "postgres").url

    def url(self, path: str) -> str:
        return self.base + path

    def notify(self, payload: str) -> None:
        with psycopg.connect(self.conninfo) as connection:
            connection.execute("SELECT pg_notify('dragoman', %s)", [payload])

    def children(self) -> dict[int, str]:
        """Every process of this run but the supervisor."""
        found = marked(self.marker) | working_in(self.directory / "postgres" / "data")
        return {pid: name for pid, name in found.items() if pid != self.supervisor.pid}

    def leader(self, name: str) -> int | None:
        """The process of a service that the supervisor started itself."""
        text = {
            "web": "delivery.web",
            "front": "front.serving",
            "worker": "'worker'",
            "postgres": "postgres -D",
        }
        for pid, command in self.children().items():
            if text[name] in command and "tether.py" not in command and parent_of(pid) == self.supervisor.pid:
                return pid
        return None

    def followers(self, leader: int) -> list[int]:
        return [pid for pid in self.children() if parent_of(pid) == leader]

    def answers(self) -> bool:
        """Whether front, site and database listener work."""
        try:
            return httpx.get(self.url("/readyz"), timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def asked(self) -> list[str]:
        """The requests that reached the site, where it notes them."""
        return self.count.read_text().splitlines() if self.count.exists() else []

    def stop(self) -> None:
        self.supervisor.kill()
        self.supervisor.wait()
        end_marked(self.marker)
        self._listener.join(10)


class Reader:
    """An open page: reads server-sent events from a socket."""

    def __init__(self, stack: Stack, query: str, headers: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", stack.port), timeout=20)
        request = f"GET /live?{query} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
        self._socket.sendall(request.encode())
        self._file = self._socket.makefile("rb")
        self.status = self._file.readline().decode().strip()
        while self._file.readline().strip():
            pass
        self.greeting = self.block()

    def block(self) -> dict[str, str]:
        """The next block of fields; empty at the end of the stream, or when it is cut off."""
        fields: dict[str, str] = {}
        while line := self._line():
            text = line.decode().rstrip("\r\n")
            if not text and fields:
                return fields
            name, colon, value = text.partition(":")
            if colon and name in ("id", "event", "data", "retry"):
                fields[name] = value.strip()
        return {}

    def _line(self) -> bytes:
        try:
            return self._file.readline()
        except ConnectionError:
            return b""

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


@contextmanager
def running(directory: Path) -> Iterator[Stack]:
    stack = Stack(directory)
    try:
        yield stack
    finally:
        stack.stop()
