"""Reports and decisions; every act is logged with its reason."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from pytest_django import Settings

from dragoman.discussion import actions, errors, facts
from dragoman.discussion.models import Act, CommentState, Decision, Report, ReportReason, Thread
from dragoman.discussion.moderation.cases import Case
from dragoman.discussion.moderation.queue import Kind, page
from dragoman.discussion.permissions import may_moderate
from dragoman.discussion.queries import thread_reading
from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.people import errors as people_errors
from dragoman.people.models import User
from dragoman.translation.desk.actions import close_report
from dragoman.translation.models import LanguageOrigin, TranslationReport

from .conftest import Say, make_person


def cases(kind: str, language: str = "en") -> tuple[Case, ...]:
    return page(View(language), Kind(kind)).cases


def test_a_report_stays_open_until_somebody_decides(say: Say, boris: User, moderator: User) -> None:
    comment = say("Buy now!")
    report = actions.report(comment, reporter=boris, reason=ReportReason.SPAM, note=" Look. ", language="pt")
    assert (report.note, report.language) == ("Look.", "pt")
    assert actions.report(comment, reporter=boris, reason=ReportReason.HATE, language="pt") == report
    assert [case.comment.pk for case in cases("reported")] == [comment.pk]
    actions.dismiss(comment, moderator=moderator, reason="It is not.")
    assert cases("reported") == ()
    comment.refresh_from_db()
    assert comment.state == CommentState.LIVE
    with pytest.raises(errors.NoSuchChange):
        actions.dismiss(comment, moderator=moderator)


def test_one_does_not_report_oneself_nor_what_is_gone(
    say: Say, ana: User, boris: User, moderator: User
) -> None:
    comment = say("Well.")
    with pytest.raises(errors.OwnComment):
        actions.report(comment, reporter=ana, reason=ReportReason.SPAM, language="en")
    actions.hide(comment, moderator=moderator, reason="Rude.")
    with pytest.raises(errors.NotLive):
        actions.report(comment, reporter=boris, reason=ReportReason.SPAM, language="en")


def test_reports_are_limited(say: Say, boris: User, settings: Settings) -> None:
    settings.DISCUSSION_REPORTS_PER_HOUR = 1
    actions.report(say("One."), reporter=boris, reason=ReportReason.SPAM, language="en")
    with pytest.raises(errors.TooFast):
        actions.report(say("Two."), reporter=boris, reason=ReportReason.SPAM, language="en")


def test_hiding_withdraws_and_restoring_brings_back(
    say: Say, thread: Thread, boris: User, moderator: User
) -> None:
    comment = say("Rude.")
    actions.report(comment, reporter=boris, reason=ReportReason.INSULT, language="en")
    actions.hide(comment, moderator=moderator, reason="An insult.")
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    assert (reading.count, reading.comments) == (0, ())
    assert not Report.objects.filter(settled_at=None).exists()
    assert [case.comment.pk for case in cases("hidden")] == [comment.pk]
    actions.restore(comment, moderator=moderator)
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    assert [each.reading is not None for each in reading.comments] == [True]
    assert [(row.act, row.reason) for row in Decision.objects.order_by("pk")] == [
        (Act.HIDE, "An insult."),
        (Act.RESTORE, ""),
    ]


def test_a_hidden_comment_with_answers_says_so(
    say: Say, thread: Thread, boris: User, moderator: User
) -> None:
    comment = say("Rude.")
    say("Now now.", under=comment, author=boris)
    actions.hide(comment, moderator=moderator, reason="Rude.")
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    assert [each.state for each in reading.comments] == [CommentState.HIDDEN, CommentState.LIVE]


def test_some_decisions_need_a_reason(say: Say, thread: Thread, boris: User, moderator: User) -> None:
    with pytest.raises(errors.ReasonMissing):
        actions.hide(say("Well."), moderator=moderator, reason="  ")
    with pytest.raises(errors.ReasonMissing):
        actions.lock(thread, moderator=moderator, reason="")
    with pytest.raises(errors.ReasonMissing):
        actions.suspend_account(boris, moderator=moderator, reason="")
    assert not Decision.objects.exists()


def test_only_moderators_moderate(say: Say, thread: Thread, boris: User) -> None:
    comment = say("Well.")
    for act in (actions.hide, actions.approve, actions.restore, actions.dismiss):
        with pytest.raises(errors.NotPermitted):
            act(comment, moderator=boris, reason="I say so.")
    with pytest.raises(errors.NotPermitted):
        actions.lock(thread, moderator=boris, reason="I say so.")
    with pytest.raises(errors.NotPermitted):
        actions.suspend_account(make_person("Carla"), moderator=boris, reason="I say so.")
    with pytest.raises(errors.NotPermitted):
        actions.correct_language(comment, by=boris, language="pt")


def test_the_group_of_moderators_may(moderators: Group, boris: User) -> None:
    assert not may_moderate(boris)
    boris.groups.add(moderators)
    again = User.objects.get(pk=boris.pk)
    assert may_moderate(again)
    assert again.has_perm("people.suspend_user")
    assert not again.has_perm("wagtailadmin.access_admin")


def test_suspending_is_logged_and_can_be_taken_back(boris: User, moderator: User) -> None:
    assert actions.suspend_account(boris, moderator=moderator, reason="Spam.").is_suspended
    assert not actions.reinstate_account(boris, moderator=moderator).is_suspended
    assert [row.act for row in Decision.objects.order_by("pk")] == [Act.SUSPEND, Act.REINSTATE]


def test_staff_and_oneself_cannot_be_suspended(moderator: User) -> None:
    chief = make_person("Chief", is_staff=True)
    for person in (chief, moderator):
        with pytest.raises(people_errors.NotPermitted):
            actions.suspend_account(person, moderator=moderator, reason="Coup.")
    assert not Decision.objects.exists()


def test_author_and_moderator_correct_the_language(say: Say, ana: User, moderator: User) -> None:
    comment = say("Bom dia a todos.")
    actions.correct_language(comment, by=ana, language="pt")
    comment.refresh_from_db()
    assert comment.document is not None
    comment.document.refresh_from_db()
    assert comment.document.source_language == "pt"
    assert comment.document.language_origin == LanguageOrigin.CORRECTED
    assert not Decision.objects.exists()
    actions.correct_language(comment, by=moderator, language="es")
    assert Decision.objects.get().act == Act.CORRECT_LANGUAGE
    with pytest.raises(errors.UnknownLanguage):
        actions.correct_language(comment, by=ana, language="qq-nope")


def test_moderators_read_held_words_in_both_languages(
    thread: Thread, ana: User, settings: Settings, fake_engine: object, run_jobs: object
) -> None:
    from .conftest import draft

    settings.DISCUSSION_HOLD_FIRST_COMMENTS = 1
    actions.post(thread, author=ana, draft=draft("A ponte está fechada até maio, dizem eles.", "pt"))
    run_jobs()  # type: ignore[operator]
    (case,) = cases("first")
    assert case.original is not None
    assert case.translation is not None
    assert "ponte" in case.original.markup
    assert (case.original.language, case.translation.language) == ("pt", "en")
    assert case.translation.markup != case.original.markup


def test_moderators_read_what_is_hidden_in_their_language_and_as_written(
    say: Say, moderator: User, fake_engine: FakeEngine, run_jobs: Callable[[], int]
) -> None:
    comment = say("The bridge is closed tonight.")
    run_jobs()
    actions.hide(comment, moderator=moderator, reason="rude")
    (case,) = cases("hidden", "pt")
    assert case.original is not None
    assert (case.original.language, str(case.original.markup)) == (
        "en",
        "<p>The bridge is closed tonight.</p>",
    )
    assert case.translation is not None
    assert case.translation.language == "pt"
    assert "bridge" in case.translation.markup
    (case,) = cases("hidden")
    assert case.translation is None
    (case,) = page(View("fr", originals=True), Kind.HIDDEN).cases
    assert case.translation is not None


def test_a_reported_translation_reaches_the_desk_and_is_settled_there(
    say: Say, boris: User, moderator: User
) -> None:
    comment = say("Buy now!")
    why = ReportReason.TRANSLATION
    report = actions.report(comment, reporter=boris, reason=why, note="Odd.", language="pt")
    other = actions.report(comment, reporter=make_person("carla"), reason=ReportReason.SPAM, language="pt")
    told = TranslationReport.objects.get()
    assert (told.document, told.language, told.note) == (comment.document, "pt", "Odd.")
    close_report(told, reviewer=User.objects.create_superuser("desk@example.org", display_name="Desk"))
    report.refresh_from_db()
    other.refresh_from_db()
    assert report.settled_at is not None
    assert other.settled_at is None


def test_a_featured_comment_bears_a_mark_and_its_author_is_told(
    say: Say, thread: Thread, ana: User, moderator: User
) -> None:
    heard: list[Decision] = []

    def hear(decision: Decision, **_: object) -> None:
        heard.append(decision)

    facts.decision_made.connect(hear)
    comment = say("Well observed.")
    actions.feature(comment, moderator=moderator, reason="From experience.")
    assert [(each.act, each.concerned, each.reason) for each in heard] == [
        (Act.FEATURE, ana, "From experience.")
    ]
    reading = thread_reading(thread.document_id, View("en"))
    assert reading is not None
    assert reading.comments[0].is_featured
    with pytest.raises(errors.NoSuchChange):
        actions.feature(comment, moderator=moderator)
    actions.unfeature(comment, moderator=moderator)
    with pytest.raises(errors.NotPermitted):
        actions.feature(comment, moderator=ana)


@pytest.mark.parametrize("sort", ["oldest", "newest", "discussed", "best"])
def test_a_pinned_comment_stands_first_in_every_order(
    say: Say, thread: Thread, boris: User, moderator: User, sort: str
) -> None:
    first, second, third = say("One."), say("Two."), say("Three.")
    answer = say("No.", author=boris, under=third)
    actions.pin(second, moderator=moderator)
    with pytest.raises(errors.NoSuchChange):
        actions.pin(answer, moderator=moderator)  # it stands under what it answers
    reading = thread_reading(thread.document_id, View("en"), sort)
    assert reading is not None
    assert reading.comments[0].id == second.pk
    assert reading.comments[0].is_pinned
    actions.unpin(second, moderator=moderator)
    reading = thread_reading(thread.document_id, View("en"), sort)
    assert reading is not None
    assert {each.id for each in reading.comments} == {first.pk, second.pk, third.pk, answer.pk}
    assert reading.comments[0].id == {"oldest": first, "best": first}.get(sort, third).pk


def test_who_decides_on_oneself_is_not_told(say: Say, moderator: User) -> None:
    comment = say("Mine.", author=moderator)
    actions.pin(comment, moderator=moderator)
    actions.lock(comment.thread, moderator=moderator, reason="Enough.")
    assert [each.concerned for each in Decision.objects.all()] == [None, None]
