"""The Django application that wires the house together."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Registers what upper packages give lower ones, once every model is loaded."""

    name = "dragoman.site"
    label = "site"

    def ready(self) -> None:
        """Wire facts and registries."""
        from dragoman.site import wiring

        wiring.connect()
