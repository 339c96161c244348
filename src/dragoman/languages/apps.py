"""The Django application of the publication's languages."""

from django.apps import AppConfig


class LanguagesConfig(AppConfig):
    """Template tags, formats and address building; no tables."""

    name = "dragoman.languages"
    label = "languages"
