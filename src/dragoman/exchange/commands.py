"""`dragoman import KIND FILE`, `dragoman export KIND`. Imports nothing of Django before the command line has set it
up."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

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
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    _tell(report["findings"])
    click.echo(_sentence(report, dry_run=dry_run))


@import_group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", required=True, metavar="xx", help="Language of the thread.")
@click.option("--dry-run", is_flag=True, help="Read and report, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@click.pass_context
def reddit(context: click.Context, file: Path, language: str, dry_run: bool, as_json: bool) -> None:
    """A Reddit thread, as JSON with a submission and its comments."""
    try:
        report = _with_database(context, _import_reddit)(file, language, dry_run)
    except ImportRefused as refusal:
        click.echo(refusal.sentence, err=True)
        sys.exit(2)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _sentence(report, dry_run=dry_run))


@import_group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and report, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@click.pass_context
def terms(context: click.Context, file: Path, dry_run: bool, as_json: bool) -> None:
    """A glossary: TBX or CSV. What the file names is replaced, all else stays."""
    report = _with_database(context, _import_terms)(file, dry_run)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    told = f"{report['terms']} terms: {report['added']} new, {report['changed']} changed, {report['skipped']} as before"
    click.echo(f"Would import {told}." if dry_run else f"Imported {told}.")


@import_group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", metavar="EMAIL", default="", help="Whose words they are from now on.")
@click.option("--dry-run", is_flag=True, help="Read and report, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@click.pass_context
def xliff(context: click.Context, file: Path, by: str, dry_run: bool, as_json: bool) -> None:
    """A translator's XLIFF 2.1 file. What changed since it was given out is reported, not applied."""
    report = _with_database(context, _import_xliff)(file, by, dry_run)
    for line in report.pop("lines"):
        click.echo(line, err=True)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    told = f"{report['applied']} sentences, {report['unchanged']} as before, {report['skipped']} left as they were"
    click.echo(f"Would import {told}." if dry_run else f"Imported {told}.")


@import_group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--scope", type=click.Choice(["newsroom", "discussion"]), default="newsroom", show_default=True)
@click.option("--as-exported", is_flag=True, help="What the file says people made is a person's again.")
@click.option("--dry-run", is_flag=True, help="Read and report, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@click.pass_context
def tmx(
    context: click.Context, file: Path, scope: str, as_exported: bool, dry_run: bool, as_json: bool
) -> None:
    """Translation memory: TMX 1.4b."""
    report = _with_database(context, _import_tmx)(file, scope, as_exported, dry_run)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    _tell(report["findings"])
    click.echo(f"{'Would import' if dry_run else 'Imported'} {report['pairs']} pairs.")


@click.group(name="export")
def export_group() -> None:
    """Export for other systems, to standard output."""


@export_group.command(name="terms")
@click.option("--format", "kind", type=click.Choice(["tbx", "csv"]), default="tbx", show_default=True)
@click.pass_context
def export_terms(context: click.Context, kind: str) -> None:
    """The glossary: TBX-Basic (ISO 30042, DCA style) or CSV."""
    sys.stdout.buffer.write(_with_database(context, _export_terms)(kind).encode())


@export_group.command(name="xliff")
@click.option("--document", required=True, type=click.IntRange(min=1), help="Number of the text.")
@click.option("--language", required=True, metavar="yy", help="Language to translate to.")
@click.pass_context
def export_xliff(context: click.Context, document: int, language: str) -> None:
    """A text in one language for a translator: XLIFF 2.1."""
    sys.stdout.buffer.write(_with_database(context, _export_xliff)(document, language).encode())


@export_group.command(name="tmx")
@click.option("--scope", type=click.Choice(["newsroom", "discussion"]), default="newsroom", show_default=True)
@click.pass_context
def export_memory(context: click.Context, scope: str) -> None:
    """The translation memory: TMX 1.4b. The discussion's is given out only when it is asked for."""
    _with_database(context, _export_tmx)(scope)


def _with_database(context: click.Context, command: Callable[..., Any]) -> Callable[..., Any]:
    """The command line brings how a command gets its database, as the root context's object."""
    wrapper = context.find_root().obj
    wrapped: Callable[..., Any] = wrapper(command) if wrapper is not None else command
    return wrapped


def _import_page(read: ImportedPage, dry_run: bool) -> dict[str, Any]:
    from dragoman.exchange.actions import import_read_page

    return import_read_page(read, dry_run=dry_run).to_json()


def _import_reddit(file: Path, language: str, dry_run: bool) -> dict[str, Any]:
    from dragoman.exchange.threads import import_thread, read_thread

    return import_thread(read_thread(file, language), language, dry_run=dry_run).to_json()


def _import_terms(file: Path, dry_run: bool) -> dict[str, Any]:
    from dragoman.translation.errors import TranslationRefused
    from dragoman.translation.exchange.terms import read_terms
    from dragoman.translation.terms.actions import import_terms

    try:
        entries = read_terms(file.read_bytes())
        report = import_terms(entries, editor=None, dry_run=dry_run)
    except OSError as fault:
        _refuse(f"{file} cannot be read: {fault.strerror}.")
    except TranslationRefused as refusal:
        _refuse(f"{file}: {refusal.sentence}")
    return {
        "terms": len(entries),
        "added": report.added,
        "changed": report.changed,
        "skipped": report.unchanged,
        "findings": [],
    }


def _import_xliff(file: Path, by: str, dry_run: bool) -> dict[str, Any]:
    from dragoman.people.models import User
    from dragoman.translation.desk.bringing import bring_xliff
    from dragoman.translation.errors import TranslationRefused

    reviewer = User.objects.filter(email__iexact=by).first() if by else None
    if by and reviewer is None:
        _refuse(f"Nobody here has the address {by}.")
    try:
        brought = bring_xliff(_bytes(file), reviewer=reviewer, dry_run=dry_run)
    except TranslationRefused as refusal:
        _refuse(f"{file}: {refusal.sentence}")
    return {
        "document": brought.document,
        "language": brought.language,
        "applied": brought.applied,
        "unchanged": brought.unchanged,
        "skipped": len(brought.left),
        "left": [{"line": each.line, "reason": each.reason} for each in brought.left],
        "findings": brought.findings,
        "lines": [each.sentence for each in brought.left],
    }


def _import_tmx(file: Path, scope: str, as_exported: bool, dry_run: bool) -> dict[str, Any]:
    from dragoman.exchange.findings import findings_in
    from dragoman.translation.errors import TranslationRefused
    from dragoman.translation.exchange.tmx import import_tmx, read_tmx

    try:
        rows = list(read_tmx(file))
        count = len(rows) if dry_run else import_tmx(file, scope=scope, as_exported=as_exported)
    except TranslationRefused as refusal:
        _refuse(refusal.sentence)
    findings = [
        {**finding, "where": f"pair {number}, {row.target_language}"}
        for number, row in enumerate(rows, 1)
        for finding in findings_in([("", row.target)], row.target_language)
    ]
    return {"pairs": count, "findings": findings}


def _export_xliff(document: int, language: str) -> str:
    from dragoman.translation.errors import TranslationRefused
    from dragoman.translation.exchange.xliff import write_xliff
    from dragoman.translation.queries import current_edition

    edition = current_edition(document, language)
    if edition is None:
        _refuse(f"There is no translation of text {document} to {language}.")
    try:
        return write_xliff(edition)
    except TranslationRefused as refusal:
        _refuse(refusal.sentence)


def _export_tmx(scope: str) -> None:
    from dragoman.translation.exchange.tmx import export_tmx

    for piece in export_tmx(scope=scope):
        sys.stdout.buffer.write(piece.encode())


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        _refuse(f"{file} cannot be read: {fault.strerror}.")


def _export_terms(kind: str) -> str:
    from dragoman.translation.exchange.terms import write_terms

    return write_terms(kind)


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)


_TOLD = 20  # findings on a terminal; the JSON has all


def _tell(findings: list[dict[str, Any]]) -> None:
    """What seems broken, on standard error: it is imported as it is, for nobody here knows the original."""
    for finding in findings[:_TOLD]:
        click.echo(f"{finding['where']}: {finding['message']}", err=True)
    if len(findings) > _TOLD:
        click.echo(f"… and {len(findings) - _TOLD} more; --json tells all.", err=True)


def _sentence(report: dict[str, Any], *, dry_run: bool) -> str:
    found = f"1 article, {report['comments']} comments ({report['replies']} replies)"
    if dry_run:
        return f"Would import {found}."
    return f"Imported {found}: {report['address']}"
