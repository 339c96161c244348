"""What every adapter must do. A test module subclasses `EngineContract` and provides the `engine` fixture."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dragoman.engines.errors import EngineError, TooLong, UnsupportedPair
from dragoman.engines.protocol import Answer, Engine, Pair, Request

PAIR = Pair("en", "pt")
TEXTS = (
    "The harbour was closed on Monday.",
    "Nobody knows why, but 12 boats stayed.",
    "Read XQZ1 before you answer XQZ2.",
)


class EngineContract:
    def test_is_an_engine(self, engine: Engine) -> None:
        assert isinstance(engine, Engine)
        assert engine.name
        assert engine.longest > 0

    def test_offers_the_pair(self, engine: Engine) -> None:
        assert PAIR in engine.pairs()
        assert engine.model(PAIR)

    def test_answers_every_text_in_order(self, engine: Engine) -> None:
        answer = engine.translate(Request(PAIR, TEXTS))
        alone = [engine.translate(Request(PAIR, (text,))).texts[0] for text in TEXTS]
        assert list(answer.texts) == alone
        assert len(set(answer.texts)) == len(TEXTS)

    def test_translates(self, engine: Engine) -> None:
        for source, target in zip(TEXTS, engine.translate(Request(PAIR, TEXTS)).texts, strict=True):
            assert target.strip()
            assert target != source

    def test_says_who_answered(self, engine: Engine) -> None:
        answer = engine.translate(Request(PAIR, TEXTS[:1]))
        assert (answer.engine, answer.model, answer.hops) == (engine.name, engine.model(PAIR), 1)

    def test_is_deterministic(self, engine: Engine) -> None:
        assert engine.translate(Request(PAIR, TEXTS)) == engine.translate(Request(PAIR, TEXTS))

    def test_keeps_placeholders_and_digits(self, engine: Engine) -> None:
        said = engine.translate(Request(PAIR, TEXTS)).texts
        assert "12" in said[1]
        assert said[2].count("XQZ1") == 1
        assert said[2].count("XQZ2") == 1

    def test_a_text_without_words_stays(self, engine: Engine) -> None:
        texts = ("", "  \n", "…", "?!")
        assert engine.translate(Request(PAIR, texts)).texts == texts

    def test_no_texts_no_answers(self, engine: Engine) -> None:
        assert engine.translate(Request(PAIR, ())).texts == ()

    @pytest.mark.parametrize("pair", [Pair("en", "xx"), Pair("xx", "pt"), Pair("en", "en")])
    def test_refuses_a_pair_it_has_not(self, engine: Engine, pair: Pair) -> None:
        with pytest.raises(UnsupportedPair):
            engine.translate(Request(pair, TEXTS))
        with pytest.raises(UnsupportedPair):
            engine.model(pair)

    def test_refuses_a_text_too_long(self, engine: Engine) -> None:
        text = ("word " * engine.longest)[: engine.longest + 1]
        with pytest.raises(TooLong) as raised:
            engine.translate(Request(PAIR, ("Fine.", text)))
        assert "word word" not in str(raised.value)

    @pytest.mark.parametrize(
        "text",
        [
            "a\x00b",
            "<b>bold</b> & co",
            "\u202ehello\u202c there",
            "𝕳𝖊𝖑𝖑𝖔 world",
            "e\u0301" * 50,
            "{{7*7}} %s",
        ],
    )
    def test_hostile_text_is_answered_or_refused(self, engine: Engine, text: str) -> None:
        _answered_or_refused(engine, text)
        assert engine.translate(Request(PAIR, TEXTS[:1])).texts[0]

    def test_lone_surrogates_are_answered_or_refused(self, engine: Engine) -> None:
        _answered_or_refused(engine, "a \ud800 b")
        assert engine.translate(Request(PAIR, TEXTS[:1])).texts[0]

    def test_several_threads_at_once(self, engine: Engine) -> None:
        texts = [f"There were {number} boats in the harbour." for number in range(24)]
        alone = engine.translate(Request(PAIR, tuple(texts))).texts
        with ThreadPoolExecutor(6) as threads:
            answers = threads.map(lambda text: engine.translate(Request(PAIR, (text,))), texts)
            assert tuple(answer.texts[0] for answer in answers) == alone

    def test_closes_twice(self, engine: Engine) -> None:
        engine.translate(Request(PAIR, TEXTS[:1]))
        engine.close()
        engine.close()


def _answered_or_refused(engine: Engine, text: str) -> None:
    try:
        answer = engine.translate(Request(PAIR, (text,)))
    except EngineError:  # anything else fails the test
        return
    assert isinstance(answer, Answer)
    assert len(answer.texts) == 1
