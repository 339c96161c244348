"""`bench fidelity`: what the gate notices of errors, and how often it is alarmed by what is good."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dragoman.fidelity.findings import Severity, Verdict
from dragoman.fidelity.gate import examine_all, verdict
from dragoman.site.bench.specimens import Half, Kind, Specimen, specimens

CORPORA = Path(__file__).resolve().parents[5] / "shared" / "corpora"


@dataclass(slots=True)
class Tally:
    """How many of a name in a half, how many raised an alarm, were refused, and by which checks."""

    count: int = 0
    alarms: int = 0
    refused: int = 0
    others: int = 0
    checks: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.count += other.count
        self.alarms += other.alarms
        self.refused += other.refused
        self.others += other.others
        self.checks.update(other.checks)


_WARMING = 64
Tallies = dict[tuple[Kind, str, Half], Tally]


@click.command()
@click.option("--json", "file", type=click.Path(dir_okay=False), help="Write the figures there as JSON.")
@click.option("--corpora", type=click.Path(exists=True, file_okay=False), default=None)
@click.option("--pofilter/--no-pofilter", default=True, help="Ask translate-toolkit about the same rows.")
def fidelity(file: str | None, corpora: str | None, pofilter: bool) -> None:
    """Detection by phenomenon, alarms on what is good, next to pofilter, and pairs a second."""
    place = Path(corpora) if corpora else CORPORA
    if not (place / "mt_errors").is_dir():
        raise click.UsageError(f"The corpora are not at {place}; name them with --corpora.")
    found = list(specimens(place))
    tallies, seconds = _measured(found)
    judged = pofilter and _by_pofilter(found, tallies)
    result = _result(tallies, len(found) / seconds, judged)
    _show(result)
    if file:
        Path(file).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _measured(found: Sequence[Specimen]) -> tuple[Tallies, float]:
    """Tallies, and the seconds of a core that the gate alone took, whatever else the machine did."""
    tallies: Tallies = {}
    examine_all([each.pairing for each in found[:_WARMING]])  # models are loaded once
    before = time.process_time()
    examined = zip(found, examine_all([each.pairing for each in found]), strict=True)
    seconds = time.process_time() - before
    for each, findings in examined:
        tally = tallies.setdefault((each.kind, each.name, each.half), Tally())
        tally.count += 1
        tally.alarms += verdict(findings) is not Verdict.PASS
        tally.refused += verdict(findings) is Verdict.REFUSE
        tally.checks.update({one.check for one in findings if one.severity is not Severity.MINOR})
    return tallies, seconds


def _by_pofilter(found: Iterable[Specimen], tallies: Tallies) -> bool:
    from dragoman.site.bench import pofilter

    if not pofilter.available():
        click.echo("translate-toolkit is not installed: its figures are left out.", err=True)
        return False
    for each in found:
        tallies[each.kind, each.name, each.half].others += pofilter.alarmed(each.pairing)
    return True


def _result(tallies: Tallies, speed: float, judged: bool) -> dict[str, Any]:
    lines = []
    for kind in Kind:
        names = sorted({name for one, name, _ in tallies if one is kind})
        lines += [_line(kind, name, tallies, [name], judged) for name in names]
        lines.append(_line(kind, "all", tallies, names, judged))
    return {"pairs_per_second": round(speed), "pofilter": judged, "rows": lines}


def _line(kind: Kind, name: str, tallies: Tallies, names: Iterable[str], judged: bool) -> dict[str, Any]:
    line: dict[str, Any] = {"kind": kind, "name": name}
    for half in Half:
        whole = Tally()
        for each in names:
            whole.add(tallies.get((kind, each, half), Tally()))
        line[half] = {
            "pairs": whole.count,
            "alarms": _share(whole.alarms, whole.count),
            "refused": _share(whole.refused, whole.count),
            "checks": {check: _share(number, whole.count) for check, number in whole.checks.most_common()},
            **({"pofilter": _share(whole.others, whole.count)} if judged else {}),
        }
    return line


def _share(part: int, whole: int) -> float | None:
    """Per cent, with two places."""
    return round(100 * part / whole, 2) if whole else None


def _show(result: dict[str, Any]) -> None:
    table = Table(title="The gate: alarms (of them refused), in per cent", title_justify="left")
    for name in ("what", "pairs", *(half.value for half in Half), "pofilter", "by check, half not tuned on"):
        table.add_column(name, justify="left" if name in ("what", "by check, half not tuned on") else "right")
    for line in result["rows"]:
        unseen = line[Half.UNSEEN]
        table.add_row(
            line["kind"] if line["name"] == "all" else f"  {line['name']}",
            str(sum(line[half]["pairs"] for half in Half)),
            *(f"{_told(line[half]['alarms'])} ({_told(line[half]['refused'])})" for half in Half),
            _told(unseen.get("pofilter")),
            ", ".join(f"{check} {share}" for check, share in list(unseen["checks"].items())[:5]),
            end_section=line["name"] == "all",
        )
    console = Console(width=None if Console().is_terminal else 200)
    console.print(table)
    console.print(f"{result['pairs_per_second']} pairs a second of processor time, on one core.")


def _told(share: float | None) -> str:
    return "–" if share is None else f"{share:.1f}"
