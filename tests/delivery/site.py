"""The real site behind a front's proxy, in one process and one transaction: what is told is heard at once."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

from django.db import connection
from django.test import Client

from dragoman.delivery.front.hearing import Hearing
from dragoman.delivery.front.hub import Hub
from dragoman.delivery.front.proxy import Proxy
from dragoman.delivery.front.store import ResponseStore
from dragoman.delivery.front.upstream import Upstream
from tests.delivery.front.asgi import Exchange, scope

_RENDERED = re.compile(rb' data-rendered="\d+"')
_READER = "Mozilla/5.0"


def words(body: bytes) -> bytes:
    """A page without the moment when it was made."""
    return _RENDERED.sub(b"", body)


def rendered(path: str, cookie: str = "", client: Client | None = None) -> Any:
    """Django's own answer."""
    return (client or Client()).get(path, headers={"user-agent": _READER, "cookie": cookie})


class _Answer:
    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
        self._body = response.content

    async def parts(self) -> AsyncIterator[bytes]:
        yield self._body


class _Django:
    """In the upstream's place. The event loop waits for it, as nobody does in life."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @asynccontextmanager
    async def ask(self, method: str, target: bytes, headers: Any, body: Any = None) -> AsyncIterator[_Answer]:
        self.asked.append(target.decode())
        told = {
            name.decode(): value.decode("latin-1")
            for name, value in headers
            if name in (b"cookie", b"user-agent")
        }
        with _no_loop():
            response = Client().generic(method, target.decode(), headers=told)
        yield _Answer(response)

    def close(self) -> None:
        """There are no connections."""


@contextmanager
def _no_loop() -> Iterator[None]:
    """Django keeps a connection of its own for every task of a running loop; the test's is the thread's."""
    running = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


class Front:
    """A front before the site, in an event loop of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self.store = ResponseStore()
        self.store.blind_since = None
        self._rested: list[Callable[[], None]] = []
        self.hearing = Hearing(self.store, Hub(), lambda _, function: self._rested.append(function))
        self.site = _Django()
        self.proxy = Proxy(cast(Upstream, self.site), self.store, heard=self.hearing.hear_answer)

    def get(self, path: str, cookie: str = "", **headers: str) -> Exchange:
        """What a reader gets."""
        exchange = Exchange()
        told = [("host", "localhost"), ("user-agent", _READER), *headers.items()]
        told += [("cookie", cookie)] if cookie else []
        address, _, query = path.partition("?")
        request = scope(address, query=query, headers=told)
        self._loop.run_until_complete(self.proxy.serve(request, exchange.receive, exchange.send))
        return exchange

    def hear(self, payload: str) -> None:
        """On the event loop, as everything the store does."""

        async def heard() -> None:
            self.hearing.hear(payload)

        self._loop.run_until_complete(heard())

    def let_scores_rest(self) -> None:
        """As if five seconds had passed."""

        async def passed() -> None:
            while self._rested:
                self._rested.pop()()

        self._loop.run_until_complete(passed())

    def close(self) -> None:
        """Ends what is rendered in the background."""
        self._loop.run_until_complete(self.proxy.close())
        self._loop.close()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hears what is told inside, when it is told."""

        def told(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            result = execute(sql, params, many, context)
            if "pg_notify" in sql and params[1] == "dragoman":
                heard.extend(params[0])
            return result

        heard: list[str] = []
        with connection.execute_wrapper(told):
            yield
        for payload in heard:
            self.hear(payload)
