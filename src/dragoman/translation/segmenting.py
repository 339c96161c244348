"""Storing a revision: its fields with sentence boundaries, and a row for each sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dragoman.languages.registry import UNDETERMINED, base
from dragoman.text.blocks import Block, Fields, Range, fields_to_json, with_sentences
from dragoman.text.passages import within
from dragoman.text.segments import context_key, needs_context, segment_key
from dragoman.text.segments import segments as text_segments
from dragoman.translation.models import ANY_CONTEXT, Document, Revision, Segment


def store_revision(document: Document, fields: Fields, *, before: Revision | None = None) -> Revision:
    """Make `fields` the document's current revision and row its segments. Boundaries of unchanged blocks stay."""
    bounded = _bounded(fields, document.source_language, before)
    revision = Revision.objects.create(
        document=document,
        number=(before.number + 1) if before else 1,
        fields=fields_to_json(bounded),
    )
    if document.source_language != UNDETERMINED:
        Segment.objects.bulk_create(segments_of(bounded, document.source_language, revision))
    document.current = revision
    document.save(update_fields=["current"])
    return revision


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
