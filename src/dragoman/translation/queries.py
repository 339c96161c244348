"""Reads. `readings` is the one accessor of text for readers; `source_blocks` and `reviews` are for an allow-list
(tests/translation/test_one_accessor.py holds it)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

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


def readings(documents: Iterable[int], view: View) -> dict[int, Reading]:
    """What this view reads of each document: two queries, whatever their number. Unknown ids are withdrawn."""
    ids = sorted(set(documents))
    if not ids:
        return {}
    found = {
        document.pk: document
        for document in Document.objects.select_related("current").filter(pk__in=ids, visible=True)
        if document.current is not None
    }
    editions = _editions(found.values(), view)
    on_view.note((found[pk] for pk in found.keys() - editions.keys()), view)
    now = timezone.now()
    read = {
        pk: _reading(found[pk], editions.get(pk), view, now) if pk in found else withdrawn(pk) for pk in ids
    }
    facts.documents_read.happened(
        kinds={pk: found[pk].kind if pk in found else "" for pk in ids},
        view=view,
        until=_readable_until(editions.values(), now),
        pending=any(reading.is_pending for reading in read.values()),
    )
    return read


def _editions(documents: Iterable[Document], view: View) -> dict[int, Edition]:
    revisions = [document.current_id for document in documents]
    rows = Edition.objects.filter(revision__in=revisions, language=view.language)
    return {edition.document_id: edition for edition in rows}


def _reading(document: Document, edition: Edition | None, view: View, now: datetime) -> Reading:
    source = _as_written(document)
    available = edition is not None and edition.state != EditionState.ORIGINAL
    if document.source_language == UNDETERMINED:
        return _original(document, source, Why.UNDETERMINED)
    if view.reads_original_of(document.pk, document.source_language):
        return _original(document, source, _why_original(document, view), "translation" if available else "")
    if edition is None or not available:
        return _original(document, source, _why_untranslated(edition))
    return _translated(document, edition, view, source, now)


def _as_written(document: Document) -> dict[str, tuple[ReadBlock, ...]]:
    assert document.current is not None
    language = document.source_language
    return {
        name: tuple(ReadBlock(block, language) for block in blocks)
        for name, blocks in document.current.blocks().items()
    }


def _original(
    document: Document, source: Mapping[str, tuple[ReadBlock, ...]], why: Why, toggle: str = ""
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


def _why_original(document: Document, view: View) -> Why:
    if View(view.language).reads_original_of(document.pk, document.source_language):
        return Why.OWN_LANGUAGE
    return Why.ASKED if document.pk in view.originals_of else Why.READ_BY_READER


def _why_untranslated(edition: Edition | None) -> Why:
    pending = edition is None or edition.progress == Progress.QUEUED
    return Why.PENDING if pending else Why.UNAVAILABLE


def _translated(
    document: Document,
    edition: Edition,
    view: View,
    source: Mapping[str, tuple[ReadBlock, ...]],
    now: datetime,
) -> Reading:
    stale = _is_stale(edition, now)
    fields = _read_fields(edition, view.language, source, stale=stale)
    blocks = [read for reads in fields.values() for read in reads]
    if not any(read.language == view.language for read in blocks):
        return _original(document, source, Why.PENDING)
    return Reading(
        document=document.pk,
        state=_state(edition, blocks, view.language, stale=stale),
        language=view.language,
        source_language=document.source_language,
        origin=edition.origin,
        note=edition.note,
        toggle="original",
        fields=fields,
    )


def _is_stale(edition: Edition, now: datetime) -> bool:
    """Whether what was made for an earlier wording has been shown for as long as it may (rule of reading 2)."""
    return edition.updating_since is not None and now >= _stale_from(edition.updating_since)


def _stale_from(since: datetime) -> datetime:
    return since + timedelta(minutes=settings.TRANSLATION_UPDATING_MINUTES)


def _readable_until(editions: Iterable[Edition], now: datetime) -> datetime | None:
    """When the first of these is no longer read as it is now, whatever happens or not."""
    ends = (_stale_from(each.updating_since) for each in editions if each.updating_since is not None)
    return min((end for end in ends if end > now), default=None)


def _read_fields(
    edition: Edition, language: str, source: Mapping[str, tuple[ReadBlock, ...]], *, stale: bool
) -> dict[str, tuple[ReadBlock, ...]]:
    composed = fields_from_json(edition.content["fields"])
    translated, updating = edition.content["translated"], edition.content["updating"]
    doubtful = edition.content.get("doubtful", {})
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


def _state(edition: Edition, blocks: Sequence[ReadBlock], language: str, *, stale: bool) -> ReadingState:
    if edition.updating_since is not None and not stale:
        return ReadingState.UPDATING
    partial = any(read.language != language and read.block.sentences for read in blocks)
    return ReadingState.PARTIAL if partial else ReadingState.READY


def ready_languages(document_id: int) -> list[str]:
    """The languages a document can be read in besides its own: for hreflang, which names ready editions only."""
    facts.languages_read.happened(document_id=document_id)
    rows = Edition.objects.filter(
        document=document_id, state=EditionState.READY, revision__document__visible=True
    )
    return sorted(rows.values_list("language", flat=True))


@dataclass(frozen=True, slots=True)
class Review:
    """A text for those who decide whether others may read it. `translation`: None where there is none, or none is
    needed by who reads the original's language."""

    original: Reading
    translation: Reading | None


def reviews(documents: Iterable[int], view: View) -> dict[int, Review]:
    """The words of documents whether they are visible or not: two queries. Raw: for moderation, which checks the
    permission; what is gone altogether is left out."""
    rows = Document.objects.select_related("current").filter(pk__in=set(documents), current__isnull=False)
    found = {document.pk: document for document in rows}
    editions = _editions(found.values(), view)
    now = timezone.now()
    return {pk: _review(document, editions.get(pk), view, now) for pk, document in found.items()}


def _review(document: Document, edition: Edition | None, view: View, now: datetime) -> Review:
    source = _as_written(document)
    original = _original(document, source, Why.NONE)
    foreign = base(document.source_language) != base(view.language)
    if not foreign or edition is None or edition.state == EditionState.ORIGINAL:
        return Review(original, None)
    translated = _translated(document, edition, view, source, now)
    return Review(original, translated if translated.is_translated else None)


def source_blocks(document: Document) -> dict[str, tuple[Block, ...]]:
    """The words as written, whatever the view. Raw: for the desk, moderation, indexing, editing one's own."""
    return document.current.blocks() if document.current is not None else {}


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
