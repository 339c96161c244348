"""How the worker hears of jobs, and that it does not outlive the database."""

import asyncio
import json
import os
import time
from collections.abc import Iterable
from typing import Any

import psycopg
import pytest
from procrastinate import App, PsycopgConnector, sql
from procrastinate.connector import Notify
from procrastinate.contrib.django.utils import connector_params

from dragoman.site.queue import DATABASE_GONE, Queue

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

CHANNEL = "heard_by_this_test"
QUEUE, NOBODYS = "race", 0
ITS_CHANNEL = f"procrastinate_queue_v1#{QUEUE}"
PATIENCE_SECONDS = 30.0


def test_it_hears_of_jobs_and_ends_with_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    heard: list[tuple[str, str]] = []

    async def hear(*, channel: str, payload: str) -> None:
        heard.append((channel, payload))

    async def live(other: "psycopg.Connection[tuple[int]]") -> None:
        listening = asyncio.create_task(Queue().listen_notify(hear, [CHANNEL]))
        limit = time.monotonic() + PATIENCE_SECONDS
        while not (found := other.execute(LISTENERS, (f'LISTEN "{CHANNEL}"',)).fetchall()):
            assert time.monotonic() < limit
            await asyncio.sleep(0.02)
        other.execute("SELECT pg_notify(%s, 'one')", (CHANNEL,))
        while not heard:
            assert time.monotonic() < limit
            await asyncio.sleep(0.02)
        assert ended == []
        other.execute("SELECT pg_terminate_backend(%s)", found[0])
        await asyncio.wait_for(listening, PATIENCE_SECONDS)

    with psycopg.connect(**connector_params(), autocommit=True) as other:
        asyncio.run(live(other))
    assert heard == [(CHANNEL, "one")]
    assert ended == [DATABASE_GONE]


class Listened(Queue):
    """Keeps what the worker was told."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        async def hear(*, channel: str, payload: str) -> None:
            await on_notification(channel=channel, payload=payload)
            self.heard.append(payload)

        await super().listen_notify(hear, channels)

    async def until_heard(self, job: int) -> None:
        """The first ones may be sent before anybody listens."""
        told = json.dumps({"type": "job_inserted", "job_id": job})
        limit = time.monotonic() + PATIENCE_SECONDS
        while not any(json.loads(each)["job_id"] == job for each in self.heard):
            assert time.monotonic() < limit
            if job == NOBODYS:
                await self.execute_query_async(
                    "SELECT pg_notify(%(to)s, %(told)s)", to=ITS_CHANNEL, told=told
                )
            await asyncio.sleep(0.02)


def test_a_job_that_is_queued_while_the_worker_asks_for_one_is_begun_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not when it looks by itself the next time, which is never here."""
    queue = Listened()
    app = App(connector=queue)
    answers: list[object] = []

    async def live() -> None:
        begun = asyncio.Event()

        @app.task(name="race", queue=QUEUE)
        async def race() -> None:
            begun.set()

        asked = PsycopgConnector.execute_query_one_async

        async def ask(self: PsycopgConnector, query: Any, **arguments: Any) -> dict[str, Any]:
            answer = await asked(self, query, **arguments)
            if query == sql.queries["fetch_job"] and not answers:
                answers.append(answer["id"])
                await queue.until_heard(NOBODYS)
                await queue.until_heard(await race.defer_async())
            return answer

        monkeypatch.setattr(PsycopgConnector, "execute_query_one_async", ask)
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE], fetch_job_polling_interval=3600, install_signal_handlers=False
                )
            )
            try:
                await asyncio.wait_for(begun.wait(), PATIENCE_SECONDS)
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

    asyncio.run(live())
    assert answers == [None]


LISTENERS = "SELECT pid FROM pg_stat_activity WHERE query = %s"
