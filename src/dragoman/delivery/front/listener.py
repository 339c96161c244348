"""The one connection of this process that listens to the database."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any

import psycopg

from dragoman.delivery.front.changes import MalformedEvent
from dragoman.delivery.front.hearing import Hearing
from dragoman.delivery.front.position import Position, Unknown, missed, present

CHANNEL = "dragoman"

_PROBE_SECONDS = 2.0  # so often, ask whether the connection still lives
_ANSWER_SECONDS = 3.0
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0  # seconds
_log = logging.getLogger(__name__)


class Listener:
    """Passes notifications on. After a time without a connection it catches up; where it cannot, all begins anew.

    `advanced` is told up to where this host has heard.
    """

    def __init__(self, conninfo: str, hearing: Hearing) -> None:
        self._conninfo, self._hearing = conninfo, hearing
        self._position: Position | None = None
        self.advanced: Callable[[Position], None] = lambda _: None
        self._connected_before = False
        self.listening = False

    def go_on_from(self, position: Position) -> None:
        """Where an earlier run had come to."""
        self._position = position

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
            self._hearing.go_blind()
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads hosts, guards nothing

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async with asyncio.timeout(_ANSWER_SECONDS):
                now = await present(connection)
                await self._catch_up(connection, now)
            self._begin(now)
            seen = now
            while True:
                async for notification in connection.notifies(timeout=_PROBE_SECONDS):
                    self._pass_on(notification.payload)
                # What a snapshot sees may reach us a moment after it: it counts from the next probe on.
                self._reach(seen)
                async with asyncio.timeout(_ANSWER_SECONDS):
                    seen = await present(connection)

    async def _catch_up(self, connection: psycopg.AsyncConnection[Any], now: Position) -> None:
        try:
            if self._position is not None:
                for payload in await missed(connection, self._position, now):
                    self._pass_on(payload)
                return
        except Unknown:
            _log.warning("nobody can say what happened meanwhile: stored responses begin anew")
        if self._connected_before or self._position is not None:
            self._hearing.lose_track()

    def _begin(self, now: Position) -> None:
        self.listening = self._connected_before = True
        self._hearing.see()
        self._reach(now)

    def _reach(self, position: Position) -> None:
        self._position = position
        self.advanced(position)

    def _pass_on(self, payload: str) -> None:
        try:
            self._hearing.hear(payload)
        except MalformedEvent as fault:
            _log.warning("%s", fault)
