"""`bench thread`: what the first page of a long thread costs, beside that of a short one."""

import time
from collections.abc import Callable

from dragoman.site.bench.measuring import QUICK_RUNS, RUNS, Result, alternating, measurement
from dragoman.site.bench.product import scratch_database

_SIZES, _QUICK_SIZES = (100, 10_000, 100_000), (100, 1_000)
_SORTS = ("oldest", "newest", "best", "discussed")
_TIMES = 5


@measurement("thread")
def thread(quick: bool) -> Result:
    """Processor time of the first page of threads of 100, 10,000 and 100,000 comments, in each order."""
    sizes = _QUICK_SIZES if quick else _SIZES
    method = "the thread's fragment rendered by Django, processor time of Python and wall time, English, no edition"
    result = Result("thread", "The first page of a thread", method)
    with scratch_database():
        rows = _rows(sizes)
        found = alternating(rows, QUICK_RUNS if quick else RUNS)
    for sort in _SORTS:
        for size in sizes:
            values = found[f"{size:,} comments, {sort} first"]
            result.add(f"{size:,} comments, {sort} first", values, "ms")
            if size != sizes[0]:
                share = [
                    own / few for own, few in zip(values, found[f"100 comments, {sort} first"], strict=True)
                ]
                result.add(
                    f"… against 100 comments, {sort} first",
                    share,
                    "×",
                    budget="≤ 2",
                    holds=lambda it: it <= 2,
                )
    result.notes.append("A page of 100 comments shows 100, one of a longer thread up to 200.")
    return result


def _rows(sizes: tuple[int, ...]) -> dict[str, Callable[[], float]]:
    from django.test import Client

    from dragoman.discussion.models import Thread
    from dragoman.site.bench.crowds import Crowd, gather
    from dragoman.text.blocks import plain
    from dragoman.translation.actions import create_document
    from dragoman.translation.models import Scope

    client = Client(headers={"host": "127.0.0.1"})
    rows: dict[str, Callable[[], float]] = {}
    for size in sizes:
        words = {"headline": (plain(f"{size} comments"),)}
        story = create_document(kind="article", scope=Scope.NEWSROOM, language="en", fields=words)
        own = Thread.objects.get(document=story)
        gather(own, Crowd(size, seed=size))
        for sort in _SORTS:
            path = f"/en/threads/{own.pk}/fragment/?sort={sort}"
            rows[f"{size:,} comments, {sort} first"] = _page(client, path)
    return rows


def _page(client: object, path: str) -> Callable[[], float]:
    def run() -> float:
        began = time.perf_counter()
        for _ in range(_TIMES):
            answer = client.get(path)  # type: ignore[attr-defined]
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
        return 1e3 * (time.perf_counter() - began) / _TIMES

    return run
