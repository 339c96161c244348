"""Recall: what the memory already knows of a document's sentences."""

from collections.abc import Iterable, Mapping, Sequence

from dragoman.languages.registry import base
from dragoman.translation.models import ANY_CONTEXT, Memory, Origin, Scope, Segment

# Sentences flow from newsroom to discussion and never back.
READABLE = {
    Scope.NEWSROOM: (Scope.NEWSROOM,),
    Scope.DISCUSSION: (Scope.NEWSROOM, Scope.DISCUSSION),
}
_TRUST = {Origin.HUMAN: 0, Origin.IMPORTED: 1, Origin.MACHINE: 2}


def recall(
    segments: Sequence[Segment],
    *,
    source_language: str,
    language: str,
    scope: str,
    terms: Mapping[int, Sequence[str]] | None = None,
) -> dict[int, Memory]:
    """What memory has for segments, by segment id: one query. The most trusted wins, then the same context. What a
    machine made with other `terms` (fingerprints by segment id) than those of now is not recalled."""
    wanted = {bytes(segment.key) for segment in segments}
    if not wanted:
        return {}
    rows = Memory.objects.filter(
        key__in=wanted,
        target_language=base(language),
        source_language=base(source_language),
        scope__in=READABLE[Scope(scope)],
    )
    by_key: dict[bytes, list[Memory]] = {}
    for row in rows:
        by_key.setdefault(bytes(row.key), []).append(row)
    found = (
        (segment.pk, _best(segment, scope, _current(own, (terms or {}).get(segment.pk, ()))))
        for segment in segments
        if (own := by_key.get(bytes(segment.key)))
    )
    return {pk: row for pk, row in found if row is not None}


def _current(rows: Iterable[Memory], terms: Sequence[str]) -> list[Memory]:
    return [row for row in rows if row.origin != Origin.MACHINE or row.terms == list(terms)]


def _best(segment: Segment, scope: str, rows: Iterable[Memory]) -> Memory | None:
    context = bytes(segment.context)
    fitting = [row for row in rows if bytes(row.context) in (context, ANY_CONTEXT)]
    return min(fitting, key=lambda row: _rank(row, context, scope), default=None)


def _rank(row: Memory, context: bytes, scope: str) -> tuple[int, bool, bool, int]:
    return _TRUST[Origin(row.origin)], bytes(row.context) != context, row.scope != scope, -row.pk
