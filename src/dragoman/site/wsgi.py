"""Django under Granian."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from dragoman.delivery.tether import tether

if "DRAGOMAN_RUN_ID" in os.environ:
    tether(os.getppid(), signal.SIGKILL)  # Granian's worker must not outlive Granian

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dragoman.site.settings")
application = get_wsgi_application()
