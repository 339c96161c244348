"""What stands in the text field before a person types: quotations in the reader's language, one's own words to edit.

One of the places on the allow-list for raw access (`translation.queries.source_blocks`): editing one's own comment.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from dragoman.discussion.mentions import mentioned_by, named, with_names
from dragoman.discussion.models import Comment, Quotation
from dragoman.discussion.quoting import reference_of
from dragoman.discussion.readings import Author, QuotationReading, QuotationState
from dragoman.discussion.references import Reference
from dragoman.discussion.rendering import author_of, quoted_markup
from dragoman.languages.view import View
from dragoman.text.blocks import Block
from dragoman.text.markdown import markdown_from_blocks, reference_markdown
from dragoman.text.passages import sentence_at
from dragoman.translation.models import Document
from dragoman.translation.queries import readings, source_blocks
from dragoman.translation.readings import Reading, withdrawn

QUOTED_AT_MOST = 50
QUOTED_FIELDS = ("headline", "standfirst", "body")


def quoted_markdown(references: Iterable[Reference], view: View) -> str:
    """Quotations by reference in the reader's language; what nobody can read is left out."""
    wanted = list(references)[:QUOTED_AT_MOST]
    read = _public({each.document for each in wanted}, view)
    quoted = (_quotation(each, read[each.document]) for each in wanted)
    return "".join(f"{markdown}\n\n" for markdown in quoted if markdown)


def _public(documents: Collection[int], view: View) -> dict[int, Reading]:
    """What everybody can read of these: of a comment under a story that is not published, nothing."""
    under = Comment.objects.filter(document__in=documents, thread__document__visible=False)
    hidden = {pk: withdrawn(pk) for pk in under.values_list("document_id", flat=True) if pk is not None}
    return named(readings(documents, view)) | hidden


def references_in(text: str) -> list[Reference]:
    """The references of a query string, separated by commas; what is none is left out."""
    found = (Reference.parse(part) for part in text.split(",")[:QUOTED_AT_MOST])
    return [reference for reference in found if reference is not None]


def whole_comment(comment: Comment) -> list[Reference]:
    """References to every sentence of a comment, block by block."""
    if comment.document is None or comment.document.current is None:
        return []
    number = comment.document.current.number
    return [
        Reference(comment.document.pk, number, "body", index, 0, len(block.sentences) - 1)
        for index, block in enumerate(comment.document.current.blocks().get("body", ()))
        if block.sentences
    ]


def _quotation(reference: Reference, reading: Reading) -> str:
    passage = reading.passage(reference.field, reference.block, reference.first, reference.last)
    return reference_markdown(passage.block.text, str(reference)) if passage else ""


# --- what was selected in a page ------------------------------------------------------------------------------------


def selected(
    document_id: int,
    view: View,
    *,
    field: str = "",
    block: int | None = None,
    start: int = 0,
    end: int | None = None,
    text: str = "",
) -> list[Reference]:
    """The sentences that a selection touches in the edition shown: offsets in code points of a block's text, or the
    selected text itself. Empty where nothing like it is there."""
    document = Document.objects.select_related("current").filter(pk=document_id).first()
    if document is None or document.current is None:
        return []
    reading = _public([document_id], view)[document_id]
    places = _places(reading, field, block)
    if text.strip():
        stretches = _stretches(places, text)
    else:
        stretches = [(*place, start, len(place[2].text) if end is None else end) for place in places[:1]]
    found = (_snapped(document, *stretch) for stretch in stretches)
    return [reference for reference in found if reference is not None][:QUOTED_AT_MOST]


def _places(reading: Reading, field: str, block: int | None) -> list[tuple[str, int, Block]]:
    return [
        (name, index, read.block)
        for name in ([field] if field else QUOTED_FIELDS)
        for index, read in enumerate(reading.blocks(name))
        if block is None or index == block
    ]


def _stretches(places: Sequence[tuple[str, int, Block]], text: str) -> list[tuple[str, int, Block, int, int]]:
    """Where the selected lines stand: each line in the first block that has it, after the one before."""
    found: list[tuple[str, int, Block, int, int]] = []
    after = 0
    for line in filter(None, (_spaced(line) for line in text.split("\n"))):
        for number, (name, index, block) in enumerate(places[after:], start=after):
            offset = _spaced_keeping(block.text).find(line)
            if offset >= 0:
                found.append((name, index, block, offset, offset + len(line)))
                after = number
                break
    return found


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _spaced_keeping(text: str) -> str:
    """White space levelled, every offset as it was: a block's own runs of space are single already."""
    return "".join(" " if sign.isspace() else sign for sign in text)


def _snapped(
    document: Document, field: str, index: int, block: Block, start: int, end: int
) -> Reference | None:
    if not block.sentences or document.current is None or not 0 <= start < max(end, start + 1):
        return None
    first = sentence_at(block, start)
    last = max(first, sentence_at(block, max(start, min(end, len(block.text)) - 1)))
    return Reference(document.pk, document.current.number, field, index, first, last)


# --- what was pasted -------------------------------------------------------------------------------------------------


def taken_from_thread(
    blocks: Sequence[Block], referred: Sequence[Block], *, view: View
) -> list[QuotationReading]:
    """What a draft repeats of the article or of a comment (`recognising.with_references`), as quotations of it would
    read to the writer. It is for them to say whether they are."""
    found = [
        (Reference.parse(str(new.attrs["ref"])), str(new.attrs["wording"]))
        for old, new in zip(blocks, referred, strict=True)
        if new.kind == "reference" != old.kind
    ]
    places = [(reference, wording) for reference, wording in found if reference is not None]
    documents = {reference.document for reference, _ in places}
    read = named(readings(documents, view))
    comments = Comment.objects.filter(document__in=documents).select_related("author")
    authors = {each.document_id: author_of(each) for each in comments}
    shown = (
        _taken(reference, wording, read[reference.document], authors.get(reference.document), view)
        for reference, wording in places
    )
    return [each for each in shown if each is not None]


def _taken(
    reference: Reference, wording: str, reading: Reading, author: Author | None, view: View
) -> QuotationReading | None:
    passage = reading.passage(reference.field, reference.block, reference.first, reference.last)
    if passage is None:
        return None
    return QuotationReading(
        state=QuotationState.SHOWN,
        markup=quoted_markup(passage, view),
        language=passage.language,
        reading=reading,
        is_part=bool(wording),
        wording=wording,
        author=author,
    )


# --- one's own words -------------------------------------------------------------------------------------------------


def own_source(comment: Comment, view: View) -> str:
    """One's own comment as it can be edited, its quotations as they read now."""
    if comment.document is None:
        return ""
    rows = {row.position: row for row in comment.quotations.select_related("revision")}
    read = _public({row.document_id for row in rows.values() if row.document_id}, view)
    people = mentioned_by(comment)
    blocks = source_blocks(comment.document).get("body", ())
    return markdown_from_blocks(
        shown
        for position, block in enumerate(blocks)
        if (shown := _editable(with_names(block, people), rows.get(position), read)) is not None
    )


def _editable(block: Block, row: Quotation | None, read: Mapping[int, Reading]) -> Block | None:
    """A reference block as its author may see it; None for a quotation of what is gone for good."""
    if block.kind != "reference":
        return block
    if row is None or row.document_id is None or row.revision_id is None:
        return None
    attrs = {"ref": str(reference_of(row)), "wording": _wording(row, read[row.document_id])}
    return replace(block, attrs=attrs)


def _wording(row: Quotation, reading: Reading) -> str:
    if reading.is_withdrawn:
        return ""
    passage = reading.passage(row.field, row.block, row.first, row.last)
    return row.wording or (passage.block.text if passage else "")
