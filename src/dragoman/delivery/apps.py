"""The Django application of delivery."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Live events, dependencies of a render, HTTP caching. The front knows no Django."""

    name = "dragoman.delivery"
    label = "delivery"
