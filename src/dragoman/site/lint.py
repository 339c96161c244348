"""`dragoman lint`: monolingual findings on one text."""

import json
from pathlib import Path

import click

from dragoman.fidelity.lint import lint as findings_of
from dragoman.site.cli import refuse


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--language", required=True, metavar="xx", help="Language of the text.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
def lint(file: str, language: str, as_json: bool) -> None:
    """Broken times and units, emoticon codes read as words, leaked entities, in a text (UTF-8)."""
    try:
        text = Path(file).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        refuse(f"{file} is not UTF-8: byte {fault.start + 1} cannot be read.")
    for finding in findings_of(text, language):
        line = text.count("\n", 0, finding.target[0][0]) + 1
        if as_json:
            told = {
                "check": finding.check,
                "code": finding.code,
                "severity": finding.severity,
                "message": finding.message,
                "line": line,
                "source": [],
                "target": [list(place) for place in finding.target],
                "text": finding.params["written"],
            }
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            click.echo(f"{line}: {finding.message}")
