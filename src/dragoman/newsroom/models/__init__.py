"""State of the newsroom: Wagtail's pages, and the addresses articles have in each language."""

from dragoman.newsroom.models.article import ArticlePage
from dragoman.newsroom.models.home import HomePage
from dragoman.newsroom.models.section import SectionPage
from dragoman.newsroom.models.slug import SLUG_LONGEST, ArticleSlug

__all__ = ["SLUG_LONGEST", "ArticlePage", "ArticleSlug", "HomePage", "SectionPage"]
