"""The Django application of the discussion."""

from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    """One thread per story, whatever the languages."""

    name = "dragoman.discussion"
    label = "discussion"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Discussion"
