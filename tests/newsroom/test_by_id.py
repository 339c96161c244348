"""The one article that everybody asks for is read by a statement of our own: it is what the lists' query reads."""

import pytest
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page, PageViewRestriction

from dragoman.newsroom.models import ArticlePage, ArticleSlug
from dragoman.newsroom.queries import article_by_id, articles
from tests.newsroom.stories import article, everything, section

pytestmark = pytest.mark.django_db
TOLD = ("section_slug", "section_document", "slug_map", "is_restricted", "revision_number")


def told(page: ArticlePage | None) -> dict[str, object]:
    assert page is not None
    fields = {field.attname: getattr(page, field.attname) for field in page._meta.concrete_fields}
    bodies = {name: getattr(page, name).get_prep_value() for name in ("body", "sources")}
    return fields | bodies | {name: getattr(page, name) for name in TOLD}


@pytest.mark.parametrize("closed", ["", "article", "section"])
def test_it_is_the_article_of_the_lists(
    closed: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    article("another")
    page = article(body=everything(), under=section("harbour", "The Harbour"))
    ArticleSlug.objects.filter(article=page).delete()
    for language, slug in (("fr", "une-lampe"), ("ru", "лампа")):
        ArticleSlug.objects.create(article=page, language=language, slug=slug)
    if closed:
        door = page if closed == "article" else page.get_parent()
        PageViewRestriction.objects.create(page=Page.objects.get(pk=door.pk), restriction_type="login")
    with django_assert_num_queries(1):
        found = article_by_id(page.pk)
        assert told(found)["section_slug"] == "harbour"
    assert told(found) == told(articles().get(pk=page.pk))
    assert found is not None
    assert found.is_restricted is bool(closed)  # type: ignore[attr-defined]
    assert found == page
    assert not found.get_deferred_fields()
    assert not found._state.adding


def test_an_article_without_slugs_and_what_is_none() -> None:
    page = article()
    ArticleSlug.objects.all().delete()
    assert told(article_by_id(page.pk)) == told(articles().get(pk=page.pk))
    assert article_by_id(page.pk + 1_000_000) is None
    assert article_by_id(2**62) is None
    assert article_by_id(page.get_parent().pk) is None
