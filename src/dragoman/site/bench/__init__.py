"""Measurements: `./run bench NAME [--json FILE]`."""

import click

from dragoman.site.bench.fidelity import fidelity
from dragoman.site.bench.path import path


@click.group()
def bench() -> None:
    """One measurement, printed as a table and, with --json, written as JSON."""


bench.add_command(fidelity)
bench.add_command(path)
