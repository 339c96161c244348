from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.blocks import Block, Range, normal_blocks, plain, with_sentences
from dragoman.text.segments import (
    SegmentPlace,
    TargetText,
    compose,
    compose_block,
    context_key,
    needs_context,
    normalise,
    segment_key,
    segment_text_at,
    segments,
)
from tests.text import corpus
from tests.text.markup import normal_fields, texts

LINK = {"href": "https://example.org/"}


def block(text: str, *ranges: Range, kind: str = "paragraph", language: str = "en") -> Block:
    return with_sentences(Block(kind, text, ranges), language)


# --- keys ---


def test_normalising_collapses_white_space_and_composes() -> None:
    assert normalise("  Un \n cafe\u0301\u00a0noir ") == "Un café noir"
    assert normalise("a\ud800b") == "a\ufffdb"
    assert normalise("Case KEPT") == "Case KEPT"


@given(texts)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_keys_differ_by_language_and_case_and_not_by_white_space() -> None:
    assert segment_key("en", "Hello  there") == segment_key("en", " Hello there")
    assert len({segment_key("en", "Hello"), segment_key("fr", "Hello"), segment_key("en", "hello")}) == 3
    assert len(segment_key("en", "")) == len(context_key("")) == 32
    assert context_key("") != context_key("Yes.")


def test_keys_are_kept_over_releases() -> None:
    # Stored in the memory: another value means a new NORMALISER and a migration.
    assert segment_key("en", "Hello, world!").hex().startswith("7cc7dec395f5be5a")


@pytest.mark.parametrize(
    "text",
    [
        "Right.",
        "Thank you!",
        "Not at all.",
        "",
        "…",
        "5 %",
        "Merci bien !",
        "¡Muchas gracias!",
        "Muito obrigado.",
        "Большое спасибо!",
        "شكرا جزيلا",
        "谢谢你",
        "ありがとう",
        "बहुत धन्यवाद।",
        "Շատ շնորհակալ եմ։",
        "But he never came back home.",
        "and then we all went home",
        "We waited for a long time…",
        "Mais il est venu hier soir.",
        "Но он пришёл вчера вечером.",
        "ولكن الرجل لم يصل أمس",
        "“… so we stayed at home.”",
    ],
)
def test_sentences_that_need_their_context(text: str) -> None:
    assert needs_context(text)


@pytest.mark.parametrize(
    "text",
    [
        "The ferry leaves at dawn.",
        "Le bac part à l’aube.",
        "¿Cuándo sale el barco hoy?",
        "O barco sai de madrugada.",
        "Паром уходит на рассвете.",
        "تغادر العبارة عند الفجر.",
        "渡轮在黎明时分出发。",
        "フェリーは夜明けに出発します。",
        "जहाज़ भोर में निकलता है।",
        "iPhone sales fell again today.",
        "“The ferry leaves at dawn,” he said.",
    ],
)
def test_sentences_that_speak_for_themselves(text: str) -> None:
    assert not needs_context(text)


# --- segments ---


def test_segments_in_the_order_of_the_document() -> None:
    fields = {
        "headline": (block("A big day."),),
        "body": (
            block("One is here. Two is there."),
            block("x = 1", kind="code"),
            block("Three."),
            block(""),
        ),
    }
    told = [
        (each.place.field, each.place.block, each.place.sentence, each.text, each.previous)
        for each in segments(fields)
    ]
    assert told == [
        ("headline", 0, 0, "A big day.", ""),
        ("body", 0, 0, "One is here.", ""),
        ("body", 0, 1, "Two is there.", "One is here."),
        ("body", 2, 0, "Three.", "Two is there."),
    ]


def test_ranges_count_from_the_sentence() -> None:
    words = block("One here. Two there.", Range(4, 13, "bold"), Range(10, 13, "link", LINK))
    assert [each.ranges for each in segments({"body": (words,)})] == [
        (Range(4, 9, "bold"),),
        (Range(0, 3, "bold"), Range(0, 3, "link", LINK)),
    ]


def test_the_sentence_at_a_place() -> None:
    fields = {"body": (block("One. Two."), block("code", kind="code"))}
    assert segment_text_at(fields, SegmentPlace("body", 0, 1)) == "Two."


@pytest.mark.parametrize(
    "place",
    [
        SegmentPlace("lead", 0, 0),
        SegmentPlace("body", 2, 0),
        SegmentPlace("body", -1, 0),
        SegmentPlace("body", 0, 2),
        SegmentPlace("body", 0, -1),
        SegmentPlace("body", 1, 0),
    ],
)
def test_no_sentence_at_a_place(place: SegmentPlace) -> None:
    fields = {"body": (block("One. Two."), block("code", kind="code"))}
    with pytest.raises(LookupError, match=r"no (field|block|sentence)"):
        segment_text_at(fields, place)


# --- composing ---


def targets(*wordings: TargetText) -> dict[SegmentPlace, TargetText]:
    return {SegmentPlace("body", 0, index): wording for index, wording in enumerate(wordings)}


def test_composing_replaces_sentences_and_keeps_gaps() -> None:
    source = {"body": (block("One here.  Two\nThree."),)}
    composed = compose(source, targets(TargetText("Un ici."), TargetText("Deux"), TargetText("Trois.")))[
        "body"
    ][0]
    assert composed.text == "Un ici.  Deux\nTrois."
    assert [composed.text[start:end] for start, end in composed.sentences] == ["Un ici.", "Deux", "Trois."]


def test_a_block_that_lacks_a_target_stays() -> None:
    source = {"body": (block("One. Two."), block("x", kind="code"))}
    assert compose(source, targets(TargetText("Un."))) == source


def test_a_range_over_two_sentences_becomes_whole_again() -> None:
    source = {"body": (block("One here. Two there.", Range(4, 13, "bold")),)}
    composed = compose(
        source,
        targets(
            TargetText("Un ici.", (Range(3, 7, "bold"),)), TargetText("Deux là.", (Range(0, 4, "bold"),))
        ),
    )["body"][0]
    assert composed.ranges == (Range(3, 12, "bold"),)


def test_two_ranges_of_two_sentences_stay_two() -> None:
    source = {"body": (block("One. Two.", Range(0, 4, "link", LINK), Range(5, 9, "link", LINK)),)}
    composed = compose(
        source,
        targets(
            TargetText("Un.", (Range(0, 3, "link", LINK),)), TargetText("Deux.", (Range(0, 5, "link", LINK),))
        ),
    )["body"][0]
    assert composed.ranges == (Range(0, 3, "link", LINK), Range(4, 9, "link", LINK))


def test_a_target_is_trimmed_and_never_breaks_a_line() -> None:
    source = {"body": (block("One. Two."),)}
    composed = compose(
        source, targets(TargetText(" Un\ndeux. ", (Range(1, 3, "bold"),)), TargetText("Trois."))
    )["body"][0]
    assert (composed.text, composed.ranges) == ("Un deux. Trois.", (Range(0, 2, "bold"),))


@pytest.mark.parametrize(
    ("said", "text", "places"),
    [
        (("Un.", "", "Trois."), "Un. Trois.", ((0, 3), (3, 3), (4, 10))),
        (("", "Deux.", ""), "Deux.", ((0, 0), (0, 5), (5, 5))),
        (("", "", "Trois."), "Trois.", ((0, 0), (0, 0), (0, 6))),
        (("一。", "", "三。"), "一。三。", ((0, 2), (2, 2), (2, 4))),
    ],
)
def test_an_empty_target_leaves_no_gap_and_keeps_its_place(
    said: tuple[str, ...], text: str, places: tuple[tuple[int, int], ...]
) -> None:
    composed = compose_block(block("One. Two. Three."), [TargetText(each) for each in said])
    assert (composed.text, composed.sentences) == (text, places)


def own_targets(fields: dict[str, tuple[Block, ...]]) -> dict[SegmentPlace, TargetText]:
    return {each.place: TargetText(each.text, each.ranges) for each in segments(fields)}


blocks = normal_fields("paragraph", "heading", "list_item", "blockquote", "code", "divider")


@given(blocks, blocks, st.sampled_from(["en", "fr", "ru", "ar", "zh"]))
def test_composing_with_the_source_is_the_identity(
    headline: tuple[Block, ...], body: tuple[Block, ...], language: str
) -> None:
    fields = {
        name: tuple(with_sentences(each, language) for each in field)
        for name, field in (("headline", headline), ("body", body))
    }
    composed = compose(fields, own_targets(fields))
    assert {name: without_order(field) for name, field in composed.items()} == {
        name: without_order(field) for name, field in fields.items()
    }


def without_order(field: tuple[Block, ...]) -> list[tuple[Block, frozenset[tuple[int, int, str, str]]]]:
    return [
        (
            replace(each, ranges=()),
            frozenset((r.start, r.end, r.kind, str(r.attrs.get("href"))) for r in each.ranges),
        )
        for each in field
    ]


def test_corpora_compose_to_themselves() -> None:
    for language, text in corpus.texts():
        fields = {"body": tuple(with_sentences(each, language) for each in normal_blocks([plain(text)]))}
        assert compose(fields, own_targets(fields)) == fields
        assert all(segment_text_at(fields, each.place) == each.text for each in segments(fields))


def test_hostile_length_is_survived() -> None:
    fields = {"body": (block("Yes it is. " * 5_000, Range(0, 40_000, "bold")),)}
    assert compose(fields, own_targets(fields)) == fields
    assert needs_context("\u0301\u0323" * 100_000)
    assert not needs_context("A word " * 200_000)
