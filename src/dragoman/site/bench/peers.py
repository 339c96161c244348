"""The peers: the independent harness beside this checkout, where it is, and nginx everywhere."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from dragoman.site.bench.measuring import CLIENT_CORE, SERVER_CORE, on_core
from dragoman.site.bench.sample import sample

ROOT = Path(__file__).resolve().parents[4]
HARNESS = ROOT.parent / "shared" / "peers"
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def is_there() -> bool:
    """Whether the harness stands beside this checkout."""
    return (HARNESS / "peers.py").exists()


def content() -> dict[str, Any]:
    """The article and its 200 comments: the harness's own, or ours of the same size."""
    if not is_there():
        return sample()
    told = subprocess.run(
        [sys.executable, str(HARNESS / "content.py"), "json"], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def prepared() -> list[str]:
    """The harness's peers that are set up already in its work folder: what it installs takes minutes."""
    work = Path(os.environ.get("PEERS_WORK") or "/tmp/peers")  # noqa: S108 - the harness's own default
    marks = {"wagtail": "wagtail/facts.json", "wordpress": "wordpress", "isso": "isso/comments.db"}
    return [name for name, mark in marks.items() if is_there() and (work / mark).exists()]


@contextmanager
def nginx(folder: Path, port: int, files: Mapping[str, bytes]) -> Iterator[str]:
    """One worker on the server's core that sends prepared bytes (`name.gz` in place of `name`), its version: the
    limit."""
    for name, body in files.items():
        (folder / name).write_bytes(body)
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        " events { worker_connections 1024; } http { access_log off; sendfile on; tcp_nopush on;"
        " types { text/html html; } default_type text/html; keepalive_requests 1000000;"
        + "".join(f"{name}_temp_path {folder}/t-{name};" for name in _TEMPORARY)
        + f" server {{ listen 127.0.0.1:{port}; root {folder}; gzip_static on; }} }}"
    )  # fmt: skip
    folder.chmod(0o755)
    process = subprocess.Popen(
        ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], preexec_fn=on_core(SERVER_CORE)
    )
    try:
        told = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr
        yield told.rpartition("/")[2].strip()
    finally:
        process.terminate()
        process.wait(10)


def missing(*programs: str) -> list[str]:
    """Those that are not installed."""
    return [name for name in programs if shutil.which(name) is None]


@contextmanager
def running(names: list[str]) -> Iterator[list[Any]]:
    """These peers of the harness, set up already, started on the server's core."""
    with ExitStack() as stack:
        found = []
        if names:
            stack.enter_context(_harness_modules())
        for name in names:
            peer = import_module(f"peer_{name}").Peer()
            stack.callback(peer.processes.stop)
            peer.start()
            found.append(peer)
        yield found


@contextmanager
def _harness_modules() -> Iterator[None]:
    """The harness's modules have plain names: they are looked for while they are used, and no longer."""
    os.environ.setdefault("PEERS_SERVER_CORE", str(SERVER_CORE))
    os.environ.setdefault("PEERS_CLIENT_CORE", str(CLIENT_CORE))
    sys.path.insert(0, str(HARNESS))
    try:
        yield
    finally:
        sys.path.remove(str(HARNESS))


def posted(peer: Any, connections: int, seconds: int, run: int) -> float:
    """Comments a second that a peer acknowledges, as the harness writes them; the thread is put back."""
    spec = peer.post() | {"host": "127.0.0.1", "connections": connections, "seconds": seconds, "run": run}
    done = subprocess.run(
        [sys.executable, str(HARNESS / "post.py")], input=json.dumps(spec), capture_output=True, text=True,
        check=True, preexec_fn=on_core(CLIENT_CORE),
    )  # fmt: skip
    peer.reset()
    return float(json.loads(done.stdout.splitlines()[-1])["per_second"])
