"""A person's public page and one's own settings. Sign-in is allauth's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people import actions, profiles, queries
from dragoman.people.forms import SettingsForm
from dragoman.people.models import User
from dragoman.people.names import TINTS, initials


@require_safe
def profile(request: HttpRequest, person_id: int) -> HttpResponse:
    """Anybody's page: the same for everybody who reads in its language."""
    person = queries.person(person_id)
    if person is None:
        raise Http404
    view: View = request.view  # type: ignore[attr-defined]
    context = {
        "person": person,
        "initials": initials(person.display_name),
        "tint": person.pk % TINTS,
        "sections": profiles.sections(person, view),
    }
    return render(request, "people/profile.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest, person_id: int) -> HttpResponse:
    """Verify a name, or take that back."""
    person = queries.person(person_id)
    by: User = request.user  # type: ignore[assignment]
    if person is None or not by.is_staff:
        raise Http404
    view: View = request.view  # type: ignore[attr-defined]
    back = addresses.address("profile", language=view.language, person=person.pk)
    if request.method == "POST":
        actions.set_verified(person, by=by, verified=request.POST.get("verified") == "1")
        return redirect(back)
    return render(request, "people/verification.html", {"person": person, "back": back})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """One's own display name and language of mails."""
    person: User = request.user  # type: ignore[assignment]
    form = SettingsForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        _keep(person, form)
        messages.success(request, gettext("Your settings were saved."))
        view: View = request.view  # type: ignore[attr-defined]
        return redirect(addresses.address("settings", language=view.language))
    status = 422 if form.errors else 200
    return render(request, "people/settings.html", {"form": form}, status=status)


@transaction.atomic
def _keep(person: User, form: SettingsForm) -> None:
    actions.rename(person, display_name=form.cleaned_data["display_name"])
    actions.set_language(person, language=form.cleaned_data["language"])
