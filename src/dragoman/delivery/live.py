"""What happened, told by NOTIFY inside the writer's transaction, so that a rollback tells nothing.

Each notification is kept for a while as a row (`models.Change`): a front that was away, or not running, catches up.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

CHANNEL = "dragoman"
LONGEST = 7900  # bytes; PostgreSQL refuses a payload of 8,000
SCORE = "score"  # told to the store once in a while only

_NOTIFY = (
    "WITH kept AS (INSERT INTO delivery_change (payload) VALUES (%s) RETURNING payload)"
    " SELECT pg_notify(%s, payload) FROM kept"
)
_announced: ContextVar[list[str] | None] = ContextVar("dragoman_announced", default=None)


@contextmanager
def announced() -> Iterator[list[str]]:
    """The notifications sent inside, as ASCII; scores, which nobody waits for, are left out."""
    told: list[str] = []
    token = _announced.set(told)
    try:
        yield told
    finally:
        _announced.reset(token)


def announce(
    topics: Iterable[str],
    event: str,
    *,
    language: str | None = None,
    withdraws: bool = False,
    **ids: int | str | None,
) -> None:
    """Tell open pages and response stores that something about `topics` ("thread:12") in `language` (None: all)
    is new. Ids only. `withdraws`: what was rendered before must not be read any more, not for a moment."""
    payload: Mapping[str, object] = {
        "topics": sorted(set(topics)),
        "event": event,
        "language": language,
        "data": ids,
        "key": secrets.token_hex(6),
        **({"withdraws": True} if withdraws else {}),
    }
    text = json.dumps(payload, separators=(",", ":"))
    if len(text) > LONGEST:
        raise ValueError("a live event carries ids only, and fewer of them")
    with connection.cursor() as cursor:
        cursor.execute(_NOTIFY, [text, CHANNEL])
    told = _announced.get()
    if told is not None and event != SCORE:
        told.append(text)
