"""What a process keeps of comments it has shown never differs from what it would show now."""

from collections.abc import Callable

import pytest
from django.test import Client

from dragoman.discussion import actions, kept
from dragoman.discussion.models import Comment, Thread
from dragoman.engines.fake import FakeEngine
from dragoman.languages.kept import Kept
from dragoman.languages.view import View
from dragoman.people.models import User

from .conftest import Say


def page(client: Client, thread: Thread, language: str = "en", query: str = "") -> str:
    return client.get(f"/{language}/threads/{thread.pk}/fragment/{query}").content.decode()


def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_kept", Kept(kept.CHARACTERS_AT_MOST))


@pytest.mark.parametrize("change", ["words", "score", "answer", "hide", "name", "nothing"])
def test_a_page_from_what_was_kept_is_the_page_made_anew(
    client: Client, thread: Thread, say: Say, ana: User, boris: User, moderator: User, change: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first, second = say("One **thing**."), say("Another.", author=boris)
    say("An answer.", under=second)
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
