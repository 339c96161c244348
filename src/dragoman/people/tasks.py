"""Job entry points: ids only, idempotent, named explicitly (a renamed module must not orphan queued jobs)."""

import logging

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from dragoman.people import closing, exporting, network
from dragoman.people.models import Session

log = logging.getLogger(__name__)
again = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(name="people.make_export", queue="people", retry=again)
def make_export(*, export_id: int) -> None:
    """A person's own data, as they asked."""
    exporting.make(export_id)


@app.task(name="people.tell_closed", queue="people", retry=again)
def tell_closed(*, closing_id: int) -> None:
    """The mail after an account was closed."""
    closing.tell_closed(closing_id)


@app.task(name="people.erase", queue="people", retry=again)
def erase(*, closing_id: int) -> None:
    """An account whose time is over."""
    closing.erase(closing_id)


@app.periodic(cron="*/5 * * * *", periodic_id="erase_due")
@app.task(name="people.erase_due", queue="housekeeping")
def erase_due(timestamp: int) -> None:
    """Every account whose time is over. Found anew each time: none depends on a job that waits for a day."""
    del timestamp
    for closing_id in closing.due():
        erase.defer(closing_id=closing_id)


@app.periodic(cron="41 * * * *", periodic_id="forget_people")
@app.task(name="people.forget", queue="housekeeping")
def forget(timestamp: int) -> None:
    """Hashes of addresses, archives and sessions whose time is over."""
    del timestamp
    hashes, archives = network.forget_old(), exporting.delete_expired()
    sessions = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    if hashes or archives or sessions:
        log.info("forgotten: %s addresses, %s exports, %s sessions", hashes, archives, sessions)
