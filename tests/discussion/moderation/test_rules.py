"""Flood, newcomers, links, slow mode, closing by age: each refusal is a sentence, and nothing was stored."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from dragoman.discussion import actions, errors
from dragoman.discussion.models import Act, Comment, CommentState, Decision, HeldFor, Thread
from dragoman.discussion.moderation.rules import in_force
from dragoman.discussion.permissions import may_write
from dragoman.people.models import User
from tests.discussion.conftest import Say, make_person, make_story

LONG = "The mayor promised a new bridge before the next winter."


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("chief@example.org", display_name="Chief")


def ages(comment: Comment, **by: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(created_at=timezone.now() - timedelta(**by))


def test_the_admin_overrides_the_configuration_and_the_log_says_so(
    ana: User, moderator: User, chief: User, settings: Settings
) -> None:
    settings.DISCUSSION_LINKS = 7
    assert in_force().links == 7
    for other in (ana, moderator):
        with pytest.raises(errors.NotPermitted):
            actions.set_house_rules({"links": 2}, by=other)
    actions.set_house_rules(
        {"links": 2, "blocked_hosts": ["https://Spam.example/x", "bücher.example", ""]}, by=chief
    )
    rules = in_force()
    assert (rules.links, rules.blocked_hosts) == (2, ("spam.example", "xn--bcher-kva.example"))
    with pytest.raises(errors.NoSuchChange):
        actions.set_house_rules({"links": 2}, by=chief)
    actions.set_house_rules({"links": None}, by=chief)
    assert in_force().links == 7
    told = [decision.detail for decision in Decision.objects.filter(act=Act.HOUSE_RULES).order_by("pk")]
    assert "links: 7 → 2" in told[0]
    assert told[1] == "links: 2 → 7"


def test_comments_per_hour_and_those_of_newcomers(say: Say, ana: User, settings: Settings) -> None:
    settings.DISCUSSION_NEWCOMER_COMMENTS_PER_HOUR = 2
    settings.DISCUSSION_NEWCOMER_COMMENTS = 3
    ages(say("One."), hours=2)
    say("Two.")
    say("Three.")
    say("Four.")  # three stand: a newcomer no more
    settings.DISCUSSION_COMMENTS_PER_HOUR = 3
    with pytest.raises(errors.TooFast):
        say("Five.")
    settings.DISCUSSION_NEWCOMER_COMMENTS = 50
    settings.DISCUSSION_COMMENTS_PER_HOUR = 100
    with pytest.raises(errors.TooFast):
        say("Five.")


def test_the_same_words_again_are_refused_in_any_disguise(
    say: Say, ana: User, boris: User, moderator: User
) -> None:
    say(LONG)
    for again in (LONG, f"  {LONG.upper()}!!", f"**{LONG}**", LONG.replace(" ", " \u200b")):
        with pytest.raises(errors.Repeated):
            say(again)
    say(LONG, author=boris)  # others may agree
    say("Thank you!")
    say("Thank you!")  # short words are no flood
    say(LONG, author=moderator)
    say(LONG, author=moderator)
    ages(Comment.objects.filter(author=ana).order_by("pk")[0], hours=30)
    say(LONG)


def test_slow_mode_counts_down_per_person_and_thread(
    say: Say, thread: Thread, ana: User, boris: User, moderator: User
) -> None:
    first = say("One.")
    actions.set_thread_rules(thread, moderator=moderator, slow_seconds=90, close_days=None, premoderate=None)
    with pytest.raises(errors.TooSlow, match="2 minutes"):
        say("Two.")
    ages(first, seconds=60)
    with pytest.raises(errors.TooSlow, match="30 seconds"):
        say("Two.")
    say("Mine.", author=boris)
    ages(first, seconds=91)
    say("Two.")
    say("Ours.", author=moderator)
    say("Ours again.", author=moderator)
    with pytest.raises(errors.NotPermitted):
        actions.set_thread_rules(thread, moderator=ana, slow_seconds=0, close_days=None, premoderate=None)


def test_links(say: Say, chief: User, settings: Settings) -> None:
    settings.DISCUSSION_NEWCOMER_LINKS = 1
    actions.set_house_rules({"blocked_hosts": ["spam.example"]}, by=chief)
    say("See https://one.example/ here.")
    with pytest.raises(errors.TooManyLinks, match="1 link"):
        say("See https://one.example/ and [that](https://two.example/).")
    for bad in (
        "https://spam.example/x",
        "https://www.SPAM.example/",
        "[words](http://a.b.spam.example:8080/?q=1)",
    ):
        with pytest.raises(errors.BlockedLink, match=r"spam\.example"):
            say(f"Look: {bad}")
    say("Look: https://notspam.example/")
    settings.DISCUSSION_NEWCOMER_COMMENTS = 0
    settings.DISCUSSION_LINKS = 2
    say("https://one.example/ https://two.example/")
    with pytest.raises(errors.TooManyLinks, match="2 links"):
        say("https://one.example/ https://two.example/ https://three.example/")


def test_an_edit_is_judged_like_a_new_comment(say: Say, ana: User, chief: User) -> None:
    from dragoman.languages.view import View

    comment = say("Harmless.")
    actions.set_house_rules({"blocked_hosts": ["spam.example"]}, by=chief)
    with pytest.raises(errors.BlockedLink):
        actions.edit(comment, author=ana, source="Buy at https://spam.example/", view=View("en"))
    actions.set_house_rules({"premoderate": True}, by=chief)
    actions.edit(comment, author=ana, source="Harmful.", view=View("en"))
    comment.refresh_from_db()
    assert (comment.state, comment.held_for) == (CommentState.HELD, HeldFor.EVERY)


def test_premoderation_everywhere_and_in_one_thread(
    say: Say, thread: Thread, moderator: User, chief: User
) -> None:
    actions.set_house_rules({"premoderate": True}, by=chief)
    assert say("One.").held_for == HeldFor.EVERY
    assert say("Ours.", author=moderator).state == CommentState.LIVE
    actions.set_thread_rules(
        thread, moderator=moderator, slow_seconds=None, close_days=None, premoderate=False
    )
    assert say("Two.").state == CommentState.LIVE
    thread.refresh_from_db()
    assert thread.comment_count == 2


def test_a_thread_closes_by_its_age(
    say: Say, thread: Thread, ana: User, moderator: User, chief: User
) -> None:
    Thread.objects.filter(pk=thread.pk).update(created_at=timezone.now() - timedelta(days=10))
    actions.set_house_rules({"close_days": 30}, by=chief)
    say("In time.")
    young = Thread.objects.get(document=make_story("Another"))
    assert young.closes_at is not None
    actions.set_house_rules({"close_days": 7}, by=chief)
    with pytest.raises(errors.ThreadLocked):
        say("Too late.")
    thread.refresh_from_db()
    assert not may_write(ana, thread)
    assert thread.is_closed(timezone.now())
    assert not thread.is_closed(timezone.now() - timedelta(days=4))
    say("The last word.", author=moderator)
    young.refresh_from_db()
    assert not young.is_locked
    actions.unlock(thread, moderator=moderator)
    say("Open again.")
    actions.set_house_rules({"close_days": 1}, by=chief)
    say("And it stays open.")


def test_so_many_reports_hold_a_comment_until_a_moderator_has_read_it(
    say: Say, thread: Thread, ana: User, boris: User, moderator: User, settings: Settings
) -> None:
    settings.DISCUSSION_REPORTS_TO_HOLD = 2
    comment = say("Rude.", author=boris)
    answer = say("No.", under=comment)
    readers = [make_person(name) for name in ("Carla", "Dora", "Egon")]
    actions.report(comment, reporter=readers[0], reason="insult", language="pt")  # type: ignore[arg-type]
    actions.report(comment, reporter=readers[0], reason="hate", language="pt")  # type: ignore[arg-type]
    actions.report(comment, reporter=readers[1], reason="translation", language="pt")  # type: ignore[arg-type]
    comment.refresh_from_db()
    assert comment.state == CommentState.LIVE
    actions.report(comment, reporter=readers[2], reason="insult", language="en")  # type: ignore[arg-type]
    comment.refresh_from_db()
    assert (comment.state, comment.held_for) == (CommentState.HELD, HeldFor.REPORTS)
    decision = Decision.objects.get()
    assert (decision.act, decision.rule, decision.actor, decision.concerned) == (
        Act.HOLD,
        "reports",
        None,
        boris,
    )
    thread.refresh_from_db()
    assert thread.comment_count == 1
    from dragoman.discussion.queries import thread_reading
    from dragoman.languages.view import View

    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    assert [(each.id, each.is_live) for each in reading.comments] == [(comment.pk, False), (answer.pk, True)]
    actions.approve(comment, moderator=moderator)
    comment.refresh_from_db()
    assert (comment.state, comment.held_for, comment.reports.filter(settled_at=None).count()) == (
        "live",
        "",
        0,
    )
    mine = say("Ours.", author=moderator)
    for reader in readers:
        actions.report(mine, reporter=reader, reason="insult", language="en")  # type: ignore[arg-type]
    mine.refresh_from_db()
    assert mine.state == CommentState.LIVE
