"""Quotations: references become rows when a comment is posted, and follow the quoted document's revisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dragoman.discussion.errors import UnknownQuotation
from dragoman.discussion.mentions import named
from dragoman.discussion.models import Comment, Quotation, QuotedPart
from dragoman.discussion.references import Reference
from dragoman.languages.view import View
from dragoman.text.align import align
from dragoman.text.blocks import Block, Fields
from dragoman.translation.models import Document, Revision
from dragoman.translation.queries import readings
from dragoman.translation.readings import Reading

QUOTABLE_KINDS = ("article", "comment")


@dataclass(frozen=True, slots=True)
class Place:
    """Sentences `first`–`last` (inclusive) of a block."""

    block: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A reference block of a comment being written."""

    position: int
    reference: Reference
    wording: str


def quotations_of(
    blocks: Sequence[Block], *, view: View, earlier: Iterable[Quotation] = ()
) -> list[Quotation]:
    """Unsaved rows for the reference blocks of a comment, as read by its author in `view`.

    Those the comment held before (`earlier`) stay as they are, whatever became of the quoted text. Raises
    UnknownQuotation. The caller is in a transaction: the quoted documents stay locked until its end, so that no
    revision comes between.
    """
    held = {str(reference_of(row)): row for row in earlier if row.document_id and row.revision_id}
    quoted = list(_quoted(blocks))
    if not quoted:
        return []
    documents = _quotable({each.reference.document for each in quoted})
    found = _Found(documents, _revisions(quoted), named(readings(documents, view)))
    return [_row(each, found, held) for each in quoted]


def without_wording(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks as they are stored: what was quoted stands in the quoted document, and nowhere else."""
    return tuple(
        Block("reference", "", attrs={"ref": str(block.attrs["ref"]), "wording": ""})
        if block.kind == "reference"
        else block
        for block in blocks
    )


def reference_of(row: Quotation) -> Reference:
    """Where a quotation points now. The row has its document and revision."""
    assert row.document_id is not None
    assert row.revision is not None
    return Reference(row.document_id, row.revision.number, row.field, row.block, row.first, row.last)


def _quoted(blocks: Sequence[Block]) -> Iterable[_Quoted]:
    for position, block in enumerate(blocks):
        if block.kind == "reference":
            reference = Reference.parse(str(block.attrs.get("ref", "")))
            if reference is None:
                raise UnknownQuotation
            yield _Quoted(position, reference, str(block.attrs.get("wording") or ""))


def _row(quoted: _Quoted, found: "_Found", held: Mapping[str, Quotation]) -> Quotation:
    try:
        return _fresh_row(quoted, found)
    except UnknownQuotation:
        standing = held.get(str(quoted.reference))
        if standing is None:
            raise
        return _moved(standing, quoted)


def _moved(row: Quotation, quoted: _Quoted) -> Quotation:
    return Quotation(
        position=quoted.position,
        document_id=row.document_id,
        revision_id=row.revision_id,
        field=row.field,
        block=row.block,
        first=row.first,
        last=row.last,
        part=row.part,
        wording=row.wording,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What the references of one comment lead to."""

    documents: Mapping[int, Document]
    revisions: Mapping[tuple[int, int], Revision]
    read: Mapping[int, Reading]


def _quotable(ids: Iterable[int]) -> dict[int, Document]:
    """The documents that a reader may quote, locked in the order of their ids."""
    rows = Document.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    found = rows.filter(pk__in=list(ids), kind__in=QUOTABLE_KINDS, visible=True).select_related("current")
    documents = {document.pk: document for document in found if document.current is not None}
    unpublished = Comment.objects.filter(document__in=documents, thread__document__visible=False)
    for pk in unpublished.values_list("document_id", flat=True):
        documents.pop(pk or 0)
    return documents


def _revisions(quoted: Iterable[_Quoted]) -> dict[tuple[int, int], Revision]:
    references = [each.reference for each in quoted]
    rows = Revision.objects.filter(
        document__in={each.document for each in references}, number__in={each.revision for each in references}
    )
    return {(row.document_id, row.number): row for row in rows}


def _fresh_row(quoted: _Quoted, found: _Found) -> Quotation:
    reference = quoted.reference
    document = found.documents.get(reference.document)
    seen = found.revisions.get((reference.document, reference.revision))
    if document is None or document.current is None or seen is None:
        raise UnknownQuotation
    place, original = _place_now(reference, seen, document.current)
    passage = found.read[document.pk].passage(reference.field, place.block, place.first, place.last)
    whole = _is_whole(quoted.wording, [original, passage.block.text if passage else ""])
    return Quotation(
        position=quoted.position,
        document_id=document.pk,
        revision_id=document.current.pk,
        field=reference.field,
        block=place.block,
        first=place.first,
        last=place.last,
        part=QuotedPart.WHOLE if whole else QuotedPart.PART,
        wording="" if whole else quoted.wording,
    )


def _place_now(reference: Reference, seen: Revision, now: Revision) -> tuple[Place, str]:
    """Where the sentences stand by now, and their words as they were seen. Raises UnknownQuotation."""
    asked = Place(reference.block, reference.first, reference.last)
    original = passage_text(seen.blocks(), reference.field, asked)
    if original is None:
        raise UnknownQuotation
    place = asked if seen.pk == now.pk else mapped(seen.blocks(), now.blocks(), reference.field, asked)
    if place is None:
        raise UnknownQuotation
    return place, original


def passage_text(fields: Fields, field: str, place: Place) -> str | None:
    """The words of a passage; None where there are no such sentences."""
    block = next(iter(fields.get(field, ())[place.block : place.block + 1]), None)
    if block is None or not 0 <= place.first <= place.last < len(block.sentences):
        return None
    return block.text[block.sentences[place.first][0] : block.sentences[place.last][1]]


def _is_whole(wording: str, passages: Iterable[str]) -> bool:
    """Whether the quoter left every word; a wording left empty stands for all of it."""
    left = letters(wording)
    return not left or left in {letters(passage) for passage in passages}


def letters(text: str) -> str:
    """What is compared: punctuation, markup and white space around the words say nothing about their wholeness."""
    return "".join(sign for sign in text if sign.isalnum())


# --- following revisions ---------------------------------------------------------------------------------------------


def mapped(old: Fields, new: Fields, field: str, place: Place) -> Place | None:
    """Where sentences of one revision stand in another; None when none of them is left.

    Where they were torn apart, the longest part that still stands together.
    """
    before, after = _sentences(old, field), _sentences(new, field)
    follows = {
        match.old: match.new
        for match in align([text for _, _, text in before], [text for _, _, text in after])
        if match.old is not None and match.new is not None
    }
    kept = sorted(
        follows[index]
        for index, (block, sentence, _) in enumerate(before)
        if block == place.block and place.first <= sentence <= place.last and index in follows
    )
    return max(_runs([after[index][:2] for index in kept]), key=_length, default=None)


def _sentences(fields: Fields, field: str) -> list[tuple[int, int, str]]:
    return [
        (index, number, block.text[start:end])
        for index, block in enumerate(fields.get(field, ()))
        for number, (start, end) in enumerate(block.sentences)
    ]


def _runs(places: Sequence[tuple[int, int]]) -> list[Place]:
    runs: list[Place] = []
    for block, sentence in places:
        last = runs[-1] if runs else None
        if last is not None and last.block == block and last.last + 1 == sentence:
            runs[-1] = Place(block, last.first, sentence)
        else:
            runs.append(Place(block, sentence, sentence))
    return runs


def _length(place: Place) -> int:
    return place.last - place.first


def followed(row: Quotation, seen: Fields, now: Revision) -> Quotation:
    """The row after the quoted document's revision: moved along, or gone for as long as the sentences are."""
    place = mapped(seen, now.blocks(), row.field, Place(row.block, row.first, row.last))
    if place is None:
        row.part = QuotedPart.GONE
        return row
    row.revision = now
    row.block, row.first, row.last = place.block, place.first, place.last
    row.part = QuotedPart.PART if row.wording else QuotedPart.WHOLE
    return row
