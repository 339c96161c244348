"""Job entry points of notifications."""

from procrastinate.contrib.django import app

from dragoman.discussion.notifications import telling

TELLING = -5  # priority: after every comment's translation


@app.task(name="notifications.tell_followers", queue="notifications", priority=TELLING)
def tell_followers(*, comment_id: int) -> None:
    """Tell those who follow a thread of a new comment."""
    telling.tell_followers(comment_id)
