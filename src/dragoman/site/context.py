"""What every template may name of the publication."""

import time

from django.conf import settings
from django.http import HttpRequest

from dragoman.languages.formats import moment_pattern
from dragoman.languages.registry import default_language, direction, offered, publication_languages
from dragoman.languages.switching import choices_by_prefix
from dragoman.languages.view import View

RENDERING_SECONDS = 3  # what a page reads, it read at most so long before its template began


def publication(request: HttpRequest) -> dict[str, object]:
    """The publication's name, its languages and the page's own."""
    view: View = getattr(request, "view", None) or View(default_language())
    return {
        "publication_name": settings.PUBLICATION_NAME,
        "publication_languages": publication_languages(),
        "page_language": offered(view.language),
        "page_direction": direction(view.language),
        "view": view,
        "choices": choices_by_prefix(request.path, view.language),
        "moment_pattern": moment_pattern(view.language),
        "rendered_at": int((time.time() - RENDERING_SECONDS) * 1000),
    }
