"""Quotations that were pasted as loose text: recognised in any edition of what stands in the thread.

Offered to a person who writes, never imposed; done on import, where nobody can be asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dragoman.database import prepared
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
    thread: Thread,
    blocks: Sequence[Block],
    *,
    language: str,
    parent: Comment | None = None,
    editions: "Editions | None" = None,
) -> tuple[Block, ...]:
    """The blocks, with a reference in place of each that was taken from the article or a comment.

    The same blocks where nothing was. `language` is what they are written in: its editions are searched first.
    `editions`: of several comments that are written at one moment.
    """
    pasted = [block for block in blocks if _may_be_pasted(block)]
    if not pasted:
        return tuple(blocks)
    everywhere = any(block.kind == "blockquote" for block in pasted)
    searched = _searched(thread, parent, everywhere=everywhere)
    standing, passages = _passages(searched, _languages(language), editions or Editions())
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


def _searched(thread: Thread, parent: Comment | None, *, everywhere: bool) -> list[int]:
    """The documents that may have been quoted, the likeliest first: the article, what is answered, and the newest
    comments."""
    wanted: list[int | None] = [thread.document_id]
    while parent is not None and len(wanted) < COMMENTS_AT_MOST:
        wanted.append(parent.document_id if parent.state == CommentState.LIVE else None)
        parent = parent.parent
    if everywhere:
        live = Comment.objects.filter(thread=thread, state=CommentState.LIVE).order_by("-created_at", "-pk")
        wanted += live.values_list("document_id", flat=True)[:COMMENTS_AT_MOST]
    return list(dict.fromkeys(pk for pk in wanted if pk is not None))


def _languages(language: str) -> tuple[str, ...]:
    """The writer's language, then those of the publication."""
    own = [language] if is_offered(language) else []
    return tuple(dict.fromkeys([*own, *codes()]))


def _passages(
    documents: Sequence[int], languages: Sequence[str], editions: "Editions"
) -> tuple[list[_Standing], list[Passage]]:
    """Every block of every edition, once for each wording."""
    found = editions.of(documents, languages)
    seen: dict[tuple[_Standing, Passage], None] = {}
    for language in languages:
        for document in documents:
            seen.update(dict.fromkeys(found[document].get(language, ())))
    return [standing for standing, _ in seen], [passage for _, passage in seen]


_Blocks = Mapping[str, Sequence[tuple[_Standing, Passage]]]  # of one document, by language
_KEPT_AT_MOST = 200  # documents: articles are asked for with every comment that is written under them
_kept: dict[int, tuple[object, _Blocks]] = {}


class Editions:
    """The words of editions at one moment: each document is asked for once."""

    def __init__(self) -> None:
        self._asked: dict[tuple[int, tuple[str, ...]], _Blocks] = {}

    def of(self, documents: Sequence[int], languages: Sequence[str]) -> dict[int, _Blocks]:
        """By document."""
        own = tuple(languages)
        missing = [pk for pk in documents if (pk, own) not in self._asked]
        if missing:
            found = _editions_of(missing, languages)
            self._asked.update({(pk, own): blocks for pk, blocks in found.items()})
        return {pk: self._asked[pk, own] for pk in documents}


_STATES = """
    SELECT document.id, document.current_id, document.visible, edition.id, edition.state, edition.changed_at
    FROM translation_document AS document
    LEFT JOIN translation_edition AS edition ON edition.revision_id = document.current_id
    WHERE document.id = ANY(%s::bigint[]) AND document.current_id IS NOT NULL ORDER BY edition.id
"""


def _editions_of(documents: Sequence[int], languages: Sequence[str]) -> dict[int, _Blocks]:
    """By document. What has not changed since the last comment here is not read again: one query says so."""
    states: dict[int, list[object]] = {}
    for document, *state in prepared(_STATES, [list(documents)]):
        states.setdefault(document, [languages]).append(state)
    known = {pk: _kept[pk][1] for pk, state in states.items() if pk in _kept and _kept[pk][0] == state}
    missing = [pk for pk in states if pk not in known]
    fresh = _read(missing, languages) if missing else {}
    if len(_kept) + len(fresh) > _KEPT_AT_MOST:
        _kept.clear()
    _kept.update({pk: (states[pk], blocks) for pk, blocks in fresh.items()})
    return dict.fromkeys(documents, _NONE) | known | fresh


_NONE: _Blocks = {}


def _read(documents: Sequence[int], languages: Sequence[str]) -> dict[int, _Blocks]:
    rows = Document.objects.select_related("current").in_bulk(documents)
    found: dict[int, dict[str, Sequence[tuple[_Standing, Passage]]]] = {pk: {} for pk in rows}
    for language in languages:
        read = readings(rows, View(language))
        for pk, document in rows.items():
            found[pk][language] = tuple(_blocks_of(document, read[pk]))
    return {pk: found.get(pk, {}) for pk in documents}


def _blocks_of(document: Document, reading: Reading) -> Iterator[tuple[_Standing, Passage]]:
    if document.current is None:
        return
    for field in _FIELDS:
        for index, read in enumerate(reading.blocks(field)):
            sentences = tuple(read.block.text[start:end] for start, end in read.block.sentences)
            if sentences:
                yield _Standing(document.pk, document.current.number, field, index), Passage(sentences)
