"""Importing a Reddit thread: the submission becomes an article, its comments a discussion."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from dragoman.discussion.actions import import_comment, open_thread
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.models import Comment
from dragoman.exchange.actions import Report, imported_section
from dragoman.exchange.errors import ImportRefused
from dragoman.exchange.page import require_language
from dragoman.exchange.reading import read_text
from dragoman.exchange.reddit import RedditComment, RedditThread, parse_thread
from dragoman.languages import addresses
from dragoman.languages.registry import default_language, is_offered
from dragoman.newsroom.actions import ArticleText, write_article
from dragoman.newsroom.models import ArticlePage
from dragoman.text.richtext import html_from_blocks


def read_thread(file: Path, language: str) -> RedditThread:
    """The thread of a file. Raises ImportRefused; the sentence names the file."""
    require_language(language)
    text = read_text(file)
    try:
        return parse_thread(text)
    except ImportRefused as refusal:
        raise ImportRefused(refusal.code, f"{file.name}: {refusal.sentence}") from None


@transaction.atomic
def import_thread(thread: RedditThread, language: str, *, dry_run: bool = False) -> Report:
    """Import what was read. Idempotent: the same thread again brings only what is new, and the scores of now."""
    if dry_run:
        return _report(thread, language, ArticlePage.objects.filter(external_id=_key(thread)).first())
    try:
        article = write_article(imported_section(), _article(thread, language))[0]
    except ValidationError as fault:
        raise ImportRefused("too_large", " ".join(fault.messages)) from fault
    assert article.document is not None
    discussion = open_thread(article.document)
    made: dict[str, Comment] = {}
    for comment in thread.comments:
        parent = made[comment.parent] if comment.parent is not None else None
        made[comment.id] = import_comment(discussion, _foreign(comment, language), parent=parent)[0]
    return _report(thread, language, article)


def _key(thread: RedditThread) -> str:
    return f"reddit:{thread.id}"


def _article(thread: RedditThread, language: str) -> ArticleText:
    source = {"name": thread.url.partition("//")[2].partition("/")[0] or thread.url, "url": thread.url}
    return ArticleText(
        key=_key(thread),
        language=language,
        headline=thread.title,
        body=[("paragraph", html_from_blocks((block,))) for block in thread.body],
        byline=thread.author,
        sources=[("source", source)] if thread.url.startswith(("http://", "https://")) else [],
        published_at=thread.at,
    )


def _foreign(comment: RedditComment, language: str) -> ForeignComment:
    return ForeignComment(
        external_id=comment.id,
        blocks=comment.blocks,
        language=language,
        created_at=comment.at,
        author_name=comment.author,
        baseline=comment.score,
        detect=True,
        is_gone=not comment.blocks,
    )


def _report(thread: RedditThread, language: str, article: ArticlePage | None) -> Report:
    worded = [comment for comment in thread.comments if comment.blocks]
    spoken = language if is_offered(language) else default_language()
    address: dict[str, Any] = {"language": spoken, "article": article}
    return Report(
        articles=1,
        comments=len(worded),
        replies=sum(comment.parent is not None for comment in worded),
        skipped=len(thread.comments) - len(worded),
        address=addresses.address("article", **address) if article else None,
    )
