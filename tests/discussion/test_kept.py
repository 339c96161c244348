"""What a process keeps of comments it has shown never differs from what it would show now."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from dragoman.discussion import actions, kept, queries
from dragoman.discussion.models import Comment, Thread
from dragoman.discussion.readings import CommentReading
from dragoman.engines.fake import FakeEngine
from dragoman.languages.kept import Kept
from dragoman.languages.view import View
from dragoman.people.models import User

from .conftest import Say


def page(client: Client, thread: Thread, language: str = "en", query: str = "") -> str:
    return client.get(f"/{language}/threads/{thread.pk}/fragment/{query}").content.decode()


def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (kept, queries):
        monkeypatch.setattr(module, "_kept", Kept(1_000_000))


CHANGES = [
    "words",
    "score",
    "answer",
    "hide",
    "name",
    "name of the answered",
    "badge",
    "pin",
    "author",
    "closed",
]


@pytest.mark.parametrize("change", [*CHANGES, "nothing"])
def test_a_page_from_what_was_kept_is_the_page_made_anew(
    client: Client, thread: Thread, say: Say, ana: User, boris: User, moderator: User, change: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first, second = say("One **thing**."), say("Another.", author=boris)
    say("An answer to @Boris.", under=second)
    before = page(client, thread)
    _change(change, first, ana, boris, moderator)
    from_kept = page(client, thread)
    anew(monkeypatch)
    assert from_kept == page(client, thread)
    assert (from_kept != before) is (change != "nothing")


def _change(change: str, comment: Comment, ana: User, boris: User, moderator: User) -> None:
    comment = Comment.objects.get(pk=comment.pk)
    if change == "words":
        actions.edit(comment, author=ana, source="Other words.", view=View("en"))
    elif change == "score":
        actions.vote(comment, voter=boris, value=1)
    elif change == "answer":
        from .conftest import draft

        actions.reply(comment, author=boris, draft=draft("No."))
    elif change == "hide":
        actions.hide(comment, moderator=moderator, reason="Rude.")
    elif change == "name":
        User.objects.filter(pk=ana.pk).update(display_name="Anna")
    elif change == "name of the answered":
        User.objects.filter(pk=boris.pk).update(display_name="Borislav")
    elif change == "badge":
        User.objects.filter(pk=boris.pk).update(is_verified=True)
    elif change == "pin":
        Comment.objects.filter(pk=comment.pk).update(pinned_at=timezone.now())
    elif change == "author":
        Thread.objects.filter(pk=comment.thread_id).update(written_by=boris)
    elif change == "closed":
        User.objects.filter(pk=boris.pk).update(is_active=False)


def test_what_is_made_of_the_same_is_the_same_value(thread: Thread, say: Say, boris: User) -> None:
    first, second = say("One."), say("Another.")
    before = _comments(thread)
    assert all(was is now for was, now in zip(before, _comments(thread), strict=True))
    actions.vote(first, voter=boris, value=1)
    now = _comments(thread)
    assert [each.id for each in now] == [first.pk, second.pk]
    assert (now[0].score, now[0] is before[0], now[1] is before[1]) == (1, False, True)


def test_who_mentions_somebody_reads_the_same_while_they_are_called_the_same(
    thread: Thread, say: Say, boris: User
) -> None:
    say("One.", author=boris)
    say("As @Boris says.")
    before = _comments(thread)
    assert "@Boris" in before[1].parts[0].markup
    assert all(was is now for was, now in zip(before, _comments(thread), strict=True))
    User.objects.filter(pk=boris.pk).update(display_name="Borislav")
    assert "@Borislav" in _comments(thread)[1].parts[0].markup


@pytest.mark.parametrize("sort", ["oldest", "best"])
@pytest.mark.parametrize("at_most", [1, 200])
def test_moments_are_the_ones_that_are_stored(
    thread: Thread, say: Say, sort: str, at_most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COMMENTS_ON_PAGE", at_most)
    written = [say("One."), say("Another.")]
    for comment, moment in zip(written, ("2026-01-01T00:00:00Z", "2026-05-17T23:59:59.120003Z"), strict=True):
        Comment.objects.filter(pk=comment.pk).update(created_at=moment)
    stored = dict(Comment.objects.values_list("pk", "created_at"))
    reading = queries.thread_reading(thread.document_id, View("en"), sort)
    assert reading is not None
    assert [each.created_at for each in reading.comments] == [stored[each.id] for each in reading.comments]
    assert len(reading.comments) == min(at_most, 2)


def _comments(thread: Thread) -> tuple[CommentReading, ...]:
    reading = queries.thread_reading(thread.document_id, View("en"))
    assert reading is not None
    return reading.comments


def test_each_language_and_each_order_has_its_own(
    client: Client, thread: Thread, say: Say, fake_engine: FakeEngine, run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    say("The bridge is closed."), say("It opens in May.")
    pending = page(client, thread, "pt")
    run_jobs()
    assert page(client, thread, "pt") != pending
    shown = {(language, sort): page(client, thread, language, f"?sort={sort}")
             for language in ("en", "pt", "ar") for sort in ("oldest", "newest")}  # fmt: skip
    anew(monkeypatch)
    for (language, sort), markup in shown.items():
        assert page(client, thread, language, f"?sort={sort}") == markup


def test_a_quotation_reads_as_the_quoted_text_does_by_now(
    client: Client, thread: Thread, say: Say, ana: User, boris: User
) -> None:
    from dragoman.text.markdown import reference_markdown

    quoted = say("My first words.")
    assert quoted.document is not None
    say(reference_markdown("x", f"{quoted.document_id}.1.body.0.0-0") + "\n\nIndeed.", author=boris)
    assert page(client, thread).count("My first words.") == 2
    actions.delete(quoted, author=ana)
    assert "My first words." not in page(client, thread)
