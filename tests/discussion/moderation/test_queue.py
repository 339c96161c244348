"""The queue over HTTP, without script: kinds, languages, places that are not lost, several decisions at once."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dragoman.discussion import actions
from dragoman.discussion.models import Act, Comment, Decision
from dragoman.discussion.moderation import queue
from dragoman.discussion.moderation.queue import Kind
from dragoman.languages.view import View
from dragoman.people.models import User
from tests.discussion.conftest import Say


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


def page_of(desk: Client, query: str = "", language: str = "en") -> str:
    response = desk.get(f"/{language}/moderation/{query}")
    assert response.status_code == 200
    return response.content.decode()


def cases(text: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="case(\d+)"', text)]


def tokens(text: str) -> list[str]:
    return re.findall(r'name="case" value="([\d:]+)"', text)


def test_kinds_have_counts_and_the_oldest_waits_first(
    desk: Client, say: Say, boris: User, settings: Settings
) -> None:
    live = say("Live.")
    settings.DISCUSSION_HOLD_FIRST_COMMENTS = 5
    first = say("First.")
    settings.DISCUSSION_PREMODERATE = True
    every = say("Every.")
    actions.report(live, reporter=boris, reason="spam", language="en")  # type: ignore[arg-type]
    Comment.objects.filter(pk=every.pk).update(created_at=timezone.now() - timedelta(days=1))
    assert cases(page_of(desk)) == [every.pk, live.pk, first.pk]
    assert cases(page_of(desk, "?kind=first")) == [first.pk]
    assert cases(page_of(desk, "?kind=reported")) == [live.pk]
    assert cases(page_of(desk, "?kind=nonsense")) == [every.pk, live.pk, first.pk]
    assert {tab.kind: tab.count for tab in queue.tabs()} == {
        Kind.WAITING: 3,
        Kind.FIRST: 1,
        Kind.EVERY: 1,
        Kind.REPORTED: 1,
        Kind.APPEALS: 0,
        Kind.HIDDEN: 0,
    }


def test_by_language(desk: Client, say: Say, settings: Settings) -> None:
    settings.DISCUSSION_PREMODERATE = True
    english, russian = say("Words."), say("Слова.", language="ru")
    text = page_of(desk, "?language=ru", language="pt")
    assert cases(text) == [russian.pk]
    assert "?kind=waiting&amp;language=en" in text
    assert "russo" in text
    assert cases(page_of(desk)) == [english.pk, russian.pk]


def test_a_place_is_not_lost_by_deciding(
    desk: Client, say: Say, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "CASES_ON_PAGE", 3)
    settings.DISCUSSION_PREMODERATE = True
    said = [say(f"Number {number}.").pk for number in range(8)]
    text = page_of(desk)
    assert cases(text) == said[:3]
    following = re.search(r'rel="next" href="\?([^"]+)"', text)
    assert following is not None
    query = "?" + following.group(1).replace("&amp;", "&")
    second = page_of(desk, query)
    assert cases(second) == said[3:6]
    form = {
        "kind": "waiting",
        "language": "",
        "after": str(said[2]),
        "do": "approve",
        "case": tokens(second)[:2],
    }
    response = desk.post("/en/moderation/at-once/", form)
    assert response.headers["Location"] == f"/en/moderation/?kind=waiting&after={said[2]}"
    assert cases(page_of(desk, query)) == said[5:8]
    desk.post("/en/moderation/at-once/", {"do": f"approve:{said[2]}:"})  # the place itself is decided on
    assert cases(page_of(desk, query)) == said[5:8]


def test_several_at_once_each_for_itself(
    desk: Client, say: Say, ana: User, moderator: User, settings: Settings
) -> None:
    settings.DISCUSSION_PREMODERATE = True
    one, two, three = say("One."), say("Two."), say("Three.")
    read = tokens(page_of(desk))
    actions.edit(two, author=ana, source="Two, changed.", view=View("en"))
    desk.post("/en/moderation/at-once/", {"do": "approve", "case": read})
    text = page_of(desk)
    assert "2 comments decided." in text
    assert "has changed the comment in the meantime" in text
    for comment, state in ((one, "live"), (two, "held"), (three, "live")):
        comment.refresh_from_db()
        assert comment.state == state
    assert Decision.objects.filter(act=Act.APPROVE, actor=moderator).count() == 2


def test_hiding_several_needs_a_reason_and_keeps_the_ticks(
    desk: Client, say: Say, settings: Settings
) -> None:
    settings.DISCUSSION_PREMODERATE = True
    say("One.")
    say("Two.")
    read = tokens(page_of(desk))
    response = desk.post("/en/moderation/at-once/", {"do": "hide", "case": read[1:]})
    assert response.status_code == 422
    text = response.content.decode()
    assert "Please give a reason." in text
    assert re.findall(r'value="([\d:]+)" checked', text) == read[1:]
    assert not Decision.objects.exists()
    desk.post("/en/moderation/at-once/", {"do": "hide", "case": read, "ground": "spam"})
    assert {(decision.act, decision.ground) for decision in Decision.objects.all()} == {("hide", "spam")}
    assert Decision.objects.count() == 2
    text = page_of(desk, "?kind=hidden")
    assert len(cases(text)) == 2
    desk.post("/en/moderation/at-once/", {"kind": "hidden", "do": f"restore:{tokens(text)[0]}"})
    assert len(cases(page_of(desk, "?kind=hidden"))) == 1


def test_nonsense_decides_nothing(desk: Client, say: Say) -> None:
    say("One.")
    for form in ({}, {"do": "explode", "case": "1:1"}, {"do": "approve"}, {"do": "approve", "case": "x:y"}):
        assert desk.post("/en/moderation/at-once/", form).status_code == 303
    assert desk.get("/en/moderation/at-once/").status_code == 405
    assert not Decision.objects.exists()


def test_the_queue_asks_no_more_for_many_than_for_few(
    desk: Client, say: Say, settings: Settings, django_assert_max_num_queries: object
) -> None:
    settings.DISCUSSION_PREMODERATE = True
    for number in range(20):
        say(f"Number {number}.")
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        page_of(desk)


def test_the_log_is_filtered_and_paged(
    desk: Client, say: Say, ana: User, boris: User, moderator: User
) -> None:
    comment, other = say("One."), say("Two.", author=boris)
    actions.hide(comment, moderator=moderator, reason="Reason A.")
    actions.hide(other, moderator=moderator, reason="Reason B.")
    actions.warn(ana, moderator=moderator, reason="Reason C.")
    shown = {
        "": "ABC",
        "?act=hide": "AB",
        f"?person={ana.pk}": "AC",
        f"?comment={other.pk}": "B",
        f"?by={moderator.pk}": "ABC",
        f"?by={ana.pk}": "",
        "?page=2": "",
        "?act=nonsense&page=x&by=1e9": "ABC",
    }
    for query, letters in shown.items():
        text = desk.get(f"/en/moderation/decisions/{query}").content.decode()
        assert [letter for letter in "ABC" if f"Reason {letter}." in text] == list(letters), query


def test_a_history_shows_everything_that_moderators_know(
    desk: Client, say: Say, ana: User, boris: User, moderator: User
) -> None:
    comment, hidden = say("What I said."), say("What was hidden.")
    actions.report(comment, reporter=boris, reason="spam", note="Look at it.", language="en")  # type: ignore[arg-type]
    actions.hide(hidden, moderator=moderator, reason="Too rude.")
    address = f"/en/moderation/people/{ana.pk}/"
    assert desk.post(f"{address}notes/", {"text": ""}).status_code == 422
    assert desk.post(f"{address}notes/", {"text": "Knows the mayor."}).status_code == 303
    text = desk.get(address).content.decode()
    for told in ("What I said.", "What was hidden.", "Look at it.", "Too rude.", "Knows the mayor."):
        assert told in text
    note = re.search(r"/en/moderation/notes/(\d+)/delete/", text)
    assert note is not None
    assert desk.post(note.group(0)).status_code == 303
    assert "Knows the mayor." not in desk.get(address).content.decode()
    assert desk.get("/en/moderation/people/999999/").status_code == 404


def test_rules_of_a_thread_over_http(desk: Client, say: Say) -> None:
    thread = say("One.").thread
    address = f"/en/moderation/threads/{thread.pk}/rules/"
    assert desk.get(address).status_code == 200
    form = {"slow_seconds": "60", "close_days": "", "premoderate": "yes", "reason": "Calm down."}
    assert desk.post(address, form | {"slow_seconds": "-1"}).status_code == 422
    assert desk.post(address, form).status_code == 303
    thread.refresh_from_db()
    assert (thread.slow_seconds, thread.close_days, thread.premoderate) == (60, None, True)
    assert 'value="60"' in desk.get(address).content.decode()
    assert desk.post(address, form).status_code == 409
