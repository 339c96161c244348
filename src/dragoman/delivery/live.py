"""What happened, told by NOTIFY inside the writer's transaction, so that a rollback tells nothing.

Each notification is kept for a while as a row (`models.Change`): a front that was away, or not running, catches up.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from dragoman.database.statements import put

CHANNEL = "dragoman"
LONGEST = 7900  # bytes; PostgreSQL refuses a payload of 8,000
SCORE = "score"  # told to the store once in a while only
_OF_SCORE = f'"event":"{SCORE}"'

_NOTIFY = (
    "WITH kept AS (INSERT INTO delivery_change (payload) SELECT unnest(%s::text[]) RETURNING payload)"
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
) -> str:
    """Tell open pages and response stores that something about `topics` ("thread:12") in `language` (None: all)
    is new. Ids only. `withdraws`: what was rendered before must not be read any more, not for a moment. Gives what
    was sent."""
    text = notification(topics, event, language=language, withdraws=withdraws, **ids)
    send([text])
    return text


def notification(
    topics: Iterable[str],
    event: str,
    *,
    language: str | None = None,
    withdraws: bool = False,
    **ids: int | str | None,
) -> str:
    """The text of one, not yet sent."""
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
    return text


def send(texts: Sequence[str]) -> None:
    """Send notifications, in one statement, and tell them with the answer of this request, too."""
    repeat(texts)
    put(_NOTIFY, [list(texts), CHANNEL])


def repeat(texts: Iterable[str]) -> None:
    """Tell notifications with the answer of this request; scores can wait."""
    told = _announced.get()
    if told is not None:
        told += (text for text in texts if _OF_SCORE not in text)
