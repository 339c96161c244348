"""The first gate: what it refuses, what it doubts, what it lets pass."""

import pytest

from dragoman.fidelity.findings import Pairing, Verdict, verdict
from dragoman.fidelity.gate import examine
from dragoman.fidelity.tsv import MalformedRows, check_rows
from dragoman.text.blocks import Range

LINK = Range(0, 4, "link", {"href": "https://example.org/"})


def judged(source: str, target: str, languages: str = "en-pt", **ranges: tuple[Range, ...]) -> Verdict:
    one, other = languages.split("-")
    return verdict(examine(Pairing(source, target, one, other, **ranges)))


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("It has 4,400 km² of marsh.", "Tem 4.400 km² de pântano.", "en-pt"),
        ("It has 4,400 km² of marsh.", "Площадь болот — 4 400 км².", "en-ru"),
        ("It has 4,400 km² of marsh.", "تبلغ مساحة المستنقعات ٤٬٤٠٠ كم².", "en-ar"),
        ("She has two dogs and 3 cats.", "Elle a deux chiens et trois chats.", "en-fr"),
        ("The train leaves at 19:30.", "El tren sale a las 19:30.", "en-es"),
        ("Berlin, Paris, Madrid, London.", "Berlin, Paris, Madrid, London.", "en-fr"),
        ("Ask @anna at https://example.org/a 😀", "Pergunte a @anna em https://example.org/a 😀", "en-pt"),
    ],
)
def test_what_passes(source: str, target: str, languages: str) -> None:
    assert judged(source, target, languages) is Verdict.PASS


@pytest.mark.parametrize(
    ("source", "target", "check"),
    [
        ("The tower has 184 steps.", "A torre tem 148 degraus.", "numbers"),
        ("The tower has 184 steps.", "A torre tem degraus.", "numbers"),
        ("Good morning.", "", "empty"),
        ("the keeper counts the ships", "the keeper counts the ships", "echoed"),
        ("See it here.", "Veja XQZ1 aqui.", "placeholders"),
        ("Bread and butter.", "Pão <b>e manteiga.", "markup"),
        ("It's fine.", "Est&#225; bem.", "markup"),
        ("Ask @anna about it.", "Pergunte à ana.", "spans"),
        ("Nice 😀", "Legal", "spans"),
        ("It is very good.", "É muito muito muito muito muito bom.", "repetition"),
    ],
)
def test_what_is_refused(source: str, target: str, check: str) -> None:
    findings = examine(Pairing(source, target, "en", "pt"))
    assert verdict(findings) is Verdict.REFUSE
    assert check in {finding.check for finding in findings}


def test_links_are_the_same_out_as_in() -> None:
    assert judged("Here it is.", "Aqui está.", source_ranges=(LINK,), target_ranges=(LINK,)) is Verdict.PASS
    assert judged("Here it is.", "Aqui está.", source_ranges=(LINK,)) is Verdict.REFUSE
    assert judged("Here it is.", "Aqui está.", target_ranges=(LINK,)) is Verdict.REFUSE


def test_wild_lengths_are_doubted() -> None:
    assert judged("A sentence of quite usual length stands here.", "Uma frase está aqui.") is Verdict.DOUBTFUL
    assert judged("A sentence of quite usual length stands here.", "Ok.") is Verdict.DOUBTFUL


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        (
            "这座灯塔有一百八十四级台阶，每天晚上都有人来数船只，风雨无阻。",
            "The lighthouse has steps that people climb every evening, whatever the weather, to count all the ships.",
            "zh-en",
        ),
        (
            "The keeper counts the ships at night, and nobody knows why.",
            "守塔人在夜里数船，没人知道为什么。",
            "en-zh",
        ),
        (
            "Clowns are timeless, all of them.",
            "Les clowns appartiennent à une catégorie intemporelle.",
            "en-fr",
        ),
    ],
)
def test_lengths_are_compared_in_letters(source: str, target: str, languages: str) -> None:
    assert judged(source, target, languages) is Verdict.PASS


def test_half_a_translation_is_doubted() -> None:
    assert (
        judged(
            "The keeper counts the ships at night, and nobody in town knows the reason why.",
            "O faroleiro conta os navios à noite.",
        )
        is Verdict.DOUBTFUL
    )


@pytest.mark.parametrize(("source", "target"), [("Good morning.", "."), ("It is 7.", " — "), ("?!", "")])
def test_punctuation_alone_says_nothing(source: str, target: str) -> None:
    assert judged(source, target) is Verdict.REFUSE


def test_what_has_no_words_may_stay_as_it_is() -> None:
    assert judged("?!", "?!") is Verdict.PASS


def test_rows_of_a_file() -> None:
    lines = [
        "id\tsource\ttarget\n",
        "1\tIt has 12 doors.\tTem 12 portas.\n",
        "2\tIt has 12 doors.\tTem 21 portas.\n",
    ]
    rows = list(check_rows(lines, "en", "pt", ("source", "target")))
    assert [(row["row"], row["verdict"]) for row in rows] == [(1, "pass"), (2, "refuse")]
    assert rows[1]["findings"][0]["source"] == [[7, 9]]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [(["a\tb\n"], "no column"), (["source\ttarget\n", "only one\n"], "Line 2")],
)
def test_what_is_not_such_a_file(lines: list[str], sentence: str) -> None:
    with pytest.raises(MalformedRows, match=sentence):
        list(check_rows(lines, "en", "pt", ("source", "target")))
