"""Django's backend for PostgreSQL, with our pool and a cursor whose statements are planned once.

Named in the settings as `dragoman.database`. Whatever is not here is Django's.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.types.numeric import Int8Dumper

from dragoman.database.pool import LastUsedFirst, PooledConnection, check


class ArrayDumper(Dumper):
    """A list as PostgreSQL writes one (its manual, 8.15.2), whose type the statement names. psycopg's own looks for the
    type that all of its elements have, which takes several times as long."""

    def dump(self, obj: list[Any]) -> bytes:
        """Raises TypeError for an element that no statement of ours has needed yet."""
        write = str if set(map(type, obj)) == {int} else _element  # most are numbers of rows
        return f"{{{','.join(map(write, obj))}}}".encode()


def _element(value: Any) -> str:
    kind = type(value)
    if value is None:
        return "NULL"
    if kind in (int, bool, float, Decimal):
        return str(value)
    if kind in (UUID, datetime, date):
        return f'"{value}"'
    if kind is bytes:
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, str):
        if "\0" in value:
            raise psycopg.DataError("PostgreSQL's texts cannot hold NUL (0x00)")
        return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, int):
        return str(int(value))
    raise TypeError(f"{kind.__name__} is not written into an array yet")


class PreparedCursor(psycopg.Cursor[Any]):
    """Binds on the server and prepares, where the connection's `prepare_threshold` allows it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(connection)
        self._adapters = _adapters_of(connection)

    def execute(self, query: Any, params: Any = None, **_: Any) -> "PreparedCursor":
        """Prepared."""
        return super().execute(query, params, prepare=True)


_adapters: WeakKeyDictionary[psycopg.Connection[Any], AdaptersMap] = WeakKeyDictionary()


def _adapters_of(connection: psycopg.Connection[Any]) -> AdaptersMap:
    """The connection's, and how prepared statements bind: made once for each connection, not for each cursor."""
    made = _adapters.get(connection)
    if made is None:
        made = _adapters[connection] = AdaptersMap(connection.adapters)
        # By themselves they take the smallest type that holds them, and each type is a statement to be planned.
        made.register_dumper(int, Int8Dumper)
        made.register_dumper(list, ArrayDumper)
    return made


class DatabaseOperations(operations.DatabaseOperations):
    """A log shows what was bound on the server as it shows the rest: with its values."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """The statement as it could be asked by hand."""
        if isinstance(cursor, PreparedCursor):
            composed: str = self.compose_sql(sql, params)
            return composed
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend."""

    ops_class = DatabaseOperations
    _connection_pools: dict[str, LastUsedFirst]

    @property
    def pool(self) -> LastUsedFirst | None:
        """As Django's, of our kind: one for all threads, opened with the first connection."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        pools = self._connection_pools
        if self.alias not in pools:
            made = LastUsedFirst(
                connection_class=PooledConnection,
                kwargs=self.get_connection_params()
                | {"autocommit": True},  # Django begins transactions itself
                open=False,
                configure=self._configure_connection,  # type: ignore[arg-type]
                check=check if self.settings_dict["CONN_HEALTH_CHECKS"] else None,
                **options,
            )
            pools.setdefault(self.alias, made)  # another thread may have been quicker
        return pools[self.alias]

    def _configure_connection(self, connection: psycopg.Connection[Any]) -> bool:
        """As Django's, once for each connection; a prepared statement has one plan, whatever its values (ADR 22)."""
        changed: bool = super()._configure_connection(connection)  # type: ignore[misc]
        if connection.prepare_threshold is None:
            return changed
        connection.execute("SET plan_cache_mode = force_generic_plan")
        return True

    def prepared_cursor(self) -> CursorWrapper:
        """As `cursor()`, for statements that are written, not built (`dragoman.database.prepared`)."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            wrapped: CursorWrapper = self._prepare_cursor(  # type: ignore[attr-defined]
                PreparedCursor(self.connection)
            )
            return wrapped
