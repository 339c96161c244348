"""Terms found in texts: wordings, case, simple inflection, in every script."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.terms import Glossary, Term, needle, places


def term(*wordings: str, number: int = 1, **rest: bool) -> Term:
    return Term(number, wordings, **rest)


@pytest.mark.parametrize(
    ("language", "wording", "text", "expected"),
    [
        ("ru", "нормандский формат", "О встрече в нормандском формате речи нет.", "нормандском формате"),
        ("ru", "нормандский формат", "НОРМАНДСКИЙ ФОРМАТ жив", "НОРМАНДСКИЙ ФОРМАТ"),
        ("ru", "Нагорный Карабах", "мир в Нагорном Карабахе", "Нагорном Карабахе"),
        ("ru", "самолёт", "сбитые самолеты", "самолеты"),
        ("uk", "нормандський формат", "у нормандському форматі", "нормандському форматі"),
        ("en", "ceasefire", "Two ceasefires failed.", "ceasefires"),
        ("en", "peace treaty", "Both peace treaties were signed.", "peace treaties"),
        ("en", "peace-keeper", "the peace\u2011keepers came", "peace\u2011keepers"),
        ("fr", "cessez-le-feu", "l’accord de cessez-le-feu tient", "cessez-le-feu"),
        ("fr", "OTAN", "le siège de l’OTAN", "OTAN"),
        ("es", "acuerdo marco", "los acuerdos marco", "acuerdos marco"),
        ("pt", "região autónoma", "as regiões autónomas", "regiões autónomas"),
        ("ar", "صيغة نورماندي", "في إطار الصيغة نورماندي", "الصيغة نورماندي"),
        ("ar", "هدنة", "وافقوا على الهدنة اليوم", "الهدنة"),
        ("pl", "rozejm", "po rozejmie", "rozejmie"),
        ("zh", "停火", "双方宣布停火协议", "停火"),
        ("ja", "停戦", "停戦が発表された", "停戦"),
    ],
)
def test_found_as_it_is_written(language: str, wording: str, text: str, expected: str) -> None:
    found = Glossary([term(wording)], language).find(text)
    assert [each.text for each in found] == [expected]
    assert text[found[0].start : found[0].end] == expected


@pytest.mark.parametrize(
    ("language", "wording", "text"),
    [
        ("ru", "мир", "мировой рынок"),
        ("ru", "формат", "информация"),
        (
            "en",
            "US",
            "they told us that",
        ),
        ("en", "peace treaty", "peace. Treaty"),
        ("en", "ant", "an anthem"),
        ("fr", "format Normandie", "le format de Normandie"),
        ("ar", "هدنة", "المدينة"),
    ],
)
def test_not_found(language: str, wording: str, text: str) -> None:
    assert not Glossary([term(wording, match_case=wording.isupper())], language).find(text)


def test_the_longer_one_is_meant() -> None:
    glossary = Glossary([term("формат", number=1), term("нормандский формат", number=2)], "ru")
    found = glossary.find("нормандский формат и другие форматы")
    assert [each.term.number for each in found] == [2, 1]


def test_any_wording_counts() -> None:
    found = Glossary([term("Normandy format", "Normandy Four")], "en").find("The Normandy Four met.")
    assert [each.text for each in found] == ["Normandy Four"]


def test_case_where_it_matters() -> None:
    glossary = Glossary([term("Turkey", match_case=True)], "en")
    assert not glossary.find("turkey for dinner")
    assert glossary.find("in Turkey's view")


def test_without_inflection_only_as_written() -> None:
    glossary = Glossary([term("Times", inflected=False)], "en")
    assert not glossary.find("this time")
    assert glossary.find("The Times")


def test_signs_are_found_too() -> None:
    assert places("C++ and → here", ["→"], "en") == [(8, 9)]
    assert places("C or c++?", ["C++"], "en") == [(5, 8)]


def test_the_fingerprint_tells_what_makes_a_difference() -> None:
    one = Term(1, ("a",), ("b",))
    assert one.fingerprint == Term(1, ("a",), ("b",)).fingerprint
    assert (
        len(
            {
                one.fingerprint,
                Term(1, ("a",), ("c",)).fingerprint,
                Term(1, ("a",), ("b",), keep=True).fingerprint,
            }
        )
        == 3
    )


@given(st.text(max_size=60), st.text(max_size=300), st.sampled_from(["en", "ru", "ar", "zh", "xx"]))
def test_whatever_the_text_places_are_inside_disjoint_and_ascending(
    wording: str, text: str, language: str
) -> None:
    found = places(text, [wording, text[10:20]], language)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("language", "wording", "text"),
    [
        ("ru", "нормандский формат", "В НОРМАНДСКОМ ФОРМАТЕ"),
        ("ru", "самолёт", "сбитые самолеты"),
        ("en", "peace treaty", "both treaties, and Peace Treaties too"),
        ("pt", "região autónoma", "as regiões autónomas"),
        ("fr", "cheval", "les chevaux"),
        ("pl", "rozejm", "po rozejmie"),
        ("ar", "هدنة", "الهُدنة"),
        ("de", "Straße", "STRASSE"),
    ],
)
def test_the_needle_is_in_every_text_that_has_the_term(language: str, wording: str, text: str) -> None:
    assert Glossary([term(wording)], language).find(text)
    assert needle(wording, language) in text.lower().replace("ё", "е")
