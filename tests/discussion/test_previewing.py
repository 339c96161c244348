"""A draft as others will read it: translated by a job, for its author only, and nothing is kept."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from dragoman.discussion import actions
from dragoman.discussion.actions.previewing import LIFETIME, PER_MINUTE
from dragoman.discussion.actions.translating import purge_previews
from dragoman.discussion.models import Comment, Preview, Thread
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Answer, Request
from dragoman.people.models import User
from dragoman.translation import engines
from dragoman.translation.models import Document, Edition, LedgerEntry, Memory
from tests.conftest import ENGLISH_PAIRS

from .conftest import Say

Jobs = Callable[[], int]
WORDS = "The bridge opens at noon. I saw **12** boats."


class Forgetful(FakeEngine):
    """Loses every twelve."""

    def translate(self, request: Request) -> Answer:
        answer = super().translate(request)
        return replace(
            answer, texts=tuple(text.replace("12", "").replace("  ", " ") for text in answer.texts)
        )


@pytest.fixture
def writer(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def ask(
    client: Client,
    thread: Thread,
    source: str = WORDS,
    *,
    target: str = "fr",
    htmx: bool = False,
    **more: str,
) -> str:
    """Asks for a preview with the form's own fields; gives where it is, or what the pane says."""
    fields = {"source": source, "language": "en", "submission": str(uuid4()), "preview_in": target, **more}
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.post(f"/en/threads/{thread.pk}/write/", fields | {"preview": "1"}, headers=headers)
    if htmx:
        assert answer.status_code == 200
        return answer.content.decode()
    assert answer.status_code == 303, answer.content.decode()[:3000]
    return answer.headers["Location"]


def test_a_page_that_refreshes_itself_without_script(
    writer: Client, thread: Thread, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    address = ask(writer, thread)
    waiting = writer.get(address)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting.content.decode()
    assert waiting.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    run_jobs()
    page = writer.get(address).content.decode()
    assert "refresh" not in page
    assert '<div class="words" lang="fr" dir="ltr">' in page
    assert "<b>12</b>" in page
    assert "machine translation from English" in page
    assert not Comment.objects.exists()


def test_nothing_of_it_is_kept(
    writer: Client, thread: Thread, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    documents = Document.objects.count()
    ask(writer, thread, "A sentence nobody has sent yet.")
    run_jobs()
    assert fake_engine.ledger
    assert not Memory.objects.filter(source__contains="nobody has sent").exists()
    assert not Edition.objects.filter(content__icontains="nobody has sent").exists()
    assert Document.objects.count() == documents
    entry = LedgerEntry.objects.get(trigger="preview")
    assert (entry.document_id, entry.language, entry.segments) == (0, "fr", 1)


def test_what_memory_knows_is_not_asked_again(
    writer: Client, thread: Thread, say: Say, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    say("The tide is in.")
    run_jobs()
    fake_engine.ledger.clear()
    ask(writer, thread, "The tide is in.")
    run_jobs()
    assert fake_engine.ledger == []
    assert Preview.objects.get().content["translated"]["body"] == [True]


def test_the_open_page_asks_until_it_is_there(
    writer: Client, thread: Thread, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    pane = ask(writer, thread, htmx=True)
    address = re.search(r'hx-get="([^"]+)" hx-trigger="load delay:500ms"', pane)
    assert address is not None
    assert "<html" not in pane
    run_jobs()
    again = writer.get(address[1], headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in again
    assert 'lang="fr"' in again


def test_a_lost_number_is_said_in_a_sentence(writer: Client, thread: Thread, run_jobs: Jobs) -> None:
    with engines.use(Forgetful(ENGLISH_PAIRS)):
        address = ask(writer, thread, "I saw 12 boats.")
        run_jobs()
    page = writer.get(address).content.decode()
    assert "“12” is missing in the translation." in page
    assert '<em class="doubt">uncertain</em>' in page


def test_one_s_own_language_needs_no_translation(
    writer: Client, thread: Thread, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    run_jobs()
    fake_engine.ledger.clear()
    address = ask(writer, thread, "La marée monte lentement et personne ne la regarde ce matin.")
    run_jobs()
    assert fake_engine.ledger == []
    assert "Nothing to translate" in writer.get(address).content.decode()


def test_no_engine_is_said(writer: Client, thread: Thread, run_jobs: Jobs) -> None:
    address = ask(writer, thread, "Nobody can say this in another tongue.", target="ar")
    run_jobs()
    assert "No translation can be made at the moment" in writer.get(address).content.decode()


def test_quotations_read_as_their_own_edition(
    writer: Client, thread: Thread, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    run_jobs()
    quoted = writer.get(f"/en/quote/?document={thread.document_id}&text=The+river+rose+by+two+metres.").json()
    assert quoted["quote"]
    address = ask(writer, thread, quoted["markdown"] + "\n\nIt did.")
    run_jobs()
    page = writer.get(address).content.decode()
    assert '<blockquote lang="fr"' in page


def test_only_its_author_sees_it(writer: Client, thread: Thread, boris: User) -> None:
    address = ask(writer, thread)
    other = Client()
    assert other.get(address).status_code == 303
    other.force_login(boris)
    assert other.get(address).status_code == 410
    assert WORDS.split(".")[0] not in other.get(address).content.decode()


def test_who_is_not_signed_in_is_asked_to_and_loses_nothing(client: Client, thread: Thread) -> None:
    location = ask(client, thread)
    assert "/account/login/" in location
    assert WORDS.split(".")[0] in client.get(f"/en/threads/{thread.pk}/write/").content.decode()


def test_it_expires_and_is_purged(writer: Client, thread: Thread) -> None:
    address = ask(writer, thread)
    Preview.objects.update(created_at=timezone.now() - LIFETIME - timedelta(seconds=1))
    assert writer.get(address).status_code == 410
    assert "no longer there" in writer.get(address, headers={"HX-Request": "true"}).content.decode()
    assert purge_previews() == 1
    assert not Preview.objects.exists()


def test_too_many_are_refused_with_the_text_kept(writer: Client, thread: Thread) -> None:
    for _ in range(PER_MINUTE):
        ask(writer, thread)
    assert "a lot in a short time" in ask(writer, thread, htmx=True)
    fields = {
        "source": "Kept.",
        "language": "en",
        "submission": str(uuid4()),
        "preview_in": "fr",
        "preview": "1",
    }
    answer = writer.post(f"/en/threads/{thread.pk}/write/", fields)
    assert answer.status_code == 429
    assert "Kept.</textarea>" in answer.content.decode()
    assert Preview.objects.count() == PER_MINUTE


@pytest.mark.parametrize("source", ["", " \n ", "x" * 10_001])
def test_what_cannot_be_sent_cannot_be_previewed(writer: Client, thread: Thread, source: str) -> None:
    assert 'class="errors"' in ask(writer, thread, source, htmx=True)
    assert not Preview.objects.exists()


def test_from_the_preview_back_to_the_text_or_sent_once(writer: Client, thread: Thread, ana: User) -> None:
    page = writer.get(ask(writer, thread, WORDS + "\n\n- one\n- two")).content.decode()
    back = re.search(r'class="cancel" href="([^"]+)"', page)
    assert back is not None
    assert "- one\n- two</textarea>" in writer.get(back[1]).content.decode()
    hidden = dict(
        re.findall(r'<input type="hidden" name="(source|language|submission)" value="([^"]*)"', page)
    )
    for _ in range(2):
        assert writer.post(f"/en/threads/{thread.pk}/write/", hidden).status_code == 303
    assert Comment.objects.filter(author=ana).count() == 1
    assert not Preview.objects.exists()  # only what was sent stays


def test_a_closed_account_leaves_none(writer: Client, thread: Thread, ana: User) -> None:
    ask(writer, thread)
    User.objects.filter(pk=ana.pk).delete()
    assert not Preview.objects.exists()


def test_a_job_of_what_is_gone_does_nothing(
    writer: Client, thread: Thread, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    ask(writer, thread)
    Preview.objects.all().delete()
    run_jobs()
    assert not any("bridge opens" in text for request in fake_engine.ledger for text in request.texts)


def test_a_locked_discussion_previews_nothing(writer: Client, thread: Thread, moderator: User) -> None:
    actions.lock(thread, moderator=moderator, reason="Late.")
    answer = writer.post(
        f"/en/threads/{thread.pk}/write/",
        {"source": WORDS, "language": "en", "submission": str(uuid4()), "preview_in": "fr", "preview": "1"},
    )
    assert answer.status_code == 403
    assert not Preview.objects.exists()
