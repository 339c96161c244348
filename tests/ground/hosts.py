"""Hosts of the tests' own: network namespaces with a PostgreSQL, an nginx before two publications, and links to cut."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg

from dragoman.delivery.postgres import EmbeddedPostgres
from tests.delivery.processes import end_marked, marked, wait_until
from tests.ground.publication import COMMAND, environment
from tests.shared import ROOT

NAME = "news.test"
ADDRESS = f"http://{NAME}"
PORT = 8000
HUB = "10.213.0.1"
STARTED_WITHIN_SECONDS = 240.0
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"

# PostgreSQL listens on a socket of its directory only: this lets the other hosts reach it, and hides nothing of theirs.
_RELAY = """
import asyncio, sys
async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()
async def met(reader, writer):
    there = await asyncio.open_unix_connection(sys.argv[2])
    await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))
async def main():
    async with await asyncio.start_server(met, sys.argv[1], 5432) as server:
        await server.serve_forever()
asyncio.run(main())
"""


def missing() -> list[str]:
    """What this machine lacks for it."""
    lacking = [name for name in ("ip", "nginx") if shutil.which(name, path=PATH) is None]
    return [*lacking, *(["the rights of root"] if os.geteuid() else [])]


def _ip(*arguments: str) -> None:
    done = subprocess.run(
        ["ip", *arguments], env={"PATH": PATH}, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"


class Host:
    """One host: `dragoman serve` in a namespace that reaches the others by one link."""

    def __init__(self, network: "Network", letter: str, address: str) -> None:
        self.network, self.letter, self.address = network, letter, address
        self.space = f"{network.prefix}{letter}"
        self.var = network.directory / letter
        self.socket = network.directory / f"{letter}.sock"  # nginx's, straight to this host
        self._marker = f"hosts-{network.prefix}-{letter}"
        self._process: subprocess.Popen[bytes] | None = None

    def link(self) -> None:
        """A cable to the hub."""
        hub, far = self.network.hub, f"{self.network.prefix}{self.letter}0"
        _ip("netns", "add", self.space)
        _ip("link", "add", far, "netns", hub, "type", "veth", "peer", "name", "eth0", "netns", self.space)
        _ip("-n", hub, "link", "set", far, "master", "hub", "up")
        _ip("-n", self.space, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", self.space, "link", "set", device, "up")

    def cut(self) -> None:
        """Nothing reaches it, and nobody is told."""
        _ip("-n", self.network.hub, "link", "set", f"{self.network.prefix}{self.letter}0", "down")

    def join(self) -> None:
        _ip("-n", self.network.hub, "link", "set", f"{self.network.prefix}{self.letter}0", "up")

    def launch(self) -> None:
        """Start it, without waiting."""
        self.var.mkdir(exist_ok=True)
        log = (self.network.directory / f"{self.letter}.log").open("ab")
        self._process = subprocess.Popen(
            ["ip", "netns", "exec", self.space, *COMMAND, "serve", "--host", self.address, "--port", str(PORT)],
            env=self.network.environment(self.var, database=self.network.database, run=self._marker),
            cwd=self.var, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip

    def wait(self) -> None:
        """Until it serves."""
        wait_until(self.answers, f"host {self.letter} to serve\n{self.said()}", STARTED_WITHIN_SECONDS)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.said()
        with suppress(httpx.HTTPError), self.client(timeout=5) as client:
            return client.get("/readyz").status_code == 200
        return False

    def said(self) -> str:
        files = [self.network.directory / f"{self.letter}.log", *sorted((self.var / "log").glob("*.log"))]
        return "\n".join(
            f"{file.name}: {file.read_text(errors='replace')[-1500:]}" for file in files if file.exists()
        )

    def kill(self) -> None:
        """kill -9 of everything it runs; the supervisor first."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        end_marked(f"DRAGOMAN_RUN_ID={self._marker}")
        wait_until(lambda: not marked(f"DRAGOMAN_RUN_ID={self._marker}"), "its processes to be gone")

    def client(self, **about: Any) -> httpx.Client:
        """Straight to this host, past the cache and the balancing."""
        return self.network.client(self.socket, **about)


class Network:
    """PostgreSQL and nginx on the hub, two hosts beside it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.prefix = f"dg{os.getpid() % 100_000}"
        self.hub = f"{self.prefix}h"
        self.front = directory / "front.sock"
        self.postgres = EmbeddedPostgres(directory / "postgres")
        self.database = f"postgresql://dragoman@{HUB}:5432/dragoman?sslmode=disable"
        self.a, self.b = Host(self, "a", "10.213.0.2"), Host(self, "b", "10.213.0.3")
        self._beside: list[subprocess.Popen[bytes]] = []

    def environment(self, var: Path, *, database: str, run: str) -> dict[str, str]:
        return environment(
            var,
            PATH=PATH,
            DATABASE_URL=database,
            DRAGOMAN_RUN_ID=run,
            DRAGOMAN_SECRET_KEY="the same on every host of one publication, and of these tests only",
            DRAGOMAN_PUBLICATION__BASE_URL=ADDRESS,
            DRAGOMAN_DELIVERY__TRUSTED_PROXIES=json.dumps([HUB]),
            DRAGOMAN_TRANSLATION__FAKE_ENGINE="true",
            DRAGOMAN_DISCUSSION__COMMENTS_PER_MINUTE="100000",
            DRAGOMAN_DISCUSSION__COMMENTS_PER_HOUR="100000",
            DRAGOMAN_DISCUSSION__NEWCOMER_COMMENTS="0",
        )

    def client(self, socket: Path | None = None, **about: Any) -> httpx.Client:
        """As a browser: through the balancing nginx, unless another socket is named."""
        transport = httpx.HTTPTransport(uds=str(socket or self.front))
        return httpx.Client(
            transport=transport, base_url=ADDRESS, headers={"Origin": ADDRESS}, **({"timeout": 30} | about)
        )

    def tell(self, what: str, **about: Any) -> dict[str, Any]:
        """A function of `bench.filling`, on the hub."""
        done = subprocess.run(
            [sys.executable, "-m", "dragoman.site.bench.filling", what],
            input=json.dumps(about), capture_output=True, text=True, check=False, timeout=120,
            env=self.environment(self.directory / "hub", database=self.postgres.url, run=f"hosts-{self.prefix}-hub"),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def __enter__(self) -> Self:
        _ip("netns", "add", self.hub)
        _ip("-n", self.hub, "link", "add", "hub", "type", "bridge")
        _ip("-n", self.hub, "addr", "add", f"{HUB}/24", "dev", "hub")
        for device in ("lo", "hub"):
            _ip("-n", self.hub, "link", "set", device, "up")
        self.a.link()
        self.b.link()
        self.postgres.start()
        said = psycopg.conninfo.conninfo_to_dict(self.postgres.url)
        self._run("relay", sys.executable, "-c", _RELAY, HUB, f"{said['host']}/.s.PGSQL.5432")
        self._run("nginx", "nginx", "-p", str(self.directory), "-c", str(self._configuration()))
        return self

    def __exit__(self, *_: object) -> None:
        for host in (self.a, self.b):
            with suppress(Exception):
                host.kill()
        for process in self._beside:
            process.terminate()
            process.wait(20)
        self.postgres.stop()
        for space in (self.a.space, self.b.space, self.hub):
            with suppress(AssertionError):
                _ip("netns", "del", space)

    def _run(self, name: str, *command: str) -> None:
        log = (self.directory / f"{name}.log").open("ab")
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.hub, *command],
            env=os.environ | {"PATH": PATH},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        self._beside.append(process)

    def _configuration(self) -> Path:
        """deploy/nginx.conf with both hosts; and a socket for each host alone."""
        folder = self.directory / "nginx"
        folder.mkdir()
        told = (ROOT / "deploy" / "nginx.conf").read_text()
        one = "server 127.0.0.1:8000"
        for line in [line for line in told.splitlines() if one in line]:
            both = (line.replace(one, f"server {host.address}:{PORT}") for host in (self.a, self.b))
            told = told.replace(line, "\n".join(both))
        told = told.replace("listen 80;", f"listen unix:{self.front};")
        told = told.replace("server_name news.example;", f"server_name {NAME};")
        told = told.replace("$remote_addr", "192.0.2.7")  # who comes by a socket has no address
        told = told.replace("/var/cache/nginx/dragoman", str(folder / "cache"))
        straight = "".join(
            f"server {{ listen unix:{host.socket}; location / {{ proxy_pass http://{host.address}:{PORT};"
            " proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $host;"
            " proxy_buffering off; proxy_connect_timeout 1s; proxy_read_timeout 30s; } }\n"
            for host in (self.a, self.b)
        )
        temporary = "".join(
            f"{kind}_temp_path {folder / kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        file = folder / "nginx.conf"
        file.write_text(
            f"daemon off; user root; pid {folder / 'pid'}; error_log {folder / 'errors'};"
            f"events {{}} http {{ access_log off; {temporary} {told} {straight} }}"
        )
        return file


@contextmanager
def two_hosts(directory: Path) -> Iterator[Network]:
    """Both started at the same moment on an empty database, as after a power cut."""
    with Network(directory) as network:
        network.a.launch()
        network.b.launch()
        network.a.wait()
        network.b.wait()
        yield network
