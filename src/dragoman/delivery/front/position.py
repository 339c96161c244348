"""Up to where this host has heard the database: a snapshot, which says of every transaction whether it was in."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

KNOWN_SECONDS = 3000.0
"""Changes are kept for an hour; who was away for longer begins anew."""

_PRESENT = (
    "SELECT pg_current_snapshot()::text, extract(epoch FROM now())::float8,"
    " (SELECT system_identifier::text FROM pg_control_system()) || '/' ||"
    " (SELECT oid::text FROM pg_database WHERE datname = current_database())"
)
_MISSED = (
    "SELECT payload FROM delivery_change"
    " WHERE NOT pg_visible_in_snapshot(transaction, %s::pg_snapshot) ORDER BY id"
)


class Unknown(Exception):
    """Nobody can say what was missed."""


@dataclass(frozen=True, slots=True)
class Position:
    """`snapshot` of `database`, taken at `at` (seconds since 1970 by the database's clock)."""

    snapshot: str
    at: float
    database: str

    def reaches(self, present: "Position") -> bool:
        """Whether what happened between this and the present can be known."""
        return self.database == present.database and 0 <= present.at - self.at <= KNOWN_SECONDS


async def present(connection: psycopg.AsyncConnection[Any]) -> Position:
    """Now, as this connection sees it."""
    row = await (await connection.execute(_PRESENT)).fetchone()
    assert row is not None
    return Position(*row)


async def missed(connection: psycopg.AsyncConnection[Any], since: Position, now: Position) -> list[str]:
    """The notifications of all transactions that a position did not see. Raises Unknown."""
    if not since.reaches(now):
        raise Unknown
    try:
        rows = await (await connection.execute(_MISSED, [since.snapshot])).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.DataError) as fault:
        raise Unknown from fault
    return [row[0] for row in rows]


def recalled(file: Path) -> Position | None:
    """What was written down; None where nothing was, or it is damaged."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Position(str(told["snapshot"]), float(told["at"]), str(told["database"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_down(file: Path, position: Position) -> None:
    """For the next start. A full disk does not matter: the next start then begins anew, or a little earlier."""
    unfinished = file.with_suffix(".new")
    with suppress(OSError):
        unfinished.write_text(json.dumps(asdict(position)), encoding="utf-8")
        unfinished.replace(file)
