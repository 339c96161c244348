"""Live events: told by NOTIFY inside the writer's transaction, so that a rollback tells nothing."""

import json
from collections.abc import Iterable, Mapping

from django.db import connection

CHANNEL = "dragoman"
LONGEST = 7900  # bytes; PostgreSQL refuses a payload of 8,000


def announce(
    topics: Iterable[str], event: str, *, language: str | None = None, **ids: int | str | None
) -> None:
    """Tell open pages on `topics` ("thread:12") in `language` (None: all) that something is new. Ids only."""
    payload: Mapping[str, object] = {
        "topics": sorted(set(topics)),
        "event": event,
        "language": language,
        "data": ids,
    }
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > LONGEST:
        raise ValueError("a live event carries ids only, and fewer of them")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, text])
