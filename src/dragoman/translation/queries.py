"""Reads. `readings` is the one accessor of text for readers; `source_blocks` and `reviews` are for an allow-list
(tests/translation/test_one_accessor.py holds it)."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from dragoman.database import prepared
from dragoman.languages.kept import Kept
from dragoman.languages.registry import UNDETERMINED, base
from dragoman.languages.view import View
from dragoman.text.blocks import Block, Range, fields_from_json
from dragoman.translation import facts, on_view
from dragoman.translation.models import (
    Document,
    Edition,
    EditionState,
    Origin,
    Progress,
    Segment,
    Target,
    TargetState,
)
from dragoman.translation.readings import ReadBlock, Reading, ReadingState, Why, withdrawn
from dragoman.translation.segmenting import sentence


class _Edition(NamedTuple):
    """What is read of an edition; `content` is JSON."""

    state: str
    progress: str
    origin: str
    note: str
    updating_since: datetime | None
    content: str


class _Stored(NamedTuple):
    """A document's current words and its edition, as JSON still: of most it is known already how they read. What is of
    an edition is None where there is none."""

    pk: int
    kind: str
    source_language: str
    words: str
    state: str | None
    progress: str | None
    origin: str | None
    note: str | None
    updating_since: datetime | None
    content: str | None

    @property
    def edition(self) -> _Edition | None:
        """In the language that was asked for."""
        return _Edition._make(self[4:]) if self.state is not None else None


_WORDS = """
    SELECT document.id, document.kind, document.source_language, revision.fields::text,
        edition.state, edition.progress, edition.origin, edition.note, edition.updating_since, edition.content::text
    FROM translation_document AS document
    JOIN translation_revision AS revision ON revision.id = document.current_id
    LEFT JOIN translation_edition AS edition ON edition.revision_id = revision.id AND edition.language = %s
    WHERE document.id = ANY(%s::bigint[]) AND (document.visible OR %s)
"""
_AT_MOST = 4_000_000  # characters

_kept: Kept[tuple[Reading, bool]] = Kept(_AT_MOST)
"""Readings by all that they are made of; and whether a translation is on its way."""


def readings(documents: Iterable[int], view: View) -> dict[int, Reading]:
    """What this view reads of each document: one query, whatever their number. Unknown ids are withdrawn."""
    ids = sorted(set(documents))
    if not ids:
        return {}
    found = _stored(ids, view, hidden=False)
    on_view.note((each for each in found.values() if each.state is None), view)
    now, whys = timezone.now(), _Whys(view)
    made = {pk: _reading(each, whys, now) for pk, each in found.items()}
    facts.documents_read.happened(
        kinds={pk: found[pk].kind if pk in found else "" for pk in ids},
        view=view,
        until=_readable_until(found.values(), now),
        pending=any(is_pending for _, is_pending in made.values()),
    )
    return {pk: made[pk][0] if pk in made else withdrawn(pk) for pk in ids}


def _stored(ids: list[int], view: View, *, hidden: bool) -> dict[int, _Stored]:
    """Each with its edition in the view's language; `hidden`: also those that are not visible."""
    return {row[0]: _Stored._make(row) for row in prepared(_WORDS, [view.language, ids, hidden])}


class _Whys(dict[str, Why]):
    """By the language something is written in: why a view reads it as written, NONE where it does not. Found out once
    for each language."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view

    def __missing__(self, language: str) -> Why:
        if base(language) == base(self.view.language):
            why = Why.OWN_LANGUAGE
        else:
            why = Why.READ_BY_READER if self.view.reads_originals_in(language) else Why.NONE
        self[language] = why
        return why

    def of(self, document: _Stored) -> Why:
        """Of one document, which may have been asked for by itself."""
        why = self[document.source_language]
        asked = why is not Why.OWN_LANGUAGE and document.pk in self.view.originals_of
        return Why.ASKED if asked else why


def _reading(document: _Stored, whys: _Whys, now: datetime) -> tuple[Reading, bool]:
    why, language = whys.of(document), whys.view.language
    stale = document.updating_since is not None and _is_stale(document.updating_since, now)
    key = (document, language, why, stale)
    found = _kept.get(key)
    if found is None:
        reading = _made(document, document.edition, language, why, stale=stale)
        found = reading, reading.is_pending
        _kept.put(key, found, len(document.words) + len(document.content or ""))
    return found


def _made(document: _Stored, edition: _Edition | None, language: str, why: Why, *, stale: bool) -> Reading:
    source = _as_written(document)
    available = edition is not None and edition.state != EditionState.ORIGINAL
    if document.source_language == UNDETERMINED:
        return _original(document, source, Why.UNDETERMINED)
    if why:
        return _original(document, source, why, "translation" if available else "")
    if edition is None or not available:
        return _original(document, source, _why_untranslated(edition))
    return _translated(document, edition, language, source, stale=stale)


def _as_written(document: _Stored) -> dict[str, tuple[ReadBlock, ...]]:
    return {
        name: tuple(ReadBlock(block, document.source_language) for block in blocks)
        for name, blocks in fields_from_json(json.loads(document.words)).items()
    }


def _original(
    document: _Stored, source: Mapping[str, tuple[ReadBlock, ...]], why: Why, toggle: str = ""
) -> Reading:
    language = document.source_language
    return Reading(
        document=document.pk,
        state=ReadingState.ORIGINAL,
        language=language,
        source_language=language,
        why=why,
        toggle=toggle if why is not Why.OWN_LANGUAGE else "",
        fields=source,
    )


def _why_untranslated(edition: _Edition | None) -> Why:
    pending = edition is None or edition.progress == Progress.QUEUED
    return Why.PENDING if pending else Why.UNAVAILABLE


def _translated(
    document: _Stored,
    edition: _Edition,
    language: str,
    source: Mapping[str, tuple[ReadBlock, ...]],
    *,
    stale: bool,
) -> Reading:
    fields = _read_fields(edition, language, source, stale=stale)
    blocks = [read for reads in fields.values() for read in reads]
    if not any(read.language == language for read in blocks):
        return _original(document, source, Why.PENDING)
    return Reading(
        document=document.pk,
        state=_state(edition, blocks, language, stale=stale),
        language=language,
        source_language=document.source_language,
        origin=edition.origin,
        note=edition.note,
        toggle="original",
        fields=fields,
    )


def _is_stale(since: datetime, now: datetime) -> bool:
    """Whether what was made for an earlier wording has been shown for as long as it may (rule of reading 2)."""
    return now >= _stale_from(since)


def _stale_from(since: datetime) -> datetime:
    return since + timedelta(minutes=settings.TRANSLATION_UPDATING_MINUTES)


def _readable_until(documents: Iterable[_Stored], now: datetime) -> datetime | None:
    """When the first of these is no longer read as it is now, whatever happens or not."""
    ends = (_stale_from(each.updating_since) for each in documents if each.updating_since is not None)
    return min((end for end in ends if end > now), default=None)


def _read_fields(
    edition: _Edition, language: str, source: Mapping[str, tuple[ReadBlock, ...]], *, stale: bool
) -> dict[str, tuple[ReadBlock, ...]]:
    content = json.loads(edition.content)
    composed = fields_from_json(content["fields"])
    translated, updating = content["translated"], content["updating"]
    doubtful = content.get("doubtful", {})
    pending = edition.progress == Progress.QUEUED

    def read(name: str, index: int, block: Block) -> ReadBlock:
        if not translated[name][index] or (stale and updating[name][index]):
            own = source[name][index]
            return ReadBlock(own.block, own.language, pending and bool(own.block.sentences))
        return ReadBlock(block, language, doubtful=name in doubtful and doubtful[name][index])

    return {
        name: tuple(read(name, index, block) for index, block in enumerate(blocks))
        for name, blocks in composed.items()
    }


def _state(edition: _Edition, blocks: Sequence[ReadBlock], language: str, *, stale: bool) -> ReadingState:
    if edition.updating_since is not None and not stale:
        return ReadingState.UPDATING
    partial = any(read.language != language and read.block.sentences for read in blocks)
    return ReadingState.PARTIAL if partial else ReadingState.READY


_READY = """
    SELECT edition.language FROM translation_edition AS edition
    JOIN translation_revision AS revision ON revision.id = edition.revision_id
    JOIN translation_document AS document ON document.id = revision.document_id
    WHERE edition.document_id = %s AND edition.state = 'ready' AND document.visible
"""


def ready_languages(document_id: int) -> list[str]:
    """The languages a document can be read in besides its own: for hreflang, which names ready editions only."""
    facts.languages_read.happened(document_id=document_id)
    return sorted(language for (language,) in prepared(_READY, [document_id]))


@dataclass(frozen=True, slots=True)
class Review:
    """A text for those who decide whether others may read it. `translation`: None where there is none, or none is
    needed by who reads the original's language."""

    original: Reading
    translation: Reading | None


def reviews(documents: Iterable[int], view: View) -> dict[int, Review]:
    """The words of documents whether they are visible or not: one query. Raw: for moderation, which checks the
    permission; what is gone altogether is left out."""
    now = timezone.now()
    found = _stored(list(set(documents)), view, hidden=True)
    return {pk: _review(document, view, now) for pk, document in found.items()}


def _review(document: _Stored, view: View, now: datetime) -> Review:
    edition = document.edition
    source = _as_written(document)
    original = _original(document, source, Why.NONE)
    foreign = base(document.source_language) != base(view.language)
    if not foreign or edition is None or edition.state == EditionState.ORIGINAL:
        return Review(original, None)
    stale = edition.updating_since is not None and _is_stale(edition.updating_since, now)
    translated = _translated(document, edition, view.language, source, stale=stale)
    return Review(original, translated if translated.is_translated else None)


def source_blocks(document: Document) -> dict[str, tuple[Block, ...]]:
    """The words as written, whatever the view. Raw: for the desk, moderation, indexing, editing one's own."""
    return document.current.blocks() if document.current is not None else {}


def source_blocks_of(revisions: Collection[int]) -> dict[int, dict[str, tuple[Block, ...]]]:
    """The same of revisions, by their keys; those that are gone are left out. One query, none for none."""
    rows = prepared(_FIELDS, [list(revisions)]) if revisions else []
    return {pk: fields_from_json(json.loads(fields)) for pk, fields in rows}


_FIELDS = "SELECT id, fields::text FROM translation_revision WHERE id = ANY(%s::bigint[])"


def current_edition(document: int, language: str) -> Edition | None:
    """The edition of a document's current words in a language; None where there is none."""
    rows = Edition.objects.select_related("document", "revision").filter(document__current=F("revision"))
    return rows.filter(document=document, language=language).first()


def fields_in_order(document: Document) -> list[str]:
    """The names of a document's fields as they are read; a stored revision keeps no order of them."""
    names = Segment.objects.filter(revision=document.current_id).values_list("field", flat=True)
    return list(dict.fromkeys(names))


def key_at(document: Document, place: str) -> bytes:
    """The key of the sentence at a place ("body.3.0") of the current words; empty where there is none."""
    name, _dot, numbers = place.partition(".")
    block, _dot, sentence_number = numbers.partition(".")
    if not (block.isdecimal() and sentence_number.isdecimal()) or len(numbers) > 18:
        return b""
    found = Segment.objects.filter(
        revision=document.current_id, field=name, block=int(block), sentence=int(sentence_number)
    ).first()
    return bytes(found.key) if found is not None else b""


# --- the desk --------------------------------------------------------------------------------------------------------


def board(*, kind: str = "", ids: Iterable[int] | None = None) -> QuerySet[Edition]:
    """Current editions with how many of their sentences are ready, doubtful, outdated, missing, human."""
    rows = Edition.objects.select_related("document", "revision").filter(document__current=F("revision"))
    if kind:
        rows = rows.filter(document__kind=kind)
    if ids is not None:
        rows = rows.filter(document__in=list(ids))
    return rows.annotate(
        segment_count=Count("revision__segments", distinct=True),
        ready_count=_targets(Q(targets__state=TargetState.PASSED)),
        doubtful_count=_targets(Q(targets__state=TargetState.DOUBTFUL)),
        refused_count=_targets(Q(targets__state=TargetState.REFUSED)),
        outdated_count=_targets(
            ~Q(targets__outdated="") | Q(targets__state=TargetState.UPDATING) | Q(targets__by_term=True)
        ),
        human_count=_targets(Q(targets__origin=Origin.HUMAN)),
    ).order_by("-document_id", "language")


def _targets(condition: Q) -> Count:
    return Count("targets", filter=condition, distinct=True)


@dataclass(frozen=True, slots=True)
class DeskSegment:
    """A sentence beside what it became."""

    segment: Segment
    source: str
    target: Target | None
    ranges: tuple[Range, ...] = ()  # formatting of the source, relative to it


def segments_of(edition: Edition) -> list[DeskSegment]:
    """An edition's sentences in document order, each with its target where there is one."""
    fields = edition.revision.blocks()
    targets = {target.segment_id: target for target in edition.targets.select_related("reviewer")}
    found = []
    for segment in Segment.objects.filter(revision=edition.revision_id):
        text, ranges = sentence(fields, segment)
        found.append(DeskSegment(segment, text, targets.get(segment.pk), ranges))
    return found
