"""The command line: `dragoman …`. Results on standard output (JSON: one object a line), the rest on standard error."""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from dragoman.text.terms import Glossary, Term

SETTINGS = "dragoman.site.settings"
_MIGRATING = 0x64726167_6D6967  # the advisory lock of who migrates


def setup() -> None:
    """Django, set up once: a process that was forked from one that has it writes into nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def refuse(sentence: str) -> NoReturn:
    """One sentence on standard error, exit status 2."""
    click.echo(sentence, err=True)
    sys.exit(2)


def with_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command with a database that is there and migrated: the running one, or one for the duration."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        setup()
        from django.conf import settings

        if not settings.EMBEDDED_DATABASE:
            _require_database()
            return command(*args, **kwargs)
        from dragoman.delivery.postgres import EmbeddedPostgres
        from dragoman.delivery.supervisor import RUN_ID

        with EmbeddedPostgres(settings.POSTGRES_DIRECTORY).attach_or_start():
            if RUN_ID not in os.environ:  # the supervisor that runs us has migrated it
                _migrate()
            return command(*args, **kwargs)

    return wrapped


def _require_database() -> None:
    """The one of DATABASE_URL; without asking, Django would wait for it and then tell how it waited."""
    import psycopg
    from procrastinate.contrib.django.utils import connector_params

    try:
        psycopg.connect(**connector_params()).close()
    except psycopg.OperationalError as fault:
        reason = str(fault).strip().partition("\n")[0]
        refuse(f"The database of DATABASE_URL cannot be reached: {reason}.")


def _compare_models_only() -> None:
    """`makemigrations` compares models and files; no database has to be there, nor to be waited for."""
    from django.db import connection

    connection.settings_dict["ENGINE"] = "django.db.backends.dummy"  # so that Django does not ask its history


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone() -> Iterator[None]:
    """One host at a time: of several that start together on one database, one migrates and the others find it done.

    They ask again and again: a statement that waits would hold a snapshot, for which CREATE INDEX CONCURRENTLY waits.
    """
    import psycopg
    from procrastinate.contrib.django.utils import connector_params

    _require_database()
    with psycopg.connect(**connector_params(), autocommit=True) as connection:
        while connection.execute("SELECT pg_try_advisory_lock(%s)", [_MIGRATING]).fetchone() != (True,):
            time.sleep(0.2)
        yield


# Commands of other modules, each imported only when it is named: a fault in one leaves the others usable.
_ELSEWHERE = {
    "serve": ("dragoman.site.serving", "serve"),
    "worker": ("dragoman.site.worker", "worker"),
    "demo": ("dragoman.site.serving", "demo"),
    "engines": ("dragoman.site.engines", "engines"),
    "import": ("dragoman.exchange.commands", "import_group"),
    "export": ("dragoman.exchange.commands", "export_group"),
    "bench": ("dragoman.site.bench", "bench"),
    "lint": ("dragoman.site.lint", "lint"),
    "store": ("dragoman.site.responses", "store"),
}


class _Commands(click.Group):
    """Those of this module, and those of `_ELSEWHERE`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, attribute = _ELSEWHERE[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("0.1.0", package_name="dragoman")
@click.pass_context
def dragoman(context: click.Context) -> None:
    """One publication, one conversation, every language."""
    context.obj = with_database


@dragoman.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own commands (migrate, createsuperuser, …)."""
    setup()
    from django.conf import settings
    from django.core.management import execute_from_command_line

    argv = ["dragoman manage", *arguments]
    if arguments[:1] == ("makemigrations",):
        _compare_models_only()
    if not settings.EMBEDDED_DATABASE or arguments[:1] in (("makemigrations",), ("collectstatic",)):
        with _alone() if arguments[:1] == ("migrate",) else nullcontext():
            execute_from_command_line(argv)
        return
    from dragoman.delivery.postgres import EmbeddedPostgres

    with EmbeddedPostgres(settings.POSTGRES_DIRECTORY).attach_or_start():
        execute_from_command_line(argv)


@dragoman.command()
@click.option("--from", "source", required=True, metavar="xx", help="Language of the text.")
@click.option("--to", "target", required=True, metavar="yy", help="Language to translate to.")
@click.option("--html", "markup", is_flag=True, help="The text is HTML and comes back as HTML.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with text, findings and engine.")
@click.option(
    "--terms", metavar="FILE", type=click.Path(path_type=Path), help="Honour this glossary (TBX or CSV)."
)
@click.option(
    "--glossary", "own", is_flag=True, help="Honour the publication's glossary: needs its database."
)
def translate(source: str, target: str, markup: bool, as_json: bool, terms: Path | None, own: bool) -> None:
    """Translate standard input to standard output, with the installed engines and the gate."""
    setup()
    from dragoman.engines.errors import EngineError
    from dragoman.translation.plain import translate_text

    glossary = _glossary(terms, own, source, target)
    text = sys.stdin.buffer.read()
    try:
        result = translate_text(text.decode("utf-8"), source, target, markup=markup, glossary=glossary)
    except UnicodeDecodeError as fault:
        refuse(f"The text is not UTF-8: byte {fault.start} cannot be read.")
    except EngineError as fault:
        refuse(str(fault))
    if as_json:
        click.echo(json.dumps(result.to_json(), ensure_ascii=False))
    else:
        click.echo(result.text)
        for finding in result.findings:
            click.echo(f"{finding.severity}: {finding.message}", err=True)


def _glossary(file: Path | None, own: bool, source: str, target: str) -> "Glossary | None":
    """A file's terms, and the publication's but for those whose wordings the file has."""
    from dragoman.text.terms import Glossary

    brought = _terms_of_file(file, source, target) if file else ()
    if not own:
        return Glossary(brought, source) if brought else None
    wordings = {wording.casefold() for term in brought for wording in term.wordings}
    kept = [
        term
        for term in with_database(_terms_of_publication)(source, target)
        if not any(wording.casefold() in wordings for wording in term.wordings)
    ]
    return Glossary([*(replace(term, number=-term.number) for term in brought), *kept], source)


def _terms_of_file(file: Path, source: str, target: str) -> "tuple[Term, ...]":
    from dragoman.translation.errors import TranslationRefused
    from dragoman.translation.exchange.terms import read_terms
    from dragoman.translation.terms.entries import glossary_of

    try:
        return glossary_of(read_terms(file.read_bytes()), source, target).terms
    except OSError as fault:
        refuse(f"{file} cannot be read: {fault.strerror}.")
    except TranslationRefused as refusal:
        refuse(f"{file}: {refusal.sentence}")


def _terms_of_publication(source: str, target: str) -> "tuple[Term, ...]":
    from dragoman.translation.terms.queries import glossary

    return glossary(source, target).terms


@dragoman.command(name="load-demo", hidden=True)
@click.option("--json", "as_json", is_flag=True)
@with_database
def load_demo(as_json: bool) -> None:
    """Load the demo publication; what is there already stays."""
    from dragoman.site.demo.loader import load

    for account in load():
        if as_json:
            click.echo(json.dumps(account, ensure_ascii=False))
        else:
            click.echo(f"{account['role']}: {account['email']}  {account['password']}")


@dragoman.command(name="load-phrases", hidden=True)
@with_database
def load_phrases() -> None:
    """Store the reviewed phrases that are shipped as newsroom memory."""
    from dragoman.translation.phrasebook import load

    click.echo(f"{load()} phrases")


class _Language(click.ParamType[str]):
    """A language tag by its shape (BCP 47): checks work for languages that no engine knows."""

    name = "language"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
            self.fail(f"{value!r} is not a language tag.", param, ctx)
        return value


@dragoman.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--source-language", required=True, metavar="xx", type=_Language())
@click.option("--target-language", required=True, metavar="yy", type=_Language())
@click.option("--columns", default="source,target", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Kept for clarity: the result is always JSON.")
def fidelity(file: str, source_language: str, target_language: str, columns: str, as_json: bool) -> None:
    """Examine translations in a TSV file (UTF-8, header, unquoted): one JSON object a row."""
    del as_json
    from dragoman.fidelity.tsv import MalformedRows, check_rows

    names = tuple(columns.split(","))
    try:
        with Path(file).open("rb") as lines:
            for row in check_rows(_decoded(lines, file), source_language, target_language, names):
                click.echo(json.dumps(row, ensure_ascii=False))
    except MalformedRows as fault:
        refuse(str(fault))


def _decoded(lines: Iterable[bytes], file: str) -> Iterator[str]:
    """Lines of text; a byte order mark is none of the first column's name."""
    for number, line in enumerate(lines, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as fault:
            refuse(f"{file} is not UTF-8: byte {fault.start + 1} of line {number} cannot be read.")


def main() -> None:
    """Entry point. What is wrong with a command line is one sentence, like everything else that is wrong."""
    try:
        status = dragoman.main(prog_name="dragoman", standalone_mode=False)
    except click.ClickException as fault:
        refuse(fault.format_message())
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # who read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
