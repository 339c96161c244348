"""The pages of notifications over HTTP, without script: personal, in the reader's own language."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dragoman.discussion import actions
from dragoman.discussion.models import Comment, Notification, Preferences, Thread
from dragoman.discussion.notifications import actions as notifications
from dragoman.discussion.notifications import queries
from dragoman.discussion.notifications.models import Kind
from dragoman.languages import addresses
from dragoman.people.models import User
from dragoman.translation import actions as translation
from dragoman.translation.testing import run_queued_jobs
from tests.discussion.conftest import Say, make_person

pytestmark = pytest.mark.usefixtures("fake_engine")
LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")


@pytest.fixture
def client(ana: User) -> Client:
    """Ana's browser."""
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(ana)
    return browser


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_addresses_are_those_of_the_views() -> None:
    wanted = [
        ("notifications", {}, {}),
        ("notifications_read", {}, {}),
        ("notification", {"notification": 7}, {"notification_id": 7}),
        ("notification_settings", {}, {}),
        ("follow", {"thread": 7}, {"thread_id": 7}),
        ("seen", {"thread": 7}, {"thread_id": 7}),
        ("ignore", {"person": 7}, {"person_id": 7}),
    ]
    for name, given, route in wanted:
        assert addresses.address(name, language="en", **given) == reverse(
            f"discussion:{name}", kwargs=route
        ), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_read_in_one_s_own_language(
    client: Client, say: Say, boris: User, language: str
) -> None:
    first = say("One.")
    say("O rio subiu dois metros.", under=first, author=boris, language="pt")
    run_queued_jobs()
    text = text_of(client, f"/{language}/notifications/")
    assert "<bdi>Boris</bdi>" in text
    words = re.search(r'<div class="words" lang="(\w+)" dir="(\w+)">', text)
    assert words is not None
    assert words.groups() == (language, "rtl" if language == "ar" else "ltr")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", text)


def test_the_page_says_what_is_new_until_it_is_marked(client: Client, say: Say, boris: User) -> None:
    empty = text_of(client, "/en/notifications/")
    assert "Nothing yet" in empty
    first = say("One.")
    say("Two.", under=first, author=boris)
    assert "notification-new" in text_of(client, "/en/notifications/")
    shown = re.search(r'name="until" value="(\d+)"', text_of(client, "/en/notifications/"))
    assert shown is not None
    late = say("Three.", under=first, author=boris)  # came after the page was made
    response = client.post("/en/notifications/read/", {"until": shown[1]})
    assert response.headers["Location"] == "/en/notifications/"
    unread = Notification.objects.filter(read_at=None)
    assert [row.comment_id for row in unread] == [late.pk]
    assert client.get("/en/me.json").json()["unread"] == 1


def test_a_notification_leads_to_its_comment_and_is_read_then(
    client: Client, say: Say, ana: User, boris: User, moderator: User
) -> None:
    first = say("One.")
    answer = say("Two.", under=first, author=boris)
    row = Notification.objects.get(recipient=ana)
    response = client.get(f"/fr/notifications/{row.pk}/")
    assert response.headers["Location"].endswith(f"#c{answer.pk}")
    assert response.headers["Location"].startswith("/fr/")
    assert queries.unread_count(ana) == 0
    actions.hide(answer, moderator=moderator, reason="Rude.")
    assert client.get(f"/fr/notifications/{row.pk}/").status_code == 410
    assert "Boris" not in text_of(client, "/en/notifications/")


def test_the_author_of_a_hidden_comment_reads_why(client: Client, say: Say, moderator: User) -> None:
    comment = say("Rude.")
    actions.hide(comment, moderator=moderator, reason="Please stay <b>kind</b>.")
    text = text_of(client, "/en/notifications/")
    assert "Your comment was hidden by a moderator" in text
    assert "Please stay &lt;b&gt;kind&lt;/b&gt;." in text
    assert "Mona" not in text  # nobody is named
    row = Notification.objects.get()
    assert client.get(f"/en/notifications/{row.pk}/").headers["Location"] == "/en/decisions/"


def test_nobody_reads_another_s_notifications(client: Client, say: Say, ana: User, boris: User) -> None:
    mine = say("One.", author=boris)
    say("Two.", under=mine)
    row = Notification.objects.get(recipient=boris)
    assert client.get(f"/en/notifications/{row.pk}/").status_code == 404
    client.post("/en/notifications/read/")
    row.refresh_from_db()
    assert row.read_at is None
    assert Client().get("/en/notifications/").status_code == 303


def test_the_pages_go_back_in_time(client: Client, say: Say, thread: Thread, ana: User, boris: User) -> None:
    first = say("One.")
    replies = Comment.objects.bulk_create(
        Comment(thread=thread, parent=first, depth=1, author=boris, external_id=f"x{number}")
        for number in range(25)
    )
    Notification.objects.bulk_create(
        Notification(recipient=ana, kind="reply", thread=thread, comment=reply) for reply in replies
    )
    newest = text_of(client, "/en/notifications/")
    assert newest.count("notification-what") == 20
    older = re.search(r'href="(\?before=\d+)"', newest)
    assert older is not None
    assert text_of(client, f"/en/notifications/{older[1]}").count("notification-what") == 5
    assert "nothing older" in text_of(client, "/en/notifications/?before=1")


def test_hostile_names_and_words_are_harmless(client: Client, say: Say) -> None:
    hostile = make_person("Ev'l")
    User.objects.filter(pk=hostile.pk).update(display_name='<img src=x onerror=alert(1)>"{name}')
    first = say("One.")
    say("<script>alert(1)</script> **[x](javascript:alert(1))**", under=first, author=hostile)
    text = text_of(client, "/en/notifications/")
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "javascript:alert(1)" not in re.sub(r"&[^;]+;", "", text.split('class="notification-words"')[0])
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_following_without_script(client: Client, ana: User, thread: Thread) -> None:
    address = f"/en/threads/{thread.pk}/follow/"
    assert 'name="follow" value="1"' in text_of(client, address)
    assert client.post(address, {"follow": "1"}).status_code == 303
    assert queries.follows(ana, thread)
    assert client.get(f"/en/me.json?thread={thread.pk}").json()["follows"] is True
    assert "High water" in text_of(client, "/en/account/notifications/")
    assert client.post(address, {"follow": "0", "from": "settings"}).headers["Location"].endswith("#followed")
    assert not queries.follows(ana, thread)
    translation.set_visibility(thread.document, visible=False)
    assert client.post(address, {"follow": "1"}).status_code == 410


def test_who_reads_a_followed_discussion_has_seen_it(
    client: Client, say: Say, ana: User, boris: User, thread: Thread
) -> None:
    say("One.")
    say("Two.", author=boris)
    run_queued_jobs()
    assert client.get(f"/en/me.json?thread={thread.pk}").json()["told_here"] is True
    assert client.post(f"/en/threads/{thread.pk}/seen/").status_code == 204
    assert queries.unread_count(ana) == 0


def test_ignoring_without_script(client: Client, ana: User, boris: User, thread: Thread) -> None:
    assert f"/en/people/{boris.pk}/ignore/" in text_of(client, f"/en/people/{boris.pk}/")
    address = f"/en/people/{boris.pk}/ignore/"
    assert 'name="ignore" value="1"' in text_of(client, address)
    assert client.post(address, {"ignore": "1"}).status_code == 303
    assert client.get(f"/en/me.json?thread={thread.pk}").json()["ignored"] == [boris.pk]
    assert "<bdi>Boris</bdi>" in text_of(client, "/en/account/notifications/")
    client.post(address, {"ignore": "0"})
    assert not queries.ignored_by(ana).exists()


def test_the_staff_cannot_be_ignored(client: Client, ana: User, moderator: User) -> None:
    assert "/ignore/" not in text_of(client, f"/en/people/{moderator.pk}/")
    response = client.post(f"/en/people/{moderator.pk}/ignore/", {"ignore": "1"})
    assert response.status_code == 422
    assert "staff" in response.content.decode()
    assert client.post(f"/en/people/{ana.pk}/ignore/", {"ignore": "1"}).status_code == 422


def test_what_one_wishes_is_kept(client: Client, ana: User) -> None:
    assert 'value="07:00"' in text_of(client, "/en/account/notifications/")
    given = dict.fromkeys(Kind.values, "never") | {"digest_at": "18:30", "time_zone": "Asia/Kathmandu"}
    assert client.post("/en/account/notifications/", given).status_code == 303
    kept = Preferences.objects.get(person=ana)
    assert (kept.reply, kept.followed, kept.time_zone, kept.follows_own) == (
        "never",
        "never",
        "Asia/Kathmandu",
        False,
    )
    assert "saved" in text_of(client, "/en/account/notifications/")
    wrong = client.post(
        "/en/account/notifications/", given | {"time_zone": "Mars/Olympus", "reply": "hourly"}
    )
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"time_zone", "reply"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_its_language_and_labelled(
    client: Client, say: Say, boris: User, language: str
) -> None:
    first = say("One.")
    say("Two.", under=first, author=boris)
    for page in ("notifications/", "account/notifications/", f"people/{boris.pk}/ignore/"):
        text = text_of(client, f"/{language}/{page}")
        assert f'<html lang="{language}"' in text
        main = text[text.index("<main") : text.index("</main>")]
        for field in re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*>', main):
            identifier = re.search(r'\bid="([^"]+)"', field)
            assert identifier is not None, field
            assert f'for="{identifier[1]}"' in main, field


def test_nothing_personal_is_in_public_pages(client: Client, say: Say, thread: Thread, boris: User) -> None:
    first = say("One.")
    say("Two.", under=first, author=boris)
    notifications.ignore(boris, person=first.author)
    address = f"/en/threads/{thread.pk}/fragment/"
    assert client.get(address).content == Client().get(address).content
    assert Client().get("/en/me.json").json() == {"signed_in": False}
