"""`serve` and `demo`: the processes of a publication."""

import errno
import hashlib
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import NoReturn

import click

from dragoman.delivery.postgres import EmbeddedPostgres, PostgresError, with_patience
from dragoman.delivery.servers import WORKER, Answering, clear_socket, front_command, web_command
from dragoman.delivery.sockets import make_socket_directory
from dragoman.delivery.supervisor import POSTGRES, Service, Step, Supervisor
from dragoman.site.config import Config, load_or_exit, secret_key_or_exit

PACKAGE = Path(__file__).resolve().parent.parent
LOCAL = "127.0.0.1"

Account = dict[str, str]


def refuse(sentence: str) -> NoReturn:
    """One sentence, exit status 2."""
    click.echo(sentence, err=True)
    sys.exit(2)


@click.command()
@click.option("--host", default=LOCAL, show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the publication: PostgreSQL (where embedded), front, Django and worker under one supervisor."""
    config = load_or_exit()
    _require_port(host, port)
    secret_key_or_exit(config)
    prepared = Prepared(config)
    sys.exit(_run(config, host, port, prepared.steps(), lambda: _say_address(host, port)))


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Throw the demo's data away and begin anew.")
def demo(port: int, fresh: bool) -> None:
    """Set up and serve the demo publication."""
    config = _demo_publication(f"http://{LOCAL}:{port}")
    _require_port(LOCAL, port)
    secret_key_or_exit(config)
    if fresh:
        _throw_away(config)
    prepared = Prepared(config)

    def announce() -> None:
        _say_address(LOCAL, port)
        for account in prepared.accounts:
            click.echo(f"  {account['role']:<10} {account['email']:<32} {account['password']}")
        click.echo("Ctrl-C stops everything.")

    sys.exit(_run(config, LOCAL, port, [*prepared.steps(), *prepared.demo_steps()], announce))


def _demo_publication(address: str) -> Config:
    """The configuration, with the demo's name, time zone and address where nothing else is said."""
    told = json.loads((PACKAGE / "site" / "demo" / "publication.json").read_text(encoding="utf-8"))
    own = {"name": told["name"], "time_zone": told.get("time_zone", "UTC"), "base_url": address}
    said = load_or_exit().publication.model_fields_set
    for name in own.keys() - said:
        os.environ[f"DRAGOMAN_PUBLICATION__{name.upper()}"] = own[name]  # so that every process hears it
    return load_or_exit()


# --- the supervisor's side -------------------------------------------------------------------------------------------


def _run(config: Config, host: str, port: int, steps: Sequence[Step], announce: Callable[[], None]) -> int:
    var = config.var.resolve()
    os.environ["DRAGOMAN_VAR"] = str(var)
    # glibc keeps freed memory in an arena for each thread; Python has one thread at work at a time.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    postgres = None if config.database_url else _embedded(config)
    upstream = str(make_socket_directory(var / "run") / "web.sock")
    database = with_patience(postgres.url if postgres else config.database_url)
    services = _services(host, port, upstream, database, var, _front_environment(config))
    return Supervisor(services, postgres, var / "log", steps=steps, announce=announce).run()


def _embedded(config: Config) -> EmbeddedPostgres:
    var = config.var.resolve()
    return EmbeddedPostgres(var / "postgres", log=var / "log" / "postgres.log")


def _build(config: Config) -> str:
    """What pages are made with, beside the database: responses stored under another are not read."""
    own = _digest(
        path for path in PACKAGE.glob("**/*") if path.suffix in (".py", ".html", ".mo", ".po", ".css", ".js")
    )
    installed = _names(Path(click.__file__).parent.parent.glob("*.dist-info"))
    said = repr(config.model_dump(mode="json", exclude={"secret_key"}))
    return hashlib.sha256(f"{own}{installed}{said}".encode()).hexdigest()[:16]


def _front_environment(config: Config) -> dict[str, str]:
    delivery = config.delivery
    return {
        "DRAGOMAN_FRONT_STORE": str(config.var.resolve() / "responses"),
        "DRAGOMAN_FRONT_BUILD": _build(config),
        "DRAGOMAN_FRONT_MEMORY_MB": str(delivery.memory_mb),
        "DRAGOMAN_FRONT_DISK_MB": str(delivery.disk_mb),
        "DRAGOMAN_FRONT_TRUSTED_PROXIES": ",".join(delivery.trusted_proxies),
        "DRAGOMAN_FRONT_SHARED_SECONDS": str(delivery.shared_seconds),
        "DRAGOMAN_FRONT_SHARED_STALE_SECONDS": str(delivery.shared_stale_seconds),
    }


def _services(
    host: str, port: int, upstream: str, database: str, var: Path, front: Mapping[str, str]
) -> list[Service]:
    environment = {
        **front,
        "DRAGOMAN_FRONT_UPSTREAM": upstream,
        "DRAGOMAN_FRONT_DATABASE": database,
        "DRAGOMAN_FRONT_STATIC": str(var / "static"),
        "DRAGOMAN_FRONT_MEDIA": str(var / "media"),
    }
    needs = (POSTGRES,)
    return [
        Service(
            "web",
            web_command(upstream),
            ready=Answering(upstream, "/readyz"),
            needs=needs,
            before=clear_socket(upstream),
        ),
        Service("front", front_command(host, port), environment, ready=Answering((host, port))),
        Service("worker", WORKER, needs=needs),
    ]


def _require_port(host: str, port: int) -> None:
    """A plain bind: Granian would share the port silently."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            refuse(f"Port {port} is in use: choose another with --port, or stop what listens there.")
        refuse(f"Port {port} of {host} cannot be used: {fault.strerror}.")


def _say_address(host: str, port: int) -> None:
    name = f"[{host}]" if ":" in host else host
    click.echo(f"The publication is served at http://{name}:{port}/")
    sys.stdout.flush()


def _command(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "dragoman.site.cli", *arguments)


# --- what has to be done once ----------------------------------------------------------------------------------------


@dataclass
class _Done:
    """What was done, named by digests of what it was made from; `database` tells which database had it."""

    database: str = ""
    migrations: str = ""
    static: str = ""
    phrases: str = ""
    demo: str = ""
    accounts: list[Account] = field(default_factory=list)


class Prepared:
    """Migrations, static files, phrases and the demo: each done again only when what it is made from changed.

    So a second start takes the time of starting the processes. Kept in `var`/prepared.json.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._var = config.var.resolve()
        self._file = self._var / "prepared.json"
        self._done = self._remembered()
        self._loaded: list[Account] = []
        packages = _names(Path(click.__file__).parent.parent.glob("*.dist-info"))
        self._migrations = packages + _digest(PACKAGE.glob("*/migrations/*.py"))
        self._static = packages + _digest(PACKAGE.glob("*/static/**/*"))
        self._phrases = _digest(PACKAGE.glob("translation/phrases/*.tmx"))
        self._demo = _digest(PACKAGE.glob("site/demo/**/*"))

    @property
    def accounts(self) -> list[Account]:
        """The demo's accounts, once it is loaded."""
        return self._done.accounts

    def steps(self) -> list[Step]:
        """What has to be done before serving."""
        done, steps = self._done, []
        if done.migrations != self._migrations:
            steps.append(self._migrate())
        if done.static != self._static or not (self._var / "static" / "staticfiles.json").exists():
            steps.append(self._collect_static())
        if done.phrases != self._phrases:
            steps.append(self._load_phrases())
        return steps

    def demo_steps(self) -> list[Step]:
        """What has to be done for the demo, after `steps`."""
        if self._done.demo == self._demo:
            return []
        load = _command("load-demo", "--json")
        sentence = "Loading the demo publication …"
        return [Step("load-demo", load, sentence=sentence, line=self._hear_account, done=self._remember_demo)]

    def _migrate(self) -> Step:
        command = _command("manage", "migrate", "--verbosity", "0", "--no-input")
        done = self._remember(migrations=self._migrations)
        return Step("migrate", command, sentence="Preparing the database …", done=done)

    def _collect_static(self) -> Step:
        command = _command("manage", "collectstatic", "--verbosity", "0", "--no-input")
        done = self._remember(static=self._static)
        return Step("collectstatic", command, sentence="Collecting static files …", done=done)

    def _load_phrases(self) -> Step:
        done = self._remember(phrases=self._phrases)
        return Step(
            "load-phrases", _command("load-phrases"), sentence="Loading reviewed phrases …", done=done
        )

    def _hear_account(self, line: str) -> None:
        if line.startswith("{"):
            self._loaded.append(json.loads(line))

    def _remember_demo(self) -> None:
        self._done.accounts = self._loaded
        self._remember(demo=self._demo)()

    def _remember(self, **digests: str) -> Callable[[], None]:
        def note() -> None:
            for name, digest in digests.items():
                setattr(self._done, name, digest)
            self._done.database = self._database()
            unfinished = self._file.with_suffix(".new")
            unfinished.write_text(json.dumps(asdict(self._done)), encoding="utf-8")
            unfinished.replace(self._file)

        return note

    def _remembered(self) -> _Done:
        """Nothing, when the file is damaged or speaks of another database."""
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            done = _Done(**{each.name: told[each.name] for each in fields(_Done)})
        except (OSError, ValueError, KeyError, TypeError):
            return _Done()
        return done if done.database == self._database() else _Done()

    def _database(self) -> str:
        """Which database: its address, or for the embedded one, when the cluster was made."""
        if self._config.database_url:
            return hashlib.sha256(self._config.database_url.encode()).hexdigest()
        return _embedded(self._config).made()


def _digest(paths: Iterable[Path]) -> str:
    """Of names, sizes and times of change."""
    found = hashlib.sha256()
    for path in sorted(paths):
        state = path.stat()
        if path.suffix != ".pyc" and path.is_file():
            found.update(f"{path}:{state.st_mtime_ns}:{state.st_size}\n".encode())
    return found.hexdigest()


def _names(paths: Iterable[Path]) -> str:
    return hashlib.sha256("\n".join(sorted(path.name for path in paths)).encode()).hexdigest()


def _throw_away(config: Config) -> None:
    """The demo's database, media and stamps; refused while somebody uses them."""
    if config.database_url:
        refuse("--fresh only throws the embedded database away, and DATABASE_URL names another.")
    try:
        _embedded(config).erase()
    except PostgresError as fault:
        refuse(str(fault))
    var = config.var.resolve()
    for name in ("media", "static", "responses"):
        shutil.rmtree(var / name, ignore_errors=True)
    (var / "prepared.json").unlink(missing_ok=True)
