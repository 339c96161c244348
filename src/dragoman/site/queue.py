"""How the worker reads its queue: over few connections, and not longer than the database is there."""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from procrastinate import PsycopgConnector
from procrastinate.connector import LISTEN_TIMEOUT, Notify
from procrastinate.contrib.django.utils import connector_params
from psycopg.sql import SQL, Identifier

DATABASE_GONE = 1
_CONNECTIONS = 2
"""Fetching, finishing and telling that we live take milliseconds: one may wait for a lock while others go on. With
more, all that are due in the same second would keep a process of PostgreSQL's each."""

log = logging.getLogger(__name__)


class Queue(PsycopgConnector):
    """As Django's own connector gives, but with as few connections as there is work for.

    And what is heard while the worker asks for a job is told when it has its answer: Procrastinate forgets then what it
    heard before, and a job that was queued just after the question would wait until it asks again by itself.
    """

    def __init__(self) -> None:
        idle = settings.IDLE_CONNECTION_SECONDS / _CONNECTIONS  # each time one is closed
        super().__init__(kwargs=connector_params(), min_size=1, max_size=_CONNECTIONS, max_idle=idle)
        self._asking = 0
        self._missed: Callable[[], Coroutine[Any, Any, None]] | None = None
        self._telling: asyncio.Task[None] | None = None

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        """The way that jobs are asked for."""
        self._asking += 1
        try:
            return await super().execute_query_one_async(query, **arguments)
        finally:
            self._asking -= 1
            if self._missed is not None and not self._asking:
                # Begins when the caller waits again: it has forgotten by then.
                self._telling, self._missed = asyncio.create_task(self._missed()), None

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Ends this process when PostgreSQL ends, at once: the supervisor starts another, and a rescue runs its jobs.

        Left to itself it would wait for its jobs, which wait for connections, for up to half a minute.
        """
        try:
            await self._listen(on_notification, channels)
        except psycopg.OperationalError:
            log.error("the database is gone")
            os._exit(DATABASE_GONE)

    async def _listen(self, on_notification: Notify, channels: Iterable[str]) -> None:
        async with await psycopg.AsyncConnection.connect(**connector_params(), autocommit=True) as connection:
            for channel in channels:
                await connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
            while True:
                async for told in connection.notifies(timeout=LISTEN_TIMEOUT):
                    tell = partial(on_notification, channel=told.channel, payload=told.payload)
                    await tell()
                    if self._asking:
                        self._missed = tell
                await connection.execute("SELECT 1")  # who vanished without a word does not answer
