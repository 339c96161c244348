"""Who is told of what: in the transaction of the cause, never for what one may not see, never of one's own doing."""

from collections.abc import Callable

import pytest
from django.db import transaction
from pytest_django import Settings

from dragoman.discussion import actions
from dragoman.discussion.drafting import quoted_markdown, whole_comment
from dragoman.discussion.models import Comment, Notification, Thread
from dragoman.discussion.notifications import actions as notifications
from dragoman.discussion.notifications import queries
from dragoman.discussion.notifications.errors import NotIgnorable
from dragoman.discussion.notifications.models import Follow
from dragoman.languages.view import View
from dragoman.people import actions as people
from dragoman.people.models import User
from dragoman.translation import actions as translation
from tests.discussion.conftest import Say, make_person

RunJobs = Callable[[], int]
pytestmark = pytest.mark.usefixtures("fake_engine")


def told(person: User) -> list[tuple[str, int | None]]:
    """Kind and comment of what a person is shown, the newest first."""
    rows = queries.visible(person).order_by("-created_at", "-pk")
    return list(rows.values_list("kind", "comment_id"))


def quoting(comment: Comment, words: str = "I doubt it.") -> str:
    fresh = Comment.objects.get(pk=comment.pk)
    return quoted_markdown(whole_comment(fresh), View("en")) + words


def test_an_answer_is_told_to_who_is_answered(say: Say, ana: User, boris: User) -> None:
    first = say("One.")
    answer = say("Two.", under=first, author=boris)
    assert told(ana) == [("reply", answer.pk)]
    assert told(boris) == []
    assert queries.unread_count(ana) == 1


def test_nobody_is_told_of_their_own_doing(say: Say, ana: User) -> None:
    first = say("One.")
    say(quoting(first), under=first)
    assert told(ana) == []


def test_a_quotation_is_told_to_who_is_quoted_and_once(say: Say, ana: User, boris: User) -> None:
    first = say("The bridge should stay closed.")
    elsewhere = say("Another branch.", author=boris)
    quotation = say(quoting(first), under=elsewhere, author=boris)
    assert told(ana) == [("quotation", quotation.pk)]
    both = say(quoting(first), under=first, author=boris)  # an answer that quotes is an answer
    assert told(ana) == [("reply", both.pk), ("quotation", quotation.pk)]


def test_a_quotation_taken_out_again_is_told_to_nobody(say: Say, ana: User, boris: User) -> None:
    first = say("The bridge should stay closed.")
    quotation = say(quoting(first), author=boris)
    actions.edit(quotation, author=boris, source="I doubt it.", view=View("en"))
    assert told(ana) == []


def test_a_quotation_put_in_later_is_told(say: Say, ana: User, boris: User) -> None:
    first = say("The bridge should stay closed.")
    later = say("I doubt it.", author=boris)
    actions.edit(later, author=boris, source=quoting(first), view=View("en"))
    assert told(ana) == [("quotation", later.pk)]


def test_what_is_rolled_back_tells_nothing(say: Say, ana: User, boris: User) -> None:
    first = say("One.")

    def broken() -> None:
        with transaction.atomic():
            say("Two.", under=first, author=boris)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert not Notification.objects.exists()


def test_what_is_withdrawn_is_told_to_nobody_and_told_once_when_it_returns(
    say: Say, ana: User, boris: User, moderator: User
) -> None:
    first = say("One.")
    answer = say("Two.", under=first, author=boris)
    actions.hide(answer, moderator=moderator, reason="Rude.")
    assert (told(ana), queries.unread_count(ana)) == ([], 0)
    actions.restore(answer, moderator=moderator)
    assert told(ana) == [("reply", answer.pk)]
    assert Notification.objects.filter(recipient=ana).count() == 1
    actions.delete(answer, author=boris)
    assert not Notification.objects.filter(comment=answer, recipient=ana).exists()


def test_under_an_unpublished_story_there_is_nothing_to_tell(say: Say, ana: User, boris: User) -> None:
    first = say("One.")
    say("Two.", under=first, author=boris)
    translation.set_visibility(first.thread.document, visible=False)
    assert (told(ana), queries.unread_count(ana)) == ([], 0)
    translation.set_visibility(first.thread.document, visible=True)
    assert queries.unread_count(ana) == 1


def test_a_held_comment_is_told_when_it_is_shown(
    say: Say, ana: User, boris: User, moderator: User, settings: Settings
) -> None:
    first = say("One.")
    settings.DISCUSSION_HOLD_FIRST_COMMENTS = 1
    held = say("Two.", under=first, author=boris)
    assert told(ana) == []
    actions.approve(held, moderator=moderator)
    assert told(ana) == [("reply", held.pk)]
    assert told(boris) == [("decision", held.pk)]


def test_a_decision_is_told_to_the_author_also_of_what_is_hidden(
    say: Say, ana: User, moderator: User
) -> None:
    comment = say("Rude.")
    actions.hide(comment, moderator=moderator, reason="Rude.")
    assert told(ana) == [("decision", comment.pk)]
    actions.restore(comment, moderator=moderator)
    assert [kind for kind, _ in told(ana)] == ["decision", "decision"]
    assert told(moderator) == []


def test_a_featured_comment_is_told_once(say: Say, ana: User, moderator: User) -> None:
    comment = say("Well said.")
    actions.feature(comment, moderator=moderator)
    assert told(ana) == [("featured", comment.pk)]
    actions.unfeature(comment, moderator=moderator)
    actions.pin(comment, moderator=moderator)
    assert [kind for kind, _ in told(ana)] == ["featured"]


def test_closed_and_suspended_accounts_are_told_nothing(
    say: Say, ana: User, boris: User, moderator: User
) -> None:
    first = say("One.")
    people.suspend(ana, by=moderator)
    say("Two.", under=first, author=boris)
    assert told(ana) == []
    actions.hide(first, moderator=moderator, reason="Rude.")
    assert [kind for kind, _ in told(ana)] == ["decision"]  # but why their comment is gone
    people.reinstate(ana, by=moderator)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    actions.restore(first, moderator=moderator)
    say("Three.", under=first, author=boris)
    assert len(told(ana)) == 1


# --- following -------------------------------------------------------------------------------------------------------


def test_who_writes_follows_and_is_told_of_what_comes_after(
    say: Say, ana: User, boris: User, thread: Thread, run_jobs: RunJobs
) -> None:
    say("One.")
    assert queries.follows(ana, thread)
    second = say("Two.", author=boris)
    run_jobs()
    assert told(ana) == [("followed", second.pk)]
    say("Three.", author=boris)
    run_jobs()
    assert told(ana) == [("followed", second.pk)]  # one row stands for all that is not read
    notifications.mark_all_read(ana)
    fourth = say("Four.", author=boris)
    run_jobs()
    assert told(ana)[0] == ("followed", fourth.pk)


def test_a_nearer_reason_stands_for_following(say: Say, ana: User, boris: User, run_jobs: RunJobs) -> None:
    first = say("One.")
    answer = say("Two.", under=first, author=boris)
    run_jobs()
    assert told(ana) == [("reply", answer.pk)]


def test_who_left_a_thread_is_left_alone(
    say: Say, ana: User, boris: User, thread: Thread, run_jobs: RunJobs
) -> None:
    say("One.")
    say("Two.", author=boris)
    run_jobs()
    notifications.unfollow(thread, person=ana)
    assert told(ana) == []
    say("Three.")  # writing again does not begin it anew
    say("Four.", author=boris)
    run_jobs()
    assert told(ana) == []
    notifications.follow(thread, person=ana)
    last = say("Five.", author=boris)
    run_jobs()
    assert told(ana) == [("followed", last.pk)]


def test_writing_follows_only_who_wishes_so(say: Say, ana: User, thread: Thread) -> None:
    notifications.prefer(ana, paces={}, follows_own=False)
    say("One.")
    assert not queries.follows(ana, thread)


def test_a_followed_thread_goes_on_after_what_was_withdrawn(
    say: Say, ana: User, boris: User, moderator: User, run_jobs: RunJobs
) -> None:
    say("One.")
    second = say("Two.", author=boris)
    say("My own.")
    fourth = say("Four.", author=boris)
    run_jobs()
    actions.hide(second, moderator=moderator, reason="Rude.")
    assert told(ana) == [("followed", fourth.pk)]
    actions.delete(fourth, author=boris)
    assert told(ana) == []
    actions.restore(second, moderator=moderator)
    run_jobs()
    assert told(ana) == []  # what was hidden in between is nothing new


def test_a_thousand_followers_are_told_in_few_statements(
    say: Say,
    thread: Thread,
    boris: User,
    run_jobs: RunJobs,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    crowd = User.objects.bulk_create(
        User(email=f"reader{number}@example.org", display_name=f"Reader {number}") for number in range(1000)
    )
    Follow.objects.bulk_create(Follow(person=each, thread=thread) for each in crowd)
    with django_assert_max_num_queries(60):  # the writer waits for none of them
        comment = say("One.", author=boris)
    assert Notification.objects.count() == 0
    run_jobs()
    assert Notification.objects.filter(kind="followed", comment=comment).count() == 1000


# --- ignoring --------------------------------------------------------------------------------------------------------


def test_who_is_ignored_is_not_heard(
    say: Say, ana: User, boris: User, run_jobs: RunJobs, thread: Thread
) -> None:
    carla = make_person("Carla")
    first = say("One.")
    say("Two.", under=first, author=boris)
    say("Elsewhere.", author=boris)
    later = say("Later.", author=carla)
    run_jobs()
    notifications.ignore(boris, person=ana)
    assert told(ana) == [("followed", later.pk)]
    say("Three.", under=first, author=boris)
    say(quoting(first), author=boris)
    run_jobs()
    assert told(ana) == [("followed", later.pk)]
    assert queries.me(ana, thread)["ignored"] == [boris.pk]
    notifications.unignore(boris, person=ana)
    answer = say("Four.", under=first, author=boris)
    assert told(ana)[0] == ("reply", answer.pk)


def test_neither_oneself_nor_the_staff_can_be_ignored(ana: User, moderator: User) -> None:
    for other in (ana, moderator, make_person("Stella", is_staff=True)):
        with pytest.raises(NotIgnorable):
            notifications.ignore(other, person=ana)


def test_ten_thousand_replies_are_counted_no_further_than_a_bell_says(
    say: Say, ana: User, boris: User, thread: Thread, django_assert_num_queries: Callable[..., object]
) -> None:
    first = say("One.")
    replies = Comment.objects.bulk_create(
        Comment(thread=thread, parent=first, depth=1, author=boris) for _ in range(10_000)
    )
    Notification.objects.bulk_create(
        Notification(recipient=ana, kind="reply", thread=thread, comment=reply) for reply in replies
    )
    with django_assert_num_queries(1):
        assert queries.unread_count(ana) == queries.COUNTED_AT_MOST


def test_imported_comments_tell_nobody(thread: Thread, ana: User, say: Say, run_jobs: RunJobs) -> None:
    from django.utils import timezone

    from dragoman.discussion.actions.importing import ForeignComment
    from dragoman.text.blocks import plain

    first = say("One.")
    foreign = ForeignComment("x1", (plain("From elsewhere."),), "en", timezone.now(), author_name="Zoé")
    actions.import_comment(thread, foreign, parent=first)
    run_jobs()
    assert told(ana) == []


def test_every_decision_on_a_person_has_its_own_sentence() -> None:
    from dragoman.discussion.models import SILENT, Act
    from dragoman.discussion.notifications.readings import _DECIDED
    from dragoman.discussion.notifications.telling import UNTOLD

    assert set(_DECIDED) == set(Act) - SILENT - UNTOLD - {Act.FEATURE}
