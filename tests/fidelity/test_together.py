"""Many pairings at once: the same findings, and the encoder asked for all of them together."""

import pytest

from dragoman.fidelity.findings import Pairing, Severity
from dragoman.fidelity.gate import examine, examine_all
from dragoman.fidelity.knowledge import meaning
from dragoman.fidelity.tsv import MalformedRows, check_rows

needs_encoder = pytest.mark.skipif(not meaning.is_known("en", "fr"), reason="the extra lexicons is missing")

PAIRS = [
    Pairing(
        "Yesterday the council heard Marie Dupont.", "Hier le conseil a écouté Paul Lemaire.", "en", "fr"
    ),
    Pairing("The harbour was closed last night.", "Le port était fermé la nuit dernière.", "en", "fr"),
    Pairing("В пятницу Смирнов приехал в Лион.", "On Friday Smirnov arrived in Lisbon.", "ru", "en"),
    Pairing("It has 12 rooms.", "Il a 13 chambres.", "en", "fr"),
    Pairing("", "", "en", "fr"),
    Pairing(
        "The keeper of the lighthouse counts every ship that passes.",
        "Vingt hectares de vignes ont brûlé près du village hier soir.",
        "en",
        "fr",
    ),
]


@pytest.fixture
def _nothing_known() -> None:
    meaning._kept.clear()


@pytest.mark.usefixtures("_nothing_known")
def test_together_says_what_one_by_one_says() -> None:
    together = examine_all(PAIRS * 20)
    meaning._kept.clear()
    assert together == [examine(each) for each in PAIRS] * 20


@needs_encoder
@pytest.mark.usefixtures("_nothing_known")
def test_the_encoder_is_called_for_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, calls = meaning._encoder(), []
    encode = encoder.encode
    monkeypatch.setattr(encoder, "encode", lambda texts: calls.append(len(texts)) or encode(texts))
    for each in PAIRS:
        examine(each)
    alone, calls[:] = len(calls), []
    meaning._kept.clear()
    examine_all(PAIRS)
    assert 0 < len(calls) < alone


@needs_encoder
@pytest.mark.usefixtures("_nothing_known")
@pytest.mark.parametrize(
    ("check", "target"),
    [
        ("empty", "…"),
        ("echoed", "Yesterday the council of Porto did not hear Marie Dupont about the lighthouse."),
        ("explained", "Here is the translation: hier le conseil de Lyon a écouté Paul Lemaire."),
        ("language", "Ayer el consejo de la ciudad no ha escuchado a Pablo Lemaire, pero sí a los otros."),
        ("repetition", "Hier le conseil de Lyon de Lyon de Lyon de Lyon de Lyon a écouté Paul Lemaire."),
    ],
)
def test_nobody_asks_what_it_means_where_there_is_no_translation(
    check: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "Yesterday the council of Porto did not hear Marie Dupont about the lighthouse."
    asked: list[str] = []
    monkeypatch.setattr(meaning, "_vectors", asked.extend)
    found = examine(Pairing(source, target, "en", "fr"))
    assert check in {each.check for each in found if each.severity is Severity.REFUSE}
    assert not asked


@needs_encoder
@pytest.mark.usefixtures("_nothing_known")
def test_of_another_sentence_nobody_asks_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "The keeper of the lighthouse of Aveiro counts every ship that passes."
    target = "Le tribunal a condamné l'avocat Rodney Hamilton pour fraude fiscale."
    encode, asked = meaning._encoder().encode, []
    monkeypatch.setattr(meaning._encoder(), "encode", lambda texts: asked.extend(texts) or encode(texts))
    found = examine(Pairing(source, target, "en", "fr"))
    assert [(each.check, each.severity) for each in found] == [("relation", Severity.REFUSE)]
    assert asked == [source, target]


@needs_encoder
@pytest.mark.usefixtures("_nothing_known")
def test_more_than_is_kept_at_a_time_is_examined_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = examine_all(PAIRS)
    meaning._kept.clear()
    monkeypatch.setattr(meaning, "_KEPT", 1)
    assert examine_all(PAIRS) == expected


def test_rows_before_a_malformed_one_are_told() -> None:
    lines = ["source\ttarget", "One.\tUn.", "Two.\tDeux.", "broken"]
    rows = check_rows(lines, "en", "fr", ("source", "target"))
    assert [next(rows)["row"], next(rows)["row"]] == [1, 2]
    with pytest.raises(MalformedRows, match=r"^Line 4 "):
        next(rows)
