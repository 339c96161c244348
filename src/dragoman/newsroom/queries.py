"""Reads of the newsroom. What the public may see is decided here: live, and under no view restriction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Aggregate, Exists, F, JSONField, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Left, Length, RowNumber, Substr
from wagtail.models import Page, PageViewRestriction

from dragoman.database import prepared
from dragoman.database.statements import Rows, Statement, instance
from dragoman.discussion.queries import comment_counts
from dragoman.languages.together import Call, Together
from dragoman.languages.view import View
from dragoman.newsroom import facts
from dragoman.newsroom.models import ArticlePage, ArticleSlug, HomePage, SectionPage
from dragoman.newsroom.models.worded import WordedPage
from dragoman.translation.queries import readings
from dragoman.translation.readings import Reading, ReadingState, Why

STEP: int = Page.steplen
STORIES_ON_HOME_PER_SECTION = 5
STORIES_PER_PAGE = 20
NOT_TRANSLATED = frozenset({Why.PENDING, Why.UNAVAILABLE, Why.UNDETERMINED})


class _ObjectOf(Aggregate):
    """PostgreSQL's `jsonb_object_agg(key, value)`."""

    function = "jsonb_object_agg"
    output_field = JSONField()


@dataclass(frozen=True, slots=True)
class Place:
    """What an article's address is made of beside its id."""

    section: str
    slugs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """An article in a list, as one view reads it."""

    article: ArticlePage
    reading: Reading
    comments: int


@dataclass(frozen=True, slots=True)
class SectionStories:
    """A section in a list, with its newest stories."""

    section: SectionPage
    reading: Reading
    stories: tuple[Story, ...]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The home page: the newest story, and the newest of each section."""

    reading: Reading | None
    lead: Story | None
    sections: tuple[SectionStories, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is published yet."""
        return self.lead is None

    @property
    def stories(self) -> tuple[Story, ...]:
        """Those of all sections."""
        return tuple(story for section in self.sections for story in section.stories)


def restricted(path: str = "path") -> Exists:
    """Whether a page, or one above it, is behind a view restriction."""
    above = PageViewRestriction.objects.annotate(beginning=Left(OuterRef(path), Length("page__path")))
    return Exists(above.filter(beginning=F("page__path")))


def articles() -> QuerySet[ArticlePage]:
    """Articles with everything their address and the first look at them take, in one query."""
    section = SectionPage.objects.filter(path=_section_path(OuterRef("path")))
    return ArticlePage.objects.annotate(
        section_slug=Subquery(section.values("slug")[:1]),
        section_document=Subquery(section.values("document")[:1]),
        slug_map=_slugs(),
        is_restricted=restricted(),
        revision_number=F("document__current__number"),
    )


def _slugs() -> Subquery:
    """An article's slugs by language."""
    slugs = ArticleSlug.objects.filter(article=OuterRef("pk")).order_by().values("article")
    return Subquery(slugs.annotate(found=_ObjectOf("language", "slug")).values("found"))


def _section_path(path: Any) -> Any:
    return Substr(path, 1, Length(path) - STEP)


def public(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Those a reader finds in lists."""
    return pages.filter(live=True, document__isnull=False, document__visible=True).exclude(restricted())


def place_of(article: ArticlePage) -> Place:
    """What its address is made of: from the query that found it, or asked for now."""
    if not hasattr(article, "section_slug"):
        found = articles().only("pk").filter(pk=article.pk).first()
        if found is None:
            raise LookupError(f"there is no article {article.pk}")
        return place_of(found)
    return Place(article.section_slug or "", article.slug_map or {})


def article_by_id(number: int) -> ArticlePage | None:
    """The article, published or not, with all that `articles` tells: what every reader of one asks for. One query."""
    found = prepared(_by_id(), [STEP, number])
    if not found:
        return None
    *values, section_slug, section_document, slugs, is_restricted, revision_number = found[0]
    page = instance(ArticlePage, values)
    page.__dict__.update(
        section_slug=section_slug,
        section_document=section_document,
        slug_map=json.loads(slugs) if slugs else None,
        is_restricted=is_restricted,
        revision_number=revision_number,
    )
    return page


@cache
def _by_id() -> str:
    columns = ", ".join(
        f"{'page' if field.model is Page else 'article'}.{field.column}"
        for field in ArticlePage._meta.concrete_fields
    )
    return f"SELECT {columns}, {_BESIDES}"


_BESIDES = """
    section.slug, words.document_id,
    (SELECT json_object_agg(language, slug)::text FROM newsroom_articleslug WHERE article_id = page.id),
    EXISTS (
        SELECT FROM wagtailcore_pageviewrestriction AS door JOIN wagtailcore_page AS closed ON closed.id = door.page_id
        WHERE closed.path = left(page.path, length(closed.path))
    ),
    revision.number
    FROM newsroom_articlepage AS article JOIN wagtailcore_page AS page ON page.id = article.page_ptr_id
    LEFT JOIN (newsroom_sectionpage AS words JOIN wagtailcore_page AS section ON section.id = words.page_ptr_id)
        ON section.path = left(page.path, -%s::int)
    LEFT JOIN translation_document AS document ON document.id = article.document_id
    LEFT JOIN translation_revision AS revision ON revision.id = document.current_id
    WHERE page.id = %s
"""


def place_of_document(document: int) -> tuple[int, bool, Place]:
    """The id of the article whose words a document is, whether it is published, and what its address is made of. One
    query, of little more than these, for all who ask at the same moment: every comment's writer is led there. Raises
    LookupError."""
    return _places_together(document)


def _ask_for_places(calls: Sequence[Call[int, tuple[int, bool, Place]]]) -> None:
    """Writers of comments that were stored together come here together."""
    documents = sorted({call.asked for call in calls})
    found = Statement(_PLACE, {"step": STEP, "documents": documents}, _places).asked()
    for call in calls:
        call.outcome = found.get(call.asked) or LookupError(f"document {call.asked} is no article's")


def _places(rows: Rows) -> dict[int, tuple[int, bool, Place]]:
    return {
        document: (pk, is_live, Place(slug or "", json.loads(slugs or "{}")))
        for document, pk, is_live, slug, slugs in rows
    }


_places_together: Together[int, tuple[int, bool, Place]] = Together(_ask_for_places)


_PLACE = """
    SELECT article.document_id, page.id, page.live,
        (
            SELECT above.slug FROM wagtailcore_page AS above
            JOIN newsroom_sectionpage AS section ON section.page_ptr_id = above.id
            WHERE above.path = left(page.path, -%(step)s::integer)
        ),
        (SELECT json_object_agg(language, slug)::text FROM newsroom_articleslug WHERE article_id = page.id)
    FROM newsroom_articlepage AS article JOIN wagtailcore_page AS page ON page.id = article.page_ptr_id
    WHERE article.document_id = ANY(%(documents)s::bigint[])
"""


def section_of_document(document: int) -> SectionPage:
    """The section whose name a document is. Raises LookupError."""
    found = SectionPage.objects.filter(document=document).first()
    if found is None:
        raise LookupError(f"document {document} is no section's")
    return found


def section_by_slug(slug: str) -> SectionPage | None:
    """The section, published or not."""
    return SectionPage.objects.annotate(is_restricted=restricted()).filter(slug=slug).first()


def home_page() -> HomePage | None:
    """The home page, where one has been made."""
    return HomePage.objects.annotate(is_restricted=restricted()).first()


def front_page(view: View) -> FrontPage:
    """The home page's lists: seven queries whatever their number."""
    home = home_page()
    sections = list(public(SectionPage.objects.all()).order_by("path"))
    newest = list(_newest_of_each_section())
    worded: list[WordedPage] = [*newest, *sections, *([home] if home and home.live else [])]
    read = _read(worded, view)
    stories = _stories(newest, read, view)
    facts.lists_read.happened(lists=("home",))
    lead = stories[0] if stories else None
    return FrontPage(
        reading=read.get(home.document_id or 0) if home else None,
        lead=lead,
        sections=tuple(
            _with_stories(section, read, stories[1:]) for section in sections if section.document_id
        ),
    )


def _newest_of_each_section() -> QuerySet[ArticlePage]:
    ranked = public(articles()).annotate(
        place=Window(RowNumber(), partition_by=[_section_path(F("path"))], order_by=["-published_at", "-pk"])
    )
    # One more than is shown: the lead story leaves its section's list.
    return ranked.filter(place__lte=STORIES_ON_HOME_PER_SECTION + 1).order_by("-published_at", "-pk")


def _with_stories(
    section: SectionPage, read: Mapping[int, Reading], stories: Iterable[Story]
) -> SectionStories:
    own = [story for story in stories if story.article.path.startswith(section.path)]
    assert section.document_id is not None
    return SectionStories(section, read[section.document_id], tuple(own[:STORIES_ON_HOME_PER_SECTION]))


def section_stories(section: SectionPage, view: View, page: int) -> tuple[SectionStories, bool]:
    """One page of a section's stories (the first is 1), and whether there are older ones."""
    start = (page - 1) * STORIES_PER_PAGE
    newest = public(articles()).filter(path__startswith=section.path).order_by("-published_at", "-pk")
    found = list(newest[start : start + STORIES_PER_PAGE + 1])
    read = _read([section, *found], view)
    facts.lists_read.happened(lists=(f"section.{section.pk}",))
    stories = tuple(_stories(found[:STORIES_PER_PAGE], read, view))
    listed = SectionStories(section, read[section.document_id or 0], stories)
    return listed, len(found) > STORIES_PER_PAGE


def _read(pages: Iterable[WordedPage], view: View) -> dict[int, Reading]:
    return readings([page.document_id for page in pages if page.document_id is not None], view)


def _stories(found: list[ArticlePage], read: Mapping[int, Reading], view: View) -> list[Story]:
    counts = comment_counts([article.document_id for article in found if article.document_id is not None])
    return [
        Story(article, read[article.document_id], counts.get(article.document_id, 0))
        for article in found
        if article.document_id is not None and is_listed(read[article.document_id], view)
    ]


def is_listed(reading: Reading, view: View) -> bool:
    """Whether a list shows this: an untranslated headline appears with its `lang`, or not at all (rule 4)."""
    if reading.is_withdrawn:
        return False
    if settings.UNTRANSLATED_IN_LISTS == "show" or reading.why not in NOT_TRANSLATED:
        return True
    return reading.state is not ReadingState.ORIGINAL and reading.language_of("headline") == view.language


def slug_conflicts(article: ArticlePage, language: str, slug: str | None, section: str) -> bool:
    """Whether this is not the article's own address in this language."""
    place = place_of(article)
    return (section, slug or "") != (place.section, place.slugs.get(language, ""))


def was_published(page: WordedPage) -> bool:
    """Whether readers may remember it: withdrawn says 410, never published says 404."""
    return page.first_published_at is not None and page.document_id is not None
