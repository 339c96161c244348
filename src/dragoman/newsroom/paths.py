"""Paths of home, section and article: `/<lang>/`, `/<lang>/<section>/`, `/<lang>/<section>/<id>-<slug>/`.

Percent-encoded, so that they stand in a Location header, a feed and a mail as they are. The id decides; the
slug is cosmetic and missing until the language has one.
"""

from functools import lru_cache
from urllib import parse

from dragoman.newsroom import queries
from dragoman.newsroom.models import ArticlePage

quote = lru_cache(maxsize=4096)(parse.quote)  # a page names itself in every language, twice


def home(language: str) -> str:
    """The home page's path."""
    return f"/{language}/"


def section(language: str, section: str) -> str:
    """A section's path, by its slug."""
    return f"/{language}/{quote(section)}/"


def article(language: str, article: ArticlePage) -> str:
    """An article's path; of what is not published without its slug, which tells the headline. Costs two queries unless
    the article comes from `queries.articles`."""
    return _article(language, article.pk, article.live, queries.place_of(article))


def _article(language: str, number: int, is_live: bool, place: queries.Place) -> str:
    slug = place.slugs.get(language, "") if is_live else ""
    last = f"{number}-{quote(slug)}" if slug else f"{number}"
    return f"/{language}/{quote(place.section)}/{last}/"


def document_home(language: str, document: int) -> str:
    """Where the home page's words are read."""
    del document
    return home(language)


def document_section(language: str, document: int) -> str:
    """Where a section's words are read. Raises LookupError when the section is gone."""
    return section(language, queries.section_of_document(document).slug)


def document_article(language: str, document: int) -> str:
    """Where an article's words are read. Raises LookupError when the article is gone."""
    return _article(language, *queries.place_of_document(document))
