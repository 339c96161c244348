"""LibreTranslate, against a server that speaks its protocol."""

from collections.abc import Iterator

import pytest

from dragoman.engines.errors import (
    EngineError,
    NotAuthorized,
    RateLimited,
    Refused,
    TooLong,
    Unavailable,
    UnsupportedPair,
)
from dragoman.engines.fake import FakeEngine
from dragoman.engines.libretranslate import KNOWN_SECONDS, LibreTranslate
from dragoman.engines.protocol import Engine, Pair, Request
from tests.engines.contract import PAIR, EngineContract
from tests.engines.servers import KEY, LibreServer, Reply
from tests.engines.test_http import Clock


@pytest.fixture
def server() -> Iterator[LibreServer]:
    server = LibreServer()
    with server.running():
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(server: LibreServer, clock: Clock) -> Iterator[Engine]:
    engine = LibreTranslate(server.url, key=KEY, clock=clock, sleep=clock.sleep)
    yield engine
    engine.close()


class TestContract(EngineContract):
    pass


def _translations(server: LibreServer) -> list[dict[str, object]]:
    return [asked.body for asked in server.asked if asked.path == "/translate"]


def test_many_texts_are_one_call(engine: Engine, server: LibreServer) -> None:
    texts = tuple(f"There were {number} boats." for number in range(30))
    said = engine.translate(Request(PAIR, texts)).texts
    assert said == tuple(FakeEngine.expected(PAIR, text) for text in texts)
    [body] = _translations(server)
    assert body["q"] == list(texts)
    assert (body["source"], body["target"], body["format"]) == ("en", "pt", "text")


def test_calls_stay_within_the_servers_limits(server: LibreServer) -> None:
    server.batch, server.characters = 10, 300
    engine = LibreTranslate(server.url, key=KEY, batch=10, characters=300, longest=200)
    texts = tuple(f"There were {number} boats in the old harbour." for number in range(33))
    said = engine.translate(Request(PAIR, texts)).texts
    assert said == tuple(FakeEngine.expected(PAIR, text) for text in texts)
    assert len(_translations(server)) > 4
    engine.close()


def test_placeholders_go_where_the_server_translates_nothing(engine: Engine, server: LibreServer) -> None:
    answer = engine.translate(Request(PAIR, ("Read XQZ1 & XQZ2 now.", "Read this.")))
    assert answer.refusals == ()
    assert "XQZ1" in answer.texts[0]
    plain, marked = _translations(server)
    assert plain["q"] == ["Read this."]
    assert marked["format"] == "html"
    assert marked["q"] == [
        'Read <span translate="no">XQZ1</span> &amp; <span translate="no">XQZ2</span> now.'
    ]


def test_what_looks_like_markup_is_not_sent_as_markup(engine: Engine, server: LibreServer) -> None:
    answer = engine.translate(Request(PAIR, ("If a < b, read XQZ1.",)))
    [body] = _translations(server)
    assert body["format"] == "text"
    assert "a < b" in answer.texts[0]


def test_entities_that_the_server_reads_are_not_let_through_as_markup(engine: Engine) -> None:
    answer = engine.translate(Request(PAIR, ("Write &lt;b&gt; for bold.", "And then rest.")))
    assert answer.texts[0] == ""
    assert answer.refusals[0].error.code == "malformed_answer"
    assert answer.texts[1] == FakeEngine.expected(PAIR, "And then rest.")


def test_the_servers_pairs_are_asked_for_once_an_hour(
    engine: Engine, server: LibreServer, clock: Clock
) -> None:
    assert engine.pairs() == {
        Pair(source, target) for source in server.languages for target in server.languages if source != target
    }
    engine.pairs()
    assert len(server.asked) == 1
    server.languages = ("en", "de")
    clock.now += KNOWN_SECONDS
    assert engine.pairs() == {Pair("en", "de"), Pair("de", "en")}
    assert len(server.asked) == 2


def test_pairs_are_believed_while_the_server_is_away(
    engine: Engine, server: LibreServer, clock: Clock
) -> None:
    before = engine.pairs()
    clock.now += KNOWN_SECONDS
    server.replies += [Reply(500)] * 5
    assert engine.pairs() == before


def test_pairs_of_a_server_that_never_answered(engine: Engine, server: LibreServer) -> None:
    server.replies += [Reply(500)] * 5
    with pytest.raises(Unavailable):
        engine.pairs()


@pytest.mark.parametrize("told", [{}, "x", None])
def test_a_list_of_languages_that_is_none(engine: Engine, server: LibreServer, told: object) -> None:
    server.replies.append(Reply.json(told))
    with pytest.raises(EngineError) as raised:
        engine.pairs()
    assert raised.value.code == "malformed_answer"


def test_nonsense_in_a_list_of_languages_is_passed_over(engine: Engine, server: LibreServer) -> None:
    server.replies.append(
        Reply.json(
            [7, {"code": 7}, {"code": "en", "targets": ["en", "fr", 7]}, {"code": "de", "targets": "x"}]
        )
    )
    assert engine.pairs() == {Pair("en", "fr")}


@pytest.mark.parametrize(
    ("status", "complaint", "kind"),
    [
        (400, "Please contact the server operator to get an API key", NotAuthorized),
        (400, "Visit https://portal.example to get an API key", NotAuthorized),
        (400, "Invalid request: request (900) exceeds text limit (500)", TooLong),
        (400, "pt is not supported", UnsupportedPair),
        (400, "Portuguese (pt) is not available as a target language from English (en)", UnsupportedPair),
        (400, "Invalid request: missing q parameter", Refused),
        (403, "Invalid API key", NotAuthorized),
        (403, "Too many request limits violations", RateLimited),
        (429, "Slowdown: 80 per 1 minute", RateLimited),
        (500, "Cannot translate text: boom", Unavailable),
    ],
)
def test_the_servers_complaints_are_told_apart(
    server: LibreServer, clock: Clock, status: int, complaint: str, kind: type[EngineError]
) -> None:
    engine = LibreTranslate(server.url, languages=("en", "pt"), key=KEY, clock=clock, sleep=clock.sleep)
    server.replies += [Reply.json({"error": complaint}, status)] * 3
    with pytest.raises(EngineError) as raised:
        engine.translate(Request(PAIR, ("One boat.",)))
    assert type(raised.value) is kind
    assert complaint not in str(raised.value)
    engine.close()


def test_a_wrong_key_is_told(server: LibreServer) -> None:
    engine = LibreTranslate(server.url, key="another")
    with pytest.raises(NotAuthorized):
        engine.translate(Request(PAIR, ("One boat.",)))
    engine.close()


@pytest.mark.parametrize("told", [["One."], "One.", ["One.", 7], None, ["a", "b", "c"]])
def test_an_answer_is_one_translation_a_text(engine: Engine, server: LibreServer, told: object) -> None:
    engine.pairs()
    server.replies.append(Reply.json({"translatedText": told}))
    with pytest.raises(EngineError) as raised:
        engine.translate(Request(PAIR, ("One boat.", "Two boats.")))
    assert raised.value.code == "malformed_answer"
