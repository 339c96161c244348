"""A Reddit thread as its archives have it: a JSON object with a `submission` and its `comments`. Pure: nothing is
written.

Ids carry the kind of thing they name (`t3_` a submission, `t1_` a comment). What cannot be is made good: a comment
whose parent is not in the file, or that answers itself in the end, stands in the first row; of two with one id the
first counts. `[deleted]` and `[removed]` stand where words were: the place stays, for its answers.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dragoman.exchange.errors import ImportRefused
from dragoman.text.blocks import Block
from dragoman.text.markdown import blocks_from_markdown

_GONE = frozenset({"[deleted]", "[removed]"})
_SPOILER = re.compile(r">!(\S(?:.*?\S)?)!<")
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # all that Reddit's API escapes; in this order


@dataclass(frozen=True, slots=True)
class RedditComment:
    """One comment; `blocks` empty where its words are gone, `parent` the id of what it answers."""

    id: str
    parent: str | None
    author: str  # "" where the account is gone
    at: datetime
    score: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class RedditThread:
    """A submission with its comments, each after what it answers."""

    id: str
    title: str
    body: tuple[Block, ...]
    url: str
    author: str
    at: datetime
    comments: tuple[RedditComment, ...]


def parse_thread(text: str) -> RedditThread:
    """Read a thread. Raises ImportRefused: `empty`, `not_such_a_thread`."""
    if not text.strip():
        raise ImportRefused("empty", "It is empty.")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as fault:
        where = f" (line {fault.lineno})" if isinstance(fault, json.JSONDecodeError) else ""
        raise _refusal(f"it is not JSON{where}") from None
    if not isinstance(told, dict) or not isinstance(told.get("submission"), dict):
        raise _refusal("it has no object “submission”")
    if not isinstance(told.get("comments"), list):
        raise _refusal("it has no list “comments”")
    submission = told["submission"]
    name = _text(submission, "name", "submission") or f"t3_{_text(submission, 'id', 'submission')}"
    if name == "t3_" or not _text(submission, "title", "submission").strip():
        raise _refusal("the submission has no id or no title")
    return RedditThread(
        id=name,
        title=_unescaped(_text(submission, "title", "submission")),
        body=_words(_text(submission, "selftext", "submission")),
        url=_text(submission, "url", "submission"),
        author=_author(submission, "submission"),
        at=_moment(submission, "submission"),
        comments=tuple(_in_order(_comment(each, index) for index, each in enumerate(told["comments"]))),
    )


def _comment(told: Any, index: int) -> RedditComment:
    where = f"comments[{index}]"
    if not isinstance(told, dict) or not _text(told, "id", where):
        raise _refusal(f"{where} is no object with an id")
    parent = _text(told, "parent_id", where)
    score = told.get("score") or 0
    if not isinstance(score, int | float) or not abs(score) < 2**31:
        raise _refusal(f"the score of {where} is no number")
    return RedditComment(
        id=_text(told, "id", where),
        parent=parent.removeprefix("t1_") if parent.startswith("t1_") else None,
        author=_author(told, where),
        at=_moment(told, where),
        score=int(score),
        blocks=_words(_text(told, "body", where)),
    )


def _in_order(comments: Iterable[RedditComment]) -> Iterator[RedditComment]:
    """Each after what it answers, the older first; whoever answers nobody in the file comes first of all."""
    by_id: dict[str, RedditComment] = {}
    for comment in comments:
        by_id.setdefault(comment.id, comment)
    waiting = dict(sorted(by_id.items(), key=lambda pair: (pair[1].at, pair[0])))
    answers: dict[str, list[RedditComment]] = {}
    for comment in waiting.values():
        answers.setdefault(comment.parent or "", []).append(comment)
    starts = [each for each in waiting.values() if each.parent not in by_id]
    while waiting:
        # What is left when all starts are done goes round in a circle: the oldest of it begins.
        next_ones = starts or [next(iter(waiting.values()))]
        starts = []
        for start in next_ones:
            yield from _branch(start, answers, waiting)


def _branch(
    start: RedditComment, answers: Mapping[str, list[RedditComment]], waiting: dict[str, RedditComment]
) -> Iterator[RedditComment]:
    stack = [replace(start, parent=None)]
    while stack:
        comment = stack.pop()
        if waiting.pop(comment.id, None) is None:
            continue
        yield comment
        stack.extend(reversed(answers.get(comment.id, [])))


def _words(source: str) -> tuple[Block, ...]:
    if source.strip() in _GONE:
        return ()
    return tuple(blocks_from_markdown(_SPOILER.sub(r"||\1||", _unescaped(source))))


def _unescaped(text: str) -> str:
    for escaped, sign in _ESCAPED:
        text = text.replace(escaped, sign)
    return text


def _author(told: Mapping[str, Any], where: str) -> str:
    name = _text(told, "author", where)
    return "" if name in _GONE else name


def _moment(told: Mapping[str, Any], where: str) -> datetime:
    seconds = told.get("created_utc")
    try:
        return datetime.fromtimestamp(float(seconds), UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        raise _refusal(f"{where} has no moment “created_utc” in seconds") from None


def _text(told: Mapping[str, Any], name: str, where: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _refusal(f"“{name}” of {where} is no text")
    return value


def _refusal(what: str) -> ImportRefused:
    return ImportRefused("not_such_a_thread", f"The file is not a Reddit thread: {what}.")
