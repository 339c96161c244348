"""A thread as readers get it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dragoman.discussion import actions
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.actions.posting import worded
from dragoman.discussion.models import Comment, Quotation, Thread
from dragoman.discussion.queries import me, thread_reading
from dragoman.discussion.readings import AuthorKind, ThreadReading
from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.text.markdown import reference_markdown
from dragoman.translation.actions import revise
from dragoman.translation.models import Document, Revision
from dragoman.translation.queries import readings

from .conftest import Say, make_story

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def foreign(number: int, **fields: object) -> ForeignComment:
    given: dict[str, object] = {
        "external_id": str(number),
        "blocks": (plain(f"Comment number {number}."),),
        "language": "en",
        "created_at": NOON + timedelta(minutes=number),
        "author_name": f"Reader {number}",
    }
    return ForeignComment(**(given | fields))  # type: ignore[arg-type]


def bring(thread: Thread, number: int, under: Comment | None = None, **fields: object) -> Comment:
    return actions.import_comment(thread, foreign(number, **fields), parent=under)[0]


def read(thread: Thread, view: View | None = None, sort: str = "") -> ThreadReading:
    reading = thread_reading(thread.document_id, view or View("en"), sort)
    assert reading is not None
    return reading


@pytest.fixture
def quarrel(thread: Thread) -> list[Comment]:
    """1 ─ 3 ─ 5; 1 ─ 4; 2; 6 ─ 7."""
    first, second = bring(thread, 1), bring(thread, 2)
    third = bring(thread, 3, first)
    fourth = bring(thread, 4, first)
    fifth = bring(thread, 5, third)
    sixth = bring(thread, 6)
    return [first, second, third, fourth, fifth, sixth, bring(thread, 7, sixth)]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", [1, 3, 5, 4, 2, 6, 7]),
        ("oldest", [1, 3, 5, 4, 2, 6, 7]),
        ("newest", [6, 7, 2, 1, 3, 5, 4]),
        ("discussed", [1, 3, 5, 4, 6, 7, 2]),
        ("nonsense", [1, 3, 5, 4, 2, 6, 7]),
    ],
)
def test_orders(thread: Thread, quarrel: list[Comment], sort: str, order: list[int]) -> None:
    numbers = {comment.pk: number for number, comment in enumerate(quarrel, start=1)}
    assert [numbers[each.id] for each in read(thread, sort=sort).comments] == order


def queries_for(thread: Thread) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        read(thread, View("pt"))
    return len(captured)


def test_the_number_of_queries_does_not_grow(thread: Thread, story: Document) -> None:
    from dragoman.text.blocks import Block

    def quoting(number: int, document: int) -> tuple[Block, ...]:
        attrs = {"ref": f"{document}.1.body.0.0-0", "wording": ""}
        return Block("reference", "", attrs=attrs), plain("So it is.")

    first = bring(thread, 1)
    bring(thread, 2, first, blocks=quoting(2, story.pk))
    few = queries_for(thread)
    for number in range(3, 40):
        bring(thread, number, first, blocks=quoting(number, story.pk if number % 2 else first.document_id))
    assert queries_for(thread) == few <= 6


def test_five_hundred_comments_however_deep(thread: Thread) -> None:
    """A chain of answers longer than Python's stack is deep."""
    above: Comment | None = None
    rows = []
    for number in range(500):
        rows.append(Comment(thread=thread, parent=above, depth=number, external_id=str(number)))
        above = Comment.objects.bulk_create([rows[-1]])[0]
    last = bring(thread, 1000, above)
    reading = read(thread)
    assert len(reading.comments) == 501  # tombstones over the one that can be read
    assert reading.comments[-1].id == last.pk


def test_an_import_is_harmless_when_repeated(thread: Thread) -> None:
    first, new = actions.import_comment(thread, foreign(1, baseline=-3))
    again, repeated = actions.import_comment(thread, foreign(1, baseline=-3))
    thread.refresh_from_db()
    assert (first, new, repeated, thread.comment_count, again.score) == (again, True, False, 1, -3)


def test_an_import_brings_what_has_changed_elsewhere(thread: Thread, ana: User) -> None:
    bring(thread, 1, baseline=4)
    comment = Comment.objects.get()
    actions.vote(comment, voter=ana, value=1)
    changed = foreign(1, baseline=-3, blocks=(plain("Changed words."),))
    again, new = actions.import_comment(thread, changed)
    assert (again.pk, new, again.score) == (comment.pk, False, -2)
    (shown,) = read(thread).comments
    assert shown.reading is not None
    assert (shown.reading.text("body"), shown.score, shown.edited_at) == ("Changed words.", -2, None)
    assert Revision.objects.filter(document=comment.document_id).count() == 2
    actions.import_comment(thread, changed)
    assert Revision.objects.filter(document=comment.document_id).count() == 2


def test_an_import_leaves_what_was_changed_or_deleted_here(thread: Thread, ana: User) -> None:
    edited = bring(thread, 1, author=ana, created_at=timezone.now())
    actions.edit(edited, author=ana, source="My own words.", view=View("en"))
    deleted = bring(thread, 2, author=ana, created_at=timezone.now())
    actions.delete(deleted, author=ana)
    for number in (1, 2):
        actions.import_comment(thread, foreign(number, blocks=(plain("Their words."),)))
    told = [shown.reading.text("body") if shown.reading else None for shown in read(thread).comments]
    assert told == ["My own words."]


def test_an_import_keeps_quotations_that_followed_their_text(thread: Thread, story: Document) -> None:
    def quoting(words: str) -> ForeignComment:
        return foreign(1, blocks=worded(f"{reference_markdown('x', f'{story.pk}.1.body.0.0-0')}\n\n{words}"))

    actions.import_comment(thread, quoting("Indeed."))
    paragraphs = (plain("A new beginning."), plain("The river rose by two metres. Nobody was hurt."))
    revise(story, fields={"headline": (plain("High water"),), "body": paragraphs})
    actions.import_comment(thread, quoting("Indeed."))
    assert Revision.objects.filter(document__comment__thread=thread).count() == 1
    actions.import_comment(thread, quoting("Indeed, it did."))
    row = Quotation.objects.get()
    assert (row.block, row.first, row.last) == (1, 0, 0)


def test_authors_are_named_as_they_are(thread: Thread, say: Say, ana: User) -> None:
    said = say("Here.")
    named, unnamed = bring(thread, 1), bring(thread, 2, author_name="")
    authors = {each.id: each.author for each in read(thread).comments}
    assert (authors[said.pk].kind, authors[said.pk].label, authors[said.pk].person) == (
        AuthorKind.PERSON,
        "Ana",
        ana.pk,
    )
    assert authors[named.pk].label == "Reader 1"
    assert (authors[unnamed.pk].kind, authors[unnamed.pk].label) == (AuthorKind.UNNAMED, "unnamed reader")
    ana.delete()
    author = {each.id: each.author for each in read(thread).comments}[said.pk]
    assert (author.kind, author.label, author.person) == (AuthorKind.DELETED, "deleted account", None)


def test_rule_of_reading_15_a_translation_is_labelled_and_leads_back(
    thread: Thread, say: Say, fake_engine: FakeEngine, run_jobs: Callable[[], int]
) -> None:
    comment = say("The bridge should have been repaired years ago by the city.")
    run_jobs()
    (translated,) = read(thread, View("pt")).comments
    assert translated.reading is not None
    assert (translated.reading.is_translated, translated.parts[0].language) == (True, "pt")
    document = comment.document_id
    assert translated.toggle_address == f"?original={document}#c{comment.pk}"
    (original,) = read(thread, View("pt", originals_of=frozenset({document or 0}))).comments
    assert original.parts[0].language == "en"
    assert original.toggle_address == f"?#c{comment.pk}"
    (sorted_one,) = read(thread, View("pt"), "newest").comments
    assert sorted_one.toggle_address == f"?sort=newest&original={document}#c{comment.pk}"


def test_emoji_are_named_in_the_readers_language(thread: Thread, say: Say) -> None:
    say("Well :smile:")
    (comment,) = read(thread, View("fr", originals=True)).comments
    assert 'role="img"' in comment.parts[0].markup
    assert "smil" not in comment.parts[0].markup


def test_words_that_would_run_are_harmless(thread: Thread, say: Say) -> None:
    say("<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> **bold**")
    (comment,) = read(thread).comments
    markup = comment.parts[0].markup
    assert "<script" not in markup
    assert "<img" not in markup
    assert 'href="javascript' not in markup
    assert "<b>bold</b>" in markup


def test_there_is_no_thread_under_what_is_not_public(thread: Thread, story: Document) -> None:
    from dragoman.translation.actions import set_visibility

    set_visibility(story, visible=False)
    assert thread_reading(story.pk, View("en")) is None
    assert thread_reading(0, View("en")) is None


def test_stories_have_threads_and_comments_have_none(say: Say) -> None:
    comment = say("Well.")
    assert Thread.objects.filter(document=make_story()).count() == 1
    assert not Thread.objects.filter(document=comment.document).exists()


def test_what_is_mine(thread: Thread, say: Say, ana: User, boris: User) -> None:
    mine, other = say("Mine."), say("Other.", author=boris)
    actions.vote(other, voter=ana, value=-1)
    actions.vote(mine, voter=boris, value=1)
    actions.vote(mine, voter=boris, value=0)
    thread.refresh_from_db()
    told = me(ana, thread)
    assert (told["votes"], told["own"], told["edit"], told["delete"]) == (
        {str(other.pk): -1},
        [mine.pk],
        [mine.pk],
        [mine.pk],
    )
    assert (told["signed_in"], told["may_write"], told["moderator"]) == (True, True, False)
    assert me(boris, thread)["votes"] == {}


def test_readings_is_what_a_comment_shows(thread: Thread, say: Say) -> None:
    comment = say("One thing.\n\nAnother **thing**.")
    (shown,) = read(thread).comments
    document = comment.document_id or 0
    assert shown.reading == readings([document], View("en"))[document]
