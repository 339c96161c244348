"""Between the engine and the reader: whatever an engine does to what it was sent, and capitals."""

import html
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.fidelity.findings import Verdict
from dragoman.text.blocks import Block, Range, normal
from dragoman.text.projection import project
from dragoman.text.richtext import html_from_blocks
from dragoman.text.segments import TargetText, compose_block
from dragoman.text.spans import DESTROYED, find
from dragoman.translation.asking import Asked, Told, ask

PAIR = Pair("en", "pt")
QUIRKS = {
    "none": Quirks(),
    "drop": Quirks(placeholders="drop"),
    "double": Quirks(placeholders="double"),
    "reorder": Quirks(placeholders="reorder"),
    "recase": Quirks(placeholders="recase"),
    "escape": Quirks(escape=True),
    "escape and drop": Quirks(placeholders="drop", escape=True),
    "echo": Quirks(echo=True),
    "empty": Quirks(empty=True),
}
_PLACEHOLDER = re.compile(r"xqz", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z]+|#\d+|#x[0-9a-f]+);")

_words = st.sampled_from(
    [
        "harbour",
        "the",
        "street",
        "it's",
        '"so"',
        "4,400",
        "7:30 p.m.",
        "€5",
        "AT&T",
        "a<b",
        "@bob",
        "@Мария",
        "https://a.org/?b=1&c=2",
        "kremlin.ru",
        "mail@example.org",
        "#tag",
        ":smile:",
        "😀",
        "👍🏽",
    ]
)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """A sentence of words and what engines destroy, some of it bold, linked or code."""
    words = draw(st.lists(_words, min_size=1, max_size=9))
    ranges, at = [], 0
    for word in words:
        kind = draw(st.sampled_from(("", "", "", "bold", "link", "code")))
        attrs = {"href": f"https://b.org/{at}"} if kind == "link" else {}
        ranges += [Range(at, at + len(word), kind, attrs)] if kind else []
        at += len(word) + 1
    block = normal(Block("paragraph", " ".join(words), tuple(ranges)))
    return Asked(block.text, block.ranges)


def put(sentence: Asked, engine: FakeEngine) -> Told:
    return ask([sentence], PAIR, engine.translate, 5.0)[0]


def shown(sentence: Asked, told: Told) -> Block:
    """The block as readers get it."""
    block = Block("paragraph", sentence.text, sentence.ranges, ((0, len(sentence.text)),))
    if told.verdict is Verdict.REFUSE:
        return block
    placed, _ = project(sentence.text, sentence.ranges, told.text, told.fragments)
    return compose_block(block, [TargetText(told.text, placed)])


def destroyed(text: str, ranges: tuple[Range, ...] = ()) -> Counter[str]:
    return Counter(span.text for span in find(text, "en", ranges) if span.kind in DESTROYED - {"code"})


def attributes(ranges: tuple[Range, ...], kind: str) -> list[list[tuple[str, object]]]:
    return sorted(sorted(each.attrs.items()) for each in ranges if each.kind == kind)


class Balanced(HTMLParser):
    """Raises where a tag is closed that is not open; `open` are those left."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open += [tag] if tag not in ("br", "hr") else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("quirk", QUIRKS)
def test_no_reader_gets_a_placeholder_a_lost_span_or_a_broken_tag(quirk: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(asked())
    def holds(sentence: Asked) -> None:
        told = put(sentence, FakeEngine([PAIR], quirks=QUIRKS[quirk]))
        block = shown(sentence, told)
        assert not _PLACEHOLDER.search(block.text)
        assert destroyed(block.text) == destroyed(sentence.text)
        assert not set(_ENTITY.findall(block.text)) - set(_ENTITY.findall(sentence.text))
        for kind in ("link", "code"):
            assert attributes(block.ranges, kind) == attributes(sentence.ranges, kind)
        assert all(0 <= each.start < each.end <= len(block.text) for each in block.ranges)
        written = html_from_blocks([block])
        assert Balanced(written).open == []
        assert html.unescape(re.sub(r"<[^>]+>", "", written)).strip() == block.text.strip()

    holds()


@pytest.mark.parametrize("quirk", ["drop", "double"])
def test_what_engines_lose_is_asked_around(quirk: str) -> None:
    sentence = Asked("Ask @bob about https://a.org/x in the harbour")
    engine = FakeEngine([PAIR], quirks=QUIRKS[quirk], ledger=(ledger := []))
    told = put(sentence, engine)
    assert (told.verdict is not Verdict.REFUSE, told.retries) == (True, 1)
    assert told.text == " ".join(
        FakeEngine.expected(PAIR, part) if part[0] not in "@h" or part == "harbour" else part
        for part in ("Ask", "@bob", "about", "https://a.org/x", "in the harbour")
    )
    assert ledger[1].texts == ("Ask", "about", "in the harbour")


class Recorder:
    """Says what it is asked, word by word, and remembers it."""

    def __init__(self, says: dict[str, str]) -> None:
        self.says, self.asked = says, list[str]()

    def __call__(self, request: Request) -> Answer:
        self.asked += request.texts
        return Answer(tuple(self.says.get(text, text) for text in request.texts), "recorder", "m")


def test_capitals_are_asked_in_sentence_case_and_come_back_in_capitals() -> None:
    engine = Recorder({"Water prices rise, says XQZ1": "Preço da água sobe, diz XQZ1", "Prices": "preço"})
    sentence = Asked("WATER PRICES RISE, SAYS @Bob", (Range(6, 12, "bold"),))
    told = ask([sentence], PAIR, engine, 5.0)[0]
    assert engine.asked[:2] == ["Water prices rise, says XQZ1", "Prices"]
    assert told.text == "PREÇO DA ÁGUA SOBE, DIZ @Bob"
    placed, _ = project(sentence.text, sentence.ranges, told.text, told.fragments)
    assert [told.text[each.start : each.end] for each in placed] == ["PREÇO"]


def test_what_is_not_in_capitals_is_asked_as_written() -> None:
    engine = Recorder({})
    ask([Asked("NATO and the UN met in GENEVA today")], PAIR, engine, 5.0)
    assert engine.asked[0] == "NATO and the UN met in GENEVA today"


def test_the_gate_sees_the_rewritten_target() -> None:
    engine = Recorder({"They sold it for £4,400 today": "Venderam por US $ 4,400 hoje"})
    told = ask([Asked("They sold it for £4,400 today")], PAIR, engine, 5.0)[0]
    assert told.text == "Venderam por £\u00a04.400 hoje"
    assert not [finding for finding in told.findings if finding.check == "numbers"]


def test_digits_names_and_agreement_go_as_written() -> None:
    for text in ("12 trees were planted", "Maria was elected mayor", "At 11:40 it was 4,400 km²"):
        engine = Recorder({})
        ask([Asked(text)], PAIR, engine, 5.0)
        assert engine.asked[0] == text


def test_measures_in_brackets_that_were_left_out_are_asked_for_as_placeholders() -> None:
    says = {
        "The wind blows 400 km (250 mi) away": "O vento sopra a 400 km",
        "The wind blows 400 km XQZ1 away": "O vento sopra a 400 km XQZ1 daqui",
    }
    engine = Recorder(says)
    (told,) = ask([Asked("The wind blows 400 km (250 mi) away")], PAIR, engine, 5.0)
    assert engine.asked == list(says)
    assert (told.text, told.retries) == ("O vento sopra a 400 km (250 mi) daqui", 1)
    assert told.verdict is Verdict.PASS


def test_words_in_brackets_are_never_hidden() -> None:
    engine = Recorder({})
    ask([Asked("The island (sold in 1920) is large")], PAIR, engine, 5.0)
    assert "XQZ" not in "".join(engine.asked)


def test_a_doubt_about_a_figure_is_not_asked_in_the_same_words_again() -> None:
    engine = Recorder({"They counted 12 ships": "Contaram navios"})
    (told,) = ask([Asked("They counted 12 ships")], PAIR, engine, 5.0)
    assert (told.text, told.retries, engine.asked) == ("Contaram navios", 0, ["They counted 12 ships"])


def test_a_second_answer_that_is_no_better_is_not_taken() -> None:
    engine = Recorder({"It is 12 m (39 ft) long": "Tem de comprimento", "It is 12 m XQZ1 long": ""})
    (told,) = ask([Asked("It is 12 m (39 ft) long")], PAIR, engine, 5.0)
    assert (told.text, told.retries) == ("Tem de comprimento", 1)
