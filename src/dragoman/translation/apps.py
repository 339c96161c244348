"""The Django application of translation."""

from django.apps import AppConfig


class TranslationConfig(AppConfig):
    """The translation core: what people wrote, and every reading derived from it."""

    name = "dragoman.translation"
    label = "translation"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Translation"
