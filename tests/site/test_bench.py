"""`bench fidelity` on a corpus of a few rows."""

import gzip
import json
from pathlib import Path

from click.testing import CliRunner

from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Pair
from dragoman.fidelity.findings import Finding, Severity, Verdict
from dragoman.site.bench import bench
from dragoman.site.bench.path import Walked, figures, sources, walk
from dragoman.site.bench.specimens import Half, Kind, half_of, specimens
from dragoman.translation.asking import Told

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


class TestPath:
    def test_sources_are_taken_from_the_sets_in_turn_and_the_same_every_time(self, tmp_path: Path) -> None:
        place = corpora(tmp_path)
        lines = ["set\tline\tsource", *(f"t\t{number}\tSentence {number}." for number in range(9))]
        _written(place / "mt_outputs" / "en-de.t.tsv.gz", *lines)
        chosen = sources(place, 3)
        assert chosen == sources(place, 3)
        assert "The keeper counted 12 ships." in chosen
        assert len(chosen) == 3

    def test_every_sentence_goes_the_whole_path_and_is_counted(self) -> None:
        engine = FakeEngine(frozenset({Pair("en", "pt")}))
        walked = walk(
            ["One came. Two left at 11:40.", "See https://example.org now."],
            Pair("en", "pt"),
            engine.translate,
        )
        told = figures(walked)
        assert (told["sentences"], told["verdicts"]["refuse"]) == (3, 0)
        assert told["requests_per_sentence"] == 0.333
        assert told["texts_per_sentence"] == 1.0
        assert "https://example.org" in walked.told[-1][1].text

    def test_findings_are_told_by_check_and_severity(self) -> None:
        finding = Finding("numbers", Severity.DOUBTFUL, "12 is missing.", code="numbers_lost")
        walked = Walked([("12 came.", Told("Vieram.", Verdict.DOUBTFUL, (finding,), retries=1))], 0.5, 2, 3)
        told = figures(walked)
        assert told["verdicts"] == {"pass": 0, "doubtful": 1, "refuse": 0}
        assert told["findings"] == {"numbers: numbers_lost": {"minor": 0, "doubtful": 1, "refuse": 0}}
        assert (told["asked_again"], told["requests_per_sentence"], told["sentences_per_second"]) == (
            1,
            2.0,
            2.0,
        )

    def test_without_corpora_it_says_so(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(bench, ["path", "--corpora", str(tmp_path)])
        assert result.exit_code == 2
        assert "corpora" in result.output

    def test_a_language_without_model_is_told(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(bench, ["path", "--corpora", str(corpora(tmp_path)), "--to", "xx"])
        assert result.exit_code == 2
        assert "No model from en to xx" in result.output
