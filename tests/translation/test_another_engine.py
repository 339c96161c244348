"""What one engine cannot say faithfully, another is asked for; what none can, stays refused."""

from functools import partial

import pytest

from dragoman.engines.errors import EngineError, Unavailable
from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Pair, Request
from dragoman.engines.routing import Router
from dragoman.fidelity.findings import Verdict
from dragoman.translation.asking import Asked, Told, ask

EN_FR, FR_EN, EN_RU, FR_RU = Pair("en", "fr"), Pair("fr", "en"), Pair("en", "ru"), Pair("fr", "ru")
TEXTS = {
    "en": ("The harbour was closed on Monday.", "The boats stayed in the sun."),
    "fr": ("Le port était fermé lundi.", "Les bateaux sont restés au soleil."),
    "ru": ("В понедельник порт был закрыт.", "Лодки остались на солнце."),
}


class Fluent(FakeEngine):
    """Knows two sentences well: the gate would not believe the fake's rule in another script."""

    @staticmethod
    def expected(pair: Pair, text: str) -> str:
        return dict(zip(TEXTS[pair.source], TEXTS[pair.target], strict=True))[text]


def _engine(name: str, *pairs: Pair, confidential: bool = True, **quirks: object) -> FakeEngine:
    return Fluent(pairs, name=name, confidential=confidential, quirks=Quirks(**quirks))  # type: ignore[arg-type]


def _asked(pair: Pair, *engines: FakeEngine, confidential_only: bool = False) -> list[Told]:
    translate = partial(Router(engines).translate, confidential_only=confidential_only)
    return ask([Asked(text) for text in TEXTS[pair.source]], pair, translate, 5.0)


def test_only_what_was_refused_is_asked_of_another_engine() -> None:
    first, second = _engine("first", EN_FR, empty=True, only="boats"), _engine("second", EN_FR)
    kept, other = _asked(EN_FR, first, second)
    assert (kept.engine, kept.retries) == ("first", 0)
    assert (other.engine, other.verdict, other.retries) == ("second", Verdict.PASS, 2)
    assert other.text == TEXTS["fr"][1]
    [request] = second.ledger
    assert request.texts == (TEXTS["en"][1],)


def test_then_of_a_pivot() -> None:
    direct, pivot = _engine("direct", FR_RU, empty=True), _engine("pivot", FR_EN, EN_RU)
    told = _asked(FR_RU, direct, pivot)
    assert [(each.engine, each.text) for each in told] == [("pivot+pivot", text) for text in TEXTS["ru"]]


def test_then_the_original_stays() -> None:
    for told in _asked(EN_FR, _engine("first", EN_FR, empty=True), _engine("second", EN_FR, empty=True)):
        assert told.verdict is Verdict.REFUSE


@pytest.mark.parametrize("error", [Unavailable("It is away.")], ids=lambda error: error.code)
def test_another_engine_that_fails_changes_nothing(error: EngineError) -> None:
    second = _engine("second", EN_FR, failures=(error,) * 9)
    for told in _asked(EN_FR, _engine("first", EN_FR, empty=True), second):
        assert (told.verdict, told.engine) == (Verdict.REFUSE, "first")


def test_what_is_under_embargo_is_not_shown_to_another_engine() -> None:
    away = _engine("away", EN_FR, confidential=False)
    for told in _asked(EN_FR, _engine("home", EN_FR, empty=True), away, confidential_only=True):
        assert told.verdict is Verdict.REFUSE
    assert away.ledger == []


def test_a_request_that_nothing_was_refused_of_is_one_request() -> None:
    first, second = _engine("first", EN_FR), _engine("second", EN_FR)
    _asked(EN_FR, first, second)
    assert [request.avoid for request in first.ledger] == [frozenset()]
    assert second.ledger == []
    assert Request(EN_FR, TEXTS["en"]).avoid == frozenset()
