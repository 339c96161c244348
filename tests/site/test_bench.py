"""`bench fidelity` on a corpus of a few rows."""

import gzip
import json
from pathlib import Path

from click.testing import CliRunner

from dragoman.site.bench import bench
from dragoman.site.bench.specimens import Half, Kind, half_of, specimens

DEMETR = "phenomenon\tlangpair\tsource\tgood_translation\tbad_translation"


def _written(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))


def corpora(folder: Path) -> Path:
    outputs, errors = folder / "mt_outputs", folder / "mt_errors"
    row = (
        "t\t{}\tThe keeper counted 12 ships.\tLe gardien a compté 12 navires.\tLe gardien compta 12 navires."
    )
    _written(
        outputs / "en-fr.t.tsv.gz", "set\tline\tsource\treference\tmicrosoft", row.format(3), row.format(4)
    )
    _written(
        outputs / "multiparallel.newstest2013.human.tsv.gz",
        "line\ten\tfr",
        "1\tThe keeper sleeps.\tLe gardien dort.",
    )
    good = "The keeper saw 12 ships."
    source = "Le gardien a vu 12 navires."
    _written(
        errors / "demetr.tsv.gz",
        DEMETR,
        f"critical_id10_numbers_replaced\tfrench-en\t{source}\t{good}\tThe keeper saw 13 ships.",
        f"base_id33_empty\tfrench-en\t{source}\t{good}\t.",
    )
    _written(
        errors / "demetr_benign.tsv.gz",
        DEMETR,
        f"minor_id15_case\tfrench-en\t{source}\t{good}\tThe Keeper saw 12 ships.",
    )
    return folder


def test_a_source_is_always_in_the_same_half() -> None:
    assert half_of("The keeper sleeps.") is half_of("The keeper sleeps.")
    assert {half_of(str(number)) for number in range(50)} == set(Half)


def test_specimens_are_of_every_kind_and_the_same_every_time(tmp_path: Path) -> None:
    place = corpora(tmp_path)
    found = list(specimens(place))
    assert {each.kind for each in found} == set(Kind)
    assert found == list(specimens(place))


def test_figures_are_told_and_written(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    result = CliRunner().invoke(
        bench, ["fidelity", "--corpora", str(corpora(tmp_path)), "--json", str(file)], catch_exceptions=False
    )
    assert result.exit_code == 0
    told = json.loads(file.read_text())
    assert told["pairs_per_second"] > 0
    rows = {(row["kind"], row["name"]): row for row in told["rows"]}
    half = half_of("Le gardien a vu 12 navires.")
    replaced = rows["errors", "DEMETR numbers replaced"][half]
    assert (replaced["pairs"], replaced["alarms"], replaced["refused"]) == (1, 100.0, 100.0)
    assert replaced["checks"] == {"numbers": 100.0}
    assert rows["benign changes", "all"][half]["alarms"] == 0.0
    assert ("pofilter" in replaced) is told["pofilter"]


def test_without_corpora_it_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(bench, ["fidelity", "--corpora", str(tmp_path)])
    assert result.exit_code == 2
    assert "corpora" in result.output
