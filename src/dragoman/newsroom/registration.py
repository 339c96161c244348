"""What the newsroom gives lower packages, and what it hears: Wagtail's signals and facts from below."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from dragoman.languages import addresses
from dragoman.newsroom import actions, facts, paths, personal
from dragoman.newsroom.actions.publishing import KINDS
from dragoman.newsroom.models import ArticlePage, HomePage, SectionPage
from dragoman.newsroom.models.worded import WordedPage
from dragoman.translation import facts as translation_facts
from dragoman.translation.desk import kinds

PAGES: tuple[type[WordedPage], ...] = (ArticlePage, SectionPage, HomePage)


def register() -> None:
    """Wire the receivers; Django keeps only weak references, so they are functions of this module."""
    addresses.register("home", paths.home)
    addresses.register("section", paths.section)
    addresses.register("article", paths.article)
    addresses.register("document:home", paths.document_home)
    addresses.register("document:section", paths.document_section)
    addresses.register("document:article", paths.document_article)
    kinds.register(*KINDS.values(), editorial=True)
    personal.register()
    for model in PAGES:
        page_published.connect(_published, sender=model)
        page_unpublished.connect(_unpublished, sender=model)
        post_delete.connect(_deleted, sender=model)
        post_page_move.connect(_moved, sender=model)
        page_slug_changed.connect(_moved, sender=model)
    post_save.connect(_restricted, sender=PageViewRestriction)
    post_delete.connect(_restricted, sender=PageViewRestriction)
    translation_facts.edition_ready.connect(_edition_ready)


def _published(instance: WordedPage, **_: Any) -> None:
    """Wagtail sends this for what is scheduled too: then the page is not live yet."""
    if instance.live:
        actions.publish(instance)
    else:
        actions.prepare(instance)


def _unpublished(instance: WordedPage, **_: Any) -> None:
    actions.unpublish(instance)


def _deleted(instance: WordedPage, **_: Any) -> None:
    actions.forget(instance)


def _restricted(instance: PageViewRestriction, **_: Any) -> None:
    """Who may read a page has changed: lists and addresses with it."""
    _moved(instance.page)


def _moved(instance: Page, parent_page_before: Page | None = None, **_: Any) -> None:
    """Wagtail's signal of a move brings bare pages."""
    former = parent_page_before.specific if parent_page_before is not None else None
    if isinstance(former, SectionPage):
        facts.section_changed.happened(section=former)
    page = instance.specific
    if isinstance(page, SectionPage):
        facts.section_changed.happened(section=page)
    elif isinstance(page, ArticlePage):
        facts.article_moved.happened(article=page)


def _edition_ready(document_id: int, kind: str, language: str, **_: Any) -> None:
    """An edition is first ready: now its address can say what it is about."""
    if kind != "article":
        return
    article = ArticlePage.objects.filter(document=document_id).first()
    if article is not None:
        actions.assign_slug(article, language=language)
