"""What all tests share: one embedded PostgreSQL for the session, a fake engine, jobs run to their end."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from dragoman.delivery.postgres import EmbeddedPostgres
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Pair

LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")
ENGLISH_PAIRS = frozenset(pair for other in LANGUAGES[1:] for pair in (Pair("en", other), Pair(other, "en")))


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres | None]:
    """The PostgreSQL of this test session; None where DATABASE_URL names one."""
    if not settings.EMBEDDED_DATABASE:
        yield None
        return
    server = EmbeddedPostgres(settings.POSTGRES_DIRECTORY)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(settings.VAR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: EmbeddedPostgres | None) -> None:
    """pytest-django asks for this before it makes the test database."""


@pytest.fixture
def fake_engine() -> Iterator[FakeEngine]:
    """A fake engine for every pair with English, in place of the real ones; it keeps what it was asked."""
    from dragoman.translation import engines

    engine = FakeEngine(ENGLISH_PAIRS)
    with engines.use(engine):
        yield engine


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Runs every queued job, and those they queue, until none is left; gives their number."""
    from dragoman.translation.testing import run_queued_jobs

    return run_queued_jobs
