"""Django's backend for PostgreSQL, with our pool and a cursor whose statements are planned once.

Named in the settings as `dragoman.database`. Whatever is not here is Django's.
"""

from typing import Any

import psycopg
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg.types.numeric import Int8Dumper

from dragoman.database.pool import LastUsedFirst, PooledConnection, check


class PreparedCursor(psycopg.Cursor[Any]):
    """Binds on the server and prepares, where the connection's `prepare_threshold` allows it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(connection)
        # By themselves they take the smallest type that holds them, and each type is a statement to be planned.
        self.adapters.register_dumper(int, Int8Dumper)

    def execute(self, query: Any, params: Any = None, **_: Any) -> "PreparedCursor":
        """Prepared."""
        return super().execute(query, params, prepare=True)


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
                configure=self._configure_connection,  # type: ignore[attr-defined]
                check=check if self.settings_dict["CONN_HEALTH_CHECKS"] else None,
                **options,
            )
            pools.setdefault(self.alias, made)  # another thread may have been quicker
        return pools[self.alias]

    def prepared_cursor(self) -> CursorWrapper:
        """As `cursor()`, for statements that are written, not built (`dragoman.database.prepared`)."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            wrapped: CursorWrapper = self._prepare_cursor(  # type: ignore[attr-defined]
                PreparedCursor(self.connection)
            )
            return wrapped
