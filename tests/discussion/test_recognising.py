"""Quotations pasted as loose text: offered to who writes, made on import, in every language one text."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dragoman.discussion import actions
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.models import Comment, QuotedPart, Thread
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Pair
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.translation import actions as translation
from dragoman.translation.models import Document

from .conftest import make_story
from .test_quoting import quotation_in

RunJobs = Callable[[], int]
LONG = (
    "The keeper of the old lighthouse counts the ships that pass before dark. Nobody in the town believed the number.",
    "The baker lights her oven when the tide turns, whatever the hour may be.",
)


@pytest.fixture
def thread(db: None) -> Thread:
    return Thread.objects.get(document=make_story("A lighthouse", LONG))


@pytest.fixture
def client(db: None, ana: User) -> Client:
    signed = Client(headers={"Sec-Fetch-Site": "same-origin"})
    signed.force_login(ana)
    return signed


def values(client: Client, thread: Thread, language: str = "en") -> tuple[str, dict[str, str]]:
    address = f"/{language}/threads/{thread.pk}/write/"
    form = client.get(address).context["form"]
    return address, {name: str(form[name].value() or "") for name in form.fields}


def imported(thread: Thread, *paragraphs: str, key: str = "1", language: str = "en") -> Comment:
    foreign = ForeignComment(key, tuple(plain(text) for text in paragraphs), language, timezone.now())
    return actions.import_comment(thread, foreign)[0]


def test_it_is_offered_and_made_when_the_author_says_so(client: Client, thread: Thread) -> None:
    address, form = values(client, thread)
    typed = form | {"source": f"> {LONG[1]}\n\nWhat a baker."}
    offered = client.post(address, typed)
    assert offered.status_code == 200
    assert Comment.objects.count() == 0
    page = offered.content.decode()
    assert 'value="quote"' in page
    assert 'value="keep"' in page
    assert "What a baker." in page
    client.post(address, typed | {"taken": "quote"})
    comment = Comment.objects.get()
    row = comment.quotations.get()
    assert (row.document, row.part, row.wording) == (thread.document, QuotedPart.WHOLE, "")


def test_it_is_never_imposed(client: Client, thread: Thread) -> None:
    address, form = values(client, thread)
    client.post(address, form | {"source": f"> {LONG[1]}\n\nWhat a baker.", "taken": "keep"})
    assert not Comment.objects.get().quotations.exists()


def test_words_of_one_s_own_are_posted_at_once(client: Client, thread: Thread) -> None:
    address, form = values(client, thread)
    own = "I have lived opposite that lighthouse for thirty years, and I have never seen any keeper there."
    client.post(address, form | {"source": own})
    assert not Comment.objects.get().quotations.exists()


def test_taken_from_a_translated_edition(thread: Thread, fake_engine: FakeEngine, run_jobs: RunJobs) -> None:
    run_jobs()
    portuguese = fake_engine.expected(Pair("en", "pt"), LONG[1])
    comment = imported(thread, portuguese, "Que padeira!", language="pt")
    run_jobs()
    row = comment.quotations.get()
    assert (row.document, row.field, row.block, row.first) == (thread.document, "body", 1, 0)
    assert row.part == QuotedPart.WHOLE
    assert LONG[1] in str(quotation_in(comment, "en").markup)


def test_cut_or_altered_is_quoted_in_part_with_the_quoter_s_wording_within_reach(thread: Thread) -> None:
    pasted = "The keeper of the old lighthouse counts the boats that pass before dark."
    reading = quotation_in(imported(thread, pasted, "Boats, not ships!"))
    assert reading.is_part
    assert reading.wording == pasted
    assert "counts the ships" in str(reading.markup)


def test_of_what_one_answers_and_of_what_that_quoted(thread: Thread) -> None:
    words = "My grandmother did exactly the same, every single day of her life."
    first = imported(thread, LONG[1], words)
    foreign = ForeignComment(
        "2", tuple(plain(text) for text in (LONG[1], words, "Mine did not.")), "en", timezone.now()
    )
    answer, _ = actions.import_comment(thread, foreign, parent=first)
    assert [row.document for row in answer.quotations.all()] == [thread.document, first.document]


def test_a_comment_marked_as_quoted_is_found_anywhere_in_the_thread(client: Client, thread: Thread) -> None:
    words = "My grandmother did exactly the same, every single day of her life."
    quoted = imported(thread, words)
    address, form = values(client, thread)
    client.post(address, form | {"source": f"> {words}\n\nSo did mine.", "taken": "quote"})
    answer = Comment.objects.exclude(pk=quoted.pk).get()
    assert answer.quotations.get().document == quoted.document


def test_it_follows_the_text(thread: Thread) -> None:
    comment = imported(thread, LONG[1], "What a baker.")
    document = Document.objects.get(pk=thread.document_id)
    fields: Mapping[str, Any] = {
        "headline": (plain("A lighthouse"),),
        "body": (plain(LONG[0]), plain(LONG[1].replace("oven", "old oven"))),
    }
    translation.revise(document, fields=fields)
    assert "old oven" in str(quotation_in(comment).markup)


def test_importing_again_changes_nothing(thread: Thread) -> None:
    comment = imported(thread, LONG[1], "What a baker.")
    before = (comment.document_id, comment.quotations.get().pk)
    again = imported(thread, LONG[1], "What a baker.")
    assert (again.document_id, again.quotations.get().pk) == before
