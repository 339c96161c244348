"""A draft as readers of one language will get it: unchanged blocks as that language's edition has them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import translation

from dragoman.languages.registry import base, is_offered
from dragoman.languages.view import View
from dragoman.newsroom import contexts
from dragoman.newsroom.fields import fields_of
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.newsroom.models.worded import WordedPage
from dragoman.text.blocks import Block
from dragoman.translation.queries import readings, source_blocks
from dragoman.translation.readings import ReadBlock, Reading, ReadingState, Why


def serve_preview(page: WordedPage, request: HttpRequest, mode: str) -> TemplateResponse:
    """The draft in the language that `mode` names; rendered at once, while that language is active."""
    language = mode if is_offered(mode) else page.own_language
    view = View(language)
    request.view = view  # type: ignore[attr-defined]
    with translation.override(language):
        response = TemplateResponse(request, *_template_and_context(page, view))
        response.render()
    return response


def _template_and_context(page: WordedPage, view: View) -> tuple[str, dict[str, Any]]:
    if isinstance(page, ArticlePage):
        context = contexts.article_words(page, draft_reading(page, view), view)
        return "newsroom/article.html", context | {"is_preview": True, "is_indexed": False}
    if isinstance(page, SectionPage) and page.document_id:
        return "newsroom/section.html", contexts.section(page, view, 1)
    return "newsroom/home.html", contexts.home(view)


def draft_reading(page: WordedPage, view: View) -> Reading:
    """The draft's words; each block that stands unchanged in the published source, as its edition has it."""
    known = _known_blocks(page, view)
    fields = {
        name: tuple(_as_read(page, block, known, view) for block in blocks)
        for name, blocks in fields_of(page).items()
    }
    read = [block for blocks in fields.values() for block in blocks]
    own = base(page.source_language) == base(view.language)
    translated = not own and any(block.language != page.source_language for block in read)
    return Reading(
        document=page.document_id or 0,
        state=ReadingState.PARTIAL if translated else ReadingState.ORIGINAL,
        language=view.language if translated else page.source_language,
        source_language=page.source_language,
        origin="machine" if translated else "",
        why=Why.OWN_LANGUAGE if own else Why.NONE if translated else Why.PENDING,
        fields=fields,
    )


def _as_read(
    page: WordedPage, block: Block, known: Mapping[tuple[str, object], ReadBlock], view: View
) -> ReadBlock:
    found = known.get(_identity(block))
    if found is not None:
        return replace(found, block=replace(found.block, attrs=block.attrs))
    return ReadBlock(block, page.source_language, pending=base(page.source_language) != base(view.language))


def _known_blocks(page: WordedPage, view: View) -> dict[tuple[str, object], ReadBlock]:
    if page.document is None or base(page.source_language) == base(view.language):
        return {}
    reading = readings([page.document.pk], view)[page.document.pk]
    known = {}
    for name, blocks in source_blocks(page.document).items():
        for block, read in zip(blocks, reading.blocks(name), strict=False):
            known[_identity(block)] = read
    return known


def _identity(block: Block) -> tuple[str, object]:
    return block.text, tuple((r.start, r.end, r.kind, tuple(sorted(r.attrs.items()))) for r in block.ranges)
