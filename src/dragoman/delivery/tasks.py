"""Jobs of delivery."""

from procrastinate.contrib.django import app

from dragoman.delivery.actions import forget_changes


@app.periodic(cron="*/10 * * * *", periodic_id="forget_changes")
@app.task(name="delivery.forget_changes", queue="housekeeping")
def forget_old_changes(timestamp: int) -> None:
    """Notifications that no front catches up with any more."""
    del timestamp
    forget_changes()
