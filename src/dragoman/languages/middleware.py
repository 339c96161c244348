"""The address's language becomes the request's (never a redirect: only `/` redirects)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import translation

from dragoman.languages.registry import codes, default_language, is_offered
from dragoman.languages.view import LANGUAGE_COOKIE, negotiate, view_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class AddressLanguageMiddleware:
    """Sets `request.view`, activates the interface language, and leaves nothing active behind."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of_path(request.path_info) or reader_language(request)
        request.view = view_of(language, request.COOKIES, request.GET)  # type: ignore[attr-defined]
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response = response.render()
        response.headers.setdefault("Content-Language", language)
        return response

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse
    ) -> SimpleTemplateResponse:
        """Class-based views call themselves `view` in their templates; there it is the reader's."""
        if response.context_data is not None:
            response.context_data["view"] = request.view  # type: ignore[attr-defined]
        return response


def language_of_path(path: str) -> str | None:
    """The offered language a path begins with, if any."""
    first = path.lstrip("/").split("/", 1)[0]
    return first if is_offered(first) else None


def reader_language(request: HttpRequest) -> str:
    """The language of a reader whose address names none."""
    if len(codes()) == 1:
        return default_language()
    return negotiate(request.headers.get("Accept-Language", ""), request.COOKIES.get(LANGUAGE_COOKIE, ""))
