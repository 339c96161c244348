"""What every template may name of the publication."""

from django.conf import settings
from django.http import HttpRequest

from dragoman.languages.registry import default_language, direction, offered, publication_languages
from dragoman.languages.view import View


def publication(request: HttpRequest) -> dict[str, object]:
    """The publication's name, its languages and the page's own."""
    view: View = getattr(request, "view", None) or View(default_language())
    return {
        "publication_name": settings.PUBLICATION_NAME,
        "publication_languages": publication_languages(),
        "page_language": offered(view.language),
        "page_direction": direction(view.language),
        "view": view,
    }
