"""`bench profile`: where the time of reading, writing and translating goes, by what it is spent on."""

import cProfile
import pstats
import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from dragoman.site.bench import peers
from dragoman.site.bench.load import words
from dragoman.site.bench.measuring import Result, measurement
from dragoman.site.bench.product import scratch_database

# What a file belongs to: the first part of its path that is named here.
_PARTS = (
    ("dragoman/text/sentences", "sentences found"),
    ("sentencex", "sentences found"),
    ("dragoman/text/markdown", "Markdown read"),
    ("markdown_it", "Markdown read"),
    ("dragoman/text/render", "words made into HTML"),
    ("dragoman/text/identify", "languages identified"),
    ("py3langid", "languages identified"),
    ("dragoman/text", "texts taken apart and put together"),
    ("dragoman/fidelity", "the gate"),
    ("dragoman/engines", "engines (the fake)"),
    ("dragoman/languages", "languages, formats and addresses"),
    ("babel", "languages, formats and addresses"),
    ("django/template", "templates"),
    ("templatetags", "templates"),
    ("django/db", "SQL built and rows read (Django)"),
    ("psycopg", "the database (sent, waited for)"),
    ("procrastinate", "the queue"),
    ("django/forms", "forms"),
    ("django/utils/html", "templates"),
    ("django/utils/safestring", "templates"),
    ("dragoman/translation", "translation: our own"),
    ("dragoman/discussion", "discussion: our own"),
    ("dragoman/newsroom", "newsroom: our own"),
    ("django/urls", "addresses resolved"),
    ("django", "Django's handler and middleware"),
    ("allauth", "Django's handler and middleware"),
)
_TOP = 3


@measurement("profile")
def profile(quick: bool) -> Result:
    """Shares of time of a page rendered, a comment posted, a comment translated into five languages."""
    method = "cProfile in one process on a scratch database, own time of every function, added up by what it belongs to"
    result = Result("profile", "Where the time goes", method)
    times = 3 if quick else 30
    with scratch_database({"DRAGOMAN_TRANSLATION__FAKE_ENGINE": "true"}):
        for name, act in _acts(times).items():
            profiler = cProfile.Profile()
            profiler.runcall(act)
            _tell(result, name, profiler)
    return result


def _acts(times: int) -> dict[str, Callable[[], None]]:
    from django.test import Client

    from dragoman.people.models import User
    from dragoman.site.bench.filling import content
    from dragoman.translation.testing import run_queued_jobs

    facts = content({"key": "bench:6", "language": "fr", "content": peers.content()})
    run_queued_jobs()
    client = Client(headers={"host": "127.0.0.1", "sec-fetch-site": "same-origin"})
    writer = User.objects.create_user("writer@bench.example", display_name="Writer", language="fr")
    path = client.get(f"/pt/bench/{facts['article']}-x/").headers.get("Location", facts["path"])
    chance = Random(times)  # noqa: S311 - words, nothing secret

    def reading() -> None:
        for _ in range(times):
            _require(client.get(path), 200)

    def writing() -> None:
        client.force_login(writer)
        for _ in range(times):
            form = {"source": words(chance), "language": "fr", "submission": str(uuid.uuid4())}
            _require(client.post(f"/fr/threads/{facts['thread']}/write/", form), 303)

    def translating() -> None:
        run_queued_jobs()

    for act in (reading, writing, translating, writing):  # what is loaded once is loaded now
        act()
    return {"reading": reading, "translating": translating, "writing": writing}


def _require(answer: Any, status: int) -> None:
    if answer.status_code != status:
        raise RuntimeError(f"{answer.status_code} in place of {status}")


def _tell(result: Result, name: str, profiler: cProfile.Profile) -> None:
    shares: dict[str, float] = {}
    stats: dict[Any, Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    for (file, _, function), (_, _, own, _, callers) in stats.items():
        if file == "~" and callers:  # of C: it belongs to who called it
            for (caller, _, _), (_, _, spent, _) in callers.items():
                _add(shares, caller, function, spent)
        else:
            _add(shares, file, function, own)
    whole = sum(shares.values())
    for part, seconds in sorted(shares.items(), key=lambda each: -each[1])[:_TOP]:
        result.add(f"{name}: {part}", 100 * seconds / whole, "%", counted=True)


def _add(shares: dict[str, float], file: str, function: str, seconds: float) -> None:
    part = next((about for path, about in _PARTS if path in file), "Python itself")
    if "psycopg" in function or "pq" in function:
        part = "the database (sent, waited for)"
    shares[part] = shares.get(part, 0.0) + seconds
