"""How the worker hears of jobs, and that it does not outlive the database."""

import asyncio
import os
import time

import psycopg
import pytest
from procrastinate.contrib.django.utils import connector_params

from dragoman.site.queue import DATABASE_GONE, Queue

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

CHANNEL = "heard_by_this_test"
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


LISTENERS = "SELECT pid FROM pg_stat_activity WHERE query = %s"
