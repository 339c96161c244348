"""Job entry points of notifications."""

from procrastinate.contrib.django import app

from dragoman.discussion.notifications import mailing, telling

TELLING = -5  # priority: after every comment's translation


@app.task(name="notifications.tell_followers", queue="notifications", priority=TELLING)
def tell_followers(*, comment_id: int) -> None:
    """Tell those who follow a thread of a new comment."""
    telling.tell_followers(comment_id)


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
