"""Measurements: `./run bench NAME [--json FILE]`."""

from importlib import import_module

import click

_MEASUREMENTS = {
    "all": ("report", "everything"),
    "cold": ("cold", "cold"),
    "cost": ("costs", "cost"),
    "fidelity": ("fidelity", "fidelity"),
    "live": ("living", "live"),
    "memory": ("resting", "memory"),
    "path": ("path", "path"),
    "profile": ("profiling", "profile"),
    "read": ("reading", "read"),
    "recall": ("recalling", "recall"),
    "report": ("report", "report"),
    "thread": ("threads", "thread"),
    "write": ("writing", "write"),
}


class _Measurements(click.Group):
    """Each is imported when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_MEASUREMENTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _MEASUREMENTS:
            return None
        module, attribute = _MEASUREMENTS[cmd_name]
        command: click.Command = getattr(import_module(f"dragoman.site.bench.{module}"), attribute)
        return command


@click.group(cls=_Measurements)
def bench() -> None:
    """One measurement, printed as a table and, with --json, written as JSON."""
