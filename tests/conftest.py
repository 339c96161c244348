"""What all tests share: one embedded PostgreSQL for the lane, a fake engine, jobs run to their end."""

import fcntl
import gc
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.utils import CursorWrapper
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key
from xdist.remote import Producer

from dragoman.delivery.postgres import EmbeddedPostgres
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Pair
from tests.delivery.processes import wait_until
from tests.ground.publication import LOADED_WITHIN_SECONDS, Publication
from tests.lanes import Lanes

KEPT_SECONDS = 7 * 86_400  # a migrated cluster that nobody made anew
LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")
ENGLISH_PAIRS = frozenset(pair for other in LANGUAGES[1:] for pair in (Pair("en", other), Pair(other, "en")))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    return Lanes(config, log)


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays: the collector does not look through it over and over."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    shutil.rmtree(settings.VAR, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(django_db_blocker: DjangoDbBlocker) -> Iterator[EmbeddedPostgres | None]:
    """The PostgreSQL of this test session; None where DATABASE_URL names one.

    To migrate from empty takes half of a short session: a cluster with a migrated test database is kept for the next
    that has the same migrations and the same packages.
    """
    if not settings.EMBEDDED_DATABASE:
        yield None
        return
    server = EmbeddedPostgres(settings.POSTGRES_DIRECTORY)
    with _migrated_cluster() as migrated:
        if not migrated.exists():
            _migrate(server, django_db_blocker)
            _keep(migrated)
        elif not settings.POSTGRES_DIRECTORY.exists():
            shutil.copytree(migrated, settings.POSTGRES_DIRECTORY, symlinks=True)
    server.start()
    yield server
    server.stop()


@contextmanager
def _migrated_cluster() -> Iterator[Path]:
    """Where a cluster for these migrations and packages is kept: a directory of this account's alone. Others wait:
    one session migrates, and the rest take what it made."""
    root = Path(__file__).resolve().parent.parent
    found = hashlib.sha256((root / "requirements" / "dev.txt").read_bytes())
    for migration in sorted((root / "src").glob("dragoman/*/migrations/*.py")):
        found.update(migration.name.encode() + migration.read_bytes())
    kept = Path(tempfile.gettempdir(), f"dragoman-test-clusters-{os.getuid()}")
    kept.mkdir(mode=0o700, exist_ok=True)
    if kept.stat().st_uid != os.getuid():
        raise PermissionError(f"{kept} belongs to another account")
    directory = os.open(kept, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield kept / found.hexdigest()[:16]
    finally:
        os.close(directory)


def _migrate(server: EmbeddedPostgres, blocker: DjangoDbBlocker) -> None:
    from django.db import connections
    from django.test.utils import setup_databases

    server.start()
    with blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        connections.close_all()
        for (
            connection,
            name,
            _,
        ) in made:  # as if nothing had been made: pytest-django names the database after this
            connection.close_pool()  # type: ignore[attr-defined]
            connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = name
    server.stop()


def _keep(migrated: Path) -> None:
    """Whole or not at all: a session may be ended in the middle."""
    made = Path(tempfile.mkdtemp(dir=migrated.parent))
    shutil.copytree(settings.POSTGRES_DIRECTORY, made / "cluster", symlinks=True)
    (made / "cluster").rename(migrated)
    shutil.rmtree(made, ignore_errors=True)
    for other in migrated.parent.iterdir():
        if time.time() - other.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(other, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """The embedded cluster comes with its test database."""
    return bool(settings.EMBEDDED_DATABASE or request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: EmbeddedPostgres | None, request: pytest.FixtureRequest) -> None:
    """pytest-django asks for this before it makes the test database: lanes that share a PostgreSQL name their own."""
    if postgres is None:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """pytest-django's, and a second database as migrations leave it: for tests that commit, which leave none of it."""
    with django_db_blocker.unblock(), _without_connections() as (cursor, name):
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_migrated"')
        cursor.execute(f'CREATE DATABASE "{name}_migrated" TEMPLATE "{name}"')


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Modules run in any order: of what one committed, and of the emptying after it, no other sees anything."""
    yield
    if _commits(item) and nextitem is not None and not (nextitem.path == item.path and _commits(nextitem)):
        blocker = item.config.stash[blocking_manager_key]
        with blocker.unblock(), _without_connections() as (cursor, name):
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{name}_migrated"')


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


@contextmanager
def _without_connections() -> Iterator[tuple[CursorWrapper, str]]:
    """A cursor of the server, outside of the test database; and its name. Nobody of this process uses it meanwhile."""
    from django.db import connection, connections

    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined]
    with connection._nodb_cursor() as cursor:
        yield cursor, str(connection.settings_dict["NAME"])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The demo publication as `dragoman demo` makes it in an empty directory, there in every language, and stopped:
    whoever needs one begins with a copy."""
    publication = Publication(tmp_path_factory.mktemp("demo"))
    try:
        publication.start(seconds=LOADED_WITHIN_SECONDS)
        wait_until(lambda: not publication.translates(), "its translations", LOADED_WITHIN_SECONDS, every=0.2)
        publication.supervisor.terminate()
        publication.supervisor.wait(30)
    finally:
        publication.kill_everything()
    return publication


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
