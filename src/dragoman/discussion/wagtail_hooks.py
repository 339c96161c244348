"""The discussion in the newsroom's admin: its rules, its word lists, and its figures."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from dragoman.discussion.moderation import admin
from dragoman.discussion.permissions import MODERATE, SET_HOUSE_RULES, may_moderate
from dragoman.people.models import User


class RulesMenuItem(MenuItem):
    """For those who may change the rules."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person at the menu may."""
        return request.user.has_perm(SET_HOUSE_RULES)


class StatisticsMenuItem(MenuItem):
    """For those who may moderate."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person at the menu may."""
        return isinstance(request.user, User) and may_moderate(request.user)


@hooks.register("register_admin_menu_item")
def rules_menu_item() -> RulesMenuItem:
    """ "Rules", after the desk."""
    return RulesMenuItem(
        pgettext_lazy("of the discussion", "House rules"),
        reverse("discussion_rules"),
        name="discussion-rules",
        icon_name="comment",
        order=155,
    )


@hooks.register("register_admin_menu_item")
def words_menu_item() -> RulesMenuItem:
    """ "Word lists", beside them."""
    return RulesMenuItem(
        pgettext_lazy("of the discussion", "Word lists"),
        reverse("discussion_words"),
        name="discussion-words",
        icon_name="list-ul",
        order=156,
    )


@hooks.register("register_admin_menu_item")
def statistics_menu_item() -> StatisticsMenuItem:
    """ "Discussion in figures", after the rules."""
    return StatisticsMenuItem(
        gettext_lazy("Discussion in figures"),
        reverse("discussion_statistics"),
        name="discussion-statistics",
        icon_name="history",
        order=160,
    )


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    """Under `/admin/discussion/`."""
    return [
        path("discussion/statistics/", include("dragoman.discussion.statistics.urls")),
        path("discussion/rules/", admin.rules, name="discussion_rules"),
        path("discussion/words/", admin.words, name="discussion_words"),
        path("discussion/words/remove/", admin.remove_words, name="discussion_words_remove"),
        path("discussion/words/try/", admin.try_words, name="discussion_words_try"),
        path("discussion/words/words.tsv", admin.take_words, name="discussion_words_take"),
    ]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Lets administrators give the permissions to groups."""
    codenames = [permission.partition(".")[2] for permission in (MODERATE, SET_HOUSE_RULES)]
    return Permission.objects.filter(content_type__app_label="discussion", codename__in=codenames)
