"""Reads: what this host has stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from dragoman.delivery.front.disk import Filed, all_filed


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """`address`: path and the parameters that matter; `preference`: of the readers it is for, empty for everybody else.

    `names`: what it depends on. `size`: bytes of its body.
    """

    address: str
    preference: str
    language: str
    size: int
    stored_at: datetime
    complete: bool
    names: tuple[str, ...]


def stored_responses(var: Path, *, beginning: str = "") -> Iterator[StoredResponse]:
    """What is on this host's disk, in order of address: all that has stayed the same for some seconds."""
    found = (_response(filed) for filed in all_filed(var / "responses"))
    wanted = (one for one in found if one.address.startswith(beginning))
    yield from sorted(wanted, key=lambda one: (one.address, one.preference))


def _response(filed: Filed) -> StoredResponse:
    query = urlencode(filed.pairs)
    return StoredResponse(
        address=filed.path + (f"?{query}" if query else ""),
        preference=filed.preference,
        language=str(filed.told.get("language", "")),
        size=filed.size,
        stored_at=datetime.fromtimestamp(filed.stored_ms / 1000, UTC),
        complete=filed.told.get("complete") is True,
        names=tuple(sorted(filed.names)),
    )
