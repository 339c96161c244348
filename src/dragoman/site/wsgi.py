"""Django under Granian."""

import os

from django.core.wsgi import get_wsgi_application

from dragoman.fidelity.knowledge import withhold

withhold()  # models belong to the worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dragoman.site.settings")
application = get_wsgi_application()
