"""`bench recall`: what the memory knows of an article of 40 sentences, among a million and ten million of them."""

import time
from typing import Any

from dragoman.site.bench.measuring import QUICK_RUNS, RUNS, Result, measurement, percentile
from dragoman.site.bench.product import scratch_database

_SEGMENTS = 40
_TIMES = 60
_INDEXES = ("translation_memory_recall", "translation_memory_words")


@measurement("recall")
def recall(quick: bool) -> Result:
    """Milliseconds to recall 40 sentences, half of them known, each time others."""
    sizes = (10_000, 20_000) if quick else (1_000_000, 10_000_000)
    method = f"{_SEGMENTS} sentences, half of them known, through `translation.recall.recall`; {_TIMES} articles a run"
    result = Result("recall", "Recall from the memory", method)
    with scratch_database():
        there = 0
        for size in sizes:
            _fill(there, size)
            there = size
            runs = [_run(size, run) for run in range(QUICK_RUNS if quick else RUNS)]
            result.add(f"{size:,} sentences, p50", [percentile(each, 0.5) for each in runs], "ms")
            result.add(
                f"{size:,} sentences, p95", [percentile(each, 0.95) for each in runs], "ms",
                budget="≤ 5", holds=lambda it: it <= 5,
            )  # fmt: skip
        result.add("the table and its indexes", _size() / 1e9, "GB", counted=True)
    result.notes.append(
        "The index of words, which the desk's near matches use, is not filled here: recall does not read it."
    )
    return result


def _sql(statement: str, *values: int) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _fill(first: int, last: int) -> None:
    """Rows first..last: their keys are the digests of their numbers. Indexes are made afterwards: it is quicker."""
    _sql("DROP INDEX IF EXISTS translation_memory_words")
    _sql("DROP INDEX IF EXISTS translation_memory_recall")
    _sql("ALTER TABLE translation_memory DROP CONSTRAINT IF EXISTS translation_memory_key")
    _sql("ALTER TABLE translation_memory SET UNLOGGED")
    _sql(
        "INSERT INTO translation_memory (source_language, target_language, key, context, scope, origin, source, target,"
        " fragments, note, engine, model, terms, created_at)"
        " SELECT 'en', 'fr', sha256(int8send(n)), '*', 'newsroom', 'machine', 'The keeper of lamp ' || n || ' waited.',"
        " 'Le gardien de la lampe ' || n || ' attendit.', '{}', '', 'bench', '', '[]', now()"
        " FROM generate_series(%s::bigint, %s::bigint) n",
        first, last - 1,
    )  # fmt: skip
    _sql("SET maintenance_work_mem = '512MB'")
    _sql("CREATE INDEX translation_memory_recall ON translation_memory (key, target_language)")
    _sql("ANALYZE translation_memory")


def _run(size: int, run: int) -> list[float]:
    from dragoman.translation.models import ANY_CONTEXT, Segment
    from dragoman.translation.recall import recall as ask

    found = []
    for article in range(_TIMES):
        segments = [
            Segment(pk=place + 1, position=place, key=_key(place, article, run, size), context=ANY_CONTEXT)
            for place in range(_SEGMENTS)
        ]
        began = time.perf_counter()
        known = ask(segments, source_language="en", language="fr", scope="newsroom")
        found.append(1e3 * (time.perf_counter() - began))
        if len(known) != _SEGMENTS // 2:
            raise RuntimeError(f"{len(known)} of {_SEGMENTS // 2} known sentences were recalled")
    return found


def _key(place: int, article: int, run: int, size: int) -> bytes:
    from hashlib import sha256

    number = (place + _SEGMENTS * (article + _TIMES * (run + 1))) * 104_729 % size
    return sha256((number if place % 2 else number + 2 * size).to_bytes(8, "big")).digest()


def _size() -> int:
    return int(_sql("SELECT pg_total_relation_size('translation_memory')")[0][0])
