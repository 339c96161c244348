"""Writing and changing comments."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from dragoman.discussion import actions, errors
from dragoman.discussion.actions import posting
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.queries import thread_reading
from dragoman.languages import formats
from dragoman.languages.together import Call
from dragoman.languages.view import View
from dragoman.people import actions as people
from dragoman.people.models import User
from dragoman.translation import actions as translation
from dragoman.translation.queries import source_blocks

from .conftest import Say, draft, make_person


def words(comment: Comment) -> str:
    comment.refresh_from_db()
    assert comment.document is not None
    return "\n".join(block.text for block in source_blocks(comment.document)["body"])


def test_a_comment_is_stored_with_its_declared_language(thread: Thread, ana: User) -> None:
    comment = actions.post(thread, author=ana, draft=draft("Olá a todos.", "pt"))
    assert words(comment) == "Olá a todos."
    assert comment.document is not None
    assert comment.document.declared_language == "pt"
    ana.refresh_from_db()
    assert ana.recent_language == "pt"


def test_answers_are_nested_and_counted(say: Say, thread: Thread, boris: User) -> None:
    first = say("One.")
    second = say("Two.", under=first, author=boris)
    third = say("Three.", under=second)
    first.refresh_from_db()
    thread.refresh_from_db()
    assert [first.depth, second.depth, third.depth] == [0, 1, 2]
    assert (first.reply_count, thread.comment_count) == (1, 3)


@pytest.mark.parametrize("source", ["", "   \r\n ", "\u2066\u2069", "> \n>\n"])
def test_an_empty_comment_is_refused(thread: Thread, ana: User, source: str) -> None:
    with pytest.raises(errors.CommentEmpty):
        actions.post(thread, author=ana, draft=draft(source))
    assert not Comment.objects.exists()


def test_rule_of_reading_7_a_comment_has_ten_thousand_characters(thread: Thread, ana: User) -> None:
    actions.post(thread, author=ana, draft=draft("a\r\n" * 4_999 + "bc"))  # a line break counts as one
    with pytest.raises(errors.CommentTooLong) as refusal:
        actions.post(thread, author=ana, draft=draft("a" * 10_001))
    assert refusal.value.length == 10_001
    assert Comment.objects.count() == 1


def test_a_form_sent_twice_posts_once(thread: Thread, ana: User, boris: User) -> None:
    once = draft("Once.", submission=uuid.uuid4())
    first = actions.post(thread, author=ana, draft=once)
    assert actions.post(thread, author=ana, draft=once) == first
    with pytest.raises(errors.SubmissionTaken):
        actions.post(thread, author=boris, draft=once)
    thread.refresh_from_db()
    assert thread.comment_count == 1


def test_words_changed_after_an_answer_was_lost_are_not_lost(thread: Thread, ana: User) -> None:
    """Also those of a form that is filled in once more after going back."""
    form = uuid.uuid4()
    first = actions.post(thread, author=ana, draft=draft("The first wording.", submission=form))
    second = actions.post(thread, author=ana, draft=draft("The other wording.", submission=form))
    assert first != second
    assert actions.post(thread, author=ana, draft=draft("The first wording.\r\n", submission=form)) == first


def test_too_many_comments_in_a_minute_are_refused(thread: Thread, ana: User, settings: Settings) -> None:
    settings.DISCUSSION_COMMENTS_PER_MINUTE = 2
    for text in ("One.", "Two."):
        actions.post(thread, author=ana, draft=draft(text))
    with pytest.raises(errors.TooFast):
        actions.post(thread, author=ana, draft=draft("Three."))
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert actions.post(thread, author=ana, draft=draft("Three.")).pk


def test_first_comments_are_held_until_approved(
    thread: Thread, ana: User, moderator: User, settings: Settings
) -> None:
    settings.DISCUSSION_HOLD_FIRST_COMMENTS = 1
    held = actions.post(thread, author=ana, draft=draft("Hello."))
    thread.refresh_from_db()
    assert (held.state, thread.comment_count) == (CommentState.HELD, 0)
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    assert reading.comments == ()
    actions.approve(held, moderator=moderator)
    thread.refresh_from_db()
    assert thread.comment_count == 1
    assert actions.post(thread, author=ana, draft=draft("Again.")).state == CommentState.LIVE


def test_moderators_are_not_held(thread: Thread, moderator: User, settings: Settings) -> None:
    settings.DISCUSSION_HOLD_FIRST_COMMENTS = 1
    assert actions.post(thread, author=moderator, draft=draft("Hello.")).state == CommentState.LIVE


def test_a_suspended_person_reads_only(thread: Thread, ana: User, moderator: User) -> None:
    until = timezone.now() + timedelta(days=1)
    people.suspend(ana, by=moderator, until=until)
    with pytest.raises(errors.Suspended) as refusal:
        actions.post(thread, author=ana, draft=draft("Hello."))
    assert refusal.value.until == until
    assert formats.zone_name(until, "en") in str(refusal.value)
    User.objects.update(suspended_until=timezone.now() - timedelta(seconds=1))
    assert actions.post(thread, author=ana, draft=draft("Hello.")).pk


def test_a_locked_thread_takes_words_of_moderators_only(thread: Thread, ana: User, moderator: User) -> None:
    actions.lock(thread, moderator=moderator, reason="Enough.")
    with pytest.raises(errors.ThreadLocked):
        actions.post(thread, author=ana, draft=draft("But…"))
    assert actions.post(thread, author=moderator, draft=draft("It is closed.")).pk
    actions.unlock(thread, moderator=moderator)
    assert actions.post(thread, author=ana, draft=draft("But…")).pk


def test_nothing_is_written_under_a_withdrawn_story(thread: Thread, ana: User) -> None:
    translation.set_visibility(thread.document, visible=False)
    with pytest.raises(errors.ThreadWithdrawn):
        actions.post(thread, author=ana, draft=draft("Hello."))


@pytest.mark.parametrize("language", ["xx-nonsense", "", "klingon"])
def test_an_unknown_language_is_refused(thread: Thread, ana: User, language: str) -> None:
    with pytest.raises(errors.UnknownLanguage):
        actions.post(thread, author=ana, draft=draft("Hello.", language))


def test_rule_of_reading_5_any_language_is_taken(thread: Thread, ana: User) -> None:
    for language in ("hy", "und", "pt"):
        assert actions.post(thread, author=ana, draft=draft("Բարեւ։", language)).pk


def test_what_was_withdrawn_cannot_be_answered(say: Say, moderator: User, boris: User) -> None:
    comment = say("Rude.")
    actions.hide(comment, moderator=moderator, reason="Rude.")
    with pytest.raises(errors.NotLive):
        say("Indeed.", under=comment, author=boris)


def test_rule_of_reading_6_an_edited_comment_shows_its_new_words(say: Say, ana: User, boris: User) -> None:
    comment = say("Old words.")
    say("An answer.", under=comment, author=boris)
    actions.vote(comment, voter=boris, value=1)
    edited = actions.edit(comment, author=ana, source="New words.", view=View("en"))
    assert words(comment) == "New words."
    assert edited.edited_at is not None
    comment.refresh_from_db()
    assert (comment.score, comment.reply_count) == (1, 1)


def test_an_edit_that_changes_nothing_leaves_no_mark(say: Say, ana: User) -> None:
    comment = say("Same words.")
    assert actions.edit(comment, author=ana, source="Same words.", view=View("en")).edited_at is None


def test_only_the_author_edits_and_not_for_long(
    say: Say, ana: User, moderator: User, settings: Settings
) -> None:
    comment = say("Mine.")
    with pytest.raises(errors.NotPermitted):
        actions.edit(comment, author=moderator, source="Yours.", view=View("en"))
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=settings.DISCUSSION_EDIT_MINUTES))
    with pytest.raises(errors.EditingClosed):
        actions.edit(comment, author=ana, source="Late.", view=View("en"))
    assert words(comment) == "Mine."


def test_a_hidden_comment_cannot_be_edited(say: Say, ana: User, moderator: User) -> None:
    comment = say("Mine.")
    actions.hide(comment, moderator=moderator, reason="Rude.")
    with pytest.raises(errors.NotLive):
        actions.edit(comment, author=ana, source="Nicer.", view=View("en"))


def test_ten_take_as_many_statements_as_two(
    thread: Thread, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    writers = [make_person(f"Writer{number}") for number in range(12)]

    def calls(some: Sequence[User]) -> list[Call[posting._Asked, Comment]]:
        said = [draft(f"I am {one.display_name}, and so I say it.") for one in some]
        return [
            Call(posting._Asked(thread.pk, one.pk, each, each.posted_as, posting.worded(each.source), None))
            for one, each in zip(some, said, strict=True)
        ]

    for some in (writers[:2], writers[2:]):
        with django_assert_max_num_queries(24):
            posting._post_all(calls(some))
    thread.refresh_from_db()
    assert Comment.objects.count() == thread.comment_count == 12
