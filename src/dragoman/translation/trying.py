"""A draft translated on trial: from memory and engines, through the same gate, and nothing of it is kept.

The sentences of a draft are nobody's words yet: they enter neither memory nor any edition. The ledger has the cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from dragoman.engines.protocol import Pair
from dragoman.text.blocks import Block, Fields, with_sentences
from dragoman.text.terms import Term
from dragoman.translation import engines
from dragoman.translation.asking import Told, ask
from dragoman.translation.compose import Composition, compose
from dragoman.translation.models import LedgerEntry, Scope, Segment, Target, TargetState
from dragoman.translation.recall import recall
from dragoman.translation.segmenting import segments_of
from dragoman.translation.targets import asked_of, from_engine, from_memory
from dragoman.translation.terms.queries import fingerprints, glossary, terms_in

PREVIEW = "preview"  # what the ledger calls it


@dataclass(frozen=True, slots=True)
class Trial:
    """How a draft would read: its composition, and every sentence with what was found about it."""

    composition: Composition
    targets: tuple[Target, ...]  # never stored; refused ones too


def try_out(fields: Fields, pair: Pair, *, scope: Scope) -> Trial:
    """Translate a draft; whole or not at all, as a comment is. Raises EngineError, UnsupportedPair among them."""
    bounded = {
        name: tuple(with_sentences(block, pair.source) for block in blocks) for name, blocks in fields.items()
    }
    segments = _numbered(bounded, pair.source)
    terms = _terms(bounded, segments, pair)
    targets = _recalled(bounded, segments, terms, pair, scope)
    missing = [segment for segment in segments if segment.pk not in targets]
    targets |= _asked(bounded, missing, terms, pair)
    placed = {(s.field, s.block, s.sentence): targets[s.pk] for s in segments}
    return Trial(compose(bounded, placed, whole=True), tuple(targets[s.pk] for s in segments))


def _numbered(fields: Fields, language: str) -> list[Segment]:
    """Rows that will never be stored, with numbers to tell them apart."""
    segments = list(segments_of(fields, language))
    for number, segment in enumerate(segments):
        segment.pk = number
    return segments


Terms = Mapping[int, tuple[Term, ...]]


def _terms(fields: Mapping[str, tuple[Block, ...]], segments: Sequence[Segment], pair: Pair) -> Terms:
    known = glossary(pair.source, pair.target)
    return {segment.pk: terms_in(asked_of(fields, segment, ()).text, known) for segment in segments}


def _recalled(
    fields: Mapping[str, tuple[Block, ...]],
    segments: Sequence[Segment],
    terms: Terms,
    pair: Pair,
    scope: Scope,
) -> dict[int, Target]:
    known = recall(
        segments,
        source_language=pair.source,
        language=pair.target,
        scope=scope,
        terms={pk: fingerprints(own) for pk, own in terms.items()},
    )
    found = (
        from_memory(known[each.pk], each, asked_of(fields, each, terms[each.pk]), pair)
        for each in segments
        if each.pk in known
    )
    return {target.segment_id: target for target in found if target.state != TargetState.REFUSED}


def _asked(
    fields: Mapping[str, tuple[Block, ...]], missing: Sequence[Segment], terms: Terms, pair: Pair
) -> dict[int, Target]:
    if not missing:
        return {}
    asked = [asked_of(fields, segment, terms[segment.pk]) for segment in missing]
    told = ask(asked, pair, engines.router().translate, settings.TRANSLATION_DEADLINE_SECONDS)
    _enter(told, sum(len(each.text) for each in asked), pair)
    return {
        segment.pk: from_engine(each, segment, terms[segment.pk])
        for segment, each in zip(missing, told, strict=True)
    }


def _enter(told: Sequence[Told], characters: int, pair: Pair) -> None:
    """A line of the ledger; there is no document it could name."""
    answered = [each for each in told if each.engine]
    if answered:
        LedgerEntry.objects.create(
            document_id=0,
            revision_id=0,
            source_language=pair.source,
            language=pair.target,
            engine=answered[0].engine,
            segments=len(answered),
            characters=characters,
            hops=max(each.hops for each in answered),
            retries=sum(each.retries for each in answered),
            trigger=PREVIEW,
        )
