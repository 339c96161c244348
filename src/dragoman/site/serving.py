"""`serve` and `demo`: what is asked is checked here, before `running` becomes the supervisor."""

import errno
import hashlib
import json
import os
import shutil
import socket
import sys
from typing import NoReturn

import click

from dragoman.delivery.patience import with_patience
from dragoman.delivery.postgres import PostgresError
from dragoman.site.config import Config, load_or_exit, secret_key_or_exit
from dragoman.site.prepared import PACKAGE, digest, embedded, installed
from dragoman.site.running import Plan

LOCAL = "127.0.0.1"


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
    _plan(config, host, port).carry_out()


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
    _plan(config, LOCAL, port, demo=True).carry_out()


def _demo_publication(address: str) -> Config:
    """The configuration, with the demo's name, time zone and address where nothing else is said."""
    told = json.loads((PACKAGE / "site" / "demo" / "publication.json").read_text(encoding="utf-8"))
    own = {"name": told["name"], "time_zone": told.get("time_zone", "UTC"), "base_url": address}
    said = load_or_exit().publication.model_fields_set
    for name in own.keys() - said:
        os.environ[f"DRAGOMAN_PUBLICATION__{name.upper()}"] = own[name]  # so that every process hears it
    return load_or_exit()


def _plan(config: Config, host: str, port: int, *, demo: bool = False) -> Plan:
    var = config.var.resolve()
    os.environ["DRAGOMAN_VAR"] = str(var)
    # glibc keeps freed memory in an arena for each thread; Python has one thread at work at a time.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    # Whoever finds nothing compiled compiles it at every start: seconds, and memory that stays.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return Plan(var, config.database_url, host, port, demo, _front_environment(config))


def _build(config: Config) -> str:
    """What pages are made with, beside the database: responses stored under another are not read."""
    own = digest(
        path for path in PACKAGE.glob("**/*") if path.suffix in (".py", ".html", ".mo", ".po", ".css", ".js")
    )
    said = repr(config.model_dump(mode="json", exclude={"secret_key"}))
    return hashlib.sha256(f"{own}{installed()}{said}".encode()).hexdigest()[:16]


def _front_environment(config: Config) -> dict[str, str]:
    delivery, var = config.delivery, config.var.resolve()
    return {
        "DRAGOMAN_FRONT_DATABASE": with_patience(config.database_url or embedded(var).url),
        "DRAGOMAN_FRONT_STATIC": str(var / "static"),
        "DRAGOMAN_FRONT_MEDIA": str(var / "media"),
        "DRAGOMAN_FRONT_STORE": str(var / "responses"),
        "DRAGOMAN_FRONT_BUILD": _build(config),
        "DRAGOMAN_FRONT_MEMORY_MB": str(delivery.memory_mb),
        "DRAGOMAN_FRONT_DISK_MB": str(delivery.disk_mb),
        "DRAGOMAN_FRONT_TRUSTED_PROXIES": ",".join(delivery.trusted_proxies),
        "DRAGOMAN_FRONT_SHARED_SECONDS": str(delivery.shared_seconds),
        "DRAGOMAN_FRONT_SHARED_STALE_SECONDS": str(delivery.shared_stale_seconds),
    }


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


def _throw_away(config: Config) -> None:
    """The demo's database, media and stamps; refused while somebody uses them."""
    if config.database_url:
        refuse("--fresh only throws the embedded database away, and DATABASE_URL names another.")
    var = config.var.resolve()
    try:
        embedded(var).erase()
    except PostgresError as fault:
        refuse(str(fault))
    for name in ("media", "static", "responses"):
        shutil.rmtree(var / name, ignore_errors=True)
    (var / "prepared.json").unlink(missing_ok=True)
