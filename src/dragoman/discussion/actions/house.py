"""The rules of the house, of one discussion, and the lists of words. Each change is in the log, old value and new."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from dragoman.discussion import facts
from dragoman.discussion.actions.deciding import permitted, record
from dragoman.discussion.errors import NoSuchChange, NotPermitted
from dragoman.discussion.models import Act, HouseRules, ListedWord, Thread, WordKind
from dragoman.discussion.moderation.links import host_of
from dragoman.discussion.moderation.rules import HOUSE, NAMES, Rules, in_force
from dragoman.discussion.moderation.words import LONGEST
from dragoman.discussion.permissions import may_set_house_rules
from dragoman.discussion.standing import locked_thread
from dragoman.people.models import User


@transaction.atomic
def set_house_rules(changes: Mapping[str, Any], *, by: User) -> Rules:
    """Change rules of the house; None is as configured again. Raises NotPermitted, and NoSuchChange for no change."""
    if not may_set_house_rules(by):
        raise NotPermitted
    HouseRules.objects.get_or_create(pk=HOUSE)
    row = HouseRules.objects.select_for_update().get(pk=HOUSE)
    before = in_force()
    for name, value in changes.items():
        if name not in NAMES:
            raise KeyError(name)
        setattr(row, name, _hosts(value) if name == "blocked_hosts" and value is not None else value)
    row.save()
    after = in_force()
    changed = [name for name in NAMES if getattr(before, name) != getattr(after, name)]
    if not changed:
        raise NoSuchChange
    told = "; ".join(f"{name}: {getattr(before, name)} → {getattr(after, name)}" for name in changed)
    record(Act.HOUSE_RULES, by=by, detail=told)
    if "close_days" in changed:
        _reckon_closing(after)
    return after


def _hosts(listed: Iterable[str]) -> list[str]:
    return sorted({host for each in listed if (host := host_of(each.strip()))})


def _reckon_closing(rules: Rules) -> None:
    """When the threads close that have no number of days of their own."""
    at = F("created_at") + timedelta(days=rules.close_days) if rules.close_days else None
    Thread.objects.filter(close_days=None).update(closes_at=at)


@transaction.atomic
def set_thread_rules(
    thread: Thread,
    *,
    moderator: User,
    slow_seconds: int | None,
    close_days: int | None,
    premoderate: bool | None,
    reason: str = "",
) -> Thread:
    """Rules of one discussion; None is as everywhere."""
    said = permitted(moderator, Act.THREAD_RULES, reason)
    locked = locked_thread(thread.pk)
    wanted = {"slow_seconds": slow_seconds, "close_days": close_days, "premoderate": premoderate}
    changed = {name: value for name, value in wanted.items() if getattr(locked, name) != value}
    if not changed:
        raise NoSuchChange
    told = "; ".join(f"{name}: {getattr(locked, name)} → {value}" for name, value in changed.items())
    for name, value in changed.items():
        setattr(locked, name, value)
    locked.closes_at = _closing(locked)
    locked.save(update_fields=[*changed, "closes_at"])
    record(Act.THREAD_RULES, by=moderator, reason=said, thread=locked, detail=told)
    facts.thread_changed.happened(thread=locked)
    return locked


def _closing(thread: Thread) -> Any:
    if thread.close_days is None:
        return in_force().closing(thread.created_at)
    return thread.created_at + timedelta(days=thread.close_days) if thread.close_days else None


@transaction.atomic
def add_words(entries: Iterable[tuple[str, str, WordKind]], *, by: User) -> int:
    """Put (language, text, kind) on the lists; what stands there already gets the kind. How many are new or changed."""
    if not may_set_house_rules(by):
        raise NotPermitted
    wanted = {
        (language, text[:LONGEST]): kind for language, given, kind in entries if (text := _entry(given))
    }
    known = {(row.language, row.text): row for row in ListedWord.objects.select_for_update()}
    changed = {key: kind for key, kind in wanted.items() if key not in known or known[key].kind != kind}
    ListedWord.objects.filter(pk__in=[known[key].pk for key in changed if key in known]).delete()
    ListedWord.objects.bulk_create(
        ListedWord(language=language, text=text, kind=kind) for (language, text), kind in changed.items()
    )
    if changed:
        told = ", ".join(f"+{text} ({language or '*'}, {kind})" for (language, text), kind in changed.items())
        record(Act.WORDS, by=by, detail=told)
    return len(changed)


@transaction.atomic
def remove_words(words: Iterable[int], *, by: User) -> int:
    """Take entries off the lists; how many there were."""
    if not may_set_house_rules(by):
        raise NotPermitted
    rows = list(ListedWord.objects.filter(pk__in=list(words)).select_for_update())
    ListedWord.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rows:
        record(Act.WORDS, by=by, detail=", ".join(f"−{row.text} ({row.language or '*'})" for row in rows))
    return len(rows)


def _entry(text: str) -> str:
    return " ".join(text.split())
