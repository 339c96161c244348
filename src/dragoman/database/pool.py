"""A pool that gives the connection used last, and asks the server only where the socket does not tell."""

import select
from time import monotonic
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

SILENT_SECONDS = 1.0
"""Who vanished without a word (a host that lost its power) is on no socket: a connection that was not needed for so
long is asked. Which is never while there is much to do, when asking would cost."""


class PooledConnection(Connection[Any]):
    """A connection that knows when it was given last."""

    given_at = float("-inf")


class LastUsedFirst(ConnectionPool[PooledConnection]):
    """psycopg's own takes them in turn: each backend keeps its caches and plans warm, and none is ever idle."""

    def _get_ready_connection(self, timeout: float | None) -> PooledConnection | None:
        self._pool.rotate(1)  # given back at the right end, taken and closed at the left
        return super()._get_ready_connection(timeout)

    def _shrink_pool(self) -> None:
        """All that nobody needed go, at the end of `max_idle` seconds: psycopg's own closes one of them each time."""
        with self._lock:
            unused = min(self._nconns_min, self._nconns - self._min_size)
        for _ in range(max(1, unused)):
            super()._shrink_pool()


def check(connection: PooledConnection) -> None:
    """Nothing where it works. Raises psycopg's OperationalError where it does not.

    A server that ends a connection, or itself, says so on the socket: there is something to be read. Then, and after a
    silence, an empty statement tells.
    """
    now = monotonic()
    if now - connection.given_at > SILENT_SECONDS or _has_spoken(connection):
        ConnectionPool.check_connection(connection)
    connection.given_at = now


def _has_spoken(connection: PooledConnection) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)  # an error or a hang-up is told unasked
    return bool(poll.poll(0))
