"""What the newsroom's templates are given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dragoman.discussion.queries import thread_reading
from dragoman.languages import addresses
from dragoman.languages.registry import Language, base, publication_languages
from dragoman.languages.switching import choices
from dragoman.languages.view import View
from dragoman.newsroom import presentation, queries
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.newsroom.models.worded import WordedPage
from dragoman.newsroom.pictures import Picture
from dragoman.newsroom.presentation import Shown
from dragoman.translation.queries import readings, ready_languages
from dragoman.translation.readings import Reading


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language, for search engines."""

    language: str
    address: str


@dataclass(frozen=True, slots=True)
class Teaser:
    """A story in a list."""

    headline: Shown
    standfirst: Shown | None
    reading: Reading
    address: str
    published_at: Any
    comments: int
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class SectionTeasers:
    """A section in a list."""

    name: Shown
    description: Shown | None
    address: str
    stories: tuple[Teaser, ...]


def home(view: View) -> dict[str, Any]:
    """The home page."""
    front = queries.front_page(view)
    reading = front.reading
    images = _pictures_of([*([front.lead] if front.lead else []), *front.stories])
    return _common(
        view, {code.code: addresses.address("home", language=code.code) for code in _languages()}
    ) | {
        "tagline": presentation.first(reading, "tagline", view.language) if reading else None,
        "lead": _teaser(front.lead, view, images) if front.lead else None,
        "sections": [_section(listed, view, images) for listed in front.sections],
        "alternates": _alternates("home", [one.code for one in _languages()]),
    }


def section(page: SectionPage, view: View, number: int) -> dict[str, Any]:
    """One page of a section's list."""
    listed, has_older = queries.section_stories(page, view, number)
    own = {one.code: page.path_in(one.code) for one in _languages()}
    return _common(view, own) | {
        "section": _section(listed, view, _pictures_of(listed.stories)),
        "reading": listed.reading,
        "older": number + 1 if has_older else None,
        "newer": number - 1,
        "alternates": _alternates("section", [one.code for one in _languages()], section=page.slug),
    }


def article(page: ArticlePage, view: View, query: Mapping[str, str]) -> dict[str, Any] | None:
    """An article with its thread; None when its words were withdrawn meanwhile."""
    if page.document_id is None:
        return None
    read = _read_article(page, view)
    reading = read[page.document_id]
    if reading.is_withdrawn:
        return None
    ready = ready_languages(page.document_id)
    start = query.get("from", "")
    thread = thread_reading(
        page.document_id,
        view,
        query.get("sort", ""),
        int(start) if start.isdecimal() and len(start) < 19 else None,
    )
    return article_words(page, reading, view) | {
        "section": _section_of(page, read, view),
        "alternates": _alternates("article", _ready_with_source(ready, reading), article=page),
        "thread": thread,
        "thread_reading": thread,
        "is_indexed": not any(name in query for name in ("original", "sort", "from")),
        "originals_shown": query.get("original", "") != "" or view.originals,
    }


def article_words(page: ArticlePage, reading: Reading, view: View) -> dict[str, Any]:
    """What an article and its preview have in common."""
    own = {one.code: page.path_in(one.code) for one in _languages()}
    return _common(view, own) | {
        "article": page,
        "reading": reading,
        "headline": presentation.first(reading, "headline", view.language),
        "standfirst": presentation.first(reading, "standfirst", view.language),
        "parts": presentation.body_parts(page, reading, view.language),
        "sources": presentation.sources(page),
        "revision": getattr(page, "revision_number", None),
    }


def gone(page: WordedPage, view: View) -> dict[str, Any]:
    """The page that says that something was withdrawn."""
    own = {one.code: page.path_in(one.code) for one in _languages()}
    return _common(view, own) | {"is_article": isinstance(page, ArticlePage)}


def _languages() -> tuple[Language, ...]:
    return publication_languages()


def _common(view: View, own: Mapping[str, str]) -> dict[str, Any]:
    """The switcher and the page's own address; `own` has one path per language of the publication."""
    return {
        "canonical": addresses.absolute(own[view.language]),
        "own_address": own[view.language],
        "choices": choices(own, view.language),
    }


def _alternates(kind: str, languages: list[str], **what: Any) -> tuple[Alternate, ...]:
    return tuple(
        Alternate(code, addresses.absolute(addresses.address(kind, language=code, **what)))
        for code in languages
    )


def _ready_with_source(ready: Iterable[str], reading: Reading) -> list[str]:
    """The languages that have the whole article: ready editions, and the one it was written in (rule 13)."""
    complete = set(ready)
    return [
        one.code
        for one in _languages()
        if one.code in complete or base(one.code) == base(reading.source_language)
    ]


def _read_article(page: ArticlePage, view: View) -> dict[int, Reading]:
    """The article's words and its section's name, in one go."""
    wanted = [page.document_id, getattr(page, "section_document", None)]
    return readings([document for document in wanted if document is not None], view)


def _section_of(page: ArticlePage, read: Mapping[int, Reading], view: View) -> SectionTeasers | None:
    reading = read.get(getattr(page, "section_document", None) or 0)
    name = presentation.first(reading, "name", view.language) if reading else None
    if name is None:
        return None
    slug = queries.place_of(page).section
    return SectionTeasers(name, None, addresses.address("section", language=view.language, section=slug), ())


def _pictures_of(stories: Iterable[queries.Story]) -> Mapping[int, Picture]:
    return presentation.leading_pictures([story.article for story in stories])


def _section(
    listed: queries.SectionStories, view: View, images: Mapping[int, Picture]
) -> SectionTeasers | None:
    name = presentation.first(listed.reading, "name", view.language)
    if name is None:
        return None
    teasers = [_teaser(story, view, images) for story in listed.stories]
    return SectionTeasers(
        name,
        presentation.first(listed.reading, "description", view.language),
        listed.section.path_in(view.language),
        tuple(teaser for teaser in teasers if teaser),
    )


def _teaser(story: queries.Story, view: View, images: Mapping[int, Picture]) -> Teaser | None:
    headline = presentation.first(story.reading, "headline", view.language)
    if headline is None:
        return None
    return Teaser(
        headline,
        presentation.first(story.reading, "standfirst", view.language),
        story.reading,
        addresses.address("article", language=view.language, article=story.article),
        story.article.published_at,
        story.comments,
        images.get(story.article.pk),
    )
