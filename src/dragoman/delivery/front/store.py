"""The seam of the response store: what the front asks before it bothers Django."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """A response ready to be sent."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Store(Protocol):
    """Looks responses up and is offered those that came back, with what they depended on."""

    def lookup(self, path: str, cookies: str) -> Stored | None: ...

    def offer(self, path: str, cookies: str, response: Stored, dependencies: str) -> None: ...


class NoStore:
    """Keeps nothing."""

    def lookup(self, path: str, cookies: str) -> Stored | None:
        """Nothing is ever stored."""
        del path, cookies
        return None

    def offer(self, path: str, cookies: str, response: Stored, dependencies: str) -> None:
        """Not kept."""
        del path, cookies, response, dependencies
