"""What belongs to no package below: the root, preferences, robots, errors."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_POST, require_safe

from dragoman.languages import addresses
from dragoman.languages.middleware import reader_language
from dragoman.languages.preferences import PREFERENCE_COOKIE, parse_preference, serialise
from dragoman.languages.registry import is_offered
from dragoman.languages.view import LANGUAGE_COOKIE
from dragoman.site.keeping import kept

YEAR = 365 * 24 * 3600


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """`/` → the reader's language: the only address that redirects by preference (rule of reading 8)."""
    response = HttpResponseRedirect(addresses.address("home", language=reader_language(request)))
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """The newsroom's way in: the same sign-in as everybody's."""
    target = request.GET.get("next", "/admin/")
    query = urlencode({"next": target})
    return redirect(f"/{reader_language(request)}/account/login/?{query}")


@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready\n", content_type="text/plain")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers should leave alone."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /*/account/", "Disallow: /*?original=", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What a browser keeps for us and what we keep about people: the same for everybody."""
    context = {"kept": kept(), "address_days": settings.PEOPLE_ADDRESS_DAYS}
    return render(request, "site/privacy.html", context)


@require_POST
def keep_preferences(request: HttpRequest) -> HttpResponse:
    """Languages I read, originals on or off, and the chosen language: cookies, no account."""
    response = HttpResponseRedirect(_back(request))
    if "reads_shown" in request.POST:
        reads, _ = parse_preference(".".join(request.POST.getlist("reads")))
        value = serialise(reads, request.POST.get("originals") == "on")
        _keep(response, PREFERENCE_COOKIE, value)
    if is_offered(chosen := request.POST.get("language", "")):
        _keep(response, LANGUAGE_COOKIE, chosen)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


def _back(request: HttpRequest) -> str:
    """Where the form was, or the home page; never another site."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}):
        parts = urlsplit(target)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return addresses.address("home", language=request.view.language)  # type: ignore[attr-defined]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    del exception
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "errors/403.html", {"sentence": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    del exception
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return render(request, "errors/500.html", status=500)
