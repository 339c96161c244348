"""What has to be done before an account's row can go: steps that every package registers.

Rows that fall with the account by themselves (foreign keys that cascade) need no step; what else holds the person's
words or names them does: words in documents, free text about them in rows that stay, copies, files.
"""

from collections.abc import Callable

from dragoman.people.models import User

Erasing = Callable[[User], None]
_steps: dict[str, Erasing] = {}


def register(key: str, erase: Erasing) -> None:
    """Add a step after those already there: `erase(person)`, run in a job, outside any transaction, again when
    the job is tried again: atomic in parts, and harmless where nothing is left to do. Idempotent by key."""
    _steps[key] = erase


def run(person: User) -> None:
    """Every step in the order of registration reversed: what upper packages keep goes before what it hangs on."""
    for erase in reversed(_steps.values()):
        erase(person)
