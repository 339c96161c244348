"""The fake passes the contract, follows its rule, and misbehaves exactly as told."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.engines.errors import Crashed, RateLimited, TimedOut, UnsupportedPair
from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Engine, Pair, Request
from tests.engines.contract import PAIR, EngineContract

LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")
SENTENCE = "Call XQZ1 or XQZ2 & ask for 1,234.5 kg."
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@pytest.fixture
def engine() -> Engine:
    return FakeEngine([PAIR])


class TestContract(EngineContract):
    pass


def _said(text: str, **quirks: object) -> str:
    engine = FakeEngine([PAIR], quirks=Quirks(**quirks))  # type: ignore[arg-type]
    return engine.translate(Request(PAIR, (text,))).texts[0]


def test_is_readable() -> None:
    said = FakeEngine.expected(PAIR, "It rains in Lisbon, 12 °C.")
    ending = said.split()[1].removeprefix("rains")
    assert len(ending) == 1
    assert said == f"It{ending} rains{ending} in{ending} Lisbon{ending}, 12 °C."


@pytest.mark.parametrize(
    "text", ["No", "Oui !", "Ça va ?", "Привет, мир", "كيف الحال", "今日は", "I am", "l'été", "Don’t go"]
)
def test_is_never_an_echo_in_any_script(text: str) -> None:
    for pair in (Pair(*two) for two in permutations(LANGUAGES, 2)):
        said = FakeEngine.expected(pair, text)
        assert said != text
        assert FakeEngine.original(pair, said) == text


def test_each_pair_says_something_else() -> None:
    pairs = [Pair(*two) for two in permutations(LANGUAGES, 2)]
    assert len({FakeEngine.expected(pair, "The harbour") for pair in pairs}) == len(pairs)


@given(texts)
def test_the_original_comes_back(text: str) -> None:
    assert FakeEngine.original(PAIR, FakeEngine.expected(PAIR, text)) == text


def test_length_stays_within_thirty_per_cent() -> None:
    text = "One boat was not big but its six men had the sea for all of the day they met"
    assert len(text) < len(FakeEngine.expected(PAIR, text)) <= 1.3 * len(text)


def test_the_ledger_has_every_request() -> None:
    ledger: list[Request] = []
    engine = FakeEngine([PAIR], ledger=ledger)
    engine.translate(Request(PAIR, ("One.", "Two.")))
    with pytest.raises(UnsupportedPair):
        engine.translate(Request(Pair("en", "fr"), ("One.",)))
    assert [request.pair for request in ledger] == [PAIR, Pair("en", "fr")]


def test_drops_placeholders() -> None:
    assert "XQZ" not in _said(SENTENCE, placeholders="drop")


def test_doubles_placeholders() -> None:
    assert _said(SENTENCE, placeholders="double").count("XQZ1") == 2


def test_reorders_placeholders() -> None:
    said = _said(SENTENCE, placeholders="reorder")
    assert said.index("XQZ2") < said.index("XQZ1")


def test_recases_placeholders() -> None:
    said = _said(SENTENCE, placeholders="recase")
    assert "xqz1" in said
    assert "XQZ1" not in said


def test_escapes_entities() -> None:
    assert "&amp;" in _said(SENTENCE, escape=True)


def test_echoes() -> None:
    assert _said(SENTENCE, echo=True) == SENTENCE


def test_answers_nothing() -> None:
    assert _said(SENTENCE, empty=True) == ""


def test_touches_only_what_it_is_told_to() -> None:
    engine = FakeEngine([PAIR], quirks=Quirks(empty=True, only="boat"))
    said = engine.translate(Request(PAIR, ("A boat.", "A ship."))).texts
    assert said == ("", FakeEngine.expected(PAIR, "A ship."))


def test_fails_as_often_as_told_and_then_works() -> None:
    engine = FakeEngine([PAIR], quirks=Quirks(failures=(RateLimited("Slower.", 3.0), TimedOut("Late."))))
    with pytest.raises(RateLimited) as raised:
        engine.translate(Request(PAIR, ("One.",)))
    assert raised.value.retry_after == 3.0
    with pytest.raises(TimedOut):
        engine.translate(Request(PAIR, ("One.",)))
    assert engine.translate(Request(PAIR, ("One.",))).texts


def test_crashes() -> None:
    with pytest.raises(Crashed):
        _said("One.", crash=True)


def test_is_slow_within_the_deadline_and_late_past_it() -> None:
    slept: list[float] = []
    engine = FakeEngine([PAIR], quirks=Quirks(delay=2.0), sleep=slept.append)
    assert engine.translate(Request(PAIR, ("One.",), deadline=3.0)).texts
    with pytest.raises(TimedOut):
        engine.translate(Request(PAIR, ("One.",), deadline=1.0))
    assert slept == [2.0]
