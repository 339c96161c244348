"""Routes: direct before pivot, in order of preference, and what happens when engines fail."""

import time
from dataclasses import replace

import pytest

from dragoman.engines.errors import (
    Crashed,
    EngineError,
    QuotaExceeded,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
    UnsupportedPair,
)
from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Answer, Engine, Pair, Refusal, Request
from dragoman.engines.routing import Router, base_language
from dragoman.text.terms import Term

EN_FR, FR_EN, EN_RU, FR_RU = Pair("en", "fr"), Pair("fr", "en"), Pair("en", "ru"), Pair("fr", "ru")
TEXT = "Il fait beau."


def _failing(name: str, pair: Pair, *failures: EngineError) -> FakeEngine:
    return FakeEngine([pair], name=name, quirks=Quirks(failures=failures * 9))


def _names(router: Router, pair: Pair) -> list[str]:
    route = router.route(pair)
    return [engine.name for engine, _ in route.hops] if route else []


def test_is_itself_an_engine() -> None:
    assert isinstance(Router([FakeEngine([EN_FR])]), Engine)


def test_the_first_engine_that_has_the_pair() -> None:
    router = Router(
        [FakeEngine([EN_RU], name="a"), FakeEngine([EN_FR], name="b"), FakeEngine([EN_FR], name="c")]
    )
    assert _names(router, EN_FR) == ["b"]


def test_direct_before_pivot_whatever_the_order() -> None:
    router = Router([FakeEngine([FR_EN, EN_RU], name="a"), FakeEngine([FR_RU], name="b")])
    assert _names(router, FR_RU) == ["b"]


def test_through_english_counts_two_hops() -> None:
    first, second = FakeEngine([FR_EN], name="a"), FakeEngine([EN_RU], name="b")
    answer = Router([first, second]).translate(Request(FR_RU, (TEXT,)))
    assert answer.hops == 2
    assert answer.engine == "a+b"
    assert answer.model == "rule-fr-en+rule-en-ru"
    assert answer.texts == (FakeEngine.expected(EN_RU, FakeEngine.expected(FR_EN, TEXT)),)
    assert len(first.ledger) == len(second.ledger) == 1


def test_terms_are_for_an_engine_that_has_the_very_pair() -> None:
    terms = (Term(1, ("temps",), ("погода",)),)
    direct, first, second = (FakeEngine([pair]) for pair in (FR_RU, FR_EN, EN_RU))
    Router([direct]).translate(Request(FR_RU, (TEXT,), terms=terms))
    Router([first, second]).translate(Request(FR_RU, (TEXT,), terms=terms))
    assert [engine.ledger[0].terms for engine in (direct, first, second)] == [terms, (), ()]


def test_the_second_hop_has_what_time_the_first_left() -> None:
    first, second = FakeEngine([FR_EN]), FakeEngine([EN_RU])
    Router([first, second]).translate(Request(FR_RU, (TEXT,), deadline=7.0))
    assert second.ledger[0].deadline < first.ledger[0].deadline <= 7.0


def test_no_time_left_is_a_time_out() -> None:
    with pytest.raises(TimedOut):
        Router([FakeEngine([EN_FR])]).translate(Request(EN_FR, (TEXT,), deadline=0.0))


def test_no_pivot_for_a_pair_with_english() -> None:
    router = Router([FakeEngine([FR_EN, Pair("en", "en-GB"), Pair("fr", "de")])])
    assert router.route(Pair("en", "fr")) is None


def test_pairs_include_pivots_and_no_language_with_itself() -> None:
    router = Router([FakeEngine([FR_EN, EN_FR]), FakeEngine([EN_RU])])
    assert router.pairs() == {FR_EN, EN_FR, EN_RU, FR_RU}


@pytest.mark.parametrize("pair", [Pair("fr", "fr"), Pair("pt", "pt-BR"), Pair("ru", "fr"), Pair("", "")])
def test_no_route(pair: Pair) -> None:
    router = Router([FakeEngine([FR_EN, EN_RU])])
    assert router.route(pair) is None
    with pytest.raises(UnsupportedPair):
        router.translate(Request(pair, (TEXT,)))
    with pytest.raises(UnsupportedPair):
        router.model(pair)


def test_variants_go_to_the_language() -> None:
    engine = FakeEngine([Pair("en", "pt")])
    answer = Router([engine]).translate(Request(Pair("en-GB", "pt-BR"), ("Hello there.",)))
    assert engine.ledger[0].pair == Pair("en", "pt")
    assert answer.model == "rule-en-pt"


def test_the_very_variant_comes_first() -> None:
    engine = FakeEngine([Pair("en", "pt"), Pair("en", "pt-BR")])
    route = Router([engine]).route(Pair("en", "pt-BR"))
    assert route is not None
    assert route.hops[0][1] == Pair("en", "pt-BR")


def test_scripts_are_not_variants() -> None:
    router = Router([FakeEngine([Pair("en", "zh")])])
    assert router.route(Pair("en", "zh-Hans")) is not None
    assert router.route(Pair("en", "zh-CN")) is not None
    assert router.route(Pair("en", "zh-TW")) is None
    assert router.route(Pair("en", "zh-Hant")) is None


def test_norwegian_is_one_of_two() -> None:
    router = Router([FakeEngine([Pair("en", "nb"), Pair("nb", "en")])])
    for asked in ("no", "nb-NO", "nn"):
        route = router.route(Pair("en", asked))
        assert route is not None
        assert route.hops[0][1] == Pair("en", "nb")
    assert router.route(Pair("nb", "nn")) is None  # there and back would be Bokmål again


@pytest.mark.parametrize(
    ("tag", "base"),
    [
        ("pt-BR", "pt"),
        ("PT", "pt"),
        ("zh-Hant-HK", "zh-hant"),
        ("zh_TW", "zh-hant"),
        ("zh-Hans", "zh"),
        ("sr-Latn", "sr-latn"),
        ("sr-Cyrl-RS", "sr"),
        ("no", "nb"),
        ("es-419", "es"),
        ("", ""),
    ],
)
def test_base_language(tag: str, base: str) -> None:
    assert base_language(tag) == base


@pytest.mark.parametrize(
    "error", [Crashed("x"), QuotaExceeded("x"), Refused("x"), Unavailable("x")], ids=lambda error: error.code
)
def test_falls_back_to_the_next_engine(error: EngineError) -> None:
    answer = Router([_failing("a", EN_FR, error), FakeEngine([EN_FR], name="b")]).translate(
        Request(EN_FR, ("Hello.",))
    )
    assert answer.engine == "b"


def test_falls_back_to_the_pivot() -> None:
    router = Router([_failing("a", FR_RU, Crashed("x")), FakeEngine([FR_EN, EN_RU], name="b")])
    assert router.translate(Request(FR_RU, (TEXT,))).engine == "b+b"


def test_falls_back_within_a_pivot() -> None:
    router = Router(
        [FakeEngine([FR_EN], name="a"), _failing("b", EN_RU, Crashed("x")), FakeEngine([EN_RU], name="c")]
    )
    assert router.translate(Request(FR_RU, (TEXT,))).engine == "a+c"


@pytest.mark.parametrize("error", [RateLimited("x", 60.0), TimedOut("x")], ids=lambda error: error.code)
def test_what_may_pass_with_one_engine_does_not_hold_up_the_next(error: EngineError) -> None:
    router = Router([_failing("a", EN_FR, error), FakeEngine([EN_FR], name="b")])
    assert router.translate(Request(EN_FR, ("Hello.",))).engine == "b"


def test_nobody_is_asked_when_the_time_is_up() -> None:
    class Slow(FakeEngine):
        def translate(self, request: Request) -> Answer:
            time.sleep(request.deadline)
            raise TimedOut("Late.")

    second = FakeEngine([EN_FR], name="b")
    with pytest.raises(TimedOut, match="Late"):
        Router([Slow([EN_FR], name="a"), second]).translate(Request(EN_FR, ("Hello.",), deadline=0.01))
    assert second.ledger == []


def test_an_engine_to_avoid_is_passed_over() -> None:
    first, second = FakeEngine([EN_FR], name="a"), FakeEngine([EN_FR], name="b")
    router = Router([first, second])
    assert router.translate(Request(EN_FR, ("Hello.",), avoid=frozenset({"a"}))).engine == "b"
    with pytest.raises(UnsupportedPair):
        router.translate(Request(EN_FR, ("Hello.",), avoid=frozenset({"a", "b"})))
    assert first.ledger == []


def test_an_engine_to_avoid_is_no_hop_of_a_pivot() -> None:
    router = Router([FakeEngine([FR_RU, FR_EN], name="a"), FakeEngine([FR_EN, EN_RU], name="b")])
    assert router.translate(Request(FR_RU, (TEXT,), avoid=frozenset({"a"}))).engine == "b+b"


class Mute(FakeEngine):
    """An engine whose server, which would have to be asked for its pairs, is away."""

    def pairs(self) -> frozenset[Pair]:
        raise Unavailable("It is away.")


def test_an_engine_that_cannot_say_its_pairs_does_not_hold_up_the_others() -> None:
    router = Router([Mute([EN_FR], name="a"), FakeEngine([EN_FR], name="b")])
    assert router.translate(Request(EN_FR, ("Hello.",))).engine == "b"
    assert router.pairs() == {EN_FR}
    assert _names(router, EN_FR) == ["b"]


def test_a_pair_that_only_a_mute_engine_may_have_is_to_be_tried_again() -> None:
    with pytest.raises(Unavailable):
        Router([Mute([EN_FR]), FakeEngine([EN_RU])]).translate(Request(EN_FR, ("Hello.",)))


def test_a_text_that_the_first_hop_refuses_stays_refused() -> None:
    class Fussy(FakeEngine):
        def translate(self, request: Request) -> Answer:
            answer = super().translate(request)
            return replace(answer, texts=("", *answer.texts[1:]), refusals=(Refusal(0, Refused("No.")),))

    answer = Router([Fussy([FR_EN]), FakeEngine([EN_RU])]).translate(Request(FR_RU, (TEXT, TEXT)))
    assert answer.texts[0] == ""
    assert answer.texts[1]
    assert [refusal.place for refusal in answer.refusals] == [0]


def test_when_all_fail_the_error_that_may_pass_is_raised() -> None:
    router = Router([_failing("a", EN_FR, Refused("no")), _failing("b", EN_FR, Unavailable("down"))])
    with pytest.raises(Unavailable):
        router.translate(Request(EN_FR, ("Hello.",)))


def test_when_all_fail_for_good_the_preferred_engine_speaks() -> None:
    router = Router([_failing("a", EN_FR, Refused("no")), _failing("b", EN_FR, Crashed("died"))])
    with pytest.raises(Refused):
        router.translate(Request(EN_FR, ("Hello.",)))


def test_confidential_texts_take_confidential_engines_only() -> None:
    away = FakeEngine([EN_FR, EN_RU, FR_EN], name="away", confidential=False)
    home = FakeEngine([EN_FR], name="home")
    router = Router([away, home])
    assert router.translate(Request(EN_FR, ("Hello.",)), confidential_only=True).engine == "home"
    assert router.route(FR_RU, confidential_only=True) is None
    with pytest.raises(UnsupportedPair, match="confidential"):
        router.translate(Request(EN_RU, ("Hello.",)), confidential_only=True)
    assert away.ledger == []
    assert not router.confidential


def test_longest_is_what_every_engine_takes() -> None:
    assert Router([FakeEngine([EN_FR], longest=100), FakeEngine([EN_FR], longest=50)]).longest == 50


def test_close_closes_all() -> None:
    closed: list[str] = []

    class Closing(FakeEngine):
        def close(self) -> None:
            closed.append(self.name)

    Router([Closing([EN_FR], name="a"), Closing([EN_RU], name="b")]).close()
    assert closed == ["a", "b"]


def test_a_failure_that_the_next_engine_hides_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    router = Router([_failing("a", EN_FR, QuotaExceeded("It is used up.")), FakeEngine([EN_FR])])
    router.translate(Request(EN_FR, ("Hello.",)))
    assert caplog.messages == ["en-fr: quota_exceeded: It is used up."]
