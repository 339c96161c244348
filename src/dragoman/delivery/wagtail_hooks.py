"""Stored responses in the newsroom's admin, under Settings."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from dragoman.delivery import actions
from dragoman.delivery.errors import DeliveryError
from dragoman.delivery.queries import stored_responses
from dragoman.people.models import User

PER_PAGE = 100


class ResponsesMenuItem(MenuItem):
    """For those who may purge."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person at the menu may."""
        return request.user.has_perm(actions.PURGE)


@hooks.register("register_settings_menu_item")
def responses_menu_item() -> ResponsesMenuItem:
    """ "Stored responses"."""
    return ResponsesMenuItem(
        gettext_lazy("Stored responses"),
        reverse("stored_responses"),
        name="stored-responses",
        icon_name="cog",
    )


@require_http_methods(["GET", "POST"])
def responses(request: HttpRequest) -> HttpResponse:
    """What this host has stored, and throwing it away on all hosts."""
    person = request.user
    if not isinstance(person, User) or not person.has_perm(actions.PURGE):
        raise PermissionDenied
    address = request.POST.get("address", "")
    if request.method == "POST" and _purged(request, person, address):
        return redirect("stored_responses")
    listed = Paginator(list(stored_responses(settings.VAR)), PER_PAGE)
    context = {"page": listed.get_page(request.GET.get("page")), "address": address}
    return TemplateResponse(request, "delivery/responses.html", context)


def _purged(request: HttpRequest, person: User, address: str) -> bool:
    everything = request.POST.get("what") == "all"
    if not everything and not address.strip():
        messages.error(request, gettext("Write the address of the page to be thrown away."))
        return False
    try:
        actions.purge_by(person, address="" if everything else address)
    except DeliveryError as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, gettext("Thrown away. The next reader gets a page that was just made."))
    return True


@hooks.register("register_admin_urls")
def responses_urls() -> list[URLPattern]:
    """Under `/admin/responses/`."""
    return [path("responses/", responses, name="stored_responses")]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Lets administrators give the permission to groups."""
    return Permission.objects.filter(
        content_type__app_label="delivery", codename=actions.PURGE.partition(".")[2]
    )
