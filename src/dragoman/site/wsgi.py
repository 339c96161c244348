"""Django under Granian."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from dragoman.delivery.tether import tether
from dragoman.fidelity.knowledge import withhold

if "DRAGOMAN_RUN_ID" in os.environ:
    tether(os.getppid(), signal.SIGKILL)  # Granian's worker must not outlive Granian

withhold()  # models belong to the worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dragoman.site.settings")
application = get_wsgi_application()
