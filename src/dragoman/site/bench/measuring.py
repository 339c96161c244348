"""How everything is measured: runs that alternate, the middle of them, and how far they lie apart."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

SERVER_CORE, CLIENT_CORE = 0, 1
RUNS, QUICK_RUNS = 7, 2
_QUICK = "BENCH_QUICK"  # for the processes of a quick look
WIDEST = 15.0
"""Per cent of the median between the quartiles of the runs: what is further apart was not measured."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was measured, in each run. `budget` is told as the issue has it, `holds` asks the median."""

    what: str
    values: Sequence[float]
    unit: str = ""
    budget: str = ""
    holds: Callable[[float], bool] | None = None
    note: str = ""
    counted: bool = False  # a count is the same however busy the machine

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """Between the quartiles, in per cent of the median."""
        if len(self.values) < 2 or not self.median:
            return 0.0
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return 100 * (high - low) / abs(self.median)

    @property
    def measured(self) -> bool:
        """Whether the runs agree."""
        return self.counted or self.spread <= WIDEST

    @property
    def met(self) -> bool | None:
        """Whether the budget holds; None where there is none."""
        return self.holds(self.median) if self.holds else None

    def to_json(self) -> dict[str, Any]:
        """For the file."""
        return {
            "what": self.what,
            "median": round(self.median, 3),
            "unit": self.unit,
            "lowest": round(min(self.values), 3),
            "highest": round(max(self.values), 3),
            "spread": round(self.spread, 1),
            "measured": self.measured,
            "budget": self.budget,
            "met": self.met,
            "note": self.note,
        }


@dataclass(slots=True)
class Result:
    """What one bench found, beside whom, and what it left out."""

    bench: str
    title: str
    method: str
    figures: list[Figure] = field(default_factory=list)
    peers: dict[str, str] = field(default_factory=dict)  # name → version, or why it was left out
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, values: Sequence[float] | float, unit: str = "", **about: Any) -> Figure:
        """One row more."""
        own = [float(values)] if isinstance(values, int | float) else list(values)
        figure = Figure(what, own, unit, **about)
        self.figures.append(figure)
        return figure

    def to_json(self) -> dict[str, Any]:
        """For the file."""
        return {
            "bench": self.bench,
            "title": self.title,
            "method": self.method,
            "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "machine": machine(),
            "figures": [figure.to_json() for figure in self.figures],
            "peers": self.peers,
            "notes": self.notes,
        }


def machine() -> dict[str, Any]:
    """Where it was measured, and how busy it was beside."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    return {
        "cpu": cpu or platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def alternating(rows: Mapping[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """One run of each row, then the next of each, so that the machine's moods are shared out."""
    found: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(runs):
        for name, run in rows.items():
            found[name].append(run())
    return found


def on_core(core: int) -> Callable[[], None]:
    """For a child: stay on this core. Where there is one only, and for a quick look, everything shares them all."""
    allowed = os.sched_getaffinity(0)
    wanted = allowed if _QUICK in os.environ else {core} & allowed or allowed
    return lambda: os.sched_setaffinity(0, wanted)


def wait_for_core(core: int, seconds: float = 5.0) -> None:
    """Until it rests: servers go on with what a load has left behind, into the next run. Not for ever: a busy machine
    never rests."""
    until, quiet = time.monotonic() + seconds, 0
    while quiet < 2 and time.monotonic() < until:
        before = _idle_ticks(core)
        time.sleep(0.1)
        quiet = quiet + 1 if _idle_ticks(core) - before >= _AT_REST else 0


_AT_REST = 8  # of the ten ticks in a tenth of a second


def _idle_ticks(core: int) -> int:
    for line in Path("/proc/stat").read_text(encoding="ascii").splitlines():
        if line.startswith(f"cpu{core} "):
            return int(line.split()[4])
    return 0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all lies below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def show(told: Mapping[str, Any]) -> None:
    """A result as a table."""
    table = Table(title=told["title"], title_justify="left", caption=told["method"], caption_justify="left")
    table.add_column("what")
    for name in ("median", "lowest–highest", "spread", "budget", "holds"):
        table.add_column(name, justify="right")
    for row in told["figures"]:
        table.add_row(*_cells(row))
    console = Console(width=None if Console().is_terminal else 160)
    console.print(table)
    for name, about in told["peers"].items():
        console.print(f"{name}: {about}", highlight=False)
    for note in told["notes"]:
        console.print(f"· {note}", highlight=False)


def _cells(row: Mapping[str, Any]) -> list[str]:
    about = f" ({row['note']})" if row["note"] else ""
    return [
        f"{row['what']}{about}",
        f"{figure(row['median'])} {row['unit']}".strip() + ("" if row["measured"] else " — not measured"),
        f"{figure(row['lowest'])}–{figure(row['highest'])}",
        f"{row['spread']:.0f} %",
        row["budget"],
        {True: "yes", False: "no", None: ""}[row["met"]],
    ]


def figure(value: float) -> str:
    """With as many places as mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


Measure = Callable[[bool], Result]


def measurement(name: str) -> Callable[[Measure], click.Command]:
    """A command that measures, shows and writes; the function gets whether a quick look is wanted."""

    def made(measure: Measure) -> click.Command:
        @click.command(name=name)
        @click.option(
            "--json", "file", type=click.Path(dir_okay=False), help="Write the figures there as JSON."
        )
        @click.option("--quick", is_flag=True, help="Fewer and shorter runs: to see that it works.")
        @wraps(measure)
        def command(file: str | None, quick: bool) -> None:
            if quick:
                os.environ[_QUICK] = "1"
            told = measure(quick).to_json() | {"quick": quick}
            show(told)
            if file:
                text = json.dumps(told, ensure_ascii=False, indent=1)
                Path(file).write_text(text + "\n", encoding="utf-8")

        return command

    return made
