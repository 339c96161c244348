"""The rules of the house in force: as configured (`[discussion]` of dragoman.toml), unless changed in the admin."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings

from dragoman.database.statements import Rows, Statement, columns, instance
from dragoman.discussion.moderation.models import HouseRules

HOUSE = 1
"""The key of the one row."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for comments and their authors. 0 switches a rule off; moderators are held to none."""

    premoderate: bool  # every comment waits
    hold_first_comments: int  # so many of a person's comments wait
    reports_to_hold: int  # so many different readers' reports, and the comment waits
    appeal_days: int
    comments_per_minute: int
    comments_per_hour: int
    duplicate_hours: int  # for so long nobody writes the same again
    newcomer_comments: int  # whoever has fewer that stand is a newcomer
    newcomer_comments_per_hour: int
    newcomer_links: int  # at most so many in a comment
    links: int
    slow_seconds: int  # between two comments of one person in a thread
    close_days: int  # after which a thread closes
    hold_until_classified: bool
    blocked_hosts: tuple[str, ...]  # and all below them

    def closing(self, opened: datetime) -> datetime | None:
        """When a thread that was opened then closes; None for never."""
        return opened + timedelta(days=self.close_days) if self.close_days else None


NAMES = tuple(field.name for field in fields(Rules))


def as_configured() -> Rules:
    """The rules without what was changed in the admin."""
    told: dict[str, Any] = {name: getattr(settings, f"DISCUSSION_{name.upper()}") for name in NAMES}
    return Rules(**told | {"blocked_hosts": tuple(told["blocked_hosts"])})


def in_force() -> Rules:
    """The rules by which comments are judged now. One query."""
    return asked_for().asked()


def asked_for() -> Statement[Rules]:
    """The same, to be asked together with other things."""
    return Statement(_in_force(), [HOUSE], _rules)


def _rules(rows: Rows) -> Rules:
    return with_changes(as_configured(), instance(HouseRules, rows[0])) if rows else as_configured()


@cache
def _in_force() -> str:
    return f"SELECT {columns(HouseRules, 'house')} FROM discussion_houserules AS house WHERE house.id = %s"  # noqa: S608


def with_changes(rules: Rules, row: HouseRules) -> Rules:
    """The rules, with what the row says otherwise."""
    changed: dict[str, Any] = {name: value for name in NAMES if (value := getattr(row, name)) is not None}
    if "blocked_hosts" in changed:
        changed["blocked_hosts"] = tuple(changed["blocked_hosts"])
    return replace(rules, **changed)
