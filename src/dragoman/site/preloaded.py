"""The fork server of Django and worker: `python -m dragoman.site.preloaded SOCKET`.

Loaded once, for both: the site, its templates, catalogues and formats. Neither a connection nor a thread.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from dragoman.delivery import forkserver
from dragoman.site.cli import SETTINGS, setup

_NEEDED = (
    "dragoman.delivery.web",
    "dragoman.site.queue",
    "dragoman.site.worker",
    "procrastinate.contrib.django",
    "procrastinate.worker",
)
_WITHOUT = {
    "bs4": ("charset_normalizer", "lxml"),
    "rest_framework.compat": ("pygments", "requests"),
}
"""What libraries import where it is there, and only for what nobody here asks of them (other parsers than Python's,
guessing encodings, pages about an API, a client for tests): 5 MB. Who does need it imports it."""


def main(arguments: list[str]) -> None:
    """Never returns but in a process that it forked."""
    [server] = arguments
    load()
    forkserver.become(forkserver.serve(server))


def load() -> None:
    """Everything that both processes would load by themselves."""
    _load_without_extras()
    setup()
    for name in _NEEDED:
        import_module(name)
    _load_site()
    _load_templates()
    _load_languages()


def _load_without_extras() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    for name, extras in _WITHOUT.items():
        with _not_importable(extras):
            import_module(name)


@contextmanager
def _not_importable(names: tuple[str, ...]) -> Iterator[None]:
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # as Python's import system has it
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


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
