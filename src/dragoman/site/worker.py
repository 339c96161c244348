"""`worker`: the process that runs queued jobs."""

import asyncio
import logging
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click
import psycopg

from dragoman.delivery.memory import give_back_freed

if TYPE_CHECKING:  # it would cost every start half a second
    from procrastinate import App

THREADS = 4
_BEAT_SECONDS = 1.0
_GIVE_BACK_SECONDS = 30.0
"""What jobs needed (a lexicon being read, a model) and freed is 3 MB after the first of them."""
_NICE = 10
"""Where there is not enough for everybody, who reads and writes goes before what is being translated. A
tenth is left to jobs: they hold rows that writers wait for."""
_AUTOGROUP = Path("/proc/self/autogroup")

log = logging.getLogger(__name__)


@click.command()
def worker() -> None:
    """Run queued jobs: translation, housekeeping."""
    run()


def main(arguments: list[str]) -> None:
    """`python -m dragoman.site.worker`: as the supervisor starts it."""
    del arguments
    run()


def run() -> None:
    """Until it is asked to stop, or the database is gone."""
    from dragoman.site.cli import setup

    _step_back()
    setup()
    from procrastinate.contrib.django import app

    from dragoman.translation import engines

    _wait_for_the_database()
    Thread(target=_warm, name="dragoman-warming", daemon=True).start()
    try:
        asyncio.run(_work(app))
    finally:
        engines.refresh()


def _wait_for_the_database() -> None:
    """However long it is away: to die again and again would end the whole run, and reading with it."""
    from procrastinate.contrib.django.utils import connector_params

    told = False
    while True:
        try:
            psycopg.connect(**connector_params()).close()
        except psycopg.OperationalError:
            if not told:
                log.warning("waiting for the database")
            told = True
            time.sleep(_BEAT_SECONDS)
        else:
            return


def _step_back() -> None:
    """Linux shares the processor out among sessions first (sched(7), autogroup), and the supervisor gives each process
    one of its own: there, `nice` alone says nothing between them."""
    os.nice(_NICE)
    if os.getsid(0) != os.getpid():
        return  # the session is somebody else's, too
    with suppress(OSError):  # another system, or one that does not let us
        _AUTOGROUP.write_text(f"{_NICE}\n", encoding="ascii")


def _warm() -> None:
    """The first comment after a start does not wait for its model. Nothing depends on it."""
    from django.db import connections

    from dragoman.translation import engines

    try:
        log.info("%s models are loaded", engines.warm())
    except Exception:  # whatever it is, the jobs will tell
        log.warning("no model could be loaded ahead", exc_info=True)
    finally:
        connections.close_all()


async def _work(app: "App") -> None:
    """The queue is read over connections of its own, by an application of its own.

    The tasks stay with Django's application: what a job defers belongs to the job's transaction. Were its connector
    replaced, such a job could run before the rows it speaks of are there, find nothing to do, and be gone.
    """
    from dragoman.site.queue import Queue

    queue = app.with_connector(Queue())
    async with queue.open_async():
        giving = asyncio.create_task(_give_back_now_and_then())
        await queue.run_worker_async(
            concurrency=THREADS,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=_BEAT_SECONDS,
            stalled_worker_timeout=3 * _BEAT_SECONDS,
            delete_jobs="successful",
            shutdown_graceful_timeout=1.0,
        )
        giving.cancel()


async def _give_back_now_and_then() -> None:
    while True:
        await asyncio.sleep(_GIVE_BACK_SECONDS)
        give_back_freed()


if __name__ == "__main__":
    main(sys.argv[1:])
