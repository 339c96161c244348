"""Sections' addresses share their first part with the house's own."""

import re
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

from dragoman.newsroom.models import SectionPage
from dragoman.newsroom.models.section import RESERVED_SLUGS
from tests.newsroom.stories import section

_SLUG = re.compile(r"[-\w]+")


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every route of the URL configuration, without the language."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)
        else:
            own = "" if isinstance(pattern.pattern, LocalePrefixPattern) else str(pattern.pattern)
            yield from routes(pattern, before + own)


def test_no_section_takes_the_place_of_an_address_of_the_house() -> None:
    firsts = {route.partition("/")[0] for route in routes(get_resolver())}
    own = {first for first in firsts if _SLUG.fullmatch(first)}
    assert {"account", "quote", "c", "threads"} <= own
    assert own <= RESERVED_SLUGS


@pytest.mark.django_db
@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_reserved_slug_is_refused(slug: str) -> None:
    page = SectionPage(title="The Quote", slug=slug, source_language="en")
    with pytest.raises(ValidationError) as refusal:
        page.clean()
    assert "slug" in refusal.value.message_dict


@pytest.mark.django_db
def test_any_other_slug_is_reached() -> None:
    page = section("quotes", "Quotes")
    page.clean()
    assert Client().get("/en/quotes/").status_code == 200
