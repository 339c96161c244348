"""What changed lately, in the order in which this process heard it: a render is held against it."""

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_REMEMBERED = 8192
_EVENT_NAME = re.compile(r"[a-z][a-z_-]{0,39}")


class MalformedEvent(Exception):
    """A notification that is not one of ours."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notification: something named `event` happened to `topics`, for pages in `language` (None: all).

    `text`: what open pages are told, JSON on one line. `withdraws`: what was rendered before must not be read any more.
    `key`: the same notification by another way bears the same; may be empty.
    """

    event: str
    topics: frozenset[str]
    language: str | None
    text: str
    withdraws: bool = False
    key: str = ""

    def concerns(self, names: frozenset[str], language: str) -> bool:
        """Whether what depends on `names`, in `language`, is concerned."""
        return self.language in (None, language) and not self.topics.isdisjoint(names)


@dataclass(frozen=True, slots=True)
class Change:
    """The `number`th notification this process heard, at `moment` of its own clock (seconds)."""

    number: int
    moment: float
    told: Told


def read(payload: str) -> Told:
    """A notification as the database sent it. Raises MalformedEvent."""
    try:
        parsed = json.loads(payload)
    except (ValueError, RecursionError) as fault:
        raise MalformedEvent(f"a live event cannot be read: {type(fault).__name__}") from fault
    return understood(parsed)


def understood(told: Any) -> Told:
    """A notification, parsed. Raises MalformedEvent."""
    try:
        name, topics, language = told["event"], told["topics"], told.get("language")
        text = json.dumps(told.get("data") or {}, ensure_ascii=False, separators=(",", ":"))
        withdraws, key = told.get("withdraws") is True, told.get("key", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise MalformedEvent(f"a live event cannot be read: {type(fault).__name__}") from fault
    if not (isinstance(name, str) and _EVENT_NAME.fullmatch(name)):
        raise MalformedEvent("a live event has no proper name")
    if not (isinstance(topics, list) and all(isinstance(topic, str) for topic in topics)):
        raise MalformedEvent("a live event has no list of topics")
    if not (language is None or isinstance(language, str)):
        raise MalformedEvent("a live event has no proper language")
    return Told(name, frozenset(topics), language, text, withdraws, key if isinstance(key, str) else "")


class Changes:
    """The latest of them. `number` grows by one with each."""

    def __init__(self, remembered: int = _REMEMBERED) -> None:
        self.number = 0
        self._recent: deque[Change] = deque(maxlen=remembered)

    def note(self, told: Told, moment: float) -> Change:
        """Another one."""
        self.number += 1
        change = Change(self.number, moment, told)
        self._recent.append(change)
        return change

    def knows_since(self, number: int) -> bool:
        """Whether nothing after `number` has been forgotten."""
        return not self._recent or self._recent[0].number <= number + 1

    def until(self, moment: float) -> int:
        """The number of the last one heard by then."""
        return next(
            (change.number for change in reversed(self._recent) if change.moment <= moment),
            self.number - len(self._recent),
        )

    def after(self, number: int, names: frozenset[str], language: str) -> Iterator[Change]:
        """The changes after `number` that concern what depends on `names`, latest first."""
        for change in reversed(self._recent):
            if change.number <= number:
                return
            if change.told.concerns(names, language):
                yield change
