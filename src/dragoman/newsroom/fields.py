"""A page's words as a document's fields: what is translated, block by block, in reading order.

Byline, sources and credits are not here: they are never translated and stay on the page (rule of reading
11). A body block carries `anchor` (the stream block it comes from) and `part` (what it is there), so that a
reading can be put back into the page's own structure.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from wagtail.rich_text import expand_db_html

from dragoman.newsroom.models import ArticlePage, HomePage, SectionPage
from dragoman.newsroom.models.worded import WordedPage
from dragoman.text.blocks import Block, Fields, Scalar, normal_blocks, plain
from dragoman.text.richtext import blocks_from_html


def fields_of(page: WordedPage) -> Fields:
    """The words of a home, section or article page."""
    if isinstance(page, ArticlePage):
        return article_fields(page)
    if isinstance(page, SectionPage):
        return {"name": one(page.title), "description": one(page.description)}
    if isinstance(page, HomePage):
        # The title is the publication's name, and names are never translated.
        return {"tagline": one(page.tagline)}
    raise TypeError(f"{type(page).__name__} has no words of its own")


def article_fields(page: ArticlePage) -> Fields:
    """Headline, standfirst and body of an article."""
    return {
        "headline": one(page.title),
        "standfirst": one(page.standfirst),
        "body": normal_blocks(body_blocks(page.body)),
    }


def one(text: str) -> tuple[Block, ...]:
    """A plain field as blocks: one, or none when blank."""
    return normal_blocks((plain(" ".join(text.split())),))


def body_blocks(body: Any) -> Iterator[Block]:
    """The body's blocks: paragraph and heading 1, list 1 per item, quotation and picture up to 2."""
    for child in body:
        for block in _FLATTENED[child.block_type](child.value):
            yield replace(block, attrs={**block.attrs, "anchor": child.id or ""})


def rich(markup: Any) -> tuple[Block, ...]:
    """Blocks of a rich text as Wagtail stores it (links to pages by id)."""
    return blocks_from_html(expand_db_html(str(getattr(markup, "source", markup))))


def as_kind(block: Block, kind: str, **attrs: Scalar) -> Block:
    """The block as another kind, with attributes of its own only."""
    return replace(block, kind=kind, attrs=attrs)


def _paragraph(value: Any) -> Iterator[Block]:
    for block in rich(value):
        yield as_kind(block, "paragraph", part="paragraph")


def _heading(value: Any) -> Iterator[Block]:
    yield as_kind(plain(value["text"]), "heading", level=int(value["level"]), part="heading")


def _list(value: Any) -> Iterator[Block]:
    for item in value["items"]:
        for block in rich(item):
            yield as_kind(block, "list_item", ordered=bool(value["ordered"]), depth=0, part="item")


def _quotation(value: Any) -> Iterator[Block]:
    for block in rich(value["quotation"]):
        yield as_kind(block, "quotation", part="quotation")
    yield as_kind(plain(value["attribution"] or ""), "attribution", part="attribution")


def _picture(value: Any) -> Iterator[Block]:
    image = value["image"]
    picture = image.pk if image else None
    yield as_kind(plain(value["caption"] or ""), "caption", part="caption", picture=picture)
    if not value["decorative"]:
        yield as_kind(plain(value["alt"] or ""), "alt", part="alt", picture=picture)


_FLATTENED = {
    "paragraph": _paragraph,
    "heading": _heading,
    "list": _list,
    "quotation": _quotation,
    "picture": _picture,
}
