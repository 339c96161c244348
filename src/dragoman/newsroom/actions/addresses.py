"""The readable part of an article's address, per language (rule of reading 9)."""

from django.db import transaction

from dragoman.languages.registry import base, codes, is_offered
from dragoman.languages.view import View
from dragoman.newsroom import facts
from dragoman.newsroom.errors import NotAllowed, UnknownLanguage
from dragoman.newsroom.models import ArticlePage, ArticleSlug
from dragoman.newsroom.slugs import slugify
from dragoman.people.models import User
from dragoman.translation.queries import readings


def assign_slugs(article: ArticlePage) -> None:
    """Give the article an address in every language that has none and whose edition is ready."""
    for language in codes():
        assign_slug(article, language=language)


@transaction.atomic
def assign_slug(article: ArticlePage, *, language: str) -> None:
    """Set one language's slug from its translated headline, unless one stands or nothing is ready."""
    if not is_offered(language) or article.slugs.filter(language=language).exists():
        return
    slug = slugify(_headline(article, language))
    if slug:
        ArticleSlug.objects.get_or_create(article=article, language=language, defaults={"slug": slug})


def _headline(article: ArticlePage, language: str) -> str:
    """The headline as readers of this language get it; "" while it is not in their language."""
    if article.document_id is None:
        return ""
    reading = readings([article.document_id], View(language))[article.document_id]
    return reading.text("headline") if base(reading.language_of("headline")) == base(language) else ""


@transaction.atomic
def change_slug(article: ArticlePage, *, language: str, slug: str, editor: User) -> ArticleSlug:
    """An editor's own slug, made fit to stand in an address. Raises NotAllowed, UnknownLanguage."""
    if not article.permissions_for_user(editor).can_edit():
        raise NotAllowed
    if not is_offered(language):
        raise UnknownLanguage(language)
    changed, _ = ArticleSlug.objects.update_or_create(
        article=article, language=language, defaults={"slug": slugify(slug), "set_by_editor": True}
    )
    facts.article_moved.happened(article=article)
    return changed
