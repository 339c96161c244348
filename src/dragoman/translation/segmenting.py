"""Storing a revision: its fields with sentence boundaries, and a row for each sentence."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from dragoman.database.statements import Statement, numbered, put
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
    revision = Revision.objects.create(document=document, number=number, fields=fields_to_json(bounded))
    if document.source_language != UNDETERMINED:
        Segment.objects.bulk_create(segments_of(bounded, document.source_language, revision))
    document.current = revision
    document.save(update_fields=["current"])
    return revision


_STORE_FIRST = """
    WITH given AS MATERIALIZED (
        SELECT new.*
        FROM unnest(
            %(documents)s::bigint[], %(revisions)s::bigint[],
            %(kinds)s::text[], %(scopes)s::text[], %(languages)s::text[], %(declared)s::text[], %(origins)s::text[],
            %(visible)s::boolean[], %(confidential)s::boolean[], %(bulk)s::boolean[], %(fields)s::jsonb[]
        ) AS new (
            document, revision, kind, scope, language, declared, origin, visible, confidential, bulk, fields
        )
    ), documents AS (
        INSERT INTO translation_document (
            id, kind, scope, source_language, declared_language, language_origin, visible, confidential, bulk,
            current_id, created_at
        )
        SELECT document, kind, scope, language, declared, origin, visible, confidential, bulk, revision, %(now)s
        FROM given
    ), revisions AS (
        INSERT INTO translation_revision (id, document_id, number, fields, created_at)
        SELECT revision, document, 1, fields, %(now)s FROM given
    )
    INSERT INTO translation_segment (revision_id, position, field, block, sentence, key, context)
    SELECT segment.revision, segment.position, segment.field, segment.block, segment.sentence, segment.key,
        segment.context
    FROM unnest(
        %(of)s::bigint[], %(positions)s::integer[], %(in_fields)s::text[], %(blocks)s::integer[],
        %(sentences)s::integer[], %(keys)s::bytea[], %(contexts)s::bytea[]
    ) AS segment (revision, position, field, block, sentence, key, context)
"""
"""The keys that name one another (a document its current revision) are looked at when the transaction ends."""


Numbers = Sequence[tuple[int, int]]
"""Of documents and their first revisions, not used yet."""


def numbers_for(count: int) -> Statement[Numbers]:
    """So many, to be drawn together with what else is asked: gaps do no harm."""
    return Statement(_NUMBERS, [count], lambda rows: [(document, revision) for document, revision in rows])


_NUMBERS = """
    SELECT nextval(pg_get_serial_sequence('translation_document', 'id')),
        nextval(pg_get_serial_sequence('translation_revision', 'id'))
    FROM generate_series(1, %s)
"""


def store_first(new: Sequence[tuple[Document, Fields]], drawn: Numbers) -> list[Revision]:
    """Store new documents, each with its first revision and the segments of it, in their order, under the numbers
    that were drawn: one statement, whose end nobody has to wait for."""
    now = timezone.now()
    revisions: list[Revision] = []
    segments: list[Segment] = []
    for (document, fields), (number, current) in zip(new, drawn, strict=True):
        bounded = _bounded(fields, document.source_language, None)
        document.created_at = now
        numbered(document, number)
        revision = Revision(document=document, number=1, fields=fields_to_json(bounded), created_at=now)
        numbered(revision, current)
        document.current = revision
        revisions.append(revision)
        if document.source_language != UNDETERMINED:
            segments += segments_of(bounded, document.source_language, revision)
    put(_STORE_FIRST, _columns(revisions) | _segment_columns(segments) | {"now": now})
    return revisions


def _columns(revisions: Sequence[Revision]) -> dict[str, Any]:
    documents = [revision.document for revision in revisions]
    return {
        "documents": [each.pk for each in documents],
        "revisions": [each.pk for each in revisions],
        "kinds": [each.kind for each in documents],
        "scopes": [str(each.scope) for each in documents],
        "languages": [each.source_language for each in documents],
        "declared": [each.declared_language for each in documents],
        "origins": [str(each.language_origin) for each in documents],
        "visible": [each.visible for each in documents],
        "confidential": [each.confidential for each in documents],
        "bulk": [each.bulk for each in documents],
        "fields": [json.dumps(each.fields) for each in revisions],
    }


def _segment_columns(rows: Sequence[Segment]) -> dict[str, Any]:
    return {
        "of": [row.revision_id for row in rows],
        "positions": [row.position for row in rows],
        "in_fields": [row.field for row in rows],
        "blocks": [row.block for row in rows],
        "sentences": [row.sentence for row in rows],
        "keys": [row.key for row in rows],
        "contexts": [row.context for row in rows],
    }


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
