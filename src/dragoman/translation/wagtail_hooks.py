"""The desk in the newsroom's admin."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from dragoman.translation.actions import REVIEW
from dragoman.translation.terms.actions import EDIT_TERMS


class DeskMenuItem(MenuItem):
    """For those who may review editions."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person at the menu may."""
        return request.user.has_perm(REVIEW)


@hooks.register("register_admin_menu_item")
def desk_menu_item() -> DeskMenuItem:
    """ "Desk", right after the pages."""
    return DeskMenuItem(
        pgettext_lazy("where translations are corrected", "Desk"),
        reverse("desk"),
        name="desk",
        icon_name="form",
        order=150,
    )


class GlossaryMenuItem(MenuItem):
    """For those who may change the glossary."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person at the menu may."""
        return request.user.has_perm(EDIT_TERMS)


@hooks.register("register_admin_menu_item")
def glossary_menu_item() -> GlossaryMenuItem:
    """ "Glossary", beside the desk."""
    return GlossaryMenuItem(
        gettext_lazy("Glossary"), reverse("desk_terms"), name="glossary", icon_name="openquote", order=151
    )


@hooks.register("register_admin_urls")
def desk_urls() -> list[URLPattern | URLResolver]:
    """Under `/admin/desk/`."""
    return [path("desk/", include("dragoman.translation.desk.urls"))]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Lets administrators give the permissions to groups."""
    codenames = [permission.partition(".")[2] for permission in (REVIEW, EDIT_TERMS)]
    return Permission.objects.filter(content_type__app_label="translation", codename__in=codenames)
