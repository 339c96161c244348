"""The Django application of the newsroom."""

from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    """What editors write, and the pages readers read."""

    name = "dragoman.newsroom"
    label = "newsroom"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Newsroom"
