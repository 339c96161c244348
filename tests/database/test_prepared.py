"""Statements that are written: bound on the server, planned once, and the connection's as any other."""

import uuid
from datetime import UTC, datetime

import django.db
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from dragoman.database import fitted, prepared
from dragoman.database.base import DatabaseWrapper
from dragoman.people.models import User

pytestmark = pytest.mark.django_db


def names(containing: str) -> list[tuple[str, str]]:
    """(name, types) of what is prepared on the test's connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, parameter_types::text FROM pg_prepared_statements WHERE strpos(statement, %s) > 0",
            [containing],
        )
        return [tuple(row) for row in cursor.fetchall()]


def test_it_gives_rows() -> None:
    assert prepared("SELECT n, n * %s FROM unnest(%s::bigint[]) AS n ORDER BY n", [2, [3, 1]]) == [
        (1, 2),
        (3, 6),
    ]
    assert prepared("SELECT %(word)s::text, %(none)s::text", {"word": "ça", "none": None}) == [("ça", None)]
    assert prepared("SELECT 1 WHERE false") == []
    assert prepared("SET LOCAL application_name = 'x'") == []


def test_values_keep_their_kind() -> None:
    now = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    one = uuid.uuid4()
    statement = "SELECT %s::timestamptz, %s::uuid, %s::uuid[], %s::jsonb, %s::boolean, %s::text[]"
    (row,) = prepared(statement, [now, one, [one], '{"a": 1}', True, []])
    assert row == (now, one, [one], '{"a": 1}', True, [])


def test_it_is_planned_once_whatever_the_size_of_a_number() -> None:
    for number in (1, 40_000, 2**40, -7):
        assert prepared("SELECT %s + %s -- once", [number, 1]) == [(number + 1,)]
        assert prepared("SELECT %s = ANY(%s) -- among", [number, [number, 2]]) == [(True,)]
    assert len(names("-- once")) == 1
    assert len(names("-- among")) == 1


def plans(containing: str) -> list[tuple[int, int]]:
    """How often each such statement was planned for its values, and how often for all."""
    statement = (
        "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE strpos(statement, %s) > 0"
    )
    return [(custom, generic) for custom, generic in fitted(statement, [containing])]


def test_one_plan_serves_all_values_from_the_first_on() -> None:
    """By itself PostgreSQL would plan this anew each time: an array of one is thought cheaper than one of ten."""
    for number in range(7):
        prepared("SELECT id FROM people_user WHERE id = ANY(%s::bigint[]) -- plan", [[number]])
    assert plans("-- plan") == [(0, 7)]


def test_what_hangs_on_its_values_is_planned_for_them() -> None:
    assert fitted("SELECT n FROM unnest(%s::int[]) AS n WHERE n > %s -- fitted", [[1, 2, 3], 1]) == [
        (2,),
        (3,),
    ]
    assert names("-- fitted") == []


def test_it_is_counted_and_logged_as_any_other(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        prepared("SELECT 1")
        prepared("SELECT 1")
    with CaptureQueriesContext(connection) as asked:
        prepared("SELECT %s, %s::bigint[], %s", [5, [6], "it's"])
    assert asked[0]["sql"] == "SELECT 5, '{6}'::int2[]::bigint[], 'it''s'"


def test_what_wraps_statements_wraps_it() -> None:
    seen: list[str] = []

    def look(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        prepared("SELECT 7")
    assert seen == ["SELECT 7"]


def divide_by_nothing() -> None:
    with pytest.raises(django.db.DataError), transaction.atomic():
        prepared("SELECT 1 / %s", [0])


def test_its_faults_are_djangos() -> None:
    divide_by_nothing()
    with pytest.raises(django.db.ProgrammingError), transaction.atomic():
        prepared("SELECT nothing FROM nowhere")
    prepared("SET LOCAL statement_timeout = 1")
    with pytest.raises(django.db.OperationalError), transaction.atomic():
        prepared("SELECT pg_sleep(%s::float8)", [10])


def test_it_is_part_of_the_transaction() -> None:
    named = ("SELECT display_name FROM people_user WHERE email = %s", ["ana@example.org"])
    with transaction.atomic():
        User.objects.create_user("ana@example.org", display_name="Ana")
        assert prepared(*named) == [("Ana",)]
        transaction.set_rollback(True)
    assert prepared(*named) == []


def test_it_knows_when_the_transaction_is_broken() -> None:
    with transaction.atomic():
        with pytest.raises(django.db.IntegrityError), transaction.atomic(savepoint=False):
            prepared("INSERT INTO django_content_type (app_label) VALUES (NULL)")
        with pytest.raises(transaction.TransactionManagementError):
            prepared("SELECT 1")
        transaction.set_rollback(True)


def test_it_survives_a_column_that_became_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing (a int)")
        assert prepared("SELECT a FROM changing") == []
        cursor.execute("ALTER TABLE changing ALTER a TYPE text")
        assert prepared("SELECT a FROM changing") == []


def test_it_survives_what_is_taken_back() -> None:
    """The server keeps what was prepared in a transaction that failed, and psycopg forgets it."""
    for _ in range(3):
        assert prepared("SELECT 8 -- kept") == [(8,)]
        divide_by_nothing()
        assert prepared("SELECT 8 -- kept") == [(8,)]


def test_where_a_pooler_keeps_none_it_is_bound_on_the_server_all_the_same() -> None:
    options = connection.settings_dict["OPTIONS"] | {"prepare_threshold": None, "pool": False}
    plain = DatabaseWrapper(connection.settings_dict | {"OPTIONS": options}, alias="plain")
    try:
        with plain.prepared_cursor() as cursor:
            for _ in range(3):
                cursor.execute("SELECT %s + 1", [1])
                assert cursor.fetchall() == [(2,)]
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            assert cursor.fetchall() == [(0,)]
    finally:
        plain.close()
