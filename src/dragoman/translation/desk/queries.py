"""What the desk shows. It reads words as written: it stands on the allow-list of `source_blocks`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from dragoman.languages.addresses import address
from dragoman.languages.registry import base, codes, default_language, is_offered
from dragoman.translation.models import Document, Edition, Segment, Target, TargetState
from dragoman.translation.queries import DeskSegment, board, segments_of, source_blocks

DOCUMENTS_PER_PAGE = 25
LABEL_LONGEST = 90
# Comments are by far the most; the desk opens on what editors are responsible for.
EDITORIAL_KINDS = ("article", "section", "home")
CONCERNS: Mapping[str, Q] = {
    "doubtful": Q(targets__state=TargetState.DOUBTFUL),
    "refused": Q(targets__state=TargetState.REFUSED),
    "outdated": ~Q(targets__outdated="") & Q(targets__isnull=False) | Q(targets__state=TargetState.UPDATING),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an editor is looking for. "" is everything."""

    kind: str = ""
    concern: str = ""
    words: str = ""


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


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A sentence of an edition between the one before and the one after."""

    current: DeskSegment
    previous: DeskSegment | None
    following: DeskSegment | None


def kinds() -> list[str]:
    """The kinds of documents there are, what editors are responsible for first."""
    found = set(Document.objects.order_by().values_list("kind", flat=True).distinct())
    return [kind for kind in EDITORIAL_KINDS if kind in found] + sorted(found - set(EDITORIAL_KINDS))


def documents(wanted: Wanted, number: int) -> Page[Document]:
    """A page of the documents that are wanted, newest first."""
    found = Document.objects.filter(current__isnull=False).select_related("current").order_by("-pk")
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.words:
        found = found.annotate(words=Cast("current__fields", TextField())).filter(
            words__icontains=wanted.words
        )
    if wanted.concern in CONCERNS:
        found = found.filter(Exists(_of_concern(wanted.concern)))
    return Paginator(found, DOCUMENTS_PER_PAGE).get_page(number)


def _of_concern(concern: str) -> QuerySet[Edition]:
    editions = Edition.objects.filter(document=OuterRef("pk"), revision=F("document__current"))
    return editions.filter(CONCERNS[concern])


def rows(shown: Iterable[Document]) -> list[Row]:
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
            tuple(_cell(document, language, by_place.get((document.pk, language))) for language in codes()),
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
    texts = (block.text for blocks in source_blocks(document).values() for block in blocks if block.text)
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
    """A current edition with its counts; None when it is gone or superseded."""
    return board().filter(pk=pk).first()


def neighbours(edition: Edition, segment_id: int) -> Neighbours | None:
    """A sentence of the edition and those beside it; None when the text has changed meanwhile."""
    all_of_it = segments_of(edition)
    for place, one in enumerate(all_of_it):
        if one.segment.pk == segment_id:
            before = all_of_it[place - 1] if place else None
            after = all_of_it[place + 1] if place + 1 < len(all_of_it) else None
            return Neighbours(one, before, after)
    return None


def other_places(edition: Edition, segment: Segment) -> list[Target]:
    """Where else "everywhere" would put the correction."""
    from dragoman.translation.actions import same_sentence

    return same_sentence(edition, segment)
