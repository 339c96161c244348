"""Pages made by importers and the demo rather than in the page editor: through Wagtail all the same."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from wagtail.models import Page, Site

from dragoman.languages.registry import default_language
from dragoman.newsroom.models import ArticlePage, HomePage, SectionPage
from dragoman.newsroom.models.worded import WordedPage
from dragoman.text.richtext import canonical


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article as an importer has it. `body` and `sources`: (block type, value as Wagtail stores it)."""

    key: str  # stable outside: the same key again is the same article
    language: str
    headline: str
    body: Sequence[tuple[str, Any]]
    standfirst: str = ""
    byline: str = ""
    sources: Sequence[tuple[str, Any]] = field(default=())
    published_at: datetime | None = None


@transaction.atomic
def ensure_home(
    *, title: str | None = None, tagline: str | None = None, language: str | None = None
) -> HomePage:
    """The home page, made when missing and brought to these words; what is None stays as it is."""
    home = HomePage.objects.first()
    if home is None:
        home = _new_home(title or settings.PUBLICATION_NAME, tagline or "", language or default_language())
    elif _changed(home, title=title, tagline=tagline, source_language=language):
        home.save_revision().publish()
    return home


def _new_home(title: str, tagline: str, language: str) -> HomePage:
    root = Page.get_first_root_node()
    home = HomePage(title=title, tagline=tagline, source_language=language, slug="publication", live=False)
    root.add_child(instance=home)
    home.save_revision().publish()
    _make_site_root(home)
    _remove_welcome_page(root)
    return HomePage.objects.get(pk=home.pk)


def _make_site_root(home: HomePage) -> None:
    address = urlsplit(settings.PUBLICATION_BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "root_page": home,
            "hostname": address.hostname or "localhost",
            "port": port,
            "site_name": settings.PUBLICATION_NAME,
        },
    )


def _remove_welcome_page(root: Page) -> None:
    """Wagtail's own first migration puts a page there that says so."""
    for page in Page.objects.child_of(root).filter(
        content_type__model="page", content_type__app_label="wagtailcore"
    ):
        page.delete()


@transaction.atomic
def ensure_section(
    *, slug: str, name: str, language: str | None = None, description: str | None = None
) -> SectionPage:
    """The section with this slug, made when missing and brought to these words."""
    language = language or default_language()
    section = SectionPage.objects.filter(slug=slug).first()
    if section is None:
        section = SectionPage(
            title=name, slug=slug, source_language=language, description=description or "", live=False
        )
        ensure_home().add_child(instance=section)
        section.save_revision().publish()
    elif _changed(section, title=name, source_language=language, description=description):
        section.save_revision().publish()
    return SectionPage.objects.get(pk=section.pk)


def _changed(page: WordedPage, **words: str | None) -> bool:
    """Set what differs; says whether anything did."""
    different = {name: value for name, value in words.items() if value not in (None, getattr(page, name))}
    for name, value in different.items():
        setattr(page, name, value)
    return bool(different)


@transaction.atomic
def write_article(section: SectionPage, text: ArticleText) -> tuple[ArticlePage, bool]:
    """Publish an article, or bring the one with the same key to these words. Says whether anything changed.

    An article an editor has unpublished stays unpublished; its draft is brought up to date.
    """
    article = ArticlePage.objects.filter(external_id=text.key).first()
    if article is None:
        article = ArticlePage(live=False, external_id=text.key)
        _write(article, text)
        section.add_child(instance=article)
        article.save_revision().publish()
        return ArticlePage.objects.get(pk=article.pk), True
    before = _state(article)
    _write(article, text)
    if _state(article) == before:
        return article, False
    revision = article.save_revision()
    if article.live:
        revision.publish()
    return ArticlePage.objects.get(pk=article.pk), True


def _write(article: ArticlePage, text: ArticleText) -> None:
    article.title = text.headline
    article.standfirst = text.standfirst
    article.byline = text.byline
    article.source_language = text.language
    article.published_at = text.published_at or article.published_at
    article.body = _stream(text.key, "body", text.body)
    article.sources = _stream(text.key, "sources", text.sources)


def _stream(key: str, name: str, children: Sequence[tuple[str, Any]]) -> str:
    """Raw stream data as JSON, whose ids stay the same from one import to the next."""
    return json.dumps([_child(f"{key}/{name}/{place}", *child) for place, child in enumerate(children)])


def _child(key: str, kind: str, value: Any) -> dict[str, Any]:
    if kind in ("paragraph", "item"):
        value = canonical(value)  # the editor's own reader takes nothing that is out of balance
    elif kind == "quotation":
        value = {**value, "quotation": canonical(value["quotation"])}
    elif kind == "list":
        items = [_child(f"{key}/{place}", "item", item) for place, item in enumerate(value["items"])]
        value = {**value, "items": items}
    return {"type": kind, "value": value, "id": str(uuid5(NAMESPACE_URL, f"dragoman:{key}"))}


def _state(article: ArticlePage) -> dict[str, Any]:
    values = {name: getattr(article, name) for name in _COMPARED}
    return values | {"body": _normal(article.body), "sources": _normal(article.sources)}


def _normal(stream: Any) -> list[Any]:
    """Every child as Wagtail would store it: defaults filled in, whatever the raw data left out."""
    return [(child.block_type, child.id, child.block.get_prep_value(child.value)) for child in stream]


_COMPARED = ("title", "standfirst", "byline", "source_language", "published_at")
