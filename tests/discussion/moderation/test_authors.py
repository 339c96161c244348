"""Warnings, bans that can be undone exactly, notes; comments deleted by moderators."""

import pytest

from dragoman.discussion import actions, errors
from dragoman.discussion.models import Act, CommentState, Decision, PersonNote, Thread
from dragoman.discussion.queries import thread_reading
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.translation.models import Document
from tests.discussion.conftest import Say


def states(*comments: object) -> list[str]:
    for comment in comments:
        comment.refresh_from_db()  # type: ignore[attr-defined]
    return [comment.state for comment in comments]  # type: ignore[attr-defined]


def test_a_ban_hides_everything_and_its_end_shows_exactly_that(
    say: Say, thread: Thread, ana: User, boris: User, moderator: User
) -> None:
    hidden_before, live, deleted, decided = say("One."), say("Two."), say("Three."), say("Four.")
    others = say("Mine.", author=boris)
    actions.hide(hidden_before, moderator=moderator, reason="Rude.")
    actions.ban(ana, moderator=moderator, ground="spam", hide_comments=True)
    ana.refresh_from_db()
    assert ana.is_suspended
    assert states(hidden_before, live, deleted, decided, others) == ["hidden"] * 4 + ["live"]
    with pytest.raises(errors.Suspended):
        say("Five.")
    thread.refresh_from_db()
    assert thread.comment_count == 1
    actions.delete(deleted, author=ana)
    actions.restore(decided, moderator=moderator)
    actions.hide(decided, moderator=moderator, reason="This one for itself.")
    actions.reinstate_account(ana, moderator=moderator)
    assert states(hidden_before, live, deleted, decided) == ["hidden", "live", "deleted", "hidden"]
    thread.refresh_from_db()
    assert thread.comment_count == 2
    ban = Decision.objects.get(act=Act.BAN)
    assert ban.concerned == ana
    assert [part.concerned for part in ban.parts.all()] == [None] * 3
    assert Decision.objects.get(act=Act.REINSTATE).parts.count() == 1


def test_lifting_a_second_suspension_does_not_undo_an_older_ban(say: Say, ana: User, moderator: User) -> None:
    comment = say("One.")
    actions.ban(ana, moderator=moderator, reason="Spam.", hide_comments=True)
    actions.reinstate_account(ana, moderator=moderator)
    assert states(comment) == ["live"]
    actions.hide(comment, moderator=moderator, reason="After all.")
    actions.suspend_account(ana, moderator=moderator, reason="Again.")
    actions.reinstate_account(ana, moderator=moderator)
    assert states(comment) == ["hidden"]


def test_a_warning_needs_a_reason_and_is_told(ana: User, moderator: User) -> None:
    with pytest.raises(errors.ReasonMissing):
        actions.warn(ana, moderator=moderator)
    warning = actions.warn(ana, moderator=moderator, ground="insult", reason="Not like this.")
    assert (warning.concerned, warning.ground, warning.reason) == (ana, "insult", "Not like this.")
    assert warning.document is not None
    assert not warning.document.visible
    with pytest.raises(errors.NotPermitted):
        actions.warn(moderator, moderator=ana, reason="You too.")


def test_notes_are_the_moderators_alone(ana: User, moderator: User) -> None:
    note = actions.write_note(ana, moderator=moderator, text="  Was kind on the phone. ")
    assert note.text == "Was kind on the phone."
    assert [each.concerned for each in Decision.objects.all()] == [None]
    with pytest.raises(errors.NotPermitted):
        actions.write_note(ana, moderator=ana, text="I am kind.")
    with pytest.raises(errors.NotPermitted):
        actions.delete_note(note, moderator=ana)
    actions.delete_note(note, moderator=moderator)
    assert not PersonNote.objects.exists()
    assert Decision.objects.filter(act=Act.NOTE).count() == 2


def test_what_a_moderator_deletes_has_no_words_any_more(
    say: Say, thread: Thread, ana: User, boris: User, moderator: User
) -> None:
    comment = say("Rude words.")
    answer = say("No.", author=boris, under=comment)
    document = comment.document_id
    with pytest.raises(errors.ReasonMissing):
        actions.remove(comment, moderator=moderator)
    actions.remove(comment, moderator=moderator, ground="hate")
    assert not Document.objects.filter(pk=document).exists()
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    assert [(each.id, each.state) for each in reading.comments] == [
        (comment.pk, CommentState.REMOVED),
        (answer.pk, CommentState.LIVE),
    ]
    for again in (actions.remove, actions.hide, actions.restore, actions.approve):
        with pytest.raises(errors.NoSuchChange):
            again(comment, moderator=moderator, reason="Again.")


def test_a_moderator_approves_the_words_that_were_read_and_no_others(
    say: Say, ana: User, moderator: User, settings: object
) -> None:
    settings.DISCUSSION_PREMODERATE = True  # type: ignore[attr-defined]
    comment = say("Harmless.")
    assert comment.document is not None
    read = comment.document.current_id
    actions.edit(comment, author=ana, source="Harmful.", view=View("en"))
    with pytest.raises(errors.ChangedMeanwhile):
        actions.approve(comment, moderator=moderator, revision=read)
    assert states(comment) == ["held"]
    comment.document.refresh_from_db()
    actions.approve(comment, moderator=moderator, revision=comment.document.current_id)
    assert states(comment) == ["live"]
