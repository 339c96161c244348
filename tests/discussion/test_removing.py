"""Deleting: the words are gone, the place stays while it is answered."""

from collections.abc import Callable

import pytest

from dragoman.discussion import actions, errors
from dragoman.discussion.models import Comment, CommentState, Report, ReportReason, Thread
from dragoman.discussion.queries import comment_counts, thread_reading
from dragoman.discussion.readings import ThreadReading
from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.translation.models import Document, Memory, Revision, Scope

from .conftest import Say, make_story


def reading_of(thread: Thread) -> ThreadReading:
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    return reading


def test_an_answered_comment_leaves_a_tombstone(say: Say, thread: Thread, ana: User, boris: User) -> None:
    first = say("First.")
    answer = say("Answer.", under=first, author=boris)
    document = first.document_id
    actions.delete(first, author=ana)
    reading = reading_of(thread)
    assert [(each.id, each.is_live) for each in reading.comments] == [(first.pk, False), (answer.pk, True)]
    assert reading.comments[0].state == CommentState.DELETED
    assert not Document.objects.filter(pk=document).exists()
    assert not Revision.objects.filter(document=document).exists()


def test_without_answers_nothing_is_left(say: Say, thread: Thread, ana: User, boris: User) -> None:
    first = say("First.")
    answer = say("Answer.", under=first, author=boris)
    actions.delete(answer, author=boris)
    assert [each.id for each in reading_of(thread).comments] == [first.pk]
    actions.delete(first, author=ana)
    assert reading_of(thread).comments == ()


def test_tombstones_of_tombstones_go_together(say: Say, thread: Thread, ana: User) -> None:
    first = say("First.")
    second = say("Second.", under=first)
    third = say("Third.", under=second)
    actions.delete(first, author=ana)
    actions.delete(second, author=ana)
    assert [each.id for each in reading_of(thread).comments] == [first.pk, second.pk, third.pk]
    actions.delete(third, author=ana)
    assert reading_of(thread).comments == ()


def test_the_count_is_equal_everywhere(say: Say, thread: Thread, ana: User, moderator: User) -> None:
    comments = [say(f"Number {number}.") for number in range(4)]
    answer = say("Answer.", under=comments[0])
    actions.delete(comments[0], author=ana)
    actions.hide(comments[1], moderator=moderator, reason="Rude.")
    thread.refresh_from_db()
    live = Comment.objects.filter(thread=thread, state=CommentState.LIVE).count()
    reading = reading_of(thread)
    assert live == 3
    assert {
        thread.comment_count,
        reading.count,
        comment_counts([thread.document_id])[thread.document_id],
    } == {live}
    assert sum(each.is_live for each in reading.comments) == live
    comments[0].refresh_from_db()
    assert comments[0].reply_count == 1
    actions.delete(answer, author=ana)
    comments[0].refresh_from_db()
    assert comments[0].reply_count == 0


def test_only_the_author_deletes_and_only_once(say: Say, thread: Thread, ana: User, moderator: User) -> None:
    comment = say("Mine.")
    with pytest.raises(errors.NotPermitted):
        actions.delete(comment, author=moderator)
    actions.delete(comment, author=ana)
    with pytest.raises(errors.NoSuchChange):
        actions.delete(comment, author=ana)
    thread.refresh_from_db()
    assert thread.comment_count == 0


def test_a_hidden_comment_can_be_deleted_and_is_not_counted_twice(
    say: Say, thread: Thread, ana: User, moderator: User
) -> None:
    comment = say("Mine.")
    actions.hide(comment, moderator=moderator, reason="Rude.")
    actions.delete(comment, author=ana)
    thread.refresh_from_db()
    assert thread.comment_count == 0


def test_deleting_settles_reports(say: Say, ana: User, boris: User) -> None:
    comment = say("Mine.")
    actions.report(comment, reporter=boris, reason=ReportReason.SPAM, language="en")
    actions.delete(comment, author=ana)
    assert not Report.objects.filter(settled_at=None).exists()


def test_a_deleted_story_takes_every_word_along(say: Say, thread: Thread) -> None:
    first = say("First.")
    say("Second.", under=first)
    actions.erase_thread(thread.document)
    assert not Comment.objects.exists()
    assert not Document.objects.filter(kind="comment").exists()
    actions.erase_thread(thread.document)  # nothing left to do


def test_deleting_a_comment_forgets_its_sentences_unless_another_holds_them(
    say: Say, ana: User, boris: User, fake_engine: FakeEngine, run_jobs: Callable[[], int]
) -> None:
    shared, own = "The bridge is closed until the spring.", "My aunt lives right beside it."
    comment, other = say(f"{shared} {own}"), say(shared, author=boris)
    say("Is that really so?", under=comment, author=boris)  # a tombstone stays, its words do not
    run_jobs()
    assert set(Memory.objects.values_list("source", flat=True)) >= {shared, own}
    actions.delete(comment, author=ana)
    run_jobs()
    left = set(Memory.objects.filter(scope=Scope.DISCUSSION).values_list("source", flat=True))
    assert own not in left
    assert shared in left
    assert not Revision.objects.filter(fields__icontains="aunt").exists()
    actions.delete(other, author=boris)
    run_jobs()
    assert not Memory.objects.filter(source=shared).exists()


def test_editing_a_comment_forgets_the_sentences_it_had(
    say: Say, ana: User, fake_engine: FakeEngine, run_jobs: Callable[[], int]
) -> None:
    comment = say("My aunt lives right beside the bridge.")
    run_jobs()
    actions.edit(comment, author=ana, source="Somebody lives right beside the bridge.", view=View("en"))
    run_jobs()
    assert not Memory.objects.filter(source__contains="aunt").exists()
    assert Memory.objects.filter(source__contains="Somebody").count() == 5


def test_newsroom_memory_never_learns_from_the_discussion(
    say: Say, fake_engine: FakeEngine, run_jobs: Callable[[], int]
) -> None:
    say("The bridge is closed until the spring.")
    run_jobs()
    fake_engine.ledger.clear()
    make_story("Bridge", ("The bridge is closed until the spring.",))
    run_jobs()
    assert any("The bridge is closed until the spring." in request.texts for request in fake_engine.ledger)
