"""What the desk shows. It reads words as written: it stands on the allow-list of `source_blocks`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from dragoman.languages.addresses import address
from dragoman.languages.registry import base, codes, default_language, is_offered
from dragoman.translation.desk.kinds import editorial_kinds, offered
from dragoman.translation.desk.precedence import chosen
from dragoman.translation.models import (
    Document,
    Edition,
    EditionState,
    Origin,
    Segment,
    Target,
    TargetState,
    TranslationReport,
)
from dragoman.translation.queries import DeskSegment, board, current_edition, segments_of, source_blocks

DOCUMENTS_PER_PAGE = 25
LABEL_LONGEST = 90
NAMED_BY = ("headline", "name")
_OPEN_REPORT = TranslationReport.objects.filter(settled_at=None)
CONCERNS: Mapping[str, Q | Exists] = {
    "reported": Exists(_OPEN_REPORT.filter(document=OuterRef("document"), language=OuterRef("language"))),
    "doubtful": Q(targets__state=TargetState.DOUBTFUL),
    "refused": Q(targets__state=TargetState.REFUSED),
    "missing": ~Q(state=EditionState.READY),
    "outdated": ~Q(targets__outdated="") & Q(targets__isnull=False)
    | Q(targets__state=TargetState.UPDATING)
    | Q(targets__by_term=True),
    "terms": Q(targets__by_term=True),
    "human": Q(targets__origin=Origin.HUMAN),
}
COUNTS = ("segments", "ready", "doubtful", "outdated", "missing", "human")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an editor is looking for. "" is everything."""

    kind: str = ""
    concern: str = ""
    words: str = ""
    language: str = ""  # of the edition


@dataclass(frozen=True, slots=True)
class Cell:
    """A document in one language: the edition and its counts, None before there is one."""

    language: str
    is_source: bool
    edition: Edition | None
    counts: Mapping[str, int]

    @property
    def missing(self) -> int:
        """Sentences nothing checked stands for yet."""
        known = self.counts.get("ready", 0) + self.counts.get("doubtful", 0)
        return max(0, self.counts.get("segments", 0) - known)


@dataclass(frozen=True, slots=True)
class Row:
    """A document on the board."""

    document: Document
    label: str
    address: str
    cells: tuple[Cell, ...]
    is_reported: bool = False
    is_featured: bool = False


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A sentence of an edition between the one before and the one after."""

    current: DeskSegment
    previous: DeskSegment | None
    following: DeskSegment | None
    number: int  # from 1
    count: int


def kinds() -> list[str]:
    """The kinds of documents that are offered, what editors are responsible for first."""
    found = set(Document.objects.filter(offered()).order_by().values_list("kind", flat=True).distinct())
    first = [kind for kind in editorial_kinds() if kind in found]
    return first + sorted(found.difference(first))


def documents(wanted: Wanted, number: int) -> Page[Any]:
    """A page of the documents that are wanted: reported ones first, then featured comments, then the newest."""
    reported = Exists(_OPEN_REPORT.filter(document=OuterRef("pk")))
    found = Document.objects.filter(offered(), current__isnull=False).select_related("current")
    found = found.annotate(reported=reported, featured=chosen()).order_by("-reported", "-featured", "-pk")
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.words:
        found = found.annotate(words=Cast("current__fields", TextField())).filter(
            words__icontains=wanted.words
        )
    if wanted.concern in CONCERNS:
        found = found.filter(Exists(_of_concern(wanted.concern, wanted.language)))
    return Paginator(found, DOCUMENTS_PER_PAGE).get_page(number)


def _of_concern(concern: str, language: str) -> QuerySet[Edition]:
    editions = Edition.objects.filter(document=OuterRef("pk"), revision=F("document__current"))
    if language:
        editions = editions.filter(language=language)
    return editions.filter(CONCERNS[concern])


def totals(kind: str) -> list[dict[str, Any]]:
    """The counts of every language, of one kind of texts or of all that editors are responsible for: two queries."""
    # Comments are by far the most; the desk opens on what editors are responsible for.
    wanted = [kind] if kind else editorial_kinds()
    editions = Edition.objects.filter(offered("document"), document__current=F("revision"))
    editions = editions.filter(document__kind__in=wanted).order_by()
    sentences = editions.values("language").annotate(segments=Count("revision__segments"))
    targets = editions.values("language").annotate(
        ready=Count("targets", filter=Q(targets__state=TargetState.PASSED)),
        doubtful=Count("targets", filter=Q(targets__state=TargetState.DOUBTFUL)),
        outdated=Count("targets", filter=~Q(targets__outdated="") | Q(targets__state=TargetState.UPDATING)),
        human=Count("targets", filter=Q(targets__origin=Origin.HUMAN)),
    )
    counts: dict[str, dict[str, Any]] = {row["language"]: dict(row) for row in targets}
    for row in sentences:
        own = counts[row["language"]]
        own["segments"] = row["segments"]
        own["missing"] = max(0, row["segments"] - own["ready"] - own["doubtful"])
    empty: dict[str, Any] = dict.fromkeys(COUNTS, 0)
    return [{"language": language, **empty, **counts.get(language, {})} for language in codes()]


def rows(shown: Iterable[Document], languages: Iterable[str]) -> list[Row]:
    """Documents × languages: two queries whatever their number."""
    listed = list(shown)
    by_place = {
        (edition.document_id, edition.language): edition
        for edition in board(ids=[each.pk for each in listed])
    }
    return [
        Row(
            document,
            label_of(document),
            address_of(document),
            tuple(_cell(document, language, by_place.get((document.pk, language))) for language in languages),
            getattr(document, "reported", False),
            getattr(document, "featured", False),
        )
        for document in listed
    ]


def _cell(document: Document, language: str, edition: Edition | None) -> Cell:
    is_source = base(language) == base(document.source_language)
    return Cell(language, is_source, edition, counts_of(edition) if edition else {})


def counts_of(edition: Edition) -> dict[str, int]:
    """The counts that `board` annotates, by short names."""
    names = ("segment", "ready", "doubtful", "refused", "outdated", "human")
    counts = {name: int(getattr(edition, f"{name}_count", 0)) for name in names}
    return counts | {"segments": counts["segment"]}


def label_of(document: Document) -> str:
    """The first words of a document, as written."""
    fields = source_blocks(document)
    first = [fields[name] for name in NAMED_BY if name in fields]  # stored fields have no order of their own
    texts = (block.text for blocks in (*first, *fields.values()) for block in blocks if block.text)
    text = " ".join(next(texts, "").split())
    return text if len(text) <= LABEL_LONGEST else text[: LABEL_LONGEST - 1].rstrip() + "…"


def address_of(document: Document) -> str:
    """Where readers find it, in its own language if that is offered; "" for what has no page."""
    language = document.source_language if is_offered(document.source_language) else default_language()
    try:
        return address(f"document:{document.kind}", language=language, document=document.pk)
    except LookupError:
        return ""


def edition_on_board(pk: int) -> Edition | None:
    """A current edition with its counts; None when it is gone, superseded or not for the desk."""
    return board().filter(offered("document"), pk=pk).first()


def neighbours(edition: Edition, segment_id: int) -> Neighbours | None:
    """A sentence of the edition and those beside it; None when the text has changed meanwhile."""
    all_of_it = segments_of(edition)
    for place, one in enumerate(all_of_it):
        if one.segment.pk == segment_id:
            before = all_of_it[place - 1] if place else None
            after = all_of_it[place + 1] if place + 1 < len(all_of_it) else None
            return Neighbours(one, before, after, place + 1, len(all_of_it))
    return None


def other_places(edition: Edition, segment: Segment) -> list[Target]:
    """Where else "everywhere" would put the correction."""
    from dragoman.translation.actions import same_sentence

    return same_sentence(edition, segment)


# --- what waits for somebody -----------------------------------------------------------------------------------------

SHOWN = ("all", "waiting", "human")  # which sentences of an edition are listed


def waits(one: DeskSegment) -> bool:
    """Whether a sentence waits for somebody: missing, doubtful, refused, outdated, or against the glossary."""
    target = one.target
    if target is None or target.state != TargetState.PASSED:
        return True
    return bool(target.outdated) or target.by_term


def next_waiting(edition: Edition, segment_id: int) -> DeskSegment | None:
    """The next sentence after this one that waits, from the beginning again at the end."""
    every = segments_of(edition)
    place = next((at for at, one in enumerate(every) if one.segment.pk == segment_id), -1)
    ordered = [*every[place + 1 :], *every[: max(place, 0)]]
    return next((one for one in ordered if waits(one)), None)


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A reader's report as the desk shows it."""

    report: TranslationReport
    label: str
    edition: Edition | None
    segment: Segment | None
    words: str  # of the sentence as it is read; "" for the whole text


def open_reports(document: Document | None = None, language: str = "", most: int = 20) -> list[OpenReport]:
    """Reports that wait, the oldest first."""
    found = _OPEN_REPORT.filter(offered("document")).select_related("document__current", "reporter")
    if document is not None:
        found = found.filter(document=document, language=language)
    return [_opened(report) for report in found[:most]]


def _opened(report: TranslationReport) -> OpenReport:
    edition = current_edition(report.document_id, report.language)
    segment, words = None, ""
    if edition is not None and report.key:
        segment = Segment.objects.filter(revision=edition.revision_id, key=bytes(report.key)).first()
        target = edition.targets.filter(segment=segment).first() if segment is not None else None
        words = target.text if target is not None else ""
    return OpenReport(report, label_of(report.document), edition, segment, words)
