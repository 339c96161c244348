"""A page's words as a document's fields."""

import pytest

from dragoman.newsroom.fields import article_fields
from tests.newsroom import stories

pytestmark = pytest.mark.django_db


def test_headline_and_standfirst() -> None:
    fields = article_fields(stories.article())
    assert [block.text for block in fields["headline"]] == ["A lamp that counts to twenty"]
    assert [block.text for block in fields["standfirst"]] == ["It has done so for years."]


def test_every_kind_of_block() -> None:
    body = article_fields(stories.article(body=stories.everything()))["body"]
    assert [(block.kind, block.attrs["part"], block.text) for block in body] == [
        ("paragraph", "paragraph", "The lamp turns. It has turned since 1788."),
        ("heading", "heading", "How it works"),
        ("list_item", "item", "First."),
        ("list_item", "item", "Second, slowly."),
        ("quotation", "quotation", "Count with me."),
        ("attribution", "attribution", "the keeper"),
        ("caption", "caption", "The lamp at dusk."),
        ("alt", "alt", "A lamp."),
    ]
    assert body[1].attrs["level"] == 3
    assert body[2].attrs["ordered"] is True


def test_formatting_becomes_ranges() -> None:
    (block,) = article_fields(stories.article())["body"]
    assert [(block.text[r.start : r.end], r.kind) for r in block.ranges] == [("turned", "bold")]


def test_each_block_knows_its_stream_child() -> None:
    page = stories.article(body=stories.everything())
    anchors = [block.attrs["anchor"] for block in article_fields(page)["body"]]
    assert list(dict.fromkeys(anchors)) == [child.id for child in page.body]


def test_byline_sources_and_credits_are_not_translated() -> None:
    page = stories.article(
        body=stories.everything(),
        byline="Hortense Vaugirel",
        sources=[("source", {"name": "Harbour Office", "url": ""})],
    )
    words = " ".join(block.text for blocks in article_fields(page).values() for block in blocks)
    assert not {"Vaugirel", "Harbour", "Tarrow"} & set(words.split())


def test_a_decorative_picture_has_no_text_alternative() -> None:
    value = {"image": stories.picture(), "decorative": True, "alt": "ignored", "caption": "", "credit": ""}
    assert article_fields(stories.article(body=[("picture", value)]))["body"] == ()


def test_script_in_rich_text_is_only_text() -> None:
    hostile = '<p onclick="x()">Hello <script>alert(1)</script><a href="javascript:x()">there</a></p>'
    (block,) = article_fields(stories.article(body=[("paragraph", hostile)]))["body"]
    assert (block.text, block.ranges) == ("Hello there", ())
