"""Job entry points: ids only, idempotent, named explicitly (a renamed module must not orphan queued jobs).

Procrastinate looks for this module in every application, so it brings in those of its parts too.
"""

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from dragoman.discussion import actions
from dragoman.discussion.actions import translating
from dragoman.discussion.moderation import tasks as moderation
from dragoman.discussion.notifications import tasks as notifications
from dragoman.people.models import User

__all__ = [
    "bring_words_back",
    "moderation",
    "notifications",
    "purge_previews",
    "translate_preview",
    "withdraw_words",
]

WITHDRAWING = 90  # priority: what was withdrawn is nowhere, before anything new is made
again = RetryStrategy(max_attempts=6, exponential_wait=4)
log = logging.getLogger(__name__)


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


@app.task(name="discussion.translate_preview", queue="translation")
def translate_preview(*, preview_id: int) -> None:
    """Translate a draft for its author. Not tried again: they look at it now, or ask again."""
    translating.translate_preview(preview_id)


@app.periodic(cron="*/5 * * * *", periodic_id="purge_previews")
@app.task(name="discussion.purge_previews", queue="housekeeping")
def purge_previews(timestamp: int) -> None:
    """Drafts that were previewed and have expired."""
    del timestamp
    gone = translating.purge_previews()
    if gone:
        log.info("%s expired previews gone", gone)
