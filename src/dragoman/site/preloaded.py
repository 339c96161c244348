"""The fork server of Django and worker: `python -m dragoman.site.preloaded SOCKET`.

Loaded once, for both: the site, its templates, catalogues and formats. Neither a connection nor a thread.
"""

import sys
from importlib import import_module
from pathlib import Path

from dragoman.delivery import forkserver
from dragoman.site.cli import setup

_NEEDED = (
    "dragoman.delivery.web",
    "dragoman.site.worker",
    "procrastinate.contrib.django",
    "procrastinate.worker",
)


def main(arguments: list[str]) -> None:
    """Never returns but in a process that it forked."""
    [server] = arguments
    load()
    forkserver.become(forkserver.serve(server))


def load() -> None:
    """Everything that both processes would load by themselves."""
    setup()
    for name in _NEEDED:
        import_module(name)
    _load_site()
    _load_templates()
    _load_languages()


def _load_site() -> None:
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import reverse

    import_module(settings.ROOT_URLCONF)
    reverse("wagtailadmin_home")  # fills the resolver
    WSGIHandler()  # its middleware


def _load_templates() -> None:
    from django.apps import apps
    from django.template.loader import get_template

    for app in apps.get_app_configs():
        if app.name.startswith("dragoman."):
            root = Path(app.path) / "templates"
            for path in root.glob("**/*.html"):
                get_template(str(path.relative_to(root)))


def _load_languages() -> None:
    from django.conf import settings
    from django.utils import timezone, translation

    from dragoman.languages.formats import date_and_time, number

    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            date_and_time(timezone.now(), code)
            number(1.5, code)


if __name__ == "__main__":
    main(sys.argv[1:])
