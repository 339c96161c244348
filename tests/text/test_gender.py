"""Gender by ending, where endings tell it."""

import pytest

from dragoman.text.gender import disagrees, gender_of


@pytest.mark.parametrize(
    ("language", "noun", "gender"),
    [
        ("pt", "comboio", "m"),
        ("pt", "equipas nacionais", "f"),
        ("pt", "taxa diretora", "f"),
        ("pt", "união", None),
        ("pt", "sistema", None),
        ("pt", "chefe de governo", None),
        ("es", "ciudades", None),
        ("es", "situación", "f"),
        ("fr", "information", "f"),
        ("fr", "format Normandie", None),
        ("it", "libertà", "f"),
        ("en", "idea", None),
        ("pt", "ONU", None),
        ("pt", "", None),
    ],
)
def test_gender(language: str, noun: str, gender: str | None) -> None:
    assert gender_of(noun, language) == gender


@pytest.mark.parametrize(
    ("before", "noun", "wrong"),
    [
        ("do nosso ", "equipa", True),
        ("da nossa ", "equipa", False),
        ("Disse, ", "equipa", False),
        ("sempre ", "equipa", False),
        ("o ", "chefe", False),
    ],
)
def test_an_article_of_another_gender(before: str, noun: str, wrong: bool) -> None:
    assert disagrees(before, noun, "pt-BR") is wrong
