"""The bench itself: what it calls measured, what it writes, and that a measurement runs by itself."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dragoman.site.bench import bench
from dragoman.site.bench.load import words
from dragoman.site.bench.measuring import Figure, Result, alternating, percentile
from dragoman.site.bench.report import ORDER, document
from dragoman.site.bench.sample import sample
from tests.shared import ROOT


def told(name: str, values: list[float], **about: Any) -> dict[str, Any]:
    result = Result(name, "A title", "a method", peers={"nginx": "1.22"}, notes=["A note."])
    result.add("speed", values, "req/s", budget="≥ 3", holds=lambda it: it >= 3, **about)
    return result.to_json() | {"quick": False}


@pytest.mark.parametrize(
    ("values", "measured"),
    [([100, 101, 99, 100, 102, 98, 100], True), ([100, 200, 50, 130, 70, 180, 90], False), ([100], True)],
)
def test_runs_that_disagree_measured_nothing(values: list[float], measured: bool) -> None:
    assert Figure("speed", values).measured is measured


def test_one_wild_run_of_seven_does_not_spoil_the_others() -> None:
    figure = Figure("speed", [100, 101, 99, 100, 102, 98, 900])
    assert (figure.median, figure.measured) == (100, True)


def test_a_count_is_a_count_and_a_budget_is_kept_or_not() -> None:
    row = told("read", [2.0, 40.0], counted=True)["figures"][0]
    assert (row["measured"], row["met"], row["lowest"], row["highest"]) == (True, True, 2, 40)
    assert told("read", [2.0])["figures"][0]["met"] is False


def test_runs_alternate() -> None:
    order: list[str] = []

    def run(name: str) -> float:
        order.append(name)
        return len(order)

    found = alternating({"a": lambda: run("a"), "b": lambda: run("b")}, 3)
    assert "".join(order) == "ababab"
    assert found == {"a": [1, 3, 5], "b": [2, 4, 6]}


def test_percentiles() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(1, 101), 0.95) == 96  # type: ignore[arg-type]


def test_the_document_tells_every_measurement_and_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "read.json").write_text(json.dumps(told("read", [4.0, 4.1, 4.2])))
    (tmp_path / "write.json").write_text(json.dumps(told("write", [1.0, 4.0, 9.0])))
    text = document(tmp_path)
    assert "| speed | **4.10** req/s | 4.00–4.20 | 2 % | ≥ 3 | yes |" in text
    assert "not measured (4.00 req/s)" in text
    assert "- nginx: 1.22" in text
    assert text.count("Not measured.") == len(ORDER) - 2


def test_every_measurement_is_a_command() -> None:
    for name in (*ORDER, "all", "report", "fidelity", "path"):
        assert CliRunner().invoke(bench, [name, "--help"]).exit_code == 0, name


def test_the_sample_is_the_same_every_time_and_of_the_size_that_budgets_speak_of() -> None:
    said = sample()
    assert said == sample()
    assert len(said["comments"]) == 200
    assert 200 <= sum(len(each["text"]) for each in said["comments"]) / 200 <= 300
    assert all(each["parent"] is None or each["parent"] < each["id"] for each in said["comments"])


def test_nobody_writes_the_same_comment_twice() -> None:
    from random import Random

    chance = Random(1)
    assert words(chance) != words(chance)


def test_a_measurement_runs_by_itself(tmp_path: Path) -> None:
    """In a process and with a database of its own, from a clean environment."""
    file = tmp_path / "cost.json"
    own = {name: value for name, value in os.environ.items() if not name.startswith(("DRAGOMAN_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.site.cli", "bench", "cost", "--quick", "--json", str(file)],
        env=own, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    rows = {row["what"].split(":")[0]: row["median"] for row in json.loads(file.read_text())["figures"]}
    assert 0 < rows["edits"] < 5  # one sentence of forty
    assert rows["quotations"] < 10
    assert rows["first version"] > 90
    assert "Characters sent" in done.stdout


@pytest.mark.skipif(
    "DRAGOMAN_TEST_BENCHES" not in os.environ,
    reason="starts the whole product under load for minutes: DRAGOMAN_TEST_BENCHES=1 runs it",
)
def test_comments_are_written_into_the_whole_product_and_none_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "write.json"
    own = {name: value for name, value in os.environ.items() if not name.startswith(("DRAGOMAN_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.site.cli", "bench", "write", "--quick", "--json", str(file)],
        env=own | {"PEERS_WORK": str(tmp_path)}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads(file.read_text())["figures"]
    kept = {row["what"].split(" of ")[0]: row for row in rows if row["budget"] == "0"}
    assert kept["lost"]["median"] == kept["errors and missing answers"]["median"] == 0
    assert next(row for row in rows if row["what"] == "10 writers")["median"] > 0


def test_the_adapter_is_what_the_harness_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = ROOT.parent / "shared" / "peers"
    if not harness.exists():
        pytest.skip("needs ../shared/peers, which is not beside this checkout")
    monkeypatch.syspath_prepend(str(harness))
    spec = importlib.util.spec_from_file_location("peer_dragoman", ROOT / "benchmarks" / "peer_dragoman.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    peer = module.Peer()
    asked = ("setup", "start", "rows", "version", "queries", "post", "stored", "reset")
    assert all(callable(getattr(peer, name)) for name in asked)
    assert peer.processes.running == []
