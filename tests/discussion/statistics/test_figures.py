"""What the figures count, and the charts they become."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from dragoman.discussion import actions
from dragoman.discussion.models import Comment, Thread
from dragoman.discussion.statistics.charts import HEIGHT, WIDTH, columns, scale, shares
from dragoman.discussion.statistics.figures import Period, figures, talks
from dragoman.languages.view import View
from dragoman.people.models import User
from tests.discussion.conftest import Say, draft, make_story

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def on(comment: Comment, day: int, month: int = 3, hour: int = 12) -> Comment:
    Comment.objects.filter(pk=comment.pk).update(created_at=datetime(2026, month, day, hour, tzinfo=UTC))
    return comment


@pytest.fixture
def talk(say: Say, ana: User, boris: User, moderator: User) -> Comment:
    """Ana writes in English, Boris answers in Russian and in English; one is hidden; Ana wrote in February too."""
    on(say("In February."), 20, month=2)
    first = on(say("In March."), 2)
    on(say("Ответ по-русски.", author=boris, under=first, language="ru"), 2)
    on(say("And in English.", author=boris, under=first), 5)
    hidden = on(say("Hidden.", author=boris), 31)
    actions.hide(hidden, moderator=moderator, reason="It goes too far.")
    actions.vote(first, voter=boris, value=1)
    return first


def test_what_is_counted(talk: Comment, thread: Thread) -> None:
    told = figures(MARCH, thread)
    assert (told.comments, told.replies, told.people, told.newcomers) == (4, 2, 2, 1)
    assert (told.across, told.comparable) == (1, 2)
    assert told.exchanges == [("ru", "en", 1)]
    assert told.languages == [("en", 3), ("ru", 1)]
    assert told.states["hidden"] == 1
    assert sum(told.states.values()) == 4
    assert [(each.day.day, each.comments) for each in told.days if each.comments] == [(2, 2), (5, 1), (31, 1)]
    assert len(told.days) == 31
    assert figures(MARCH).comments == 4


def test_votes_count_on_the_day_they_are_given(talk: Comment, thread: Thread) -> None:
    today = timezone.now().date()
    now = Period(today - timedelta(days=1), today + timedelta(days=1))
    assert (figures(now, thread).votes_for, figures(now, thread).votes_against) == (1, 0)
    assert figures(MARCH, thread).votes_for == 0


def test_days_are_those_of_the_publications_zone(say: Say) -> None:
    """In Lisbon the first of July begins at 23:00 UTC."""
    on(say("Late."), 30, month=6, hour=23)
    told = figures(Period(date(2026, 7, 1), date(2026, 7, 1)))
    assert [(each.day, each.comments) for each in told.days] == [(date(2026, 7, 1), 1)]


def test_deleted_comments_are_of_no_language(talk: Comment, ana: User, thread: Thread) -> None:
    actions.delete(talk, author=ana)
    told = figures(MARCH, thread)
    assert ("und", 1) in told.languages
    assert told.comparable == 0


def test_an_empty_period(thread: Thread) -> None:
    told = figures(Period(date(2020, 1, 1), date(2020, 1, 2)), thread)
    assert (told.comments, told.people, told.languages) == (0, 0, [])
    assert len(told.days) == 2


def test_the_liveliest_first(talk: Comment, ana: User) -> None:
    other = Thread.objects.get(document=make_story("Low water"))
    on(actions.post(other, author=ana, draft=draft("Alone.")), 3)
    found = talks(MARCH, View("en"))
    assert [(each.headline, each.comments, each.people) for each in found] == [
        ("High water", 4, 2),
        ("Low water", 1, 1),
    ]


def test_the_number_of_queries_does_not_grow(
    talk: Comment, say: Say, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        on(say(f"Number {number}."), 10)
    with django_assert_max_num_queries(8):
        figures(MARCH)


@given(st.integers(0, 10**9))
def test_scales_are_round_and_reach_the_highest(highest: int) -> None:
    marks = scale(highest)
    assert marks[0] == 0
    assert marks[-1] >= highest
    assert len(marks) <= 5
    assert len({second - first for first, second in pairwise(marks)}) <= 1


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=366))
def test_charts_stay_within_their_frame(values: list[int]) -> None:
    names = [str(value) for value in values]
    column = columns(values, names, names, [str(mark) for mark in scale(max(values))])
    for bar in column.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.2
        assert -0.1 <= bar.y <= bar.y + bar.height <= HEIGHT
    assert len(column.labels) <= 7
    assert all(0 <= share <= 100 for share in shares(values))
    assert max(shares(values)) in (0, 100)


def test_charts_of_nothing() -> None:
    assert columns([], [], [], ["0"]).bars == ()
    assert shares([]) == []
    assert shares([8, 0, 2]) == [100, 0, 25]
