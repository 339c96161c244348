"""E-mails over real SMTP: once, in one's own language, tried again, and nothing of what was taken back."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dragoman.discussion import actions
from dragoman.discussion.models import Comment, Mail, Notification, Preferences, Thread
from dragoman.discussion.notifications import actions as notifications
from dragoman.discussion.notifications import mailing
from dragoman.discussion.notifications.models import MailState
from dragoman.discussion.notifications.wishes import digest_due
from dragoman.engines.fake import FakeEngine
from dragoman.people import actions as people
from dragoman.people.models import User
from dragoman.translation import actions as translation
from dragoman.translation.testing import run_queued_jobs
from tests.discussion.conftest import Say
from tests.postbox import Postbox, html_of, open_postbox, plain_of

pytestmark = pytest.mark.usefixtures("fake_engine")
SOON = timedelta(seconds=30)


@pytest.fixture
def postbox(settings: Settings) -> Iterator[Postbox]:
    """Django's SMTP backend, and a server for it."""
    with open_postbox() as (box, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        settings.PUBLICATION_BASE_URL = "https://news.example"
        yield box


def post_round(after: timedelta = SOON) -> None:
    """What the worker does in the time after now: jobs, and a round of e-mails, at a moment that is given."""
    run_queued_jobs()
    now = timezone.now() + after
    mailing.gather(now)
    for mail in Mail.objects.filter(state=MailState.WAITING, due_at__lte=now + mailing.LEASE):
        mailing.send(mail.pk, now)


def answered(say: Say, ana: User, boris: User, words: str = "O rio subiu dois metros.") -> Comment:
    first = say("One.")
    return say(words, under=first, author=boris, language="pt")


def set_language(person: User, language: str) -> None:
    people.set_language(person, language=language)


# --- what arrives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "ru", "ar"])
def test_an_answer_arrives_once_in_one_s_own_language(
    postbox: Postbox, say: Say, ana: User, boris: User, language: str
) -> None:
    set_language(ana, language)
    answer = answered(say, ana, boris)
    post_round()
    post_round()
    (message,) = postbox.messages
    assert postbox.recipients == ["ana@example.org"]
    assert "Boris" in message["Subject"]
    assert message["Content-Language"] == language
    direction = "rtl" if language == "ar" else "ltr"
    html, text = html_of(message), plain_of(message)
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert f'<blockquote lang="{language}" dir="{direction}">' in html
    assert f"https://news.example/{language}/" in text
    assert f"#c{answer.pk}" in text
    assert "\u2068Boris\u2069" in text
    assert ("O rio subiu" in text) == (language == "pt")
    assert re.search(r"\((GMT|UTC|غرينتش|\S*[+-]?\d)", text), text  # times carry the zone


def test_the_headers_are_those_of_a_polite_list(postbox: Postbox, say: Say, ana: User, boris: User) -> None:
    answer = answered(say, ana, boris)
    post_round()
    (message,) = postbox.messages
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(
        r"<https://news\.example/en/notifications/unsubscribe/[^/>]+/>", message["List-Unsubscribe"]
    )
    assert message["List-Id"] == "<discussion.news.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["References"] == f"<discussion.{answer.thread_id}@news.example>"
    assert message["In-Reply-To"] == message["References"]
    assert message["Message-ID"].endswith("@news.example>")
    assert message.get_content_type() == "multipart/alternative"


def test_what_is_hostile_is_harmless_in_an_e_mail(postbox: Postbox, say: Say, ana: User, boris: User) -> None:
    User.objects.filter(pk=boris.pk).update(display_name="Bcc: x@example.org\r\nX-Evil: 1 <b>{name}")
    first = say("One.")
    say("<script>alert(1)</script> **x** ||the end|| [y](javascript:z)", under=first, author=boris)
    post_round()
    (message,) = postbox.messages
    assert message["X-Evil"] is None
    assert message["Bcc"] is None
    html = html_of(message)
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "&lt;b&gt;{name}" in html
    assert "the end" not in html + plain_of(message)  # a spoiler stays covered


def test_a_burst_is_one_e_mail(postbox: Postbox, say: Say, ana: User, boris: User) -> None:
    first = say("One.")
    for number in range(30):
        say(f"Answer {number}.", under=first, author=boris)
    post_round()
    (message,) = postbox.messages
    text = plain_of(message)
    assert "30" in message["Subject"]
    assert text.count("/en/city/") == 20
    assert "and 10 more" in text


def test_a_thread_of_many_answers_is_not_as_many_e_mails(
    postbox: Postbox, say: Say, ana: User, boris: User, settings: Settings
) -> None:
    settings.DISCUSSION_MAILS_PER_HOUR = 3
    first = say("One.")
    for number in range(6):
        say(f"Answer {number}.", under=first, author=boris)
        post_round()
    assert len(postbox.messages) == 3
    assert Notification.objects.filter(recipient=ana, pace="daily", mail=None).count() == 3
    post_round(timedelta(days=1, minutes=1))
    assert len(postbox.messages) == 4
    assert plain_of(postbox.messages[-1]).count("/en/city/") == 3


# --- what is waited for, and what is taken back ----------------------------------------------------------------------


def test_an_e_mail_waits_for_its_translation_and_not_for_ever(
    postbox: Postbox, say: Say, ana: User, boris: User, fake_engine: FakeEngine
) -> None:
    set_language(ana, "fr")
    answered(say, ana, boris)
    now = timezone.now()
    mailing.gather(now + SOON)  # nothing is translated: no job has run
    mail = Mail.objects.get()
    mailing.send(mail.pk, now + SOON)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, postbox.messages) == (MailState.WAITING, 0, [])
    mailing.send(mail.pk, now + timedelta(minutes=6))
    text = plain_of(postbox.messages[0])
    assert "O rio subiu dois metros." in text
    assert "original en portugais" in text or "version originale en portugais" in text, text


def test_what_was_read_on_the_site_needs_no_e_mail(
    postbox: Postbox, say: Say, ana: User, boris: User
) -> None:
    answered(say, ana, boris)
    notifications.mark_all_read(ana)
    post_round()
    assert postbox.messages == []


@pytest.mark.parametrize("late", [False, True], ids=["before it is gathered", "after"])
def test_what_was_taken_back_is_in_no_e_mail(
    postbox: Postbox, say: Say, ana: User, boris: User, *, late: bool
) -> None:
    answer = answered(say, ana, boris)
    run_queued_jobs()
    if late:
        mailing.gather(timezone.now() + SOON)
    actions.delete(answer, author=boris)
    post_round()
    assert postbox.messages == []
    assert set(Mail.objects.values_list("state", flat=True)) <= {MailState.DROPPED}


def test_neither_hidden_nor_unpublished_words_leave(
    postbox: Postbox, say: Say, ana: User, boris: User, moderator: User
) -> None:
    answer = answered(say, ana, boris)
    actions.hide(answer, moderator=moderator, reason="Rude.")
    post_round()
    assert [message["To"] for message in postbox.messages] == ["boris@example.org"]  # the decision
    assert "O rio subiu" not in plain_of(postbox.messages[0])
    say("Three.", under=Comment.objects.get(pk=answer.parent_id), author=boris)
    translation.set_visibility(answer.thread.document, visible=False)
    post_round()
    assert len(postbox.messages) == 1


def test_closed_suspended_and_unconfirmed_accounts_get_none(
    postbox: Postbox, say: Say, ana: User, boris: User, moderator: User
) -> None:
    from allauth.account.models import EmailAddress

    first = say("One.")
    say("Two.", under=first, author=boris)
    people.suspend(ana, by=moderator)
    post_round()
    people.reinstate(ana, by=moderator)
    address = EmailAddress.objects.create(user=ana, email=ana.email, verified=False, primary=True)
    say("Three.", under=first, author=boris)
    post_round()
    address.delete()
    say("Four.", under=first, author=boris)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    post_round()
    assert postbox.messages == []
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.DROPPED}


def test_an_ignored_person_s_words_are_in_no_e_mail(
    postbox: Postbox, say: Say, ana: User, boris: User
) -> None:
    answered(say, ana, boris)
    notifications.ignore(boris, person=ana)
    post_round()
    assert postbox.messages == []


# --- when the server does not take it --------------------------------------------------------------------------------


def test_a_server_that_is_down_is_asked_again(say: Say, ana: User, boris: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with open_postbox() as (_, port):
        pass  # nobody listens there any more
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    answered(say, ana, boris)
    post_round()
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts) == (MailState.WAITING, 1)
    with open_postbox(port) as (box, _):
        post_round(timedelta(minutes=20))
        post_round(timedelta(minutes=40))
        assert len(box.messages) == 1
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_a_busy_server_is_asked_again_and_a_refused_recipient_is_not(
    postbox: Postbox, say: Say, ana: User, boris: User
) -> None:
    answered(say, ana, boris)
    postbox.refusal = "451 try again later"
    post_round()
    mail = Mail.objects.get()
    assert mail.state == MailState.WAITING
    assert mail.due_at > timezone.now() + timedelta(seconds=60)
    postbox.refusal = "550 no such mailbox"
    post_round(timedelta(minutes=20))
    mail.refresh_from_db()
    assert mail.state == MailState.REFUSED
    postbox.refusal = ""
    post_round(timedelta(hours=5))
    assert (postbox.messages, postbox.asked) == ([], 2)


def test_attempts_are_bounded(postbox: Postbox, say: Say, ana: User, boris: User) -> None:
    answered(say, ana, boris)
    postbox.refusal = "451 try again later"
    for round_number in range(1, mailing.ATTEMPTS_AT_MOST + 3):
        post_round(timedelta(hours=5 * round_number))
    mail = Mail.objects.get()
    assert (mail.state, postbox.asked) == (MailState.FAILED, mailing.ATTEMPTS_AT_MOST)


def test_a_worker_that_died_while_it_asked_sends_nothing_twice(
    postbox: Postbox, say: Say, ana: User, boris: User
) -> None:
    answered(say, ana, boris)
    run_queued_jobs()
    mailing.gather(timezone.now() + SOON)
    Mail.objects.update(state=MailState.SENDING, attempts=1)
    post_round(timedelta(hours=1))
    assert postbox.messages == []


def test_the_log_names_neither_address_nor_words(
    postbox: Postbox, say: Say, ana: User, boris: User, caplog: pytest.LogCaptureFixture
) -> None:
    answered(say, ana, boris)
    postbox.refusal = "550 ana@example.org is unknown here"
    post_round()
    ours = [record for record in caplog.records if record.name != "mail.log"]  # the server's own
    told = "\n".join(record.getMessage() for record in ours)
    assert f"mail {Mail.objects.get().pk} was refused" in told
    assert "ana@example.org" not in told
    assert "O rio" not in told


# --- once a day ------------------------------------------------------------------------------------------------------


def test_a_followed_discussion_is_told_once_a_day(
    postbox: Postbox, say: Say, ana: User, boris: User, thread: Thread
) -> None:
    say("One.")
    for number in range(5):
        say(f"This is my opinion, number {number}.", author=boris)
    say("Again I.")
    post_round()
    assert postbox.messages == []
    post_round(timedelta(days=1))
    (message,) = [each for each in postbox.messages if each["To"] == "ana@example.org"]
    text = plain_of(message)
    assert "5 new comments in a discussion you follow" in text
    assert [f"This is my opinion, number {number}." in text for number in range(5)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert "and 2 more" in text
    assert f"/en/threads/{thread.pk}/follow/" in text
    postbox.messages.clear()
    post_round(timedelta(days=2))
    assert postbox.messages == []  # nothing new: no e-mail
    say("And here is yet another opinion of mine.", author=boris)
    post_round(timedelta(days=2))
    (again,) = [each for each in postbox.messages if each["To"] == "ana@example.org"]
    assert "And here is yet another opinion of mine." in plain_of(again)
    assert "number 1." not in plain_of(again)


def test_the_daily_e_mail_comes_at_one_s_own_time_of_day() -> None:
    lisbon = Preferences(digest_at=time(7), time_zone="")  # the publication's zone
    now = datetime(2026, 3, 28, 12, tzinfo=UTC)
    due = digest_due(lisbon, now)  # summer time begins on the 29th
    assert due == datetime(2026, 3, 29, 6, tzinfo=UTC)
    kathmandu = Preferences(digest_at=time(18, 30), time_zone="Asia/Kathmandu")
    assert digest_due(kathmandu, now) == datetime(2026, 3, 28, 12, 45, tzinfo=UTC)
    assert digest_due(kathmandu, datetime(2026, 3, 28, 12, 45, tzinfo=UTC)).astimezone(
        ZoneInfo("Asia/Kathmandu")
    ) == datetime(2026, 3, 29, 18, 30, tzinfo=ZoneInfo("Asia/Kathmandu"))
    unknown = Preferences(digest_at=time(7), time_zone="Mars/Olympus")
    assert digest_due(unknown, now) == due


def test_a_changed_wish_holds_for_what_waits(postbox: Postbox, say: Say, ana: User, boris: User) -> None:
    answered(say, ana, boris)
    notifications.prefer(ana, paces={"reply": "daily"})
    post_round()
    assert postbox.messages == []
    notifications.prefer(ana, paces={"reply": "never"})
    post_round(timedelta(days=2))
    assert postbox.messages == []


# --- unsubscribing ---------------------------------------------------------------------------------------------------


def unsubscribe_path(box: Postbox) -> str:
    return str(box.messages[-1]["List-Unsubscribe"]).strip("<>").removeprefix("https://news.example")


def test_one_click_ends_these_e_mails_without_signing_in(
    postbox: Postbox, say: Say, ana: User, boris: User
) -> None:
    first = say("One.")
    say("Two.", under=first, author=boris)
    post_round()
    path = unsubscribe_path(postbox)
    stranger = Client(enforce_csrf_checks=True)  # no cookies, no Origin: as mail programs post
    asked = stranger.get(path)
    assert asked.status_code == 200
    assert "Replies to my comments" in asked.content.decode()
    assert not Preferences.objects.exists()  # a GET changes nothing
    done = stranger.post(path, {"List-Unsubscribe": "One-Click"})
    assert (done.status_code, done.cookies) == (200, {})
    kept = Preferences.objects.get(person=ana)
    assert (kept.reply, kept.quotation) == ("never", "instant")
    say("Three.", under=first, author=boris)
    post_round()
    assert len(postbox.messages) == 1
    assert Notification.objects.filter(recipient=ana, kind="reply").count() == 2  # the site still tells it


def test_the_link_of_the_daily_e_mail_ends_the_daily_ones(
    postbox: Postbox, say: Say, ana: User, boris: User
) -> None:
    say("One.")
    say("Two.", author=boris)
    notifications.prefer(ana, paces={"mention": "daily"})
    post_round(timedelta(days=1))
    Client().post(unsubscribe_path(postbox))
    kept = Preferences.objects.get(person=ana)
    assert (kept.followed, kept.mention, kept.reply) == ("never", "never", "instant")


def test_a_forged_or_orphaned_link_changes_nothing(
    postbox: Postbox, say: Say, ana: User, boris: User
) -> None:
    answered(say, ana, boris)
    post_round()
    path = unsubscribe_path(postbox)
    forged = path[:-4] + ("aaa/" if not path.endswith("aaa/") else "bbb/")
    assert Client().post(forged).status_code == 404
    assert Client().get(forged).status_code == 404
    assert not Preferences.objects.exists()
    User.objects.filter(pk=ana.pk).delete()
    assert Client().post(path).status_code == 200
    assert not Preferences.objects.exists()
