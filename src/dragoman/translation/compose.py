"""An edition's content, composed from its sentences: derived, rebuilt whenever one of them changes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from dragoman.text.blocks import Block, fields_to_json
from dragoman.text.passages import within
from dragoman.text.projection import project
from dragoman.text.segments import TargetText, compose_block
from dragoman.translation.models import (
    Document,
    Edition,
    EditionState,
    Origin,
    Revision,
    Scope,
    Segment,
    Target,
    TargetState,
)

_TRUST = (Origin.MACHINE, Origin.IMPORTED, Origin.HUMAN)  # the least trusted first


@dataclass(frozen=True, slots=True)
class ComposedBlock:
    """A block in the edition's language, or as written where `translated` is False."""

    block: Block
    translated: bool
    updating: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """All of an edition that a reader may be shown."""

    fields: Mapping[str, tuple[ComposedBlock, ...]]
    shown: tuple[Target, ...]

    @property
    def state(self) -> EditionState:
        """Ready when nothing translatable is left in the original."""
        translatable = [each for each in self._blocks() if each.block.sentences or each.translated]
        if not any(each.translated for each in translatable):
            return EditionState.ORIGINAL
        return EditionState.READY if all(each.translated for each in translatable) else EditionState.PARTIAL

    @property
    def updating(self) -> bool:
        """Whether some of it was made for an earlier wording."""
        return any(each.updating for each in self._blocks())

    def _blocks(self) -> Iterable[ComposedBlock]:
        return (each for blocks in self.fields.values() for each in blocks)

    def to_json(self) -> dict[str, object]:
        """What `Edition.content` keeps: `translation.queries` reads it."""
        return {
            "fields": fields_to_json(
                {name: tuple(each.block for each in blocks) for name, blocks in self.fields.items()}
            ),
            "translated": {
                name: [each.translated for each in blocks] for name, blocks in self.fields.items()
            },
            "updating": {name: [each.updating for each in blocks] for name, blocks in self.fields.items()},
            "doubtful": {name: [each.doubtful for each in blocks] for name, blocks in self.fields.items()},
        }


def compose(
    fields: Mapping[str, tuple[Block, ...]], targets: Mapping[tuple[str, int, int], Target], *, whole: bool
) -> Composition:
    """Compose fields from targets by (field, block, sentence). `whole`: all of it or none (a comment)."""
    composed = {
        name: tuple(_compose_block(block, name, index, targets) for index, block in enumerate(blocks))
        for name, blocks in fields.items()
    }
    result = Composition(composed, tuple(targets.values()))
    if whole and result.state is EditionState.PARTIAL:
        untouched = {
            name: tuple(ComposedBlock(block, False) for block in blocks) for name, blocks in fields.items()
        }
        return Composition(untouched, ())
    return result


def _compose_block(
    block: Block, name: str, index: int, targets: Mapping[tuple[str, int, int], Target]
) -> ComposedBlock:
    own = [targets.get((name, index, sentence)) for sentence in range(len(block.sentences))]
    shown = [target for target in own if target is not None and target.state != TargetState.REFUSED]
    if not own or len(shown) < len(own) or not any(target.text for target in shown):
        return ComposedBlock(block, False)
    updating = any(target.state == TargetState.UPDATING for target in shown)
    doubtful = any(target.state == TargetState.DOUBTFUL for target in shown)
    return ComposedBlock(_translated(block, shown), True, updating, doubtful)


def _translated(block: Block, targets: Sequence[Target]) -> Block:
    """The block's text with each sentence replaced, formatting projected."""
    placed = [_placed(block, place, target) for place, target in zip(block.sentences, targets, strict=True)]
    return compose_block(block, placed)


def _placed(block: Block, place: tuple[int, int], target: Target) -> TargetText:
    start, end = place
    text, ranges = block.text[start:end], within(block.ranges, start, end)
    return TargetText(target.text, project(text, ranges, target.text, target.fragments)[0])


def recompose(edition: Edition, *, document: Document, revision: Revision) -> None:
    """Compose an edition anew from its rows and store it. The caller holds the edition's row lock."""
    edition.document, edition.revision = document, revision
    recompose_all([edition])


_STORE = """
    UPDATE translation_edition AS edition
    SET content = new.content, state = new.state, origin = new.origin, note = new.note,
        updating_since = new.updating_since, progress = new.progress, changed_at = %(now)s
    FROM unnest(
        %(editions)s::bigint[], %(contents)s::jsonb[], %(states)s::text[], %(origins)s::text[], %(notes)s::text[],
        %(since)s::timestamptz[], %(progress)s::text[]
    ) AS new (id, content, state, origin, note, updating_since, progress)
    WHERE edition.id = new.id
"""


def recompose_all(editions: Sequence[Edition]) -> None:
    """As `recompose`, of many: two statements. `progress` is stored as it is on them."""
    if not editions:
        return
    now = timezone.now()
    targets: dict[int, dict[tuple[str, int, int], Target]] = {}
    for target in Target.objects.filter(edition__in=editions).select_related("segment"):
        targets.setdefault(target.edition_id, {})[_place(target.segment)] = target
    for edition in editions:
        composition = _composed(edition.document, edition.revision, targets.get(edition.pk, {}))
        edition.content = composition.to_json()
        edition.state = composition.state
        edition.origin, edition.note = origin_of(composition.shown)
        edition.changed_at = now
        if not composition.updating:
            edition.updating_since = None
    told: dict[str, Any] = {
        "now": now,
        "editions": [each.pk for each in editions],
        "contents": [json.dumps(each.content) for each in editions],
        "states": [str(each.state) for each in editions],
        "origins": [str(each.origin) for each in editions],
        "notes": [each.note for each in editions],
        "since": [each.updating_since for each in editions],
        "progress": [str(each.progress) for each in editions],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, told)


def composed(edition: Edition, *, document: Document, revision: Revision) -> Composition:
    """The composition of an edition's rows."""
    rows = Target.objects.filter(edition=edition).select_related("segment")
    return _composed(document, revision, {_place(target.segment): target for target in rows})


def _composed(
    document: Document, revision: Revision, targets: Mapping[tuple[str, int, int], Target]
) -> Composition:
    return compose(revision.blocks(), targets, whole=document.scope == Scope.DISCUSSION)


def _place(segment: Segment) -> tuple[str, int, int]:
    return segment.field, segment.block, segment.sentence


def origin_of(targets: Iterable[Target]) -> tuple[str, str]:
    """The least trusted origin of what is shown, and its note where all of that origin have the same."""
    shown = [target for target in targets if target.state != TargetState.REFUSED]
    present = {target.origin for target in shown}
    origin = next((each for each in _TRUST if each in present), None)
    if origin is None:
        return "", ""
    notes = {target.note for target in shown if target.origin == origin}
    return origin, notes.pop() if len(notes) == 1 else ""
