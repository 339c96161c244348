"""The one connection of this process that listens to the database."""

import asyncio
import logging
import random

import psycopg

from dragoman.delivery.front.hub import Hub, MalformedEvent

CHANNEL = "dragoman"

_PROBE_SECONDS = 10.0  # without a word for so long, ask whether the connection still lives
_ANSWER_SECONDS = 5.0
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0  # seconds
_log = logging.getLogger(__name__)


class Listener:
    """Passes notifications on to the hub. After every connection but the first, everybody is told to reload."""

    def __init__(self, conninfo: str, hub: Hub) -> None:
        self._conninfo, self._hub = conninfo, hub
        self._connected_before = False
        self.listening = False

    async def run(self) -> None:
        """For ever: connects again when the connection is lost, waiting longer each time in vain."""
        wait = _FIRST_WAIT
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as fault:
                _log.warning("live events: the database is away (%s)", type(fault).__name__)
            wait = _FIRST_WAIT if self.listening else min(wait * 2, _LONGEST_WAIT)
            self.listening = False
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads hosts, guards nothing

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._begin()
            while True:
                async for notification in connection.notifies(timeout=_PROBE_SECONDS):
                    self._pass_on(notification.payload)
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await connection.execute("SELECT 1")

    def _begin(self) -> None:
        self.listening = True
        if self._connected_before:
            self._hub.tell_to_reload()
        self._connected_before = True

    def _pass_on(self, payload: str) -> None:
        try:
            self._hub.hear(payload)
        except MalformedEvent as fault:
            _log.warning("%s", fault)
