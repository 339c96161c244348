"""An article: one page in its source language; readers get editions of its document."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from dragoman.languages import addresses, formats
from dragoman.languages.registry import default_language
from dragoman.newsroom.forms import ArticleForm
from dragoman.newsroom.models.worded import WordedPage
from dragoman.newsroom.panels import AddressesPanel
from dragoman.newsroom.streams import BodyBlock, SourcesBlock

ARTICLE_LONGEST = 200_000  # characters: three times the longest reportage


class ArticlePage(WordedPage):
    """A story. The title is the headline; byline, sources and credits are never translated."""

    standfirst = models.TextField(
        pgettext_lazy("of an article", "standfirst"),
        blank=True,
        max_length=1000,
        help_text=_("One or two sentences under the headline."),
    )
    body = StreamField(BodyBlock(), verbose_name=pgettext_lazy("of an article", "body"), blank=True)
    sources = StreamField(
        SourcesBlock(required=False), verbose_name=pgettext_lazy("of an article", "sources"), blank=True
    )
    byline = models.CharField(pgettext_lazy("of an article", "byline"), max_length=200, blank=True)
    published_at = models.DateTimeField(
        pgettext_lazy("of an article", "publication time"),
        null=True,
        blank=True,
        help_text=_("What readers see and lists are ordered by. Left empty: the time of first publication."),
    )
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("of an article", "account of its author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"is_staff": True, "is_active": True},
        help_text=_("Comments of this account under the article bear the badge “author”."),
    )
    external_id = models.CharField(max_length=200, blank=True, editable=False)  # of an imported article

    parent_page_types = ["newsroom.SectionPage"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["document", "external_id"]
    base_form_class = ArticleForm
    content_panels = [
        FieldPanel("title", heading=pgettext_lazy("of an article", "Headline")),
        FieldPanel("standfirst"),
        FieldPanel("body"),
        FieldPanel("sources"),
        MultiFieldPanel(
            [
                FieldPanel("byline"),
                FieldPanel("writer"),
                FieldPanel("source_language"),
                FieldPanel("published_at"),
            ],
            heading=_("About this article"),
        ),
    ]
    promote_panels = [
        AddressesPanel(heading=pgettext_lazy("of an article", "Addresses")),
        FieldPanel("seo_title"),
        FieldPanel("search_description"),
    ]
    search_fields = [
        *WordedPage.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("body"),
        index.FilterField("published_at"),
    ]

    class Meta:
        verbose_name = _("article")
        indexes = [models.Index(fields=["-published_at"], name="newsroom_article_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~models.Q(external_id=""), name="newsroom_article_external"
            )
        ]

    def clean(self) -> None:
        """Refuse what would make every reader's page slow: a page of emoji takes 7 µs and 110 bytes for each."""
        super().clean()
        from dragoman.newsroom.fields import article_fields

        length = sum(len(block.text) for blocks in article_fields(self).values() for block in blocks)
        if length > ARTICLE_LONGEST:
            language = get_language() or default_language()
            sentence = _("An article has room for %(longest)s characters; this one has %(length)s.") % {
                "longest": formats.number(ARTICLE_LONGEST, language),
                "length": formats.number(length, language),
            }
            raise ValidationError({"body": sentence})

    def path_in(self, language: str) -> str:
        """`/<lang>/<section>/<id>-<slug>/`."""
        return addresses.address("article", language=language, article=self)
