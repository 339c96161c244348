"""Jobs of the newsroom."""

from django.core.management import call_command
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="newsroom.keep_schedule", queue="newsroom", lock="newsroom.keep_schedule", pass_context=False)
def keep_schedule(timestamp: int) -> None:
    """Publish and withdraw what is due: the schedule is Wagtail's, the clock is ours."""
    del timestamp
    call_command("publish_scheduled", verbosity=0)
