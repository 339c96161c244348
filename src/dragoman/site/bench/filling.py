"""What a measurement does inside the product's own environment: `python -m dragoman.site.bench.filling WHAT`, with JSON
on standard input and one line of it back."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from dragoman.site.cli import setup

PASSWORD = "never-used-to-sign-in"  # noqa: S105 - of accounts in a scratch database

NOT_BEGUN = "DELETE FROM procrastinate_jobs WHERE status = 'todo'"
RESET = (
    NOT_BEGUN,
    "CREATE TEMP TABLE gone AS SELECT id, document_id FROM discussion_comment"
    " WHERE thread_id = %s AND external_id IS NULL",
    "DELETE FROM discussion_notification WHERE comment_id IN (SELECT id FROM gone)",
    "DELETE FROM discussion_comment WHERE id IN (SELECT id FROM gone)",
    "UPDATE translation_document SET current_id = NULL WHERE id IN (SELECT document_id FROM gone)",
    "DELETE FROM translation_target USING translation_edition e WHERE e.id = edition_id"
    " AND e.document_id IN (SELECT document_id FROM gone)",
    "DELETE FROM translation_edition WHERE document_id IN (SELECT document_id FROM gone)",
    "DELETE FROM translation_segment USING translation_revision r WHERE r.id = revision_id"
    " AND r.document_id IN (SELECT document_id FROM gone)",
    "DELETE FROM translation_revision WHERE document_id IN (SELECT document_id FROM gone)",
    "DELETE FROM translation_document WHERE id IN (SELECT document_id FROM gone)",
    "UPDATE discussion_thread t SET comment_count ="
    " (SELECT count(*) FROM discussion_comment c WHERE c.thread_id = t.id AND c.state = 'live') WHERE id = %s",
    "DROP TABLE gone",
)
"""Statements that take away what was written into a thread beyond what was imported, and the jobs for it: a scratch
database needs no ceremony."""
WAITING = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"


def content(told: dict[str, Any]) -> dict[str, Any]:
    """An article with its comments: `article` (headline, standfirst, source, body) and `comments` (id, parent, author,
    minute, text), as the harness of the peers has them. `key` tells one copy from another."""
    from django.utils import timezone

    from dragoman.discussion.actions import import_comment
    from dragoman.discussion.actions.importing import ForeignComment
    from dragoman.discussion.models import Thread
    from dragoman.languages import addresses
    from dragoman.newsroom.actions import ArticleText, ensure_home, ensure_section, write_article
    from dragoman.text.blocks import plain

    key, language, said = told["key"], told["language"], told["content"]
    ensure_home(title="Bench", tagline="", language=language)
    section = ensure_section(slug="bench", name="Bench", language=language, description="")
    words = said["article"]
    body = [("paragraph", f"<p>{paragraph}</p>") for paragraph in words["body"]]
    article, _ = write_article(
        section, ArticleText(key, language, words["headline"], body, words["standfirst"], words["source"])
    )
    thread = Thread.objects.get(document=article.document_id)
    made: dict[int, Any] = {}
    since = timezone.now() - timedelta(days=1)
    for each in said["comments"]:
        foreign = ForeignComment(
            f"{key}:{each['id']}", (plain(each["text"]),), language,
            since + timedelta(minutes=each["minute"]), author_name=each["author"],
        )  # fmt: skip
        made[each["id"]] = import_comment(thread, foreign, parent=made.get(each["parent"]))[0]
    path = addresses.address("article", language=language, article=article)
    return {"path": path, "thread": thread.pk, "document": article.document_id, "article": article.pk}


def writers(told: dict[str, Any]) -> dict[str, Any]:
    """So many accounts, each with the cookie of a session."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.db import transaction

    from dragoman.people.models import User

    cookies = []
    with transaction.atomic():
        for number in range(told["count"]):
            email = f"writer{number}@bench.example"
            person = User.objects.filter(email=email).first() or User.objects.create_user(
                email, display_name=f"Writer {number}", language="fr"
            )
            session = import_module(settings.SESSION_ENGINE).SessionStore()
            session[SESSION_KEY] = str(person.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = person.get_session_auth_hash()
            session.create()
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return {"cookies": cookies}


def stored(told: dict[str, Any]) -> dict[str, Any]:
    """How many comments stand in a thread, and how many of them its count says."""
    from dragoman.discussion.models import Comment, Thread

    rows = Comment.objects.filter(thread=told["thread"])
    counted = Thread.objects.get(pk=told["thread"]).comment_count
    return {"comments": rows.count(), "counted": counted}


def reset(told: dict[str, Any]) -> dict[str, Any]:
    """Put a thread back to what was imported."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in RESET:
            cursor.execute(statement, [told["thread"]] if "%s" in statement else None)
    return {}


def waiting(told: dict[str, Any]) -> dict[str, Any]:
    """How many jobs have not been done."""
    from django.db import connection

    del told
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return {"jobs": int(cursor.fetchone()[0])}


def queries(told: dict[str, Any]) -> dict[str, Any]:
    """How many SQL queries a cold page makes, `paths` each; and how many seconds of processor time, `times` each.

    What is loaded is frozen, as it is in the product (`delivery.forkserver`).
    """
    import gc
    import time

    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from dragoman.site.preloaded import load

    load()
    gc.collect()
    gc.freeze()
    client = Client(headers={"host": "127.0.0.1"})
    found: dict[str, Any] = {}
    for path in told["paths"]:
        answer = client.get(path, follow=True)  # the edition's own slug may have come since it was told
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        own = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        with CaptureQueriesContext(connection) as captured:
            client.get(own)
        number = len(captured)  # the next request throws the log away
        seconds = []
        for _ in range(told.get("times", 0)):
            before = time.process_time()
            client.get(own)
            seconds.append(time.process_time() - before)
        found[path] = {"queries": number, "seconds": seconds}
    return found


def touch(told: dict[str, Any]) -> dict[str, Any]:
    """Change a thread, so that its page must be made anew: one comment more."""
    from django.utils import timezone

    from dragoman.discussion.actions import import_comment
    from dragoman.discussion.actions.importing import ForeignComment
    from dragoman.discussion.models import Thread
    from dragoman.text.blocks import plain

    thread = Thread.objects.get(pk=told["thread"])
    foreign = ForeignComment(told["key"], (plain(told["text"]),), told["language"], timezone.now())
    return {"comment": import_comment(thread, foreign)[0].pk}


_KNOWN: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    each.__name__: each for each in (content, writers, stored, reset, waiting, queries, touch)
}


def main() -> None:
    """One function, one answer."""
    setup()
    print(json.dumps(_KNOWN[sys.argv[1]](json.load(sys.stdin))))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
