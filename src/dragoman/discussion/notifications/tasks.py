"""Job entry points of notifications."""

from collections.abc import Sequence

from procrastinate import JobContext
from procrastinate.contrib.django import app

from dragoman.discussion.notifications import mailing, telling
from dragoman.translation import company

TELLING = -5  # priority: after every comment's translation


@app.task(name="notifications.tell_followers", queue="notifications", priority=TELLING, pass_context=True)
def tell_followers(
    context: JobContext, *, comment_ids: Sequence[int] = (), comment_id: int | None = None
) -> None:
    """Tell those who follow a thread of new comments. `comment_id`: of jobs that an earlier release has queued."""
    ids = comment_ids if comment_id is None else [comment_id]
    company.together(context.job, ids, telling.tell_followers)


@app.periodic(cron="* * * * * */5", periodic_id="notifications")
@app.task(name="notifications.gather", queue="notifications")
def gather(timestamp: int) -> None:
    """E-mails of what is due."""
    del timestamp
    mailing.gather()


@app.task(name="notifications.send", queue="notifications")
def send(*, mail_id: int) -> None:
    """Send an e-mail. Its row decides when it is tried again."""
    mailing.send(mail_id)
