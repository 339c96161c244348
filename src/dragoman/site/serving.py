"""`serve`, `worker` and `demo`: the processes of a publication."""

import asyncio
import hashlib
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from procrastinate import App

from dragoman.delivery.postgres import EmbeddedPostgres, PostgresError
from dragoman.delivery.servers import WORKER, Answering, clear_socket, front_command, web_command
from dragoman.delivery.sockets import make_socket_directory
from dragoman.delivery.supervisor import Service, Step, Supervisor
from dragoman.delivery.tether import adopt_orphans
from dragoman.site.config import Config, load_or_exit

WORKER_THREADS = 4
READY_SECONDS = 60.0


def refuse(sentence: str) -> None:
    """One sentence, exit status 2."""
    click.echo(sentence, err=True)
    sys.exit(2)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the publication: PostgreSQL (where embedded), front, Django and worker under one supervisor."""
    config = load_or_exit()
    _require_port(host, port)
    sys.exit(_run(config, host, port, _preparations(config), lambda: _say_address(host, port)))


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Throw the demo's data away and begin anew.")
def demo(port: int, fresh: bool) -> None:
    """Set up and serve the demo publication."""
    os.environ.setdefault("DRAGOMAN_PUBLICATION__BASE_URL", f"http://127.0.0.1:{port}")
    _demo_publication()
    config = load_or_exit()
    _require_port("127.0.0.1", port)
    if fresh:
        _throw_away(config)
    accounts = _Accounts(config)

    def announce() -> None:
        _say_address("127.0.0.1", port)
        for account in accounts.known():
            click.echo(f"  {account['role']:<10} {account['email']:<32} {account['password']}")
        click.echo("Ctrl-C stops everything.")

    sys.exit(_run(config, "127.0.0.1", port, [*_preparations(config), *accounts.steps()], announce))


def _demo_publication() -> None:
    """The demo's name and time zone, unless the configuration says otherwise."""
    path = Path(__file__).parent / "demo" / "publication.json"
    if path.exists():
        told = json.loads(path.read_text(encoding="utf-8"))
        os.environ.setdefault("DRAGOMAN_PUBLICATION__NAME", told["name"])
        os.environ.setdefault("DRAGOMAN_PUBLICATION__TIME_ZONE", told.get("time_zone", "UTC"))


@click.command()
def worker() -> None:
    """Run queued jobs: translation, housekeeping."""
    from dragoman.site.cli import setup

    setup()
    adopt_orphans()
    from procrastinate.contrib.django import app

    from dragoman.translation import engines

    try:
        asyncio.run(_work(app))
    finally:
        engines.refresh()


async def _work(app: App) -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                concurrency=WORKER_THREADS,
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=1.0,
                stalled_worker_timeout=3.0,
                delete_jobs="successful",
                shutdown_graceful_timeout=1.0,
            )


# --- the supervisor's side -------------------------------------------------------------------------------------------


def _run(config: Config, host: str, port: int, steps: Sequence[Step], announce: Callable[[], None]) -> int:
    var = config.var.absolute()
    runtime = make_socket_directory(var / "run")
    upstream = str(runtime / "web.sock")
    os.environ["DRAGOMAN_VAR"] = str(var)
    postgres = None if config.database_url else EmbeddedPostgres(var / "postgres")
    front = {
        "DRAGOMAN_FRONT_UPSTREAM": upstream,
        "DRAGOMAN_FRONT_DATABASE": postgres.url if postgres else config.database_url,
        "DRAGOMAN_FRONT_STATIC": str(var / "static"),
        "DRAGOMAN_FRONT_MEDIA": str(var / "media"),
    }
    needs = ("postgres",) if postgres else ()
    services = [
        Service(
            "web",
            web_command(upstream),
            ready=Answering(upstream),
            needs=needs,
            before=clear_socket(upstream),
        ),
        Service("front", front_command(host, port), front, ready=Answering((host, port))),
        Service("worker", WORKER, needs=needs),
    ]
    supervisor = Supervisor(services, postgres, var / "log", steps=steps, announce=announce)
    return supervisor.run()


def _require_port(host: str, port: int) -> None:
    """A plain bind: Granian would share the port silently."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            refuse(f"Port {port} is in use: choose another with --port, or stop what listens there.")


def _say_address(host: str, port: int) -> None:
    click.echo(f"The publication is served at http://{host}:{port}/")
    sys.stdout.flush()


def _command(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "dragoman.site.cli", *arguments)


def _preparations(config: Config) -> list[Step]:
    """Migrations, static files and phrases, only when the code changed since the last time."""
    stamp = config.var.absolute() / "prepared"
    wanted = _digest_of_code()
    if stamp.exists() and stamp.read_text() == wanted:
        return []
    migrate = _command("manage", "migrate", "--verbosity", "0", "--no-input")
    collect = _command("manage", "collectstatic", "--verbosity", "0", "--no-input")
    return [
        Step("migrate", migrate, sentence="Preparing the database …"),
        Step("collectstatic", collect, sentence="Collecting static files …"),
        Step(
            "phrases",
            _command("load-phrases"),
            sentence="Loading reviewed phrases …",
            done=lambda: _write(stamp, wanted),
        ),
    ]


def _write(path: Path, text: str) -> None:
    path.write_text(text)


def _digest_of_code() -> str:
    """Of all that migrations, static files, phrases and the demo are made of; and of where the data is."""
    found = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode())
    for path in _prepared_from():
        found.update(f"{path.name}:{path.stat().st_mtime_ns}:{path.stat().st_size}\n".encode())
    return found.hexdigest()


def _prepared_from() -> Iterator[Path]:
    package = Path(__file__).resolve().parent.parent
    for pattern in ("*/migrations/*.py", "site/static/**/*", "translation/phrases/*.tmx", "site/demo/**/*"):
        yield from sorted(path for path in package.glob(pattern) if path.is_file() and path.suffix != ".pyc")


class _Accounts:
    """The demo's accounts: loaded with its content, remembered for the next start."""

    def __init__(self, config: Config) -> None:
        self._stamp = config.var.absolute() / "demo-loaded.json"
        self._code = _digest_of_code()
        self._loaded: list[dict[str, str]] = []

    def known(self) -> list[dict[str, str]]:
        """What was just loaded, or what was remembered."""
        return self._loaded or list(self._remembered().get("accounts", []))

    def steps(self) -> list[Step]:
        """Loading the demo, unless that was done with this very code."""
        if self._remembered().get("code") == self._code:
            return []
        return [
            Step(
                "load-demo",
                _command("load-demo", "--json"),
                sentence="Loading the demo publication …",
                line=self._line,
                done=self._remember,
            )
        ]

    def _line(self, line: str) -> None:
        if line.startswith("{"):
            self._loaded.append(json.loads(line))

    def _remembered(self) -> dict[str, Any]:
        return dict(json.loads(self._stamp.read_text())) if self._stamp.exists() else {}

    def _remember(self) -> None:
        self._stamp.write_text(json.dumps({"code": self._code, "accounts": self._loaded}))


def _throw_away(config: Config) -> None:
    """The demo's database, media and stamps; refused while somebody uses them."""
    var = config.var.absolute()
    if config.database_url:
        refuse("--fresh only throws the embedded database away, and DATABASE_URL names another.")
    try:
        EmbeddedPostgres(var / "postgres").erase()
    except PostgresError as fault:
        refuse(str(fault))
    for name in ("media", "static", "prepared", "demo-loaded.json"):
        path = var / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
