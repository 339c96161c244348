"""The publication's home page: the root of its tree."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel

from dragoman.languages import addresses
from dragoman.newsroom.models.worded import WordedPage


class HomePage(WordedPage):
    """The newest stories. Its title and tagline are the publication's."""

    tagline = models.CharField(pgettext_lazy("of the home page", "tagline"), max_length=200, blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["newsroom.SectionPage"]
    max_count = 1
    content_panels = [FieldPanel("title"), FieldPanel("tagline"), FieldPanel("source_language")]
    promote_panels = [FieldPanel("seo_title"), FieldPanel("search_description")]

    class Meta:
        verbose_name = _("home page")

    def path_in(self, language: str) -> str:
        """`/<lang>/`."""
        return addresses.address("home", language=language)
