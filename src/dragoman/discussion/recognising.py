"""Quotations that were pasted as loose text: recognised in any edition of what stands in the thread.

Offered to a person who writes, never imposed; done on import, where nobody can be asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dragoman.database import prepared
from dragoman.database.statements import Rows, Statement
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.quoting import letters
from dragoman.discussion.references import Reference
from dragoman.languages.registry import codes, is_offered
from dragoman.languages.view import View
from dragoman.text.blocks import Block
from dragoman.text.recognise import Passage, Shelf, recognise
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
    if not may_be_pasted(blocks):
        return tuple(blocks)
    searched = _searched(thread, parent, everywhere=any(block.kind == "blockquote" for block in blocks))
    languages = _languages(language)
    found = (editions or Editions()).of(searched, languages)
    texts = [found[document][each] for each in languages for document in searched if each in found[document]]
    return tuple(_referred(block, texts) if _may_be_pasted(block) else block for block in blocks)


def may_be_pasted(blocks: Iterable[Block]) -> bool:
    """Whether any of it is looked for elsewhere."""
    return any(map(_may_be_pasted, blocks))


def _may_be_pasted(block: Block) -> bool:
    if block.kind == "paragraph":
        return len(block.text) >= _FEWEST_CHARACTERS
    return block.kind in QUOTABLE


def _referred(block: Block, texts: Sequence["_Text"]) -> Block:
    found = recognise(block.text, [text.shelf for text in texts])
    if found is None:
        return block
    text = texts[found.shelf]
    place = text.standing[found.passage]
    quoted = "".join(text.shelf.passages[found.passage].sentences[found.first : found.last + 1])
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


class _Text(NamedTuple):
    """A document as it reads in a language: where each passage stands, and all of them."""

    standing: Sequence[_Standing]
    shelf: Shelf


_Texts = dict[str, _Text]  # of one document, by language
_State = Sequence[Sequence[object]]  # of one document: what tells whether it reads as it did
_KEPT_AT_MOST = 200  # documents: articles are asked for with every comment that is written under them
_kept: dict[int, tuple[_State, _Texts]] = {}


class Editions:
    """The words of editions at one moment: of each document is asked once whether they are what they were. `threads`
    and `answered`, where comments are written, tell what will be asked for: `statements`, to be put with others."""

    def __init__(self, threads: Iterable[int] = (), answered: Iterable[int | None] = ()) -> None:
        self._states: dict[int, _State] = {}
        places = {
            "threads": sorted(set(threads)),
            "answered": sorted({pk for pk in answered if pk is not None}),
        }
        self._ahead = Statement(_STATES_AHEAD, places, _by_document) if places["threads"] else None
        self.statements = () if self._ahead is None else (self._ahead,)

    def of(self, documents: Sequence[int], languages: Sequence[str]) -> Mapping[int, Mapping[str, _Text]]:
        """By document, and by language. What has not changed since the last comment here is not read again."""
        if self._ahead is not None:
            self._states, self._ahead = dict(self._ahead.answer), None
        unknown = [pk for pk in documents if pk not in self._states]
        if unknown:
            rows = prepared(_STATES_OF, [unknown])
            self._states |= dict.fromkeys(unknown, ()) | _by_document(rows)
        found = {pk: _texts(pk, self._states[pk]) for pk in documents}
        for language in languages:
            missing = [pk for pk, texts in found.items() if language not in texts and self._states[pk]]
            if missing:
                for pk, text in _read(missing, language).items():
                    found[pk][language] = text
        return found


_STATES = """
    SELECT document.id, document.current_id, document.visible, edition.id, edition.state, edition.changed_at
    FROM translation_document AS document
    LEFT JOIN translation_edition AS edition ON edition.revision_id = document.current_id
    WHERE document.current_id IS NOT NULL AND document.id = ANY({documents}) ORDER BY edition.id
"""
_STATES_OF = _STATES.format(documents="%s::bigint[]")
_STATES_AHEAD = _STATES.format(
    documents="""ARRAY(
        SELECT document_id FROM discussion_thread WHERE id = ANY(%(threads)s::bigint[])
        UNION SELECT document_id FROM discussion_comment WHERE id = ANY(%(answered)s::bigint[])
    )"""
)


def _by_document(rows: Rows) -> dict[int, _State]:
    found: dict[int, list[Sequence[object]]] = {}
    for document, *state in rows:
        found.setdefault(document, []).append(state)
    return dict(found)


def _texts(document: int, state: _State) -> _Texts:
    """What is known of a document in this state; of another, nothing."""
    known = _kept.get(document)
    if known is None or known[0] != state:
        if len(_kept) >= _KEPT_AT_MOST:
            _kept.clear()
        known = _kept[document] = state, {}
    return known[1]


def _read(documents: Sequence[int], language: str) -> dict[int, _Text]:
    rows = Document.objects.select_related("current").in_bulk(documents)
    read = readings(rows, View(language))
    found = {}
    for pk, document in rows.items():
        blocks = list(_blocks_of(document, read[pk]))
        found[pk] = _Text([place for place, _ in blocks], Shelf([passage for _, passage in blocks]))
    return found


def _blocks_of(document: Document, reading: Reading) -> Iterator[tuple[_Standing, Passage]]:
    if document.current is None:
        return
    for field in _FIELDS:
        for index, read in enumerate(reading.blocks(field)):
            sentences = tuple(read.block.text[start:end] for start, end in read.block.sentences)
            if sentences:
                yield _Standing(document.pk, document.current.number, field, index), Passage(sentences)
