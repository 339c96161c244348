"""The Django application of importers and exporters."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """No tables: it writes through the actions of the packages below."""

    name = "dragoman.exchange"
    label = "exchange"
