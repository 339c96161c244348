"""What stands beside a name, and on a person's page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dragoman.delivery.dependencies import HEADER
from dragoman.discussion import actions, queries
from dragoman.discussion.models import Thread
from dragoman.discussion.queries import thread_reading
from dragoman.discussion.readings import Badge
from dragoman.languages.view import View
from dragoman.people import actions as people
from dragoman.people import facts
from dragoman.people.errors import NotPermitted
from dragoman.people.models import User

from .conftest import Say, make_person


def badges(thread: Thread) -> list[tuple[Badge, ...]]:
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    return [comment.author.badges for comment in reading.comments]


def long_here(*people: User) -> None:
    User.objects.filter(pk__in=[each.pk for each in people]).update(
        date_joined=timezone.now() - timedelta(days=30)
    )


def test_the_staff_and_the_author_of_the_article(thread: Thread, say: Say, ana: User) -> None:
    editor = make_person("Edda", is_staff=True)
    actions.credit(thread.document, editor)
    long_here(ana)
    say("One.", author=editor)
    say("Two.", author=ana)
    assert badges(thread) == [(Badge.STAFF, Badge.AUTHOR), ()]
    actions.credit(thread.document, None)
    assert badges(thread)[0] == (Badge.STAFF,)


def test_who_is_new_is_so_for_a_week_and_their_first_comments_say_so_for_good(
    thread: Thread, say: Say, ana: User, boris: User
) -> None:
    say("One.")
    long_here(boris)
    say("Two.", author=boris)
    assert badges(thread) == [(Badge.NEWCOMER,), ()]


def test_a_verified_name(thread: Thread, say: Say, ana: User, client: Client) -> None:
    editor = make_person("Edda", is_staff=True)
    say("One.")
    changed: list[User] = []

    def heard(person: User, **_: object) -> None:
        changed.append(person)

    facts.person_changed.connect(heard)
    people.set_verified(ana, by=editor, verified=True)
    assert badges(thread) == [(Badge.VERIFIED,)]
    page = client.get(f"/fr/threads/{thread.pk}/fragment/").content.decode()
    assert "nom vérifié" in page
    people.set_verified(ana, by=editor, verified=True)
    assert changed == [ana]  # pages that are kept are told, once


def test_only_the_staff_verify(client: Client, ana: User, boris: User, moderator: User) -> None:
    with pytest.raises(NotPermitted):
        people.set_verified(ana, by=moderator, verified=True)
    address = f"/en/people/{ana.pk}/verification/"
    assert client.get(address).status_code == 302
    client.force_login(boris)
    assert client.post(address, {"verified": "1"}).status_code == 404
    client.force_login(make_person("Edda", is_staff=True))
    assert "Verify the name" in client.get(address).content.decode()
    client.post(address, {"verified": "1"})
    ana.refresh_from_db()
    assert ana.is_verified
    assert "Take the verification back" in client.get(address).content.decode()
    client.post(address, {"verified": "0"})
    ana.refresh_from_db()
    assert not ana.is_verified


def test_a_closed_account_has_no_badge(thread: Thread, say: Say, ana: User) -> None:
    say("One.")
    User.objects.filter(pk=ana.pk).update(is_active=False, is_verified=True)
    assert badges(thread) == [()]


def test_a_person_s_page_counts_and_goes_on(
    thread: Thread, say: Say, client: Client, ana: User, boris: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COMMENTS_ON_PROFILE", 2)
    said = [say(f"Number {number}.") for number in range(3)]
    gone = say("Gone.")
    actions.delete(gone, author=ana)
    actions.vote(said[0], voter=boris, value=-1)
    answer = client.get(f"/en/people/{ana.pk}/")
    page = answer.content.decode()
    assert f"wrote:{ana.pk}" in answer.headers[HEADER].split()
    assert "3 comments" in page
    assert "−1" in page
    assert "new here" not in page  # of comments, not of the person
    assert "Number 2." in page
    assert "Number 0." not in page
    older = f"/en/people/{ana.pk}/comments/?before={said[1].pk}"
    assert f'href="{older}"' in page
    answer = client.get(older)
    assert "Number 0." in answer.content.decode()
    assert "Older comments" not in answer.content.decode()
    assert f"wrote:{ana.pk}" in answer.headers[HEADER].split()
    assert "There is nothing older." in client.get(f"/en/people/{ana.pk}/comments/?before=1").content.decode()
    assert client.get("/en/people/999999/comments/").status_code == 404


def test_a_person_who_wrote_nothing_has_a_page(client: Client, boris: User) -> None:
    page = client.get(f"/en/people/{boris.pk}/").content.decode()
    assert "0 comments" in page
    assert 'class="initials' in page


def test_initials_keep_their_colour_under_another_name(thread: Thread, say: Say, ana: User) -> None:
    say("One.")
    before = thread_reading(thread.document_id, View("en"))
    people.rename(ana, display_name="Zoé Quill")
    after = thread_reading(thread.document_id, View("en"))
    assert before is not None
    assert after is not None
    old, new = before.comments[0].author, after.comments[0].author
    assert (old.initials, new.initials) == ("A", "ZQ")
    assert old.tint == new.tint


def test_the_emoticons_of_a_picker_are_named_in_the_page_s_language(client: Client, db: None) -> None:
    answer = client.get("/fr/emoticons.json")
    found = answer.json()
    assert "max-age" in answer.headers["Cache-Control"]
    assert found[0][:2] == [":smile:", "😄"]
    assert found[0][2] != client.get("/en/emoticons.json").json()[0][2]
    assert len({sign for _, sign, _ in found}) == len(found) > 1000
