"""`dragoman import terms` and `dragoman export terms`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dragoman.exchange.commands import export_group, import_group
from dragoman.translation.models import Term, TermChange

pytestmark = pytest.mark.django_db
CSV = "source_language,source,target_language,target\nen,truce,pt,trégua\nen,ship,pt,navio\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "terms.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def run(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(import_group, ["terms", *arguments, "--json"])
    assert result.exit_code == 0
    return dict(json.loads(result.output))


def test_imported_and_exported_again(file: Path, tmp_path: Path) -> None:
    assert run(str(file)) == {"terms": 2, "added": 2, "changed": 0, "skipped": 0, "findings": []}
    assert TermChange.objects.get().wordings == ["truce", "ship"]
    for kind in ("tbx", "csv"):
        again = tmp_path / f"again.{kind}"
        again.write_bytes(CliRunner().invoke(export_group, ["terms", "--format", kind]).stdout_bytes)
        assert run(str(again)) == {"terms": 2, "added": 0, "changed": 0, "skipped": 2, "findings": []}


def test_a_dry_run_changes_nothing(file: Path) -> None:
    assert run(str(file), "--dry-run")["added"] == 2
    assert not Term.objects.exists()
    result = CliRunner().invoke(import_group, ["terms", str(file), "--dry-run"])
    assert result.output == "Would import 2 terms: 2 new, 0 changed, 0 as before.\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [("source_language,source\nen,\n", "Line 2: "), ("<tbx>\n<oops>", "Line 2: "), (None, "No such file")],
)
def test_bad_input_is_one_sentence_and_status_2(tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(import_group, ["terms", str(path), "--json"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert not Term.objects.exists()
