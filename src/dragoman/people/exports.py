"""What is kept about a person, for that person: chapters that every package registers.

A chapter holds what is the person's own and what others decided about them, never another person's data: no reporter's
name, no moderator's note, no other address. Everything that names a person is in a chapter or on the list of
`tests/site/test_personal_data.py`, which says why it is not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.functional import Promise

from dragoman.people.models import User

Sentence = str | Promise


@dataclass(frozen=True, slots=True)
class Coded:
    """One of several: programs get the code, people the label."""

    code: str
    label: Sentence


Value = str | int | bool | datetime | Coded | list[str] | None
Record = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One kind of what is kept. `labels`: the names of its records' fields, in the order in which people read them."""

    key: str  # in the JSON: never changed
    title: Sentence
    labels: Mapping[str, Sentence]
    records: Callable[[User], Iterable[Record]]


_chapters: dict[str, Chapter] = {}


def register(*chapters: Chapter) -> None:
    """Add chapters after those already there. Idempotent by key."""
    for chapter in chapters:
        _chapters[chapter.key] = chapter


def chapters() -> list[Chapter]:
    """Every chapter, in the order of registration."""
    return list(_chapters.values())


def gathered(person: User) -> dict[str, list[Record]]:
    """All that is kept about a person, by chapter. Raises KeyError where a record has a field without a label."""
    return {
        chapter.key: [_labelled(chapter, each) for each in chapter.records(person)] for chapter in chapters()
    }


def _labelled(chapter: Chapter, record: Record) -> Record:
    for name in record:
        chapter.labels[name]
    return {name: record[name] for name in chapter.labels if name in record}


def plain(value: Value) -> object:
    """A value as JSON has it: moments in UTC (RFC 3339), codes for what has one."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.code if isinstance(value, Coded) else value
