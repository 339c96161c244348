"""The page editor and the admin menu, tidied for a newsroom."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem

from dragoman.newsroom.actions import correct_now
from dragoman.newsroom.errors import NewsroomError
from dragoman.newsroom.models import ArticlePage

NOT_FOR_NEWSROOMS = frozenset({"documents", "help", "reports"})


class CorrectNowMenuItem(ActionMenuItem):
    """Publish, and withdraw older editions at once instead of marking them as being updated."""

    name = "correct-now"
    label = gettext_lazy("Correct now…")
    icon_name = "warning"
    order = 90

    def is_shown(self, context: dict[str, Any]) -> bool:
        """For published articles, by those who may publish."""
        page = context.get("page")
        return (
            context["view"] == "edit"
            and isinstance(page, ArticlePage)
            and page.live
            and page.permissions_for_user(context["request"].user).can_publish()
        )

    def get_url(self, parent_context: dict[str, Any]) -> str:
        """A page of its own: what is withdrawn is said before it is done."""
        return reverse("newsroom_correct_now", args=[parent_context["page"].pk])


@hooks.register("register_page_action_menu_item")
def correct_now_menu_item() -> CorrectNowMenuItem:
    """Under the publish button."""
    return CorrectNowMenuItem()


@require_http_methods(["GET", "POST"])
def correct_now_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask, then do it."""
    article = get_object_or_404(ArticlePage, pk=page_id)
    back = reverse("wagtailadmin_pages:edit", args=[page_id])
    if request.method == "GET":
        return TemplateResponse(
            request, "newsroom/admin/correct_now.html", {"article": article, "back": back}
        )
    try:
        correct_now(article, editor=request.user)  # type: ignore[arg-type]
    except NewsroomError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("Corrected. Older editions are withdrawn; new ones are being made."))
    return redirect(back)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Our own pages in the admin."""
    return [path("newsroom/<int:page_id>/correct-now/", correct_now_view, name="newsroom_correct_now")]


@hooks.register("construct_main_menu")
def shorter_menu(request: HttpRequest, menu_items: list[Any]) -> None:
    """Leave what a newsroom does not use out of the menu."""
    del request
    menu_items[:] = [item for item in menu_items if item.name not in NOT_FOR_NEWSROOMS]


@hooks.register("construct_homepage_summary_items")
def shorter_summary(request: HttpRequest, summary_items: list[Any]) -> None:
    """Counts of documents and pages tell an editor nothing: keep pictures."""
    del request
    summary_items[:] = [item for item in summary_items if type(item).__name__ == "ImagesSummaryItem"]
