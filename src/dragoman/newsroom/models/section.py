"""A section: "City", "Science", "Culture"."""

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.url_routing import RouteResult

from dragoman.languages import addresses
from dragoman.newsroom.models.worded import WordedPage

# First parts of addresses that belong to the house: a section of that name could never be reached.
RESERVED_SLUGS = frozenset(
    [
        "_util",
        "account",
        "admin",
        "api",
        "c",
        "comments",
        "decisions",
        "digest",
        "documents",
        "feeds",
        "healthz",
        "live",
        "media",
        "metrics",
        "moderation",
        "notifications",
        "people",
        "preferences",
        "previews",
        "privacy",
        "quote",
        "readyz",
        "search",
        "static",
        "threads",
        "translation",
    ]
)


class SectionPage(WordedPage):
    """Stories that belong together, newest first."""

    description = models.CharField(pgettext_lazy("of a section", "description"), max_length=300, blank=True)

    parent_page_types = ["newsroom.HomePage"]
    subpage_types = ["newsroom.ArticlePage"]
    content_panels = [
        FieldPanel("title", heading=pgettext_lazy("of a section", "Name")),
        FieldPanel("description"),
        FieldPanel("source_language"),
    ]
    promote_panels = [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")]

    class Meta:
        verbose_name = _("section")

    def clean(self) -> None:
        """Refuse an address that belongs to the house."""
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError(
                {"slug": _("This address is taken by the site itself; choose another one.")}
            )

    def path_in(self, language: str) -> str:
        """`/<lang>/<section>/`."""
        return addresses.address("section", language=language, section=self.slug)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Articles are found by the id their address begins with; the slug is cosmetic."""
        if not path_components:
            return super().route(request, path_components)
        from dragoman.newsroom.models.article import ArticlePage

        number = path_components[0].partition("-")[0]
        if len(path_components) > 1 or not (number.isascii() and number.isdigit()):
            raise Http404
        article = ArticlePage.objects.child_of(self).filter(pk=int(number)).first()
        if article is None:
            raise Http404
        return article.route(request, [])
