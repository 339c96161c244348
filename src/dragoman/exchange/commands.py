"""`dragoman import KIND FILE`. Imports nothing of Django before the command line has set it up."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from dragoman.exchange.errors import ImportRefused
from dragoman.exchange.page import ImportedPage
from dragoman.exchange.reading import read_page


@click.group(name="import")
def import_group() -> None:
    """Import what another system wrote."""


@import_group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", required=True, metavar="xx", help="Language of the page.")
@click.option("--dry-run", is_flag=True, help="Read and report, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@click.pass_context
def page(context: click.Context, file: Path, language: str, dry_run: bool, as_json: bool) -> None:
    """A news page with its thread, as plain text."""
    try:
        read = read_page(file, language)
        report = _with_database(context, _import_page)(read, dry_run)
    except ImportRefused as refusal:
        click.echo(refusal.sentence, err=True)
        sys.exit(2)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _sentence(report, dry_run=dry_run))


def _with_database(context: click.Context, command: Callable[..., Any]) -> Callable[..., Any]:
    """The command line brings how a command gets its database, as the root context's object."""
    wrapper = context.find_root().obj
    wrapped: Callable[..., Any] = wrapper(command) if wrapper is not None else command
    return wrapped


def _import_page(read: ImportedPage, dry_run: bool) -> dict[str, Any]:
    from dragoman.exchange.actions import import_read_page

    return import_read_page(read, dry_run=dry_run).to_json()


def _sentence(report: dict[str, Any], *, dry_run: bool) -> str:
    found = f"1 article, {report['comments']} comments ({report['replies']} replies)"
    if dry_run:
        return f"Would import {found}."
    return f"Imported {found}: {report['address']}"
