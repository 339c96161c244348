"""What home, section and article have in common: words that are a document, and an address by language."""

from collections.abc import Iterator
from typing import Any, Self

from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Page

from dragoman.languages.registry import codes, default_language, is_offered, native_name
from dragoman.text.identify import LANGUAGES
from dragoman.translation.models import Document


def source_languages() -> Iterator[tuple[str, str]]:
    """What an editor may choose: the publication's languages first, then every other one we know."""
    offered = codes()
    others = sorted(set(LANGUAGES) - set(offered), key=native_name)
    for code in (*offered, *others):
        yield code, native_name(code)


class WordedPage(Page):
    """A page whose words are a document of the translation core.

    The document is never part of a Wagtail revision: an old draft must not bring an old document back.
    PROTECT, because a page without its words is broken; the words go with the page (`actions.forget`).
    """

    source_language = models.CharField(
        pgettext_lazy("of a text", "written in"),
        max_length=12,
        choices=source_languages,
        default=default_language,
        help_text=_("The language these words are written in. Readers of other languages get translations."),
    )
    document = models.OneToOneField(
        Document, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="%(class)s"
    )

    exclude_fields_in_copy = ["document"]
    password_required_template = "newsroom/password_required.html"  # noqa: S105

    class Meta:
        abstract = True

    def with_content_json(self, content: dict[str, Any]) -> Self:
        """A revision's words in a page that keeps its document."""
        page: Self = super().with_content_json(content)
        # Asked for now: `self` may have been loaded before the first publication.
        page.document_id = type(page).objects.filter(pk=self.pk).values_list("document", flat=True).first()
        return page

    @property
    def own_language(self) -> str:
        """The language this page's address is given in where none is asked for: its own, if offered."""
        return self.source_language if is_offered(self.source_language) else default_language()

    def path_in(self, language: str) -> str:
        """The page's path in a language of the publication."""
        raise NotImplementedError

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Wagtail's door to addresses. Never the thread's active language, which outlives a request."""
        sites = self._get_relevant_site_root_paths(request)
        if not sites:
            return None
        return sites[0].site_id, sites[0].root_url, self.path_in(self.own_language)

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """One preview per language of the publication, the page's own first."""
        ordered = sorted(codes(), key=lambda code: code != self.own_language)
        return [(code, native_name(code)) for code in ordered]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> TemplateResponse:
        """What a reader gets."""
        del args, kwargs
        # Imported late: views know models, not the other way round.
        from dragoman.newsroom.views import serve_page

        return serve_page(self, request)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> TemplateResponse:
        """The draft as readers of one language will get it."""
        from dragoman.newsroom.previews import serve_preview

        return serve_preview(self, request, mode_name)
