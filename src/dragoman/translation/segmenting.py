"""Storing a revision: its fields with sentence boundaries, and a row for each sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db import connection

from dragoman.languages.registry import UNDETERMINED, base
from dragoman.text.blocks import Block, Fields, Range, fields_to_json, with_sentences
from dragoman.text.passages import within
from dragoman.text.segments import context_key, needs_context, segment_key
from dragoman.text.segments import segments as text_segments
from dragoman.translation.models import ANY_CONTEXT, Document, Revision, Segment


def store_revision(document: Document, fields: Fields, *, before: Revision | None = None) -> Revision:
    """Make `fields` the document's current revision and row its segments. Boundaries of unchanged blocks stay."""
    bounded = _bounded(fields, document.source_language, before)
    number = (before.number + 1) if before else 1
    return _stored([(document, number, bounded)])[0]


def store_revisions(first: Sequence[tuple[Document, Fields]]) -> list[Revision]:
    """The first revision of each document, in their order: as many statements as one takes."""
    return _stored(
        [(document, 1, _bounded(fields, document.source_language, None)) for document, fields in first]
    )


_MAKE_CURRENT = """
    UPDATE translation_document AS document SET current_id = revision.id
    FROM translation_revision AS revision
    WHERE revision.id = ANY(%s) AND document.id = revision.document_id
"""


def _stored(wanted: Sequence[tuple[Document, int, Fields]]) -> list[Revision]:
    """The caller's fields have their boundaries."""
    revisions = [
        Revision(document=document, number=number, fields=fields_to_json(fields))
        for document, number, fields in wanted
    ]
    Revision.objects.bulk_create(revisions)
    Segment.objects.bulk_create(
        row
        for (document, _, fields), revision in zip(wanted, revisions, strict=True)
        if document.source_language != UNDETERMINED
        for row in segments_of(fields, document.source_language, revision)
    )
    for revision in revisions:
        revision.document.current = revision
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_CURRENT, [[revision.pk for revision in revisions]])
    return revisions


def _bounded(fields: Fields, language: str, before: Revision | None) -> dict[str, tuple[Block, ...]]:
    known: dict[tuple[str, str], Block] = {}
    if before is not None and before.document.source_language == language:
        known = {(block.kind, block.text): block for blocks in before.blocks().values() for block in blocks}
    return {
        name: tuple(_with_boundaries(block, language, known) for block in blocks)
        for name, blocks in fields.items()
    }


def _with_boundaries(block: Block, language: str, known: Mapping[tuple[str, str], Block]) -> Block:
    earlier = known.get((block.kind, block.text))
    if earlier is not None:
        return replace(block, sentences=earlier.sentences)
    return with_sentences(block, language)


def segments_of(fields: Fields, language: str, revision: Revision | None = None) -> Iterable[Segment]:
    """A row, not yet stored, for each sentence of fields that have their boundaries."""
    own = base(language)
    for position, segment in enumerate(text_segments(fields)):
        place = segment.place
        yield Segment(
            revision=revision,  # None of a draft that is never stored
            position=position,
            field=place.field,
            block=place.block,
            sentence=place.sentence,
            key=segment_key(own, segment.text),
            context=context_key(segment.previous) if needs_context(segment.text) else ANY_CONTEXT,
        )


def sentence(fields: Mapping[str, tuple[Block, ...]], segment: Segment) -> tuple[str, tuple[Range, ...]]:
    """A segment's text, and its formatting relative to it."""
    block = fields[segment.field][segment.block]
    start, end = block.sentences[segment.sentence]
    return block.text[start:end], within(block.ranges, start, end)
