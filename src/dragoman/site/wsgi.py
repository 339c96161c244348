"""Django under Granian."""

from django.core.handlers.wsgi import WSGIHandler

from dragoman.fidelity.knowledge import withhold
from dragoman.site.cli import setup

withhold()  # models belong to the worker

setup()
application = WSGIHandler()
