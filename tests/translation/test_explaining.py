"""Every finding is explained to an editor in a sentence of the editor's language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

import dragoman.fidelity
from dragoman.fidelity.lint import lint
from dragoman.site.messages import COMPLETE
from dragoman.translation.desk.explaining import _SENTENCES, explained

PACKAGE = Path(dragoman.fidelity.__file__).parent
# What the length check and the lint make from parts, and what `quantities` gets from its own functions.
MADE = {
    "length_longer",
    "length_shorter",
    "numbers_replaced",
    "numbers_lost",
    "numbers_added",
    "number_scale",
    "number_sign",
    "number_format",
}


def emitted() -> Iterator[tuple[str, str]]:
    """(file, code) of every Finding that a check or the lint makes."""
    for path in (*sorted((PACKAGE / "checks").glob("*.py")), PACKAGE / "lint.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "Finding":
                    named = {each.arg: each.value for each in node.keywords}
                    yield from _constants(path.name, named.get("code") or node.args[5])
                elif node.func.id == "_finding":
                    yield from _constants(path.name, node.args[1])


def _constants(file: str, node: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Constant):
        yield file, str(node.value)
    else:
        assert isinstance(node, ast.Name | ast.JoinedStr), f"{file}: a code that this test cannot read"


def test_the_test_reads_the_checks() -> None:
    codes = {code for _, code in emitted()}
    assert {"empty", "links", "negation_added", "names_replaced", "broken_time", "stray_word"} <= codes


# Codes that are explained by the sentence of their check.
BY_CHECK = {
    "placeholder": "placeholders",
    "wrong_language": "language",
    "stammer": "repetition",
    "unrelated": "relation",
}


def has_sentence(file: str, code: str) -> bool:
    check = "terms" if file == "terms.py" else BY_CHECK.get(code, "")
    return code in _SENTENCES or check in _SENTENCES


def test_every_code_has_a_sentence() -> None:
    codes = {*emitted(), *(("", code) for code in MADE)}
    assert [each for each in sorted(codes) if not has_sentence(*each)] == []


@pytest.mark.parametrize("language", COMPLETE)
def test_sentences_are_in_the_editor_s_language(language: str) -> None:
    (finding,) = lint("Publié à 11: 40 hier.", "fr")
    stored = {
        "check": finding.check,
        "code": finding.code,
        "message": finding.message,
        "params": finding.params,
    }
    with override(language):
        told = explained(stored)
    assert "11: 40" in told
    assert told != finding.message


def test_what_was_found_is_named() -> None:
    params = {"lost": "12", "added": "{21}"}
    with override("fr"):
        told = explained({"check": "numbers", "code": "numbers_replaced", "params": params})
    assert told == "L’original porte 12, la traduction {21}."


def test_an_old_finding_without_its_params_is_still_explained() -> None:
    with override("en"):
        assert explained({"check": "doubled", "code": "doubled"}) == "“…” stands here twice."
