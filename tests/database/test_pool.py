"""The pool asks a server only where the socket does not tell, and gives the connection used last."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from dragoman.database import pool as pools
from dragoman.database.base import DatabaseWrapper
from dragoman.database.pool import SILENT_SECONDS, LastUsedFirst, PooledConnection, check

pytestmark = pytest.mark.django_db


class Clock:
    """The pool's, moved by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(pools.monotonic())
    monkeypatch.setattr(pools, "monotonic", made)
    return made


@pytest.fixture
def pool() -> Iterator[LastUsedFirst]:
    """Of its own: the test's connection looks on."""
    kwargs = connection.get_connection_params() | {"autocommit": True}
    with LastUsedFirst(
        connection_class=PooledConnection,
        kwargs=kwargs,
        min_size=3,
        max_size=3,
        timeout=20,
        open=False,
        check=check,
    ) as made:
        made.wait(20)
        yield made


def pid(one: psycopg.Connection[object]) -> int:
    return one.info.backend_pid


def last_heard(backend: int) -> object:
    """When the server was last asked anything by a connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT state_change FROM pg_stat_activity WHERE pid = %s", [backend])
        (moment,) = cursor.fetchone()
    return moment


def terminate(backend: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        assert cursor.fetchone() == (True,)


def taken(pool: LastUsedFirst) -> PooledConnection:
    one = pool.getconn()
    pool.putconn(one)
    return one


def test_what_was_used_last_is_given_first(pool: LastUsedFirst) -> None:
    first, second, third = (pool.getconn() for _ in range(3))
    for one in (second, first, third):
        pool.putconn(one)
    assert [taken(pool) for _ in range(4)] == [third] * 4
    assert pool.getconn() is third
    assert pool.getconn() is first
    assert pool.getconn() is second


def test_what_was_used_longest_ago_is_closed_first(pool: LastUsedFirst) -> None:
    first, second, third = (pool.getconn() for _ in range(3))
    for one in (second, first, third):
        pool.putconn(one)
    pool.resize(2, 3)
    pool._shrink_pool()  # learns how many nobody took
    taken(pool)
    pool._shrink_pool()
    assert second.closed
    assert not first.closed
    assert not third.closed


@pytest.mark.usefixtures("clock")
def test_taking_a_connection_again_asks_the_server_nothing(pool: LastUsedFirst) -> None:
    one = taken(pool)
    before = last_heard(pid(one))
    assert all(taken(pool) is one for _ in range(3))
    assert last_heard(pid(one)) == before


def test_after_a_silence_the_server_is_asked(pool: LastUsedFirst, clock: Clock) -> None:
    one = taken(pool)
    before = last_heard(pid(one))
    clock.now += SILENT_SECONDS + 0.001
    assert taken(pool) is one
    assert last_heard(pid(one)) > before  # type: ignore[operator]


@pytest.mark.usefixtures("clock")
def test_a_terminated_connection_is_never_given(pool: LastUsedFirst) -> None:
    all_of_them = [pool.getconn() for _ in range(3)]
    for one in all_of_them:
        pool.putconn(one)
    terminate(pid(all_of_them[-1]))
    other = pool.getconn()
    assert other is not all_of_them[-1]
    assert other.execute("SELECT 1").fetchone() == (1,)
    pool.putconn(other)


@pytest.mark.usefixtures("clock")
def test_all_of_them_terminated_and_the_next_is_a_new_one(pool: LastUsedFirst) -> None:
    all_of_them = [pool.getconn() for _ in range(3)]
    for one in all_of_them:
        pool.putconn(one)
    for one in all_of_them:
        terminate(pid(one))
    other = pool.getconn()
    assert other not in all_of_them
    assert other.execute("SELECT 1").fetchone() == (1,)
    pool.putconn(other)


@pytest.mark.usefixtures("clock")
def test_a_server_that_only_says_something_keeps_its_connection(pool: LastUsedFirst) -> None:
    one = pool.getconn()
    one.execute("LISTEN said")
    pool.putconn(one)
    with psycopg.connect(**pool.kwargs) as other:  # type: ignore[arg-type]
        other.execute("NOTIFY said")
    assert taken(pool) is one


def test_the_sites_connections_come_from_such_a_pool() -> None:
    assert isinstance(connection.pool, LastUsedFirst)  # type: ignore[attr-defined]
    assert isinstance(connection.connection, PooledConnection)
    assert connection.vendor == "postgresql"


def test_threads_that_come_together_have_one_pool() -> None:
    found: list[object] = []
    alike = DatabaseWrapper(connection.settings_dict, alias="together")
    threads = [threading.Thread(target=lambda: found.append(alike.pool)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(each) for each in found}) == 1
    alike.close_pool()


def test_without_checks_nothing_is_checked() -> None:
    unchecked = DatabaseWrapper(connection.settings_dict | {"CONN_HEALTH_CHECKS": False}, alias="unchecked")
    try:
        assert unchecked.pool is not None
        assert unchecked.pool._check is None
    finally:
        unchecked.close_pool()


def test_without_a_pool_there_is_a_plain_connection() -> None:
    options = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "pool"}
    plain = DatabaseWrapper(connection.settings_dict | {"OPTIONS": options}, alias="plain")
    try:
        assert plain.pool is None
        with plain.prepared_cursor() as cursor:
            cursor.execute("SELECT %s + 1", [1])
            assert cursor.fetchall() == [(2,)]
    finally:
        plain.close()


def test_what_nobody_needed_for_a_time_is_closed_together() -> None:
    kwargs = connection.get_connection_params() | {"autocommit": True}
    with LastUsedFirst(
        connection_class=PooledConnection, kwargs=kwargs, min_size=1, max_size=4, max_idle=3600, open=False
    ) as pool:

        def used_at_once(number: int) -> None:
            for each in [pool.getconn(20) for _ in range(number)]:
                pool.putconn(each)

        def left_when_the_time_is_over() -> int:
            pool._shrink_pool()
            return pool.get_stats()["pool_size"]

        pool.wait(20)
        used_at_once(4)
        assert left_when_the_time_is_over() == 4
        used_at_once(2)
        assert left_when_the_time_is_over() == 2
        assert left_when_the_time_is_over() == 1
        assert left_when_the_time_is_over() == 1
