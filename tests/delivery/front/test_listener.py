"""Nothing that was told is missed: not while the connection was lost, not while the front was not running."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
import pytest

from dragoman.delivery.front.listener import Listener
from dragoman.delivery.front.position import Position, missed, present
from tests.delivery.front.asgi import run
from tests.delivery.stack import Stack

pytestmark = pytest.mark.db

TABLE = """CREATE TABLE IF NOT EXISTS delivery_change (id bigserial PRIMARY KEY, payload text NOT NULL,
 transaction xid8 NOT NULL DEFAULT pg_current_xact_id(), moment timestamptz NOT NULL DEFAULT now())"""


@pytest.fixture
def conninfo(stack: Stack) -> str:
    with psycopg.connect(stack.conninfo, autocommit=True) as connection:
        connection.execute(TABLE)
    return stack.conninfo


def tell(connection: "psycopg.Connection[Any]", number: int) -> None:
    payload = json.dumps({"topics": [f"thread:{number}"], "event": "comment", "key": f"k{number}"})
    connection.execute(
        "WITH kept AS (INSERT INTO delivery_change (payload) VALUES (%s) RETURNING payload)"
        " SELECT pg_notify('dragoman', payload) FROM kept",
        [payload],
    )


class Heard:
    """In the place of `Hearing`."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.sees, self.blind, self.lost = 0, 0, 0

    def hear(self, payload: str) -> None:
        self.numbers.append(int(json.loads(payload)["topics"][0].partition(":")[2]))

    def see(self) -> None:
        self.sees += 1

    def go_blind(self) -> None:
        self.blind += 1

    def lose_track(self) -> None:
        self.lost += 1


@asynccontextmanager
async def listening(conninfo: str, since: Position | None = None) -> AsyncIterator[tuple[Listener, Heard]]:
    heard = Heard()
    listener = Listener(conninfo, heard)  # type: ignore[arg-type]
    if since is not None:
        listener.go_on_from(since)
    task = asyncio.create_task(listener.run())
    try:
        await until(lambda: listener.listening)
        yield listener, heard
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def now(conninfo: str) -> Position:
    async with await psycopg.AsyncConnection.connect(conninfo) as connection:
        return await present(connection)


def test_after_a_restart_it_hears_what_was_told_meanwhile(conninfo: str) -> None:
    async def story() -> None:
        with psycopg.connect(conninfo) as slow, psycopg.connect(conninfo, autocommit=True) as quick:
            tell(quick, 1)
            tell(slow, 2)  # written before the position, committed after it
            since = await now(conninfo)
            tell(quick, 3)
            slow.commit()
            with suppress(RuntimeError), slow.transaction():
                tell(slow, 4)
                raise RuntimeError
            async with listening(conninfo, since) as (_, heard):
                assert heard.numbers == [2, 3]
                tell(quick, 5)
                await until(lambda: heard.numbers == [2, 3, 5])
                assert (heard.sees, heard.lost) == (1, 0)

    run(story())


def test_a_lost_connection_is_caught_up_with(conninfo: str) -> None:
    async def story() -> None:
        with psycopg.connect(conninfo, autocommit=True) as writer:
            async with listening(conninfo) as (listener, heard):
                with (
                    writer.transaction()
                ):  # neither told before the connection ends nor after the next begins
                    writer.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                    )
                    await until(lambda: heard.blind)
                    writer.execute(
                        "INSERT INTO delivery_change (payload) VALUES (%s)",
                        [json.dumps({"topics": ["thread:7"]})],
                    )
                await until(lambda: listener.listening and heard.numbers)
                assert heard.numbers[-1] == 7
                assert heard.lost == 0

    run(story())


@pytest.mark.parametrize(
    "change",
    [{"database": "another/1"}, {"at": 1.0}, {"at": 1e12}, {"snapshot": "nonsense"}],
)
def test_where_nobody_can_say_what_was_missed_all_begins_anew(conninfo: str, change: dict[str, Any]) -> None:
    async def story() -> None:
        position = await now(conninfo)
        told = {"snapshot": position.snapshot, "at": position.at, "database": position.database} | change
        async with listening(conninfo, Position(**told)) as (_, heard):
            assert (heard.lost, heard.numbers) == (1, [])

    run(story())


def test_a_position_is_told_when_it_is_reached(conninfo: str) -> None:
    async def story() -> None:
        reached: list[Position] = []
        listener = Listener(conninfo, Heard())  # type: ignore[arg-type]
        listener.advanced = reached.append
        task = asyncio.create_task(listener.run())
        await until(lambda: reached)
        task.cancel()
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            assert await missed(connection, reached[0], await present(connection)) == []

    run(story())
