"""Pages about one's own data: a copy of it, closing the account, and taking that back."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dragoman.languages import addresses
from dragoman.people import closing, confirming, exporting
from dragoman.people.errors import PeopleError
from dragoman.people.models import User


def _language(request: HttpRequest) -> str:
    language: str = request.view.language  # type: ignore[attr-defined]
    return language


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def data_page(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of one's own data, and find it here."""
    person: User = request.user  # type: ignore[assignment]
    sentence = ""
    if request.method == "POST":
        try:
            exporting.ask(person)
        except PeopleError as refusal:
            sentence = str(refusal)
        else:
            messages.success(
                request, gettext("Your data is being gathered. We write to you when it is ready.")
            )
            return redirect(addresses.address("own_data", language=_language(request)))
    return render(
        request,
        "people/own_data.html",
        {"sentence": sentence, "exports": _exports(request, person)},
        status=HTTPStatus.TOO_MANY_REQUESTS if sentence else HTTPStatus.OK,
    )


def _exports(request: HttpRequest, person: User) -> list[dict[str, object]]:
    language = _language(request)
    return [
        {
            "asked_at": each.asked_at,
            "expires_at": each.expires_at,
            "address": addresses.address("own_data_file", language=language, token=exporting.token_of(each))
            if each.made_at
            else "",
        }
        for each in exporting.exports_of(person)
    ]


@never_cache
@login_required
@require_safe
def fetch(request: HttpRequest, token: str) -> HttpResponse:
    """The archive, for its person only."""
    person: User = request.user  # type: ignore[assignment]
    export = exporting.export_for(person, token)
    if export is None or export.made_at is None:
        raise Http404
    name = f"data-{person.pk}-{export.made_at:%Y-%m-%d}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(export.archive), content_type="application/zip", headers=headers)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close_page(request: HttpRequest) -> HttpResponse:
    """Say what will happen, ask for proof, and close the account."""
    person: User = request.user  # type: ignore[assignment]
    if request.method != "POST":
        return _close_form(request, person)
    try:
        if "send" in request.POST:
            confirming.send_code(request, person)
            return _close_form(request, person)
        confirming.confirm(request, person, request.POST.get("proof", ""))
        closing.close(person)
    except PeopleError as refusal:
        return _close_form(request, person, str(refusal))
    logout(request)
    return redirect("people:closed")


def _close_form(request: HttpRequest, person: User, sentence: str = "") -> HttpResponse:
    context = {
        "sentence": sentence,
        "has_password": person.has_usable_password(),
        "code_was_sent": confirming.code_was_sent(request),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sentence else HTTPStatus.OK
    return render(request, "people/close.html", context, status=status)


@never_cache
@require_safe
def closed_page(request: HttpRequest) -> HttpResponse:
    """What one sees right after, signed out."""
    return render(request, "people/closed.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reopen_page(request: HttpRequest, token: str) -> HttpResponse:
    """Take it back: by the link of the mail, or after having signed in."""
    found = closing.closing_of_token(token)
    if found is None:
        return render(request, "people/reopened.html", {"gone": True}, status=HTTPStatus.GONE)
    if request.method != "POST":
        context = {"closing": found, "now": timezone.now(), "action": request.path}
        return render(request, "people/reopen.html", context)
    try:
        closing.reopen(found)
    except PeopleError:
        return render(request, "people/reopened.html", {"gone": True}, status=HTTPStatus.GONE)
    return render(request, "people/reopened.html", {"gone": False})
