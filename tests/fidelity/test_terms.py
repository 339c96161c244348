"""The gate's check of terms."""

import pytest

from dragoman.fidelity.findings import Pairing, Severity
from dragoman.fidelity.gate import examine
from dragoman.text.terms import Term

FORMAT = Term(1, ("нормандский формат",), ("format Normandie", "formats Normandie"), ("format normand",))
NAME = Term(2, ("Le Monde", "Le Monde diplomatique"), keep=True)


def codes(source: str, target: str, *terms: Term, one: str = "ru", other: str = "fr") -> list[str]:
    found = examine(Pairing(source, target, one, other, terms=terms))
    return [each.code for each in found if each.check == "terms"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("Une réunion au format Normandie est prévue.", []),
        ("Une réunion au Format Normandie est prévue.", []),
        ("Une réunion au format normand est prévue.", ["term_forbidden", "term_missing"]),
        ("Une réunion au format de Normandie est prévue.", ["term_missing"]),
    ],
)
def test_the_approved_target_is_wanted(target: str, expected: list[str]) -> None:
    assert codes("Встреча в нормандском формате планируется.", target, FORMAT) == expected


def test_as_often_as_in_the_source() -> None:
    source = "Нормандский формат важен, в нормандском формате говорят."
    assert codes(source, "Le format Normandie compte, on y parle.", FORMAT) == ["term_missing"]


def test_a_term_that_is_not_there_is_not_asked_for() -> None:
    assert codes("Совсем другое дело.", "Tout autre chose.", FORMAT) == []


def test_what_is_never_translated_stands_as_written() -> None:
    source = "Le Monde rapporte que la trêve tient."
    assert codes(source, "Le Monde reports that the truce holds.", NAME, one="fr", other="en") == []
    assert codes(source, "The World reports that the truce holds.", NAME, one="fr", other="en") == [
        "term_altered"
    ]
    assert codes(source, "LE MONDE reports it.", NAME, one="fr", other="en") == ["term_altered"]


def test_a_forbidden_wording_inside_the_approved_one_is_none() -> None:
    term = Term(3, ("peace",), ("paix durable",), ("paix",))
    assert codes("Peace at last.", "Une paix durable enfin.", term, one="en") == []
    assert codes("Peace at last.", "La paix enfin.", term, one="en") == ["term_forbidden", "term_missing"]


def test_findings_are_doubts_with_places() -> None:
    source, target = "В нормандском формате.", "Au format normand."
    found = [
        each
        for each in examine(Pairing(source, target, "ru", "fr", terms=(FORMAT,)))
        if each.check == "terms"
    ]
    assert {each.severity for each in found} == {Severity.DOUBTFUL}
    assert source[slice(*found[0].source[0])] == "нормандском формате"
    assert target[slice(*found[0].target[0])] == "format normand"
    assert found[1].params == {"term": "нормандском формате", "wanted": "format Normandie"}


def test_what_the_glossary_rules_is_no_other_fault() -> None:
    source = "Le Monde et Radio France internationale en parlent."
    kept = Term(4, (source,), keep=True)
    assert [each.check for each in examine(Pairing(source, source, "fr", "en"))] != []
    assert examine(Pairing(source, source, "fr", "en", terms=(kept,))) == ()
    name = Term(5, ("Известия",), keep=True)
    assert examine(Pairing("Известия пишут об этом.", "Известия en parle.", "ru", "fr", terms=(name,))) == ()
