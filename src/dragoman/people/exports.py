"""What is kept about a person, for that person: chapters that every package registers.

A chapter holds what is the person's own and what others decided about them, never another person's data: no reporter's
name, no moderator's note, no other address. Everything that names a person is in a chapter or on the list of
`tests/site/test_personal_data.py`, which says why it is not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext

from dragoman.languages import formats
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


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a page shows it: a text, or several; `link` where it is an address of this publication."""

    text: str = ""
    items: tuple[str, ...] = ()
    link: bool = False


def shown(value: Value, language: str) -> Shown:
    """A value for people, in the active language's words."""
    match value:
        case None | "" | []:
            return Shown("–")
        case bool():
            return Shown(gettext("yes") if value else gettext("no"))
        case int():
            return Shown(formats.signed(value, language))
        case datetime():
            moment, zone = formats.date_and_time(value, language), formats.zone_name(value, language)
            return Shown(f"{moment} ({zone})")
        case Coded():
            return Shown(str(value.label))
        case list():
            return Shown(items=tuple(value))
    return Shown(value, link=value.startswith(settings.PUBLICATION_BASE_URL))
