"""Mentions: "@Name" of somebody who takes part in the thread becomes a reference to the person.

Stored is `@p<number>`, which no engine translates (`text.spans`: a mention); shown is the name as it is now, with a
link to the person. A number that nobody was mentioned by stays the text it is.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.notifications.models import Mention
from dragoman.languages import addresses
from dragoman.text.blocks import Block, Range, normal
from dragoman.text.edits import Edit, applied, moved
from dragoman.translation.readings import ReadBlock, Reading

MENTIONED_AT_MOST = 10  # people in one comment; further names stay text
PARTICIPANTS_AT_MOST = 2_000  # of a thread, the latest
_SIGN = re.compile(r"(?<![\w@./])@(?=\w)")
_TOKEN = re.compile(r"(?<![\w@./])@p([1-9][0-9]{0,17})(?!\w)")
_END_OF_WORD = re.compile(r"(?<=\w)(?!\w)|(?<=[^\w\s])(?!\S)")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Whom a token stands for; `person` is None for a closed account."""

    name: str
    person: int | None


# --- from what was typed ---------------------------------------------------------------------------------------------


def referred(thread: Thread, blocks: Sequence[Block]) -> tuple[tuple[Block, ...], list[int]]:
    """The blocks with a token for every name of a participant behind an "@", and whom they mention."""
    if not any(_SIGN.search(block.text) for block in blocks if _is_words(block)):
        return tuple(blocks), []
    names = _participants(thread)
    longest = max(map(len, names), default=0)
    people: list[int] = []
    return tuple(_with_tokens(block, names, longest, people) for block in blocks), people


def _is_words(block: Block) -> bool:
    return block.kind not in ("reference", "code")


def _participants(thread: Thread) -> dict[str, int]:
    """Who takes part, by folded name; a name that two people bear stands for neither."""
    rows = Comment.objects.filter(thread=thread, state=CommentState.LIVE, author__is_active=True)
    latest = rows.order_by("-pk").values_list("author_id", "author__display_name")
    found: dict[str, set[int]] = defaultdict(set)
    for person, name in latest[:PARTICIPANTS_AT_MOST]:
        found[name.casefold()].add(person)
    return {name: people.pop() for name, people in found.items() if len(people) == 1}


def _with_tokens(block: Block, names: Mapping[str, int], longest: int, people: list[int]) -> Block:
    if not _is_words(block):
        return block
    edits = list(_edits(block, names, longest, people))
    if not edits:
        return block
    return normal(replace(block, text=applied(block.text, edits), ranges=moved(block.ranges, edits)))


def _edits(block: Block, names: Mapping[str, int], longest: int, people: list[int]) -> Iterator[Edit]:
    codes = [each for each in block.ranges if each.kind in ("code", "link")]
    for sign in _SIGN.finditer(block.text):
        if any(each.start <= sign.start() < each.end for each in codes):
            continue
        found = _name_at(block.text, sign.end(), names, longest)
        if found is None or (found[0] not in people and len(people) >= MENTIONED_AT_MOST):
            continue
        person, end = found
        if person not in people:
            people.append(person)
        yield Edit(sign.start(), end, f"@p{person}")


def _name_at(text: str, start: int, names: Mapping[str, int], longest: int) -> tuple[int, int] | None:
    """The longest name that begins there and ends with a word, and where it ends."""
    stretch = text[start : start + longest]
    ends = [found.start() for found in _END_OF_WORD.finditer(text, start, start + longest + 1)]
    for end in reversed([*ends, start + len(stretch)]):
        if (person := names.get(text[start:end].casefold())) is not None and not text[
            end : end + 1
        ].isalnum():
            return person, end
    return None


def store(comment: Comment, people: Iterable[int]) -> None:
    """Whom the comment mentions, in place of whom it did."""
    wanted = set(people)
    comment.mentions.exclude(number__in=wanted).delete()
    rows = [Mention(comment=comment, person_id=pk, number=pk) for pk in sorted(wanted)]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)


# --- to what is read -------------------------------------------------------------------------------------------------


def named(read: Mapping[int, Reading], language: str = "") -> dict[int, Reading]:
    """The readings with names in place of tokens, linked where they are for a page in `language`.

    No query where nothing looks like a mention, else one.
    """
    holding = [pk for pk, reading in read.items() if holds_tokens(reading)]
    if not holding:
        return dict(read)
    people = _mentioned(holding)
    return {
        pk: _named(reading, people[pk], language) if pk in people else reading for pk, reading in read.items()
    }


def holds_tokens(reading: Reading) -> bool:
    """Whether something in it looks like a mention: who bears which name is asked each time."""
    for reads in reading.fields.values():
        for each in reads:
            if "@p" in each.block.text and _TOKEN.search(each.block.text):
                return True
    return False


def _mentioned(documents: Iterable[int]) -> dict[int, dict[int, Mentioned]]:
    """By document and number."""
    rows = Mention.objects.filter(comment__document__in=list(documents)).select_related("person", "comment")
    found: dict[int, dict[int, Mentioned]] = defaultdict(dict)
    for row in rows:
        there = row.person is not None and row.person.is_active
        name = row.person.display_name if row.person is not None and there else gettext("deleted account")
        assert row.comment.document_id is not None
        found[row.comment.document_id][row.number] = Mentioned(name, row.person_id if there else None)
    return found


def _named(reading: Reading, people: Mapping[int, Mentioned], language: str) -> Reading:
    fields = {
        name: tuple(_named_read(each, people, language) for each in reads)
        for name, reads in reading.fields.items()
    }
    return replace(reading, fields=fields)


def _named_read(read: ReadBlock, people: Mapping[int, Mentioned], language: str) -> ReadBlock:
    return replace(read, block=with_names(read.block, people, language))


def with_names(block: Block, people: Mapping[int, Mentioned], language: str = "") -> Block:
    """The block with names, and in a page's `language` with links to those who bear them. Sentences stay where they
    are."""
    tokens = [found for found in _TOKEN.finditer(block.text) if int(found[1]) in people]
    if not tokens or not _is_words(block):
        return block
    edits = [Edit(found.start(), found.end(), f"@{people[int(found[1])].name}") for found in tokens]
    links: list[Range] = []
    grown = 0
    for edit, found in zip(edits, tokens, strict=True):
        start = edit.start + grown
        grown += len(edit.text) - (edit.end - edit.start)
        person = people[int(found[1])].person
        if language and person is not None:
            address = addresses.address("profile", language=language, person=person)
            links.append(Range(start, start + len(edit.text), "link", {"href": address}))
    sentences = moved([Range(start, end, "sentence") for start, end in block.sentences], edits)
    kept = moved([each for each in block.ranges if not _covers_token(each, tokens)], edits)
    return replace(
        block,
        text=applied(block.text, edits),
        ranges=tuple(sorted([*kept, *links], key=lambda each: (each.start, -each.end))),
        sentences=tuple((each.start, each.end) for each in sentences),
    )


def _covers_token(each: Range, tokens: Sequence["re.Match[str]"]) -> bool:
    """A link around a mention gives way to the mention's own."""
    return each.kind == "link" and any(
        each.start < found.end() and found.start() < each.end for found in tokens
    )


def mentioned_by(comment: Comment) -> dict[int, Mentioned]:
    """Whom a comment mentions: for its author, who edits it."""
    assert comment.document_id is not None
    return _mentioned([comment.document_id]).get(comment.document_id, {})
