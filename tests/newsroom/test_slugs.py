"""Slugs keep the letters of their language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.newsroom.slugs import LONGEST, slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("The bench that faces the wrong way", "the-bench-that-faces-the-wrong-way"),
        ("« L'été » à Paris !", "l-été-à-paris"),
        ("Маяк, который считает", "маяк-который-считает"),
        ("مصباح يعدّ إلى عشرين", "مصباح-يعدّ-إلى-عشرين"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("4,4 km² in 2026", "4-4-km2-in-2026"),
        ("🐸 frogs", "frogs"),
        ("\u202eevil\u202c../", "evil"),
        ("?!", ""),
    ],
)
def test_examples(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_long_ones_are_cut_between_words() -> None:
    slug = slugify("lighthouse " * 20)
    assert len(slug) <= LONGEST
    assert slug.endswith("-lighthouse")


def test_an_endless_word_is_cut_anywhere() -> None:
    assert slugify("x" * 200) == "x" * LONGEST


@given(st.text(max_size=200))
def test_fit_for_an_address(text: str) -> None:
    slug = slugify(text)
    assert slug == slugify(slug)
    assert len(slug) <= LONGEST
    assert not set(slug) & set(" /?#%\\\n")
