"""Home, section and article as readers get them: nothing personal in any of them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe
from wagtail.wagtail_hooks import check_view_restrictions

from dragoman.languages import addresses
from dragoman.languages.stretches import StretchedResponse
from dragoman.languages.view import View
from dragoman.newsroom import contexts, queries
from dragoman.newsroom.converters import ArticleReference
from dragoman.newsroom.models import ArticlePage, HomePage, SectionPage
from dragoman.newsroom.models.worded import WordedPage
from dragoman.translation.on_view import translated_on_view


def view_of_request(request: HttpRequest) -> View:
    """What the reader asks to read in (set by the middleware)."""
    view: View = request.view  # type: ignore[attr-defined]
    return view


@require_safe
@translated_on_view
def home(request: HttpRequest) -> HttpResponseBase:
    """`/<lang>/`. Before the first home page is published it says that nothing is there yet."""
    page = queries.home_page()
    if page is None or not page.is_restricted:
        return render_home(request)
    return _restricted(page, request)


@require_safe
@translated_on_view
def section(request: HttpRequest, section: str) -> HttpResponseBase:
    """`/<lang>/<section>/`."""
    page = queries.section_by_slug(section)
    if page is None:
        raise Http404
    return _restricted(page, request) if page.is_restricted else serve_page(page, request)


@require_safe
@translated_on_view
def article(request: HttpRequest, section: str, reference: ArticleReference) -> HttpResponseBase:
    """`/<lang>/<section>/<id>-<slug>/`: old and wrong slugs are sent to the right one (rule 9)."""
    page = queries.article_by_id(reference.number)
    if page is None:
        raise Http404
    if page.is_restricted:
        return _restricted(page, request)
    language = view_of_request(request).language
    if page.live and queries.slug_conflicts(page, language, reference.slug, section):
        return _moved(request, addresses.address("article", language=language, article=page))
    return serve_page(page, request)


def serve_page(page: WordedPage, request: HttpRequest) -> TemplateResponse:
    """The page for a reader who may see it; 410 where it was withdrawn, 404 where it never was."""
    if not page.live:
        return gone(page, request)
    if isinstance(page, ArticlePage):
        return render_article(page, request)
    if isinstance(page, SectionPage):
        return render_section(page, request)
    if isinstance(page, HomePage):
        return render_home(request)
    raise TypeError(f"{type(page).__name__} is served by somebody else")


def render_home(request: HttpRequest) -> TemplateResponse:
    """The newest stories."""
    return TemplateResponse(request, "newsroom/home.html", contexts.home(view_of_request(request)))


def render_section(page: SectionPage, request: HttpRequest) -> TemplateResponse:
    """A section's stories, newest first."""
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) <= 99_999):
        raise Http404
    context = contexts.section(page, view_of_request(request), int(number[:6]))
    return TemplateResponse(request, "newsroom/section.html", context)


def render_article(page: ArticlePage, request: HttpRequest) -> TemplateResponse:
    """An article with its thread."""
    context = contexts.article(page, view_of_request(request), request.GET)
    if context is None:
        return gone(page, request)
    return StretchedResponse(request, "newsroom/article.html", context)


def gone(page: WordedPage, request: HttpRequest) -> TemplateResponse:
    """410 in the reader's language, with somewhere to go (rule 1)."""
    if not queries.was_published(page):
        raise Http404
    context = contexts.gone(page, view_of_request(request))
    return TemplateResponse(request, "newsroom/gone.html", context, status=410)


def _restricted(page: WordedPage, request: HttpRequest) -> HttpResponseBase:
    """Wagtail's own door for pages behind a view restriction; what it lets through is nobody else's."""

    def serve(
        page: WordedPage, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse:
        return page.serve(request, *args, **kwargs)

    response: HttpResponseBase = check_view_restrictions(serve)(page, request, [], {})
    add_never_cache_headers(response)
    return response


def _moved(request: HttpRequest, path: str) -> HttpResponseRedirect:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{path}?{query}" if query else path)
