"""The engines of an installation: as configured, made anew when models come and go, warmed by what is used."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.errors import EngineError, NotAuthorized, QuotaExceeded, RateLimited, Unavailable
from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Pair, Request
from dragoman.engines.weights import WeightsSource
from dragoman.site.config import EngineConfig
from dragoman.translation import engines, tasks, work
from dragoman.translation.models import Edition, LedgerEntry, Progress
from tests.engines.servers import KEY, ChatServer
from tests.engines.weights_at_hand import copied_model, installed_model
from tests.translation.conftest import Write, edition

LIBRE = EngineConfig(kind="libretranslate", url="http://127.0.0.1:1", languages=["en", "fr"])
CHAT = EngineConfig(kind="chat", name="house", url="http://127.0.0.1:1/v1", model="m", languages=["en", "ru"])


@pytest.fixture(autouse=True)
def _anew(settings: Any, tmp_path: Path) -> Iterator[None]:
    """No models but those that a test puts there."""
    settings.TRANSLATION_WEIGHTS_DIRECTORY = tmp_path / "engines"
    engines.refresh()
    yield
    engines.refresh()


def _names() -> list[str]:
    return [engine.name for engine in engines.router().engines]


@pytest.fixture
def models(settings: Any) -> Path:
    """A directory with the model en-pt."""
    directory: Path = settings.TRANSLATION_WEIGHTS_DIRECTORY
    directory.mkdir()
    copied_model(directory)
    return directory


def test_the_embedded_engine_is_first_unless_it_is_named(settings: Any) -> None:
    installed_model()
    settings.TRANSLATION_ENGINES = [LIBRE, CHAT]
    assert _names() == ["embedded", "libretranslate", "house"]
    engines.refresh()
    settings.TRANSLATION_ENGINES = [CHAT, EngineConfig(kind="embedded"), LIBRE]
    assert _names() == ["house", "embedded", "libretranslate"]


def test_servers_are_not_confidential_unless_they_are_said_to_be(settings: Any) -> None:
    trusted = CHAT.model_copy(update={"confidential": True})
    settings.TRANSLATION_ENGINES = [LIBRE, trusted]
    told = {engine.name: engine.confidential for engine in engines.router().engines}
    assert told == {"embedded": True, "libretranslate": False, "house": True}
    assert engines.router().route(Pair("en", "fr"), confidential_only=True) is None
    assert engines.router().route(Pair("en", "ru"), confidential_only=True) is not None


def test_a_configured_engine_translates(settings: Any) -> None:
    with ChatServer().running() as server:
        settings.TRANSLATION_ENGINES = [
            EngineConfig(kind="chat", url=f"{server.url}/v1", model="small", key=KEY)  # type: ignore[arg-type]
        ]
        answer = engines.router().translate(Request(Pair("en", "ru"), ("The harbour was closed.",)))
    assert answer.engine == "chat"
    assert answer.texts[0] != "The harbour was closed."


def test_a_router_is_made_once(models: Path) -> None:
    assert engines.router() is engines.router()


def test_models_that_come_and_go_are_noticed_while_others_are_asked(models: Path) -> None:
    before = engines.router()
    old = next(engine for engine in before.engines if isinstance(engine, EmbeddedEngine))
    assert before.translate(Request(Pair("en", "pt"), ("One boat.",))).texts[0]
    (models / "en-pt").rename(models / "en-xx")
    os.utime(models)
    after = engines.router()
    assert after is not before
    assert Pair("en", "xx") in after.pairs()
    assert old.translate(Request(Pair("pt", "en"), ("Um barco.",))).texts[
        0
    ]  # who asks it has an answer still
    engines.refresh()
    assert old.pids() == ()


@pytest.mark.django_db
def test_what_was_used_most_of_late_is_warmed(models: Path) -> None:
    installed_model()
    assert engines.warm() == 0
    _asked("pt", "en", 3)
    _asked("en", "pt", 5)
    _asked("en", "fr", 50)  # no model
    _asked("fr", "pt", 50, days=engines.WARM_DAYS + 1)
    [engine] = [each for each in engines.router().engines if isinstance(each, EmbeddedEngine)]
    assert engines.warm() == 2
    assert engine._pool.loaded() == (Pair("pt", "en"), Pair("en", "pt"))
    assert engines.warm() == 0


def _asked(source: str, language: str, segments: int, days: int = 0) -> None:
    entry = LedgerEntry.objects.create(
        document_id=1,
        revision_id=1,
        source_language=source,
        language=language,
        engine="embedded",
        segments=segments,
        characters=1,
    )
    LedgerEntry.objects.filter(pk=entry.pk).update(created_at=timezone.now() - timedelta(days=days))


ILL = [
    RateLimited("Slower.", 3600.0),
    Unavailable("Away."),
    QuotaExceeded("Used up."),
    NotAuthorized("No key."),
]


@pytest.mark.parametrize("error", ILL, ids=lambda error: error.code)
def test_what_fails_for_the_engines_sake_waits_until_it_is_well(
    write: Write, run_jobs: Callable[[], int], error: EngineError
) -> None:
    document = write("It will rain.")
    ill = FakeEngine([Pair("en", "pt")], quirks=Quirks(failures=(error,) * work.ATTEMPTS_AT_MOST))
    with engines.use(ill):
        while edition(document).progress == Progress.QUEUED:
            with suppress(type(error)):
                work.work_on([edition(document).pk])
        assert edition(document).progress == Progress.WAITING
    with engines.use(FakeEngine([Pair("en", "pt")])):
        assert tasks.requeue_waiting() == 1
        run_jobs()
    assert edition(document).progress == Progress.DONE


def test_those_that_wait_longest_are_queued_first_and_not_all_at_once(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "REQUEUED_AT_MOST", 2)
    documents = [write(word) for word in ("One boat.", "Two boats.", "Three boats.")]
    for age, document in enumerate(documents):
        moment = timezone.now() - timedelta(hours=age)
        waiting = Edition.objects.filter(pk=edition(document).pk)
        waiting.update(progress=Progress.WAITING, changed_at=moment)
    with engines.use(FakeEngine([Pair("en", "pt")])):
        assert tasks.requeue_waiting() == 2
    assert [edition(each).progress for each in documents] == ["waiting", "queued", "queued"]


def test_what_is_under_embargo_waits_for_a_confidential_engine_whatever_others_wait_for(write: Write) -> None:
    free, under_embargo = write("It will rain."), write("It will snow.", confidential=True)
    Edition.objects.update(progress=Progress.WAITING)
    with engines.use(FakeEngine([Pair("en", "pt")], confidential=False)):
        assert tasks.requeue_waiting() == 1
    assert edition(free).progress == Progress.QUEUED
    assert edition(under_embargo).progress == Progress.WAITING


def test_engines_instead_of_the_installed_ones(models: Path) -> None:
    own = engines.router()
    with engines.use() as none:
        assert engines.router() is none
        os.utime(models)
        assert engines.router() is none
    assert engines.router() is own or engines.router().engines
    assert WeightsSource([models], None).find()
