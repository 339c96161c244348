"""A deleted account's words are nowhere: searched byte for byte in a dump of every table, in sessions, logs and mails.

Marked words are written everywhere a person can write, and everywhere others can repeat them.
"""

import base64
import json
import logging
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from dragoman.delivery.postgres import _binaries
from dragoman.discussion import actions
from dragoman.discussion.drafting import quoted_markdown
from dragoman.discussion.models import Comment, CommentState, Decision, Quotation, ReportReason, Thread
from dragoman.discussion.moderation.models import Appeal
from dragoman.discussion.notifications import mailing
from dragoman.discussion.queries import thread_reading
from dragoman.discussion.readings import Author, AuthorKind
from dragoman.discussion.references import Reference
from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.people import closing
from dragoman.people.models import Closing, Export, Session, User
from dragoman.people.tasks import erase_due
from dragoman.text.blocks import plain
from dragoman.text.markdown import reference_markdown
from dragoman.translation.actions import correct_target, create_document
from dragoman.translation.desk.actions import report_translation
from dragoman.translation.models import Edition, Memory, Scope, Segment
from tests.discussion.conftest import draft, make_moderator, make_person, make_story

pytestmark = pytest.mark.django_db(transaction=True)
RunJobs = Callable[[], int]
# Each stands in words of one kind; no other word of the test holds one.
MARKS = {
    "words": "qxharbour",
    "earlier": "qxoldwording",
    "cyrillic": "щёщмарка",
    "arabic": "ظغظعلامة",
    "corrected": "qxcorrigido",
    "quoted": "qxquoter",
    "name": "Qxname",
    "address": "qxaddress",
    "note": "qxnote",
    "others": "qxrepeated",
    "draft": "qxdraft",
    "preview": "qxpreview",
    "appeal": "qxappeal",
}


def forms(word: str) -> Iterator[bytes]:
    """Every way in which a word may stand in a file: UTF-8, JSON's escapes (doubled by COPY), hexadecimal, in an
    address, and base64 from each of its three places."""
    utf8 = word.encode()
    escaped = json.dumps(word)[1:-1]
    yield from (utf8, utf8.hex().encode(), quote(word).encode())
    yield from (form.encode() for form in (escaped, escaped.upper(), escaped.replace("\\", "\\\\")))
    for place in range(3):
        coded = base64.b64encode(b"x" * place + utf8)
        yield coded[4 if place else 0 : len(coded) // 4 * 4 - 4]


def found_in(content: bytes) -> set[str]:
    """Which marks stand there, in capitals or not."""
    lower = content.lower()
    return {name for name, word in MARKS.items() if any(form.lower() in lower for form in forms(word))}


def dump() -> bytes:
    """The whole database as `pg_dump` writes it: ours, Django's, Wagtail's, allauth's and Procrastinate's tables."""
    known = connection.settings_dict
    program = shutil.which("pg_dump", path=str(_binaries(None))) or "pg_dump"
    address = {"PGHOST": known["HOST"], "PGPORT": str(known["PORT"]), "PGUSER": known["USER"]}
    done = subprocess.run(
        [program, "--inserts", "--dbname", known["NAME"]],
        env={name: value for name, value in address.items() if value}
        | {"PGPASSWORD": known["PASSWORD"] or ""},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def tables_with_marks(content: bytes) -> set[str]:
    return {
        line.split(b"INTO public.", 1)[1].split(b" ", 1)[0].decode()
        for line in content.splitlines()
        if line.startswith(b"INSERT INTO public.") and found_in(line)
    }


def sessions() -> bytes:
    """What sessions hold: they are compressed in their table."""
    return json.dumps([row.get_decoded() for row in Session.objects.all()], ensure_ascii=False).encode()


class Story:
    """The person who leaves, and those who stay."""

    def __init__(self) -> None:
        self.document = make_story()
        self.thread = Thread.objects.get(document=self.document)
        self.leaver = make_person(MARKS["name"])
        User.objects.filter(pk=self.leaver.pk).update(email=f"{MARKS['address']}@example.org")
        self.leaver.refresh_from_db()
        EmailAddress.objects.create(user=self.leaver, email=self.leaver.email, verified=True, primary=True)
        self.boris = make_person("Boris")
        self.moderator = make_moderator("Mona")
        self.moderator.user_permissions.add(Permission.objects.get(codename="review_editions"))
        self.moderator = User.objects.get(pk=self.moderator.pk)
        self.client = Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def story(fake_engine: FakeEngine, run_jobs: RunJobs) -> Story:
    """Everything that can be written is written."""
    cache.clear()
    told = Story()
    leaver, boris, moderator = told.leaver, told.boris, told.moderator
    first = actions.post(
        told.thread, author=leaver, draft=draft(f"I saw the {MARKS['earlier']} from the old pier.")
    )
    # Answered with a quotation, cut short, before it is edited.
    assert first.document is not None
    reference = Reference(first.document.pk, 1, "body", 0, 0, 0)
    actions.reply(
        first,
        author=boris,
        draft=draft(reference_markdown(f"I saw the {MARKS['earlier']}.", str(reference)) + "\n\nDid you?"),
    )
    run_jobs()
    actions.edit(
        first,
        author=leaver,
        source=f"I saw the {MARKS['words']} from the old pier. It was {MARKS['words']} and grey.",
        view=View("en"),
    )
    run_jobs()
    _correct(first, moderator)
    _quote_again(first, told)
    for language, mark in (("ru", "cyrillic"), ("ar", "arabic")):
        actions.post(told.thread, author=leaver, draft=draft(f"{MARKS[mark]} {MARKS[mark]}.", language))
    # What the leaver wrote about others, and others about the leaver.
    other = actions.post(told.thread, author=boris, draft=draft("The ferry was late again this morning."))
    actions.vote(other, voter=leaver, value=1)
    actions.report(other, reporter=leaver, reason=ReportReason.OTHER, note=MARKS["note"], language="en")
    report_translation(told.document, language="pt", reporter=leaver, note=MARKS["note"])
    said = f"They wrote {MARKS['others']} there."
    actions.report(first, reporter=boris, reason=ReportReason.HATE, note=said, language="en")
    actions.hide(first, moderator=moderator, reason=said)
    actions.restore(first, moderator=moderator, reason=said)
    actions.suspend_account(leaver, moderator=moderator, reason=said)
    actions.reinstate_account(leaver, moderator=moderator, reason=said)
    decision = actions.warn(leaver, moderator=moderator, reason=said, comment=first)
    actions.write_note(leaver, moderator=moderator, text=said)
    words = {"body": (plain(f"I appeal, {MARKS['appeal']}."),)}
    appeal = create_document(kind="appeal", scope=Scope.DISCUSSION, language="en", fields=words)
    Appeal.objects.create(decision=decision, author=leaver, document=appeal)
    # What screening notes of a comment: words of it.
    Comment.objects.filter(pk=first.pk).update(held_note=said)
    Decision.objects.filter(pk=decision.pk).update(detail=said)
    quoted = quoted_markdown([Reference(told.document.pk, 1, "body", 0, 0, 0)], View("en"))
    actions.post(told.thread, author=leaver, draft=draft(f"{quoted}A story of {MARKS['words']}."))
    looked_at = draft(f"A {MARKS['preview']} of mine.")
    actions.preview(told.thread, author=leaver, draft=looked_at, target_language="pt")
    _sign_in_with_a_draft(told)
    run_jobs()
    return told


def _correct(comment: Comment, reviewer: User) -> None:
    """At the desk, and into the memory."""
    comment.refresh_from_db()
    assert comment.document is not None
    edition = Edition.objects.get(revision=comment.document.current_id, language="pt")
    segment = Segment.objects.get(revision=comment.document.current_id, position=0)
    words = f"Vi o {MARKS['corrected']} do velho cais."
    correct_target(edition=edition, segment=segment, text=words, reviewer=reviewer, everywhere=True)


def _quote_again(comment: Comment, told: Story) -> None:
    """In the words of who quotes."""
    document = comment.document
    assert document is not None
    assert document.current is not None
    reference = Reference(document.pk, document.current.number, "body", 0, 0, 0)
    source = reference_markdown(f"I saw the {MARKS['quoted']} {MARKS['words']}", str(reference))
    actions.reply(comment, author=told.boris, draft=draft(f"{source}\n\nReally?"))


def _sign_in_with_a_draft(told: Story) -> None:
    """What was typed before signing in waits in the session; a copy of the data lies ready."""
    address = f"/en/threads/{told.thread.pk}/write/"
    told.client.post(address, {"source": f"A {MARKS['draft']} that waits.", "language": "en"})
    signed_in = told.client.post(
        "/en/account/login/", {"login": told.leaver.email, "password": "s3cret-words"}
    )
    assert signed_in.status_code == 302
    assert told.client.post("/en/account/data/").status_code == 302


def _send_mails(run_jobs: RunJobs) -> None:
    """Whatever anybody is still to be told by mail, the daily mails of the next two days included."""
    for hours in (0, 24, 48):
        now = timezone.now() + timedelta(hours=hours)
        mailing.gather(now)
        run_jobs()


def everything_said(told: Story) -> str:
    """What readers of every language see of the thread."""
    read = [thread_reading(told.document.pk, View(language)) for language in ("en", "pt", "ru", "ar")]
    assert all(read)
    return repr(read)


def test_nowhere(story: Story, run_jobs: RunJobs, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    before = dump()
    assert found_in(before) | found_in(sessions()) == MARKS.keys()  # the search finds what is there
    assert tables_with_marks(before) >= {
        "people_user",
        "account_emailaddress",
        "discussion_quotation",
        "discussion_report",
        "discussion_decision",
        "discussion_preview",
        "discussion_comment",
        "discussion_personnote",
        "translation_revision",
        "translation_edition",
        "translation_target",
        "translation_memory",
        "translation_translationreport",
    }
    assert Export.objects.exclude(made_at=None).exists()
    assert Quotation.objects.exclude(wording="").exists()

    closed = story.client.post("/en/account/close/", {"proof": "s3cret-words"})
    assert closed.headers["Location"] == "/en/account/closed/"
    run_jobs()
    assert found_in(everything_said(story).encode()) <= {"name"}  # whose place it is, which no page says:
    assert found_in(story.client.get(f"/en/threads/{story.thread.pk}/fragment/").content) == set()
    Closing.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    mail.outbox.clear()
    _send_mails(run_jobs)
    assert [each for each in mail.outbox if story.leaver.email in each.to] == []
    erase_due.func(0)
    run_jobs()
    _send_mails(run_jobs)

    assert not User.objects.filter(pk=story.leaver.pk).exists()
    assert found_in(dump()) == set()
    assert found_in(sessions()) == set()
    assert found_in(everything_said(story).encode()) == set()
    assert found_in(caplog.text.encode()) == set()
    assert [message.body for message in mail.outbox if found_in(message.message().as_bytes())] == []
    assert not Export.objects.exists()


def test_what_others_wrote_stays_in_its_place(story: Story, run_jobs: RunJobs) -> None:
    scores = dict(Comment.objects.values_list("pk", "score"))
    theirs = set(Comment.objects.filter(author=story.boris).values_list("pk", flat=True))
    closing.close(story.leaver)
    Closing.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    erase_due.func(0)
    run_jobs()
    assert dict(Comment.objects.values_list("pk", "score")) == scores
    kept = Comment.objects.filter(author=story.boris, state=CommentState.LIVE)
    assert set(kept.values_list("pk", flat=True)) == theirs
    assert all(comment.document is not None for comment in kept)
    nameless = Comment.objects.exclude(pk__in=theirs)
    assert {comment.state for comment in nameless} == {CommentState.DELETED}
    assert {(comment.author_id, comment.document_id) for comment in nameless} == {(None, None)}
    assert Memory.objects.filter(source__startswith="The ferry was late", target_language="pt").exists()


def test_taken_back_nothing_is_lost(story: Story, run_jobs: RunJobs) -> None:
    before = everything_said(story)
    found = closing.close(story.leaver)
    run_jobs()
    assert everything_said(story) != before
    closing.reopen(found)
    run_jobs()
    assert everything_said(story) == before


def true_counts(thread: Thread) -> tuple[int, dict[int, tuple[int, int]]]:
    """What everybody reads of a thread: all, and for each comment what answers it directly and at all."""
    rows = list(thread.comments.select_related("document"))
    shown = [row for row in rows if row.state == CommentState.LIVE and row.document and row.document.visible]
    parents = {row.pk: row.parent_id for row in rows}
    direct, below = Counter[int](), Counter[int]()
    for row in shown:
        above = row.parent_id
        if above is not None:
            direct[above] += 1
        while above is not None:
            below[above] += 1
            above = parents[above]
    return len(shown), {pk: (direct[pk], below[pk]) for pk in parents}


def told_counts(thread: Thread) -> tuple[int, dict[int, tuple[int, int]]]:
    """The same as it is kept."""
    thread.refresh_from_db()
    rows = thread.comments.values_list("pk", "reply_count", "below")
    return thread.comment_count, {pk: (direct, below) for pk, direct, below in rows}


def test_counts_are_of_what_everybody_reads_all_the_way(story: Story, run_jobs: RunJobs) -> None:
    first = Comment.objects.filter(author=story.leaver).order_by("pk")[0]
    reply = first.replies.order_by("pk")[0]
    actions.reply(reply, author=story.leaver, draft=draft("I did, from the window of the mill."))
    before = told_counts(story.thread)
    assert before == true_counts(story.thread)
    found = closing.close(story.leaver)
    run_jobs()
    closed = told_counts(story.thread)
    assert closed == true_counts(story.thread)
    assert closed[0] < before[0]
    assert closed[1][reply.pk] == (0, 0)
    # Moderators decide meanwhile; no word comes back by it.
    actions.hide(first, moderator=story.moderator, reason="Rude.")
    assert told_counts(story.thread) == true_counts(story.thread) == closed
    actions.restore(first, moderator=story.moderator, reason="Not rude.")
    run_jobs()
    assert told_counts(story.thread) == true_counts(story.thread) == closed
    assert MARKS["words"] not in everything_said(story)
    closing.reopen(found)
    run_jobs()
    assert told_counts(story.thread) == true_counts(story.thread) == before
    closing.close(story.leaver)
    Closing.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    run_jobs()
    erase_due.func(0)
    run_jobs()
    assert told_counts(story.thread) == true_counts(story.thread) == closed


def test_nobody_is_said_to_be_answered_whose_words_are_gone(story: Story, run_jobs: RunJobs) -> None:
    assert MARKS["name"] in everything_said(story)
    closing.close(story.leaver)
    run_jobs()
    reading = thread_reading(story.document.pk, View("en"))
    assert reading is not None
    answers = [each for each in reading.comments if each.parent is not None]
    assert answers
    assert {each.answered for each in answers} == {Author(AuthorKind.DELETED)}


def test_reopened_before_the_words_were_withdrawn(story: Story, run_jobs: RunJobs) -> None:
    before = everything_said(story)
    closing.reopen(closing.close(story.leaver))
    run_jobs()
    assert everything_said(story) == before


def test_postgresql_does_not_log_what_failed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW log_min_error_statement")
        assert cursor.fetchone() == ("panic",)
        cursor.execute("SHOW log_error_verbosity")
        assert cursor.fetchone() == ("terse",)


@pytest.mark.parametrize("word", MARKS.values())
def test_the_search_sees_every_form(word: str) -> None:
    for place in range(3):
        assert found_in(base64.b64encode(b"." * place + f"{word} and more".encode()))
    for text in (word, json.dumps(word), json.dumps(json.dumps(word)), word.encode().hex(), quote(word)):
        assert found_in(f"... {text} ...".encode())
    assert not found_in(b"nothing of all this")


def test_the_dump_is_whole(story: Story) -> None:
    """Every table is in it."""
    told = dump()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [str(name) for (name,) in cursor.fetchall()]
    assert len(tables) > 60
    assert all(f"CREATE TABLE public.{name} (".encode() in told for name in tables)
    assert Path(_binaries(None)).is_dir()
