"""Procrastinate's application as this site runs it."""

from procrastinate import App


def on_app_ready(app: App) -> None:
    """Nothing to add yet: tasks are discovered in each package's `tasks` module."""
    del app
