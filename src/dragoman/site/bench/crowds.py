"""A discussion of any size, written straight into a scratch database: a measurement has no time to post it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from dragoman.discussion.models import Comment, Thread
from dragoman.text.blocks import fields_to_json, plain
from dragoman.translation.models import Document, Revision

_WORDS = (
    "bridge",
    "the",
    "of",
    "town",
    "closed",
    "again",
    "nobody",
    "knows",
    "when",
    "ferry",
    "will",
    "cross",
    "river",
)
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Crowd:
    """What to write: `answered` is the share of comments that answer one of the `near` before them."""

    count: int
    answered: float = 0.6
    near: int = 40
    characters: int = 250
    seed: int = 1


@transaction.atomic
def gather(thread: Thread, crowd: Crowd) -> None:
    """Write so many live comments of nobody's into an empty thread, a second apart, with their words and counts.
    100,000 take some 15 s."""
    chance = Random(crowd.seed)  # noqa: S311 - the same crowd every time, nothing secret
    parents = list(_parents(crowd, chance))
    comment, document, revision = (_numbers(model, crowd.count) for model in (Comment, Document, Revision))
    since = timezone.now() - timedelta(seconds=crowd.count)
    written = [since + timedelta(seconds=number) for number in range(crowd.count)]
    own = range(crowd.count)
    _copy(
        "translation_document (id, kind, scope, source_language, declared_language, language_origin, visible,"
        " confidential, bulk, current_id, created_at)",
        ((document + n, "comment", "discussion", "en", "en", "declared", True, False, True, revision + n, written[n])
         for n in own),
    )  # fmt: skip
    _copy(
        "translation_revision (id, document_id, number, fields, created_at)",
        ((revision + n, document + n, 1, _words(crowd, chance), written[n]) for n in own),
    )
    _copy(
        "discussion_comment (id, thread_id, parent_id, depth, author_name, document_id, state, baseline, score, ups,"
        " downs, worth, reply_count, below, created_at, held_for, held_note)",
        _comments(thread, parents, written, comment, document, chance),
    )
    Thread.objects.filter(pk=thread.pk).update(comment_count=crowd.count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE discussion_comment, translation_document, translation_revision")


def _parents(crowd: Crowd, chance: Random) -> Iterator[int | None]:
    depths: list[int] = []
    for number in range(crowd.count):
        above = max(0, number - chance.randint(1, crowd.near)) if number else None
        if above is None or chance.random() >= crowd.answered or depths[above] >= _DEEPEST:
            depths.append(0)
            yield None
        else:
            depths.append(depths[above] + 1)
            yield above


def _comments(
    thread: Thread,
    parents: Sequence[int | None],
    written: Sequence[datetime],
    comment: int,
    document: int,
    chance: Random,
) -> Iterator[tuple[object, ...]]:
    below, answers, depth = [0] * len(parents), [0] * len(parents), [0] * len(parents)
    for number in reversed(range(len(parents))):
        above = parents[number]
        if above is not None:
            below[above] += below[number] + 1
            answers[above] += 1
    for number, above in enumerate(parents):
        depth[number] = depth[above] + 1 if above is not None else 0
        parent = comment + above if above is not None else None
        votes = chance.randint(0, 9)
        yield (
            comment + number, thread.pk, parent, depth[number], f"Reader {number % 997}", document + number, "live",
            votes, votes, 0, 0, chance.random(), answers[number], below[number], written[number], "", "",
        )  # fmt: skip


def _words(crowd: Crowd, chance: Random) -> str:
    words: list[str] = []
    while sum(map(len, words)) + len(words) < crowd.characters:
        words.append(chance.choice(_WORDS))
    return json.dumps(fields_to_json({"body": (plain(" ".join(words) + "."),)}))


def _numbers(model: type[Comment | Document | Revision], count: int) -> int:
    """The first of so many free primary keys, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(s, nextval(s) + %s) - %s FROM pg_get_serial_sequence(%s, 'id') s",
            [count, count, model._meta.db_table],
        )
        return int(cursor.fetchone()[0])


def _copy(table: str, rows: Iterator[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
