"""The way to PostgreSQL: Django's backend with a pool that asks less, and statements that are planned once (ADR 22)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import connection


def prepared(statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement that we wrote, and give its rows; none where it gives none.

    It is the connection's as any other: in its transaction, counted and logged with the rest, Django's errors. But the
    server binds the values and keeps the plan: the statement's text has to be the same each time, what changes is in
    the values. An integer is a bigint there, so that there is one plan whatever its size: `%s::int` where PostgreSQL
    wants a smaller one. A list is an array, named with its type (`= ANY(%s::bigint[])`), for an empty one has none.
    Columns are named, never `*`: a plan does not survive a change of what it gives.
    """
    with cast("Any", connection).prepared_cursor() as cursor:
        cursor.execute(statement, values)
        # Not `description`, which makes an object of each column.
        answered = cursor.pgresult is not None and cursor.pgresult.nfields
        rows: list[tuple[Any, ...]] = cursor.fetchall() if answered else []
        return rows


def fitted(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement that we wrote, planned anew for these values, and give its rows: where what is best for ten rows
    is wrong for a hundred thousand."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
