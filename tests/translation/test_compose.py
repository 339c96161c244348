"""Editions composed of their sentences: what stands between them, and formatting over more than one."""

import pytest

from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.text.blocks import Block, Range, with_sentences
from dragoman.translation import engines
from dragoman.translation.compose import compose
from dragoman.translation.models import Target
from dragoman.translation.plain import translate_text

LINK = {"href": "https://example.org/"}


def composed(block: Block, *said: str) -> Block:
    targets = {("body", 0, place): Target(text=text) for place, text in enumerate(said)}
    return compose({"body": (block,)}, targets, whole=False).fields["body"][0].block


def bounded(text: str, language: str, *ranges: Range) -> Block:
    return with_sentences(Block("paragraph", text, ranges), language)


@pytest.mark.parametrize(
    ("source", "language", "said", "read"),
    [
        ("The lamp turns. It is old.", "en", ("灯在转。", "它很旧。"), "灯在转。它很旧。"),
        ("灯在转。它很旧。", "zh", ("The lamp turns.", "It is old."), "The lamp turns. It is old."),
        (
            "The lamp turns.\nIt is old.",
            "en",
            ("La lampe tourne.", "Elle est vieille."),
            "La lampe tourne.\nElle est vieille.",
        ),
    ],
)
def test_sentences_stand_as_the_target_s_script_has_them(
    source: str, language: str, said: tuple[str, ...], read: str
) -> None:
    block = composed(bounded(source, language), *said)
    assert block.text == read
    assert tuple(block.text[start:end] for start, end in block.sentences) == said


def test_two_links_side_by_side_stay_two() -> None:
    block = bounded("One. Two.", "en", Range(0, 4, "link", LINK), Range(5, 9, "link", LINK))
    assert composed(block, "Un.", "Deux.").ranges == (Range(0, 3, "link", LINK), Range(4, 9, "link", LINK))


def test_one_link_over_two_sentences_stays_one() -> None:
    block = bounded("One. Two.", "en", Range(0, 9, "link", LINK))
    assert composed(block, "Un.", "Deux.").ranges == (Range(0, 9, "link", LINK),)


class Wording(FakeEngine):
    """Says what it is told to."""

    def __init__(self, pair: Pair, told: dict[str, str]) -> None:
        super().__init__(frozenset([pair]))
        self.told = told

    def translate(self, request: Request) -> Answer:
        answer = super().translate(request)
        return Answer(tuple(self.told[text] for text in request.texts), answer.engine, answer.model)


def test_plain_texts_are_joined_alike() -> None:
    told = {"The lamp turns at night.": "灯在夜里转。", "It is very old.": "它很旧。"}
    with engines.use(Wording(Pair("en", "zh"), told)):
        assert (
            translate_text("The lamp turns at night. It is very old.", "en", "zh").text
            == "灯在夜里转。它很旧。"
        )
        made = translate_text(
            "<p>The lamp turns at night. <b>It is very old.</b></p>", "en", "zh", markup=True
        )
    assert made.text == "<p>灯在夜里转。<b>它很旧。</b></p>"
