"""Importing: what a parser read becomes articles and comments, through the actions of the packages below."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import pgettext

from dragoman.discussion.actions import import_comment, open_thread
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.models import Comment
from dragoman.exchange.errors import ImportRefused
from dragoman.exchange.findings import findings_in, texts_of
from dragoman.exchange.page import ImportedComment, ImportedPage, ImportedText
from dragoman.exchange.reading import read_page
from dragoman.languages import addresses
from dragoman.languages.formats import publication_zone
from dragoman.languages.registry import default_language, is_offered
from dragoman.newsroom.actions import ArticleText, ensure_section, write_article
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.text.blocks import plain
from dragoman.text.richtext import html_from_blocks

SECTION = "imported"


@dataclass(frozen=True, slots=True)
class Report:
    """What the page holds and where it went. The same page again gives the same report."""

    articles: int
    comments: int  # replies included, as every count of ours
    replies: int
    skipped: int  # comments the page counts but does not show, or shows without a word
    findings: list[dict[str, Any]] = field(default_factory=list)  # what shows to be broken, see `findings`
    address: str | None = None  # None after a dry run of a page that has never been imported

    def to_json(self) -> dict[str, Any]:
        """The last line of the command's output."""
        return asdict(self)


def import_page(file: Path, language: str, dry_run: bool = False) -> Report:
    """Import a page with its thread. Raises ImportRefused; then, and in a dry run, nothing is changed."""
    return import_read_page(read_page(file, language), dry_run=dry_run)


@transaction.atomic
def import_read_page(page: ImportedPage, *, dry_run: bool = False) -> Report:
    """Import what was read. Idempotent: the same page again changes nothing, another only what differs."""
    if dry_run:
        return _report(page, ArticlePage.objects.filter(external_id=article_key(page)).first())
    article = _written(page)
    _import_thread(article, page)
    return _report(page, article)


def _written(page: ImportedPage) -> ArticlePage:
    try:
        return write_article(imported_section(), _article(page))[0]
    except ValidationError as fault:
        raise ImportRefused("too_large", " ".join(fault.messages)) from fault


def article_key(page: ImportedPage) -> str:
    """What makes it the same article the next time: its language and headline."""
    digest = hashlib.sha256(f"{page.language}\n{page.headline}".encode()).hexdigest()
    return f"page:{digest[:40]}"


def comment_keys(page: ImportedPage) -> list[str]:
    """What makes each the same comment the next time: its moment, and its place among those of the moment.

    Neither score nor words, which may change; nor its number on the page, which changes with every new one.
    """
    seen: dict[datetime, int] = {}
    keys = []
    for comment in page.comments:
        seen[comment.at] = seen.get(comment.at, 0) + 1
        keys.append(f"{comment.at:%Y-%m-%dT%H:%M}/{seen[comment.at]}")
    return keys


def imported_section() -> SectionPage:
    """The section for what was imported, made when missing; an editor may have renamed it since."""
    existing = SectionPage.objects.filter(slug=SECTION).first()
    if existing is not None:
        return existing
    with translation.override(default_language()):
        return ensure_section(slug=SECTION, name=pgettext("name of a section", "Imported"))


def _article(page: ImportedPage) -> ArticleText:
    return ArticleText(
        key=article_key(page),
        language=page.language,
        headline=page.headline,
        body=[_piece(piece) for piece in page.body],
        sources=[("source", {"name": source.name, "url": source.url}) for source in page.sources],
        published_at=_published_at(page),
    )


def _piece(piece: ImportedText) -> tuple[str, Any]:
    markup = html_from_blocks((plain(piece.text),))
    if piece.is_quotation:
        return "quotation", {"quotation": markup, "attribution": piece.attribution}
    return "paragraph", markup


def _published_at(page: ImportedPage) -> datetime | None:
    """The page gives no time of its own: the article is not younger than its first comment."""
    return min((_in_zone(comment.at) for comment in page.comments), default=None)


def _in_zone(moment: datetime) -> datetime:
    return min(moment.replace(tzinfo=publication_zone()), timezone.now())


def _import_thread(article: ArticlePage, page: ImportedPage) -> None:
    assert article.document is not None
    thread = open_thread(article.document)
    made: list[Comment | None] = []
    for comment, key in zip(page.comments, comment_keys(page), strict=True):
        parent = made[comment.parent] if comment.parent is not None else None
        # A comment without a word is left out; what answers it answers what it answered.
        made.append(
            import_comment(thread, _foreign(comment, key, page.language), parent=parent)[0]
            if comment.paragraphs
            else parent
        )


def _foreign(comment: ImportedComment, key: str, language: str) -> ForeignComment:
    return ForeignComment(
        external_id=key,
        blocks=tuple(plain(text) for text in comment.paragraphs),
        language=language,
        created_at=_in_zone(comment.at),
        author_name=comment.author,
        baseline=comment.score,
    )


def _report(page: ImportedPage, article: ArticlePage | None) -> Report:
    worded = [comment for comment in page.comments if comment.paragraphs]
    return Report(
        articles=1,
        comments=len(worded),
        replies=sum(comment.parent is not None for comment in worded),
        skipped=page.missing + len(page.comments) - len(worded),
        findings=findings_in(texts_of(page), page.language),
        address=_address(page, article) if article else None,
    )


def _address(page: ImportedPage, article: ArticlePage) -> str:
    """In the page's own language where the publication has it: there nothing is translated."""
    language = page.language if is_offered(page.language) else default_language()
    return addresses.address("article", language=language, article=ArticlePage.objects.get(pk=article.pk))
