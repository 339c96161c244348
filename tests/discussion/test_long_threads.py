"""Threads at size: what stands on each page, whatever arrives meanwhile, and what a page costs."""

import importlib
import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dragoman.discussion import actions, queries
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.queries import thread_reading
from dragoman.discussion.readings import Sort, ThreadReading
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.site.bench.crowds import Crowd, gather
from dragoman.text.blocks import plain

from .conftest import Say, make_person, make_story

SORTS = [sort.value for sort in Sort]


def page(thread: Thread, sort: str = "", start: int | None = None, until: int | None = None) -> ThreadReading:
    reading = thread_reading(thread.document_id, View("en"), sort, start, until)
    assert reading is not None
    return reading


def walk(thread: Thread, sort: str) -> Iterator[ThreadReading]:
    """Every page, as one who asks for more comments gets them."""
    start: int | None = None
    while True:
        reading = page(thread, sort, start)
        yield reading
        start = reading.following
        if start is None:
            return


def read_through(thread: Thread, sort: str) -> list[int]:
    """Every comment, as one reads them who opens every long branch where it breaks off."""
    return [pk for reading in walk(thread, sort) for pk in opened(thread, reading)]


def opened(thread: Thread, reading: ThreadReading) -> Iterator[int]:
    for comment in reading.comments:
        yield comment.id
        if comment.more is not None:
            yield from opened(thread, page(thread, reading.sort.value, comment.more.start))


def write(thread: Thread, number: int, at: datetime, parent: Comment | None = None) -> Comment:
    foreign = ForeignComment(str(number), (plain(f"Number {number}."),), "en", at, baseline=number % 7)
    return actions.import_comment(thread, foreign, parent=parent)[0]


def quarrel(thread: Thread, count: int, seed: int = 3) -> list[Comment]:
    """Comments of any shape, one long branch, some withdrawn, and several of one and the same moment."""
    chance = random.Random(seed)
    start = timezone.now() - timedelta(days=1)
    made: list[Comment] = []
    for number in range(count):
        at = start + timedelta(minutes=number // 3)
        parent = chance.choice(made) if made and chance.random() < 0.6 else None
        if number % 4 == 1 and number > 4:
            parent = made[0]
        made.append(write(thread, number, at, parent))
    for comment in chance.sample(made, count // 5):
        comment.refresh_from_db()
        comment.thread = thread
        actions.hide(comment, moderator=make_moderator_once(), reason="Rude.")
    for comment in Comment.objects.filter(parent=None, state=CommentState.LIVE).order_by("pk")[3:5]:
        actions.pin(comment, moderator=make_moderator_once())
    thread.refresh_from_db()
    return made


def make_moderator_once() -> User:
    found = User.objects.filter(display_name="Root").first()
    return found or make_person("Root", is_staff=True)


def in_order(thread: Thread, sort: Sort) -> list[int]:
    """What the pages should say, worked out from the rows alone."""
    rows = {row.pk: row for row in Comment.objects.filter(thread=thread)}
    below = dict.fromkeys(rows, 0)
    for row in rows.values():
        above = row.parent_id
        while row.state == CommentState.LIVE and above is not None:
            below[above] += 1
            above = rows[above].parent_id
    shown = [row for row in rows.values() if row.state == CommentState.LIVE or below[row.pk]]
    shown.sort(key=lambda row: (row.created_at, row.pk))
    roots = [row for row in shown if row.parent_id is None]
    if sort is Sort.NEWEST:
        roots.reverse()
    elif sort is Sort.DISCUSSED:
        roots.sort(key=lambda row: (below[row.pk], row.created_at, row.pk), reverse=True)
    elif sort is Sort.BEST:
        roots.sort(key=lambda row: -row.worth)
    roots.sort(key=lambda row: -row.pinned_at.timestamp() if row.pinned_at else 0)

    def branch(row: Comment) -> list[int]:
        answers = [each for each in shown if each.parent_id == row.pk]
        return [row.pk, *(pk for each in answers for pk in branch(each))]

    return [pk for root in roots for pk in branch(root)]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COMMENTS_ON_PAGE", 8)


@pytest.mark.parametrize("sort", list(Sort))
def test_whole_or_in_pages_it_is_the_same_thread(
    thread: Thread, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarrel(thread, 36)
    wanted = in_order(thread, sort)
    assert [comment.id for comment in page(thread, sort).comments] == wanted
    monkeypatch.setattr(queries, "COMMENTS_ON_PAGE", 8)
    assert read_through(thread, sort) == wanted


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("sort", SORTS)
def test_what_breaks_off_says_exactly_how_much_is_left(thread: Thread, sort: str) -> None:
    quarrel(thread, 36)
    seen = 0
    for reading in walk(thread, sort):
        assert reading.count == thread.comment_count
        seen += sum(comment.is_live for comment in reading.comments)
        seen += sum(comment.more.count for comment in reading.comments if comment.more)
    assert seen == thread.comment_count == Comment.objects.filter(state=CommentState.LIVE).count()


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("sort", ["oldest", "newest"])
def test_nothing_is_lost_or_doubled_while_comments_arrive(thread: Thread, sort: str) -> None:
    made = quarrel(thread, 36)
    before = set(in_order(thread, Sort(sort)))
    seen: list[int] = []
    for number, reading in enumerate(walk(thread, sort)):
        seen += opened(thread, reading)
        write(thread, 1000 + number, timezone.now())
        made[number].refresh_from_db()
        write(thread, 2000 + number, timezone.now(), made[number])
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


@pytest.mark.usefixtures("small_pages")
def test_a_page_that_is_open_keeps_what_it_had_and_gets_what_arrived(thread: Thread) -> None:
    quarrel(thread, 36)
    pages = list(walk(thread, "oldest"))
    second, third = pages[1], pages[2]
    before = [comment.id for comment in second.comments]
    live = Comment.objects.filter(pk__in=before, parent=None, state=CommentState.LIVE)
    quiet = live.filter(below__lt=2).first()
    answers = [write(thread, 3000 + number, timezone.now(), quiet).pk for number in range(2)]
    again = page(thread, "oldest", before[0], third.comments[0].id)
    told = [comment.id for comment in again.comments]
    assert set(before) | set(answers) == set(told)
    assert [pk for pk in told if pk in before] == before
    assert again.following == second.following


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("sort", SORTS)
def test_every_comment_s_address_leads_to_a_page_that_shows_it(thread: Thread, sort: str) -> None:
    quarrel(thread, 30)
    for pk in in_order(thread, Sort(sort)):
        reading = page(thread, sort, pk)
        assert pk in [comment.id for comment in reading.comments]


@pytest.mark.usefixtures("small_pages")
def test_a_page_stays_where_it_began_when_that_comment_is_withdrawn(thread: Thread) -> None:
    for number in range(20):
        write(thread, number, timezone.now() + timedelta(seconds=number))
    thread.refresh_from_db()
    second = next(reading for number, reading in enumerate(walk(thread, "oldest")) if number)
    first, *rest = [comment.id for comment in second.comments]
    actions.hide(Comment.objects.get(pk=first), moderator=make_moderator_once(), reason="Rude.")
    assert [comment.id for comment in page(thread, "oldest", first).comments][: len(rest)] == rest


def test_answers_of_the_same_moment_do_not_mix(thread: Thread) -> None:
    now = timezone.now()
    root = write(thread, 0, now)
    first, second = write(thread, 1, now, root), write(thread, 2, now, root)
    below_second = write(thread, 3, now - timedelta(hours=1), second)  # a clock that was wrong
    below_first = write(thread, 4, now, first)
    told = [comment.id for comment in page(thread).comments]
    assert told == [root.pk, first.pk, below_first.pk, second.pk, below_second.pk]


def kept() -> list[tuple[object, ...]]:
    fields = ("pk", "root_id", "path", "ups", "downs", "below")
    return [
        tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
        for row in Comment.objects.order_by("pk").values_list(*fields)
    ]


def test_what_is_kept_is_what_the_migration_works_out(thread: Thread, say: Say) -> None:
    made = quarrel(thread, 30)
    for number, comment in enumerate(made[:6]):
        comment.refresh_from_db()
        if comment.state == CommentState.LIVE:
            for voter in range(number):
                actions.vote(comment, voter=make_person(f"V{number}x{voter}"), value=-1 if voter % 3 else 1)
    before, worth = kept(), dict(Comment.objects.values_list("pk", "worth"))
    Comment.objects.update(root=None, path=None, ups=0, downs=0, worth=0, below=0)
    migration = importlib.import_module("dragoman.discussion.migrations.0005_long_threads")
    with connection.cursor() as cursor:
        cursor.execute(migration.PLACE_ALL)
        cursor.execute(migration.COUNT_ALL)
    assert kept() == before
    assert dict(Comment.objects.values_list("pk", "worth")) == pytest.approx(worth)


# --- what a page costs -----------------------------------------------------------------------------------------------


def touched(thread: Thread, sort: str) -> int:
    """How many blocks of the database a page reads: a figure that a busy machine does not change."""
    with CaptureQueriesContext(connection) as captured:
        page(thread, sort)
    return sum(_blocks(query["sql"]) for query in captured)


def _blocks(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql)
        told = cursor.fetchone()[0]
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def test_the_first_page_of_ten_thousand_costs_what_it_shows(thread: Thread) -> None:
    few, many = Thread.objects.get(document=make_story("Another")), thread
    gather(few, Crowd(300, seed=2))
    gather(many, Crowd(10_000))
    for sort in SORTS:
        with CaptureQueriesContext(connection) as captured:
            shown = page(many, sort).comments
        assert len(captured) <= 7
        assert 100 <= len(shown) <= 200
        each = touched(few, sort) / len(page(few, sort).comments)
        assert touched(many, sort) / len(shown) <= 2 * each


def test_a_branch_of_thousands_costs_what_it_shows(thread: Thread) -> None:
    gather(thread, Crowd(300, answered=0.0))
    root = Comment.objects.filter(thread=thread).earliest("created_at")
    few = touched(thread, "oldest")
    rows = [Comment(thread=thread, parent=root, depth=1, external_id=f"x{number}") for number in range(2_000)]
    Comment.objects.bulk_create(rows)
    Comment.objects.filter(pk=root.pk).update(below=2_000, reply_count=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE discussion_comment")
    (first,) = [comment.more for comment in page(thread).comments if comment.more]
    assert first.count == 1_900
    assert touched(thread, "oldest") <= 2 * few


def test_a_crowd_is_what_posting_would_have_made(thread: Thread) -> None:
    gather(thread, Crowd(200))
    thread.refresh_from_db()
    before = kept()
    assert thread.comment_count == 200
    migration = importlib.import_module("dragoman.discussion.migrations.0005_long_threads")
    Comment.objects.update(below=0)
    with connection.cursor() as cursor:
        cursor.execute(migration.COUNT_ALL)
    assert kept() == before
