"""The hook for a service that judges comments.

A POST of JSON, signed: `X-Dragoman-Timestamp` is the second it was sent, `X-Dragoman-Signature` is `v1=` and the
hexadecimal HMAC-SHA256 of timestamp, full stop and body. What comes back is
`{"result": "allow" | "hold" | "refuse", "reason": "…"}`. Whatever else happens (no answer in time, another status,
something that is no verdict) is as if there were no such service. Never asked inside a web request or a transaction.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings

from dragoman.discussion.models import Comment
from dragoman.text.markdown import markdown_from_blocks
from dragoman.translation.queries import source_blocks

REASON_LONGEST = 200
_ANSWER_LONGEST = 100_000  # bytes
log = logging.getLogger(__name__)


class Result(StrEnum):
    """What the service says of a comment."""

    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Its answer."""

    result: Result
    reason: str = ""


def is_configured() -> bool:
    """Whether there is such a service."""
    return settings.DISCUSSION_CLASSIFIER is not None


def message_about(comment: Comment) -> dict[str, Any]:
    """What the service is told: ids, and the text and the author only where the configuration says so."""
    document = comment.document
    assert document is not None
    told: dict[str, Any] = {
        "comment": comment.pk,
        "revision": document.current_id,
        "thread": comment.thread_id,
        "parent": comment.parent_id,
        "language": document.source_language,
        "written_at": comment.created_at.isoformat(),
    }
    wanted = settings.DISCUSSION_CLASSIFIER
    if wanted is not None and wanted.send_author:
        told["author"] = comment.author_id
    if wanted is not None and wanted.send_text:
        told["text"] = markdown_from_blocks(source_blocks(document).get("body", ()))
    return told


def signature(key: str, timestamp: str, body: bytes) -> str:
    """As it stands in the header."""
    return "v1=" + hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def ask(told: Mapping[str, Any], now: float) -> Verdict | None:
    """The verdict; None where there is none."""
    wanted = settings.DISCUSSION_CLASSIFIER
    if wanted is None:
        return None
    import httpx  # here, for whoever has no such service: with it comes what colours terminals, 5 MB

    body = json.dumps(told, ensure_ascii=False).encode()
    timestamp = str(int(now))
    headers = {
        "Content-Type": "application/json",
        "X-Dragoman-Timestamp": timestamp,
        "X-Dragoman-Signature": signature(wanted.secret(), timestamp, body),
    }
    try:
        return _verdict(_posted(wanted.url, body, headers, wanted.timeout_seconds))
    except (httpx.HTTPError, ValueError) as fault:
        log.warning("classifier: no verdict on comment %s (%s)", told["comment"], type(fault).__name__)
        return None


def _posted(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> bytes:
    """The whole answer. Raises httpx.HTTPError, and ValueError for one that is too long."""
    import httpx

    answer = b""
    with (
        httpx.Client(timeout=seconds, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, content=body, headers=dict(headers)) as response,
    ):
        response.raise_for_status()
        for part in response.iter_bytes():
            answer += part
            if len(answer) > _ANSWER_LONGEST:
                raise ValueError
    return answer


def _verdict(answer: bytes) -> Verdict:
    """Raises ValueError for what is none."""
    told = json.loads(answer)
    if not isinstance(told, dict):
        raise ValueError
    reason = told.get("reason")
    return Verdict(Result(str(told.get("result"))), " ".join(str(reason or "").split())[:REASON_LONGEST])
