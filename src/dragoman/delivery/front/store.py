"""The seam of the response store: what the front asks before it bothers Django."""

from dataclasses import dataclass
from typing import Protocol

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as a response can depend on it. `target` is path and query as they came."""

    method: str
    target: bytes
    headers: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A response ready to be sent."""

    status: int
    headers: tuple[Header, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """How a response of Django's begins, without what is for the front only, which stands beside it.

    `dependencies` are names like "document:7"; `valid_until` is ISO 8601 or empty.
    """

    status: int
    headers: tuple[Header, ...]
    dependencies: frozenset[str]
    valid_until: str


class Recorder(Protocol):
    """Takes the body of one response as it passes."""

    def add(self, part: bytes) -> None:
        """The next part."""

    def complete(self) -> None:
        """That was all. Never called for a response that broke off."""


class Store(Protocol):
    """Looks responses up, and is offered those that Django gives."""

    def lookup(self, asked: Asked) -> Stored | None:
        """The response to send instead of asking Django."""

    def offer(self, asked: Asked, head: Head) -> Recorder | None:
        """Who records the body; None when it is not to be kept, and nothing of it stays in memory."""


class NoStore:
    """Keeps nothing."""

    def lookup(self, asked: Asked) -> Stored | None:
        """Nothing is ever stored."""
        del asked
        return None

    def offer(self, asked: Asked, head: Head) -> Recorder | None:
        """Nothing is recorded."""
        del asked, head
        return None
