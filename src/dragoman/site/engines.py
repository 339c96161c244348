"""`engines`: the models of the embedded engine and the servers of the others: list, add, remove, verify."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:  # they would cost every start of the command line
    from dragoman.engines.downloads import Progress
    from dragoman.engines.protocol import Engine, Pair
    from dragoman.engines.weights import Problem

_PAIR = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")


@click.group(invoke_without_command=True)
@click.pass_context
def engines(context: click.Context) -> None:
    """The engines: list, add and remove models, verify."""
    from dragoman.site.cli import setup

    setup()
    if context.invoked_subcommand is None:
        context.invoke(list_engines)


@engines.command(name="list")
@click.option("--json", "as_json", is_flag=True)
def list_engines(as_json: bool = False) -> None:
    """Every model that is installed, and every engine behind a server."""
    from django.conf import settings

    from dragoman.translation.engines import weights

    models = weights().find()
    for files in models:
        told: dict[str, object] = {"pair": str(files.pair), "model": files.name, "bytes": files.bytes}
        _tell(as_json, told, f"{files.pair}  {files.name}  {files.bytes / 1e6:.0f} MB")
    servers = [each for each in settings.TRANSLATION_ENGINES if each.kind != "embedded"]
    for each in servers:
        host = urlsplit(each.url).netloc
        told = {"engine": each.known_as, "kind": each.kind, "server": host, "confidential": each.confidential}
        _tell(as_json, told, f"{each.known_as}  {each.kind}  {host}")
    if not models and not servers and not as_json:
        click.echo("No models are installed: texts are shown in the original until there are some.", err=True)


@engines.command()
@click.argument("pairs", nargs=-1, required=True, metavar="xx-yy …")
@click.option("--from", "store", metavar="URL", help="A store or a mirror, instead of the configured one.")
@click.option("--architecture", metavar="NAME", help="tiny, base-memory, …; else the best that is offered.")
@click.option("--json", "as_json", is_flag=True)
def add(pairs: tuple[str, ...], store: str | None, architecture: str | None, as_json: bool) -> None:
    """Load models: checked, tried, and in place whole or not at all. What broke off goes on the next time."""
    from django.conf import settings

    from dragoman.engines.downloads import Downloader, DownloadRefused

    wanted = [_pair(each, as_json) for each in pairs]
    address = store or settings.TRANSLATION_MODELS_URL
    if not address.startswith(("http://", "https://")):
        _refuse(as_json, "bad_store", f"“{address}” does not begin with http:// or https://.")
    for pair in wanted:
        try:
            with _progress() as progress:
                loader = Downloader(settings.TRANSLATION_WEIGHTS_DIRECTORY, address, progress=progress)
                added = loader.add(pair, architecture)
        except DownloadRefused as fault:
            _refuse(as_json, fault.code, str(fault))
        told = {
            "pair": str(pair),
            "model": added.files.name,
            "bytes": added.files.bytes,
            "added": added.changed,
            "unlisted": list(added.unlisted),
        }
        did = "added" if added.changed else "was there already"
        _tell(as_json, told, f"{pair}  {added.files.name}  {did}")
        if added.unlisted and not as_json:
            names = ", ".join(added.unlisted)
            click.echo(f"The list gives no sum for {names}: it was recorded as it came.", err=True)


@engines.command()
@click.argument("pairs", nargs=-1, required=True, metavar="xx-yy …")
@click.option("--json", "as_json", is_flag=True)
def remove(pairs: tuple[str, ...], as_json: bool) -> None:
    """Remove models that were added."""
    from django.conf import settings

    from dragoman.engines import downloads

    for pair in [_pair(each, as_json) for each in pairs]:
        try:
            files = downloads.remove(settings.TRANSLATION_WEIGHTS_DIRECTORY, pair)
        except downloads.DownloadRefused as fault:
            _refuse(as_json, fault.code, str(fault))
        told = {"pair": str(pair), "model": files.name, "bytes": files.bytes, "removed": True}
        _tell(as_json, told, f"{pair}  {files.name}  removed")


@engines.command()
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> None:
    """Have every model and every server translate a sentence; exit status 1 when one does not."""
    from dragoman.engines import weights as models
    from dragoman.translation.engines import weights

    sound = True
    for files in weights().find():
        problems = models.verify(files)
        sound = sound and not problems
        told = {"pair": str(files.pair), "model": files.name, "problems": _problems(problems)}
        _tell(as_json, told, f"{files.pair}  {files.name}  {_verdict(problems)}")
    for engine in _servers():
        problems = _tried(engine)
        sound = sound and not problems
        told = {"engine": engine.name, "problems": _problems(problems)}
        _tell(as_json, told, f"{engine.name}  {_verdict(problems)}")
    sys.exit(0 if sound else 1)


def _servers() -> "Iterator[Engine]":
    from django.conf import settings

    from dragoman.translation.engines import http_engine

    for each in settings.TRANSLATION_ENGINES:
        if each.kind != "embedded":
            engine = http_engine(each)
            yield engine
            engine.close()


def _tried(engine: "Engine") -> "list[Problem]":
    """One pair stands for all: they share a server, a key and a model."""
    from dragoman.engines.errors import EngineError
    from dragoman.engines.weights import Problem, probe

    try:
        pairs = sorted(engine.pairs(), key=lambda pair: (pair.source != "en", pair))
    except EngineError as fault:
        return [Problem(fault.code, str(fault))]
    return probe(engine, pairs[0]) if pairs else [Problem("no_pairs", "It has no languages.")]


def _problems(found: "list[Problem]") -> list[dict[str, str]]:
    return [{"code": each.code, "message": each.message} for each in found]


def _verdict(found: "list[Problem]") -> str:
    return "; ".join(each.message for each in found) or "sound"


def _pair(text: str, as_json: bool) -> "Pair":
    from dragoman.engines.protocol import Pair

    named = _PAIR.fullmatch(text)
    if named is None or named[1] == named[2]:
        _refuse(as_json, "bad_pair", f"“{text}” is not a pair of languages: write it like en-fr.")
    return Pair(named[1], named[2])


def _tell(as_json: bool, told: Mapping[str, object], line: str) -> None:
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)


def _refuse(as_json: bool, code: str, sentence: str) -> NoReturn:
    """One sentence on standard error, exit status 2; for programs the code besides."""
    from dragoman.site.cli import refuse

    if as_json:
        click.echo(json.dumps({"error": code, "message": sentence}, ensure_ascii=False))
    refuse(sentence)


@contextmanager
def _progress() -> "Iterator[Progress]":
    """A line that grows on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks = {}

        def told(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = shown.add_task(name, total=total)
            shown.update(tasks[name], completed=done, total=total)

        yield told
