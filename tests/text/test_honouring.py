"""Engines' own renderings of terms, replaced where that is certain and nowhere else."""

import pytest

from dragoman.text.honouring import Rendering, honour
from dragoman.text.terms import Term

FORMAT = Term(1, ("нормандский формат",), ("format Normandie", "formats Normandie"))
OWN = [Rendering("Format normand.", True)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("La réunion au format normand aura lieu.", "La réunion au format Normandie aura lieu."),
        ("Format normand : rien de neuf", "Format Normandie : rien de neuf"),
        ("Les deux formats normands échouent.", "Les deux formats Normandie échouent."),
        ("Le format normand, encore.", "Le format Normandie, encore."),
        ("Le format Normandie, encore.", "Le format Normandie, encore."),
        ("FORMAT NORMAND", "FORMAT NORMANDIE"),
    ],
)
def test_replaced(target: str, expected: str) -> None:
    done = honour(target, FORMAT, 1, OWN, "fr")
    assert done == expected
    assert honour(done, FORMAT, 1, OWN, "fr") == expected


@pytest.mark.parametrize(
    "target",
    [
        "Le format normand et le format normand.",  # more than the source has
        "La formule normande aura lieu.",
        "Voir https://example.org/format/normand et www.format-normand.fr aujourd’hui.",
        "",
    ],
)
def test_left_alone_where_it_is_not_certain(target: str) -> None:
    assert honour(target, FORMAT, 1, OWN, "fr") == target


def test_a_gender_that_may_be_another_is_not_touched() -> None:
    term = Term(1, ("summit",), ("rencontre au sommet",))
    own = [Rendering("le sommet", True)]
    assert honour("Il quitte le sommet.", term, 1, own, "fr") == "Il quitte le sommet."
    assert honour(
        "C'est l'accord.", Term(1, ("deal",), ("pacte",)), 1, [Rendering("l'accord", True)], "fr"
    ) == ("C'est l'accord.")


def test_a_gender_that_both_endings_tell_is_certain() -> None:
    train, team = Term(1, ("train",), ("comboio", "comboios")), Term(2, ("team",), ("equipa", "equipas"))
    assert honour("Ele perdeu o trem.", train, 1, [Rendering("trem", True)], "pt") == "Ele perdeu o comboio."
    assert honour("Leva a equipe.", team, 1, [Rendering("equipe", True)], "pt") == "Leva a equipa."
    assert honour("Leva o time.", team, 1, [Rendering("time", True)], "pt") == "Leva o time."


def test_a_plural_that_the_engine_does_not_show_is_the_sources() -> None:
    bus = Term(1, ("bus",), ("autocarro", "autocarros"))
    own = [Rendering("ônibus", True), Rendering("ônibus", False, plural=True)]
    assert honour("Anúncios em ônibus.", bus, 1, own, "pt") == "Anúncios em autocarros."
    assert honour("Um bilhete de ônibus.", bus, 1, own[:1], "pt") == "Um bilhete de autocarro."


def test_a_case_that_is_not_known_is_not_touched() -> None:
    plain = Term(1, ("Normandy format",), ("нормандская четвёрка",))
    own = [Rendering("нормандский формат", True)]
    text = "Речь о нормандском формате."
    assert honour(text, plain, 1, own, "ru") == text
    forms = Term(1, ("Normandy format",), ("формат Нормандия", "форматом Нормандия", "формате Нормандия"))
    assert honour("Речь: нормандский формат.", forms, 1, own, "ru") == "Речь: формат Нормандия."


def test_the_form_with_the_same_ending_is_taken() -> None:
    term = Term(1, ("ceasefire",), ("прекращение огня", "прекращения огня", "прекращением огня"))
    own = [Rendering("остановка огня", True)]
    assert honour("Срок остановки огня.", term, 1, own, "ru") == "Срок остановки огня."


def test_english_articles_follow() -> None:
    term = Term(1, ("договор",), ("accord",))
    assert honour("It was a treaty.", term, 1, [Rendering("The treaty", True)], "en") == "It was an accord."


def test_forbidden_wordings_are_replaced_too() -> None:
    term = Term(1, ("x",), ("Kyiv",), ("Kiev",))
    assert honour("We came to Kiev late.", term, 1, [], "en") == "We came to Kyiv late."
