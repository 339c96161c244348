"""Job entry points: ids only, idempotent, named explicitly (a renamed module must not orphan queued jobs).

Procrastinate looks for this module in every application, so it brings in those of its parts too.
"""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from dragoman.discussion import actions
from dragoman.discussion.notifications import tasks as notifications
from dragoman.people.models import User

__all__ = ["bring_words_back", "notifications", "withdraw_words"]

WITHDRAWING = 90  # priority: what was withdrawn is nowhere, before anything new is made
again = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(name="discussion.withdraw_words", queue="discussion", priority=WITHDRAWING, retry=again)
def withdraw_words(*, person_id: int) -> None:
    """An account was closed."""
    person = User.objects.filter(pk=person_id).first()
    if person is not None:
        actions.withdraw_words(person)


@app.task(name="discussion.bring_words_back", queue="discussion", retry=again)
def bring_words_back(*, person_id: int) -> None:
    """It was opened again."""
    person = User.objects.filter(pk=person_id).first()
    if person is not None:
        actions.bring_words_back(person)
