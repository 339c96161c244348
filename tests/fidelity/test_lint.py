"""What is seen in a translated text without its original."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dragoman.fidelity.lint import lint
from dragoman.site.lint import lint as command
from tests.shared import shared_text


def codes(text: str, language: str) -> list[str]:
    return [finding.code for finding in lint(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "code", "written"),
    [
        ("Publié à 11: 40 hier.", "fr", "broken_time", "11: 40"),
        ("Опубликовано в 9 :05.", "ru", "broken_time", "9 :05"),
        ("نشر في 11: 40 أمس.", "ar", "broken_time", "11: 40"),
        (
            "Il couvre 4,4 mille mètres carrés. km, dit-on.",
            "fr",
            "broken_unit",
            "4,4 mille mètres carrés. km",
        ),
        ("Mide 11,5 mil metros cuadrados. km.", "es", "broken_unit", "11,5 mil metros cuadrados. km"),
        ("It covers 4.4 thousand square meters. km.", "en", "broken_unit", "4.4 thousand square meters. km"),
        ("Площадь 4,4 тыс. квадратных метров. км.", "ru", "broken_unit", "4,4 тыс. квадратных метров. км"),
        ("C&#39;est fini.", "fr", "entity", "&#39;"),
        ("Le XQZ1 arrive.", "fr", "placeholder", "XQZ1"),
        ("Non non non non non.", "fr", "stammer", "Non non non non non"),
        ("Son allié, membre de l'OTSC Arménie am", "fr", "stray_word", "am"),
        ("Mais que peuvent faire les Russes? nécessaire", "fr", "stray_word", "nécessaire"),
        ("А что они могут сделать? надо", "ru", "stray_word", "надо"),
    ],
)
def test_found(text: str, language: str, code: str, written: str) -> None:
    (finding,) = lint(text, language)
    assert (finding.code, finding.params["written"]) == (code, written)
    (place,) = finding.target
    assert " ".join(text[slice(*place)].split()) == written


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Publié à 11:40 hier.", "fr"),
        ("They won 2: 1 at home.", "en"),
        ("Il couvre 4 400 km². Kilian le dit.", "fr"),
        ("It has 4,400 square metres. Men work there.", "en"),
        ("I know who I am", "en"),
        ("Er wohnt dort am", "de"),
        ("Three words only", "en"),
        ("Fin. nécessaire", "fr"),
        ("Et alors ? Nécessaire.", "fr"),
        ("R&D; H&M", "en"),
        ("", "fr"),
    ],
)
def test_let_be(text: str, language: str) -> None:
    assert codes(text, language) == []


def test_the_model_page() -> None:
    text = shared_text("seed/page.fr.txt")
    found = lint(text, "fr")
    written = {
        code: [each.params["written"] for each in found if each.code == code] for code in codes(text, "fr")
    }
    assert written == {
        "broken_time": ["11: 40", "12: 13", "12: 21", "13: 24", "15: 30", "17: 16"],
        "stray_word": ["am", "nécessaire"],
        "broken_unit": [
            "4,4 mille mètres carrés. km",
            "11,5 mille mètres carrés. km",
            "7 mille mètres carrés ont été ajoutés. km",
        ],
    }


def test_the_command_tells_one_object_a_line(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text("Titre\nPublié à 11: 40.\n", encoding="utf-8")
    result = CliRunner().invoke(command, [str(file), "--language", "fr", "--json"])
    assert result.exit_code == 0
    (told,) = map(json.loads, result.output.splitlines())
    assert told["line"] == 2
    assert told["target"] == [[15, 21]]
    assert {"check", "severity", "message", "source"} <= told.keys()


def test_what_is_no_text_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(command, [str(file), "--language", "fr"])
    assert result.exit_code == 2
    assert "is not UTF-8" in result.output
