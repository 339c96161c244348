"""The Django application of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts: sign-in by e-mail code or password."""

    name = "dragoman.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "People"
