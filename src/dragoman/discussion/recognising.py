"""Quotations that were pasted as loose text: recognised in any edition of what stands in the thread.

Offered to a person who writes, never imposed; done on import, where nobody can be asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.quoting import letters
from dragoman.discussion.references import Reference
from dragoman.languages.registry import codes, is_offered
from dragoman.languages.view import View
from dragoman.text.blocks import Block
from dragoman.text.recognise import Passage, recognise
from dragoman.translation.models import Document
from dragoman.translation.queries import readings
from dragoman.translation.readings import Reading

QUOTABLE = ("paragraph", "blockquote")
COMMENTS_AT_MOST = 200
"""The newest comments of a thread that are searched, besides the one that is answered and those above it."""

_FEWEST_CHARACTERS = 40  # of a paragraph; what is marked as a quotation may be shorter
_FIELDS = ("headline", "standfirst", "body")


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a passage stands."""

    document: int
    revision: int
    field: str
    block: int


def with_references(
    thread: Thread, blocks: Sequence[Block], *, language: str, parent: Comment | None = None
) -> tuple[Block, ...]:
    """The blocks, with a reference in place of each that was taken from the article or a comment.

    The same blocks where nothing was. `language` is what they are written in: its editions are searched first.
    """
    pasted = [block for block in blocks if _may_be_pasted(block)]
    if not pasted:
        return tuple(blocks)
    everywhere = any(block.kind == "blockquote" for block in pasted)
    documents = _searched(thread, parent, everywhere=everywhere)
    standing, passages = _passages(documents, _languages(language))
    return tuple(_referred(block, standing, passages) if _may_be_pasted(block) else block for block in blocks)


def _may_be_pasted(block: Block) -> bool:
    if block.kind == "paragraph":
        return len(block.text) >= _FEWEST_CHARACTERS
    return block.kind in QUOTABLE


def _referred(block: Block, standing: Sequence[_Standing], passages: Sequence[Passage]) -> Block:
    found = recognise(block.text, passages)
    if found is None:
        return block
    place = standing[found.passage]
    quoted = "".join(passages[found.passage].sentences[found.first : found.last + 1])
    whole = letters(block.text) == letters(quoted)
    reference = Reference(place.document, place.revision, place.field, place.block, found.first, found.last)
    return Block("reference", "", attrs={"ref": str(reference), "wording": "" if whole else block.text})


def _searched(thread: Thread, parent: Comment | None, *, everywhere: bool) -> list[Document]:
    """What may have been quoted, the likeliest first: the article, what is answered, and the newest comments."""
    wanted: list[int | None] = [thread.document_id]
    while parent is not None and len(wanted) < COMMENTS_AT_MOST:
        wanted.append(parent.document_id if parent.state == CommentState.LIVE else None)
        parent = parent.parent
    if everywhere:
        live = Comment.objects.filter(thread=thread, state=CommentState.LIVE).order_by("-created_at", "-pk")
        wanted += live.values_list("document_id", flat=True)[:COMMENTS_AT_MOST]
    order = list(dict.fromkeys(pk for pk in wanted if pk is not None))
    rows = Document.objects.select_related("current").in_bulk(order)
    return [rows[pk] for pk in order if pk in rows and rows[pk].current is not None]


def _languages(language: str) -> list[str]:
    """The writer's language, then those of the publication."""
    own = [language] if is_offered(language) else []
    return list(dict.fromkeys([*own, *codes()]))


def _passages(
    documents: Sequence[Document], languages: Iterable[str]
) -> tuple[list[_Standing], list[Passage]]:
    """Every block of every edition, once for each wording."""
    standing: list[_Standing] = []
    passages: list[Passage] = []
    seen: set[tuple[_Standing, Passage]] = set()
    views = [View(language) for language in languages]
    for view in views:
        read = readings([document.pk for document in documents], view)
        for document in documents:
            for place, passage in _blocks_of(document, read[document.pk]):
                if (place, passage) not in seen:
                    seen.add((place, passage))
                    standing.append(place)
                    passages.append(passage)
    return standing, passages


def _blocks_of(document: Document, reading: Reading) -> Iterator[tuple[_Standing, Passage]]:
    assert document.current is not None
    for field in _FIELDS:
        for index, read in enumerate(reading.blocks(field)):
            sentences = tuple(read.block.text[start:end] for start, end in read.block.sentences)
            if sentences:
                yield _Standing(document.pk, document.current.number, field, index), Passage(sentences)
