"""Calls an ASGI application in this process."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from dragoman.delivery.front.answers import Message, Scope


def scope(
    path: str,
    *,
    method: str = "GET",
    query: str = "",
    headers: Iterable[tuple[str, str]] = (),
    client: str = "203.0.113.9",
) -> Scope:
    return {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "scheme": "http",
        "client": (client, "4711"),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }


@dataclass
class Exchange:
    """What was received and sent. `body`: the parts of the request; then the client waits until it `leaves`."""

    body: list[bytes] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    leaves: asyncio.Event = field(default_factory=asyncio.Event)
    sent: asyncio.Event = field(default_factory=asyncio.Event)
    _begun: bool = False

    async def receive(self) -> Message:
        if self.body or not self._begun:
            self._begun = True
            part = self.body.pop(0) if self.body else b""
            return {"type": "http.request", "body": part, "more_body": bool(self.body)}
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.messages.append(message)
        self.sent.set()

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def content(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    @property
    def complete(self) -> bool:
        last = self.messages[-1] if self.messages else {"type": ""}
        return last["type"] == "http.response.body" and not last.get("more_body", False)

    async def until(self, text: str) -> None:
        """Returns when `text` was sent."""
        async with asyncio.timeout(20):
            while text not in self.text:
                self.sent.clear()
                await self.sent.wait()


def run(coroutine: Any) -> Any:
    """Runs it to its end, in an event loop of its own."""
    return asyncio.run(coroutine)
