"""Two at once: real threads, real transactions, and locks that decide who comes first."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from dragoman.delivery.live import announced
from dragoman.delivery.models import Change
from dragoman.discussion import actions, errors
from dragoman.discussion.actions import posting
from dragoman.discussion.models import (
    Act,
    Appeal,
    Comment,
    CommentState,
    Decision,
    ReportReason,
    Thread,
    Vote,
)
from dragoman.discussion.moderation.classifier import Result, Verdict
from dragoman.discussion.queries import comment_reading
from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Answer, Request
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import Block
from dragoman.translation import engines
from dragoman.translation.models import Document, Edition
from tests.conftest import ENGLISH_PAIRS

from .conftest import draft, make_moderator, make_person, make_story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thread() -> Thread:
    return Thread.objects.get(document=make_story())


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run these at the same moment, each with a connection of its own; what each gave, or its exception."""
    gate = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            results[place] = work()
        except Exception as fault:  # the test looks at it
            results[place] = fault
        finally:
            connection.close()
            close_old_connections()

    workers = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert not any(worker.is_alive() for worker in workers)
    return results


def faults(results: Sequence[object]) -> list[object]:
    return [result for result in results if isinstance(result, Exception)]


def test_a_form_sent_twice_at_once_posts_once(thread: Thread) -> None:
    ana = make_person("Ana")
    once = draft("Once.", submission=uuid.uuid4())
    results = at_once(*[lambda: actions.post(thread, author=ana, draft=once)] * 4)
    assert faults(results) == []
    assert len({comment.pk for comment in results}) == 1  # type: ignore[attr-defined]
    thread.refresh_from_db()
    assert (Comment.objects.count(), thread.comment_count) == (1, 1)


def test_votes_at_once_are_all_counted(thread: Thread) -> None:
    comment = actions.post(thread, author=make_person("Ana"), draft=draft("Well."))
    voters = [make_person(f"Voter{number}") for number in range(6)]
    works = [lambda voter=voter: actions.vote(comment, voter=voter, value=1) for voter in voters]
    assert faults(at_once(*works)) == []
    comment.refresh_from_db()
    assert comment.score == 6


def test_one_voter_at_once_with_oneself_counts_once(thread: Thread) -> None:
    comment = actions.post(thread, author=make_person("Ana"), draft=draft("Well."))
    voter = make_person("Boris")
    works = [
        lambda value=value: actions.vote(comment, voter=User.objects.get(pk=voter.pk), value=value)
        for value in (1, -1, 1, -1)
    ]
    assert faults(at_once(*works)) == []
    comment.refresh_from_db()
    assert comment.score == Vote.objects.get().value


def test_deleting_while_somebody_answers(thread: Thread) -> None:
    ana, boris = make_person("Ana"), make_person("Boris")
    for _ in range(5):
        comment = actions.post(thread, author=ana, draft=draft("Well."))
        results = at_once(
            lambda: actions.delete(comment, author=ana),  # noqa: B023
            lambda: actions.reply(comment, author=boris, draft=draft("No.")),  # noqa: B023
        )
        assert all(isinstance(fault, errors.NotLive) for fault in faults(results))
    thread.refresh_from_db()
    live = Comment.objects.filter(thread=thread, state=CommentState.LIVE).count()
    assert thread.comment_count == live
    for comment in Comment.objects.filter(thread=thread):
        assert comment.reply_count == comment.replies.filter(state=CommentState.LIVE).count()


def test_closing_while_somebody_writes(thread: Thread) -> None:
    ana, mona = make_person("Ana"), make_moderator("Mona")
    results = at_once(
        lambda: actions.lock(thread, moderator=mona, reason="Enough."),
        *[lambda: actions.post(thread, author=ana, draft=draft("But…"))] * 3,
    )
    assert all(isinstance(fault, errors.ThreadLocked) for fault in faults(results))
    thread.refresh_from_db()
    assert thread.is_locked
    assert thread.comment_count == Comment.objects.count() == 3 - len(faults(results))


def test_hiding_while_votes_come_in(thread: Thread) -> None:
    comment = actions.post(thread, author=make_person("Ana"), draft=draft("Well."))
    mona = make_moderator("Mona")
    voters = [make_person(f"Voter{number}") for number in range(4)]
    results = at_once(
        lambda: actions.hide(comment, moderator=mona, reason="Rude."),
        *[lambda voter=voter: actions.vote(comment, voter=voter, value=1) for voter in voters],
    )
    assert all(isinstance(fault, errors.NotLive) for fault in faults(results))
    comment.refresh_from_db()
    assert comment.score == Vote.objects.count()


def test_two_moderators_decide_once(thread: Thread) -> None:
    comment = actions.post(thread, author=make_person("Ana"), draft=draft("Well."))
    moderators = [make_moderator("Mona"), make_moderator("Nora")]
    works = [lambda one=one: actions.hide(comment, moderator=one, reason="Rude.") for one in moderators]
    results = at_once(*works)
    assert [type(fault) for fault in faults(results)] == [errors.NoSuchChange]
    thread.refresh_from_db()
    assert thread.comment_count == 0


def test_crossing_answers_do_not_block_each_other(thread: Thread) -> None:
    """Hiding takes thread, then comment, as answering does: no deadlock."""
    ana, boris, mona = make_person("Ana"), make_person("Boris"), make_moderator("Mona")
    comments = [actions.post(thread, author=ana, draft=draft(f"Number {number}.")) for number in range(3)]
    works: list[Callable[[], object]] = []
    for comment in comments:
        works.append(lambda comment=comment: actions.reply(comment, author=boris, draft=draft("No.")))
        works.append(lambda comment=comment: actions.hide(comment, moderator=mona, reason="Rude."))
    found = faults(at_once(*works))
    assert all(isinstance(fault, errors.NotLive) for fault in found)
    thread.refresh_from_db()
    assert thread.comment_count == Comment.objects.filter(state=CommentState.LIVE).count()


def test_banning_while_the_person_posts(thread: Thread) -> None:
    """What was written before the ban goes with it; what comes after is refused. Nothing stands in between."""
    ana, mona = make_person("Ana"), make_moderator("Mona")
    results = at_once(
        lambda: actions.ban(ana, moderator=mona, reason="Spam.", hide_comments=True),
        *[
            lambda number=number: actions.post(thread, author=ana, draft=draft(f"Buy number {number}!"))
            for number in range(4)
        ],
    )
    assert all(isinstance(fault, errors.Suspended) for fault in faults(results))
    assert not Comment.objects.exclude(state=CommentState.HIDDEN).exists()
    thread.refresh_from_db()
    assert thread.comment_count == 0
    posted = Comment.objects.count()
    assert posted == 4 - len(faults(results))
    actions.reinstate_account(ana, moderator=mona)
    thread.refresh_from_db()
    assert thread.comment_count == Comment.objects.filter(state=CommentState.LIVE).count() == posted


def test_approving_while_the_author_edits(thread: Thread, settings: Settings) -> None:
    """Nobody ever reads words that no moderator has read."""
    settings.DISCUSSION_PREMODERATE = True
    ana, mona = make_person("Ana"), make_moderator("Mona")
    for number in range(4):
        comment = actions.post(thread, author=ana, draft=draft(f"Harmless {number}."))
        assert comment.document is not None
        read = comment.document.current_id
        results = at_once(
            lambda: actions.approve(comment, moderator=mona, revision=read),  # noqa: B023
            lambda: actions.edit(comment, author=ana, source="Harmful.", view=View("en")),  # noqa: B023
        )
        assert all(isinstance(fault, errors.ChangedMeanwhile) for fault in faults(results))
        comment.refresh_from_db()
        comment.document.refresh_from_db()
        assert comment.document.current_id != read
        assert (comment.state, comment.document.visible) == (CommentState.HELD, False)


def test_editing_while_it_is_translated(
    thread: Thread, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine comes back with words that nobody wrote any more: they are nowhere."""
    ana = make_person("Ana")
    comment = actions.post(thread, author=ana, draft=draft("The old words of the mayor."))
    assert comment.document is not None
    asked, may_answer = threading.Event(), threading.Event()

    class Slow(FakeEngine):
        def translate(self, request: Request) -> Answer:
            asked.set()
            may_answer.wait(20)
            return super().translate(request)

    def translated() -> None:
        with engines.use(Slow(ENGLISH_PAIRS)):
            run_jobs()

    def edited() -> None:
        assert asked.wait(20)
        actions.edit(comment, author=ana, source="The new words of the mayor.", view=View("en"))
        may_answer.set()

    assert faults(at_once(translated, edited)) == []
    with engines.use(FakeEngine(ENGLISH_PAIRS)):
        run_jobs()
    reading = comment_reading(comment.pk, View("pt"))
    assert reading is not None
    (part,) = reading.parts
    assert part.language == "pt"
    assert "new" in part.markup.lower()
    assert "old" not in part.markup.lower()
    assert (
        not Edition.objects.filter(document=comment.document)
        .exclude(revision=Document.objects.get(pk=comment.document.pk).current)
        .exists()
    )


def test_reports_at_once_hold_a_comment_once(thread: Thread, settings: Settings) -> None:
    settings.DISCUSSION_REPORTS_TO_HOLD = 3
    comment = actions.post(thread, author=make_person("Ana"), draft=draft("Well."))
    readers = [make_person(f"Reader{number}") for number in range(6)]
    works = [
        lambda reader=reader: actions.report(
            comment, reporter=reader, reason=ReportReason.SPAM, language="en"
        )
        for reader in readers
    ]
    found = faults(at_once(*works))
    assert [type(fault) for fault in found] == [errors.NotLive] * 3
    comment.refresh_from_db()
    thread.refresh_from_db()
    assert (comment.state, thread.comment_count) == (CommentState.HELD, 0)
    assert Decision.objects.filter(act=Act.HOLD).count() == 1


def test_one_appeal_and_one_answer_to_it(thread: Thread) -> None:
    ana, mona = make_person("Ana"), make_moderator("Mona")
    comment = actions.post(thread, author=ana, draft=draft("Well."))
    actions.hide(comment, moderator=mona, reason="Rude.")
    decision = Decision.objects.get()
    works = [lambda: actions.appeal(decision, author=ana, words="It was not.", language="en")] * 3
    assert [type(fault) for fault in faults(at_once(*works))] == [errors.AppealClosed] * 2
    appeal = Appeal.objects.get()
    others = [make_moderator("Nora"), make_moderator("Olga")]
    works = [
        lambda one=one, way=way: actions.decide_appeal(appeal, moderator=one, overturn=way, reason="So.")
        for one, way in zip(others, (True, False), strict=True)
    ]
    assert [type(fault) for fault in faults(at_once(*works))] == [errors.NoSuchChange]
    comment.refresh_from_db()
    appeal.refresh_from_db()
    assert (comment.state == CommentState.LIVE) == (appeal.outcome == "overturned")


def test_a_verdict_while_a_moderator_decides(thread: Thread) -> None:
    mona = make_moderator("Mona")
    for verdict in (Result.HOLD, Result.REFUSE, Result.ALLOW):
        comment = actions.post(thread, author=make_person(f"Ana-{verdict}"), draft=draft("Well."))
        assert comment.document is not None
        revision = comment.document.current_id or 0
        results = at_once(
            lambda: actions.hide(comment, moderator=mona, reason="Rude."),  # noqa: B023
            lambda: actions.apply_verdict(comment, revision=revision, verdict=Verdict(verdict)),  # noqa: B023
        )
        assert all(isinstance(fault, errors.NoSuchChange) for fault in faults(results))
        comment.refresh_from_db()
        assert comment.state == CommentState.HIDDEN
    thread.refresh_from_db()
    assert thread.comment_count == 0


class Queue:
    """Holds the thread's row until so many comments wait behind the first: they are stored in one go."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread

    def post(self, *works: Callable[[], object]) -> list[object]:
        with transaction.atomic():
            Thread.objects.select_for_update().get(pk=self._thread.pk)
            results: list[object] = []
            runner = threading.Thread(target=lambda: results.extend(at_once(*works)))
            runner.start()
            until = time.monotonic() + 30
            while len(posting._post_together._waiting) < len(works) - 1 and time.monotonic() < until:
                threading.Event().wait(0.005)
            assert len(posting._post_together._waiting) == len(works) - 1
        runner.join(60)
        return results


def test_what_is_sent_at_once_is_stored_in_two_transactions(thread: Thread) -> None:
    people = [make_person(f"Writer{number}") for number in range(9)]
    works = [
        lambda one=one: actions.post(thread, author=one, draft=draft(f"I am {one.display_name}."))
        for one in people
    ]
    results = Queue(thread).post(*works)
    assert faults(results) == []
    thread.refresh_from_db()
    assert Comment.objects.count() == thread.comment_count == 9
    assert len({row.document.current_id for row in Comment.objects.select_related("document")}) == 9  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT revision.xmin::text) FROM translation_revision AS revision"
            " JOIN discussion_comment USING (document_id)"
        )
        assert cursor.fetchone()[0] == 2


def test_one_bad_comment_fails_alone(thread: Thread) -> None:
    ana, banned = make_person("Ana"), make_person("Boris", suspended_at=timezone.now())
    under = actions.post(thread, author=ana, draft=draft("First."))
    actions.delete(under, author=ana)
    people = [make_person(f"Writer{number}") for number in range(4)]
    bad: list[Callable[[], object]] = [
        lambda: actions.post(thread, author=banned, draft=draft("I may not.")),
        lambda: actions.reply(under, author=ana, draft=draft("To nobody.")),
    ]
    good = [lambda one=one: actions.post(thread, author=one, draft=draft("I may.")) for one in people]
    results = Queue(thread).post(*bad, *good)
    assert {type(each) for each in faults(results)} == {errors.Suspended, errors.NotLive}
    assert Comment.objects.filter(state=CommentState.LIVE).count() == 4
    thread.refresh_from_db()
    assert thread.comment_count == 4


def test_a_fault_in_one_does_not_take_the_others_with_it(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_person(f"Writer{number}") for number in range(5)]
    plainly = posting.mentions.referred

    def referred(where: Thread, blocks: Sequence[Block]) -> object:
        if "bad" in blocks[0].text:
            raise ZeroDivisionError
        return plainly(where, blocks)

    monkeypatch.setattr(posting.mentions, "referred", referred)
    words = ["Good.", "Good, too.", "A bad one.", "Good again.", "Good once more."]
    works = [
        lambda one=one, said=said: actions.post(thread, author=one, draft=draft(said))
        for one, said in zip(people, words, strict=True)
    ]
    results = Queue(thread).post(*works)
    assert [type(each) for each in faults(results)] == [ZeroDivisionError]
    thread.refresh_from_db()
    assert Comment.objects.count() == thread.comment_count == 4


def test_the_rules_count_what_is_stored_with_it(thread: Thread, settings: Settings) -> None:
    settings.DISCUSSION_COMMENTS_PER_MINUTE = 3
    ana, boris = make_person("Ana"), make_person("Boris")
    works = [
        lambda number=number: actions.post(thread, author=ana, draft=draft(f"Number {number}."))
        for number in range(6)
    ]
    results = Queue(thread).post(*works, lambda: actions.post(thread, author=boris, draft=draft("Mine.")))
    assert [type(each) for each in faults(results)] == [errors.TooFast] * 3
    assert Comment.objects.filter(author=ana).count() == 3
    settings.DISCUSSION_COMMENTS_PER_MINUTE = 100
    again = draft("The same words, said again and again, by one and the same person.")
    results = Queue(thread).post(*[lambda: actions.post(thread, author=boris, draft=again)] * 4)
    assert [type(each) for each in faults(results)] == [errors.Repeated] * 3


def test_answers_that_come_at_once_are_counted_all_the_way_up(thread: Thread) -> None:
    top = actions.post(thread, author=make_person("Ana"), draft=draft("Well."))
    below = actions.reply(top, author=make_person("Boris"), draft=draft("No."))
    people = [make_person(f"Writer{number}") for number in range(6)]
    works = [
        lambda one=one, under=under: actions.reply(under, author=one, draft=draft("Yes."))
        for one, under in zip(people, [top, below] * 3, strict=True)
    ]
    assert faults(Queue(thread).post(*works)) == []
    top.refresh_from_db()
    below.refresh_from_db()
    assert (top.reply_count, top.below) == (4, 7)
    assert (below.reply_count, below.below) == (3, 3)


def test_each_answer_tells_of_its_own_comment(thread: Thread) -> None:
    people = [make_person(f"Writer{number}") for number in range(4)]

    def told(one: User) -> tuple[int, str]:
        with announced() as heard:
            comment = actions.post(thread, author=one, draft=draft("Hello."))
        return comment.pk, " ".join(heard)

    for number, text in Queue(thread).post(*[lambda one=one: told(one) for one in people]):  # type: ignore[misc]
        assert f'"event":"comment","language":null,"data":{{"comment":{number},' in text
        assert text.count('"event":"comment"') == text.count('"event":"thread"') == 1
    assert Change.objects.filter(payload__contains='"event":"comment"').count() == 4
