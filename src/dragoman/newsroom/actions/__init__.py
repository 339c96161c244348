"""The only writes of the newsroom. Permission is checked here, not in views."""

from dragoman.newsroom.actions.addresses import assign_slug, assign_slugs, change_slug
from dragoman.newsroom.actions.publishing import (
    correct_now,
    forget,
    prepare,
    publish,
    publish_article,
    unpublish,
    unpublish_article,
)
from dragoman.newsroom.actions.writing import ArticleText, ensure_home, ensure_section, write_article

__all__ = [
    "ArticleText",
    "assign_slug",
    "assign_slugs",
    "change_slug",
    "correct_now",
    "ensure_home",
    "ensure_section",
    "forget",
    "prepare",
    "publish",
    "publish_article",
    "unpublish",
    "unpublish_article",
    "write_article",
]
