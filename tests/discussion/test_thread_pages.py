"""Long threads, page by page, and the order of the best."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dragoman.discussion import actions, queries
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.arranging import wilson_bound
from dragoman.discussion.models import Comment, Thread
from dragoman.discussion.queries import thread_reading
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import plain

from .conftest import Say, make_person


def talk(thread: Thread, count: int) -> list[Comment]:
    """Comments a minute apart; every third answers the one before."""
    made: list[Comment] = []
    for number in range(count):
        at = timezone.now() - timedelta(minutes=count - number)
        foreign = ForeignComment(str(number), (plain(f"Number {number}."),), "en", at)
        parent = made[-1] if number % 3 == 2 else None
        made.append(actions.import_comment(thread, foreign, parent=parent)[0])
    return made


def ids(thread: Thread, sort: str = "", start: int | None = None) -> list[int]:
    reading = thread_reading(thread.document_id, View("en"), sort, start)
    assert reading is not None
    return [comment.id for comment in reading.comments]


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COMMENTS_ON_PAGE", 4)


@pytest.mark.usefixtures("short_pages")
@pytest.mark.parametrize("sort", ["", "newest", "discussed", "best"])
def test_the_pages_together_are_the_thread(
    thread: Thread, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(thread, 10)
    seen: list[int] = []
    start: int | None = None
    while True:
        reading = thread_reading(thread.document_id, View("en"), sort, start)
        assert reading is not None
        assert reading.is_continued == bool(seen)
        assert not reading.is_whole
        seen += [comment.id for comment in reading.comments]
        start = reading.following
        if start is None:
            break
    monkeypatch.setattr(queries, "COMMENTS_ON_PAGE", 100)
    assert seen == ids(thread, sort)
    assert len(seen) == 10


@pytest.mark.usefixtures("short_pages")
def test_a_comment_s_address_leads_to_its_page(thread: Thread, client: Client) -> None:
    last = talk(thread, 10)[-1]
    address = addresses.address("comment", language="en", comment=queries.comment(last.pk))
    assert address.endswith(f"?from={last.pk}#c{last.pk}")
    page = client.get(f"/en/threads/{thread.pk}/fragment/?from={last.pk}").content.decode()
    assert f'id="c{last.pk}"' in page
    assert "To the beginning of the discussion" in page


@pytest.mark.usefixtures("short_pages")
def test_the_way_on_and_the_way_back_keep_the_order(thread: Thread, client: Client) -> None:
    talk(thread, 10)
    page = client.get(f"/en/threads/{thread.pk}/fragment/?sort=newest").content.decode()
    following = re.search(r'href="\?sort=newest&amp;from=(\d+)#comments"', page)
    assert following is not None
    second = client.get(f"/en/threads/{thread.pk}/fragment/?sort=newest&from={following[1]}").content.decode()
    assert 'href="?sort=newest&amp;#comments"' in second
    answered = re.search(r'class="answered" href="([^"]+)"', page + second)
    assert answered is not None
    assert answered[1].startswith("/c/")  # it may stand on another page


@pytest.mark.usefixtures("short_pages")
@pytest.mark.parametrize("start", [0, 999_999_999])
def test_a_page_that_begins_nowhere_is_the_first(thread: Thread, start: int) -> None:
    talk(thread, 6)
    assert ids(thread, start=start) == ids(thread)


def test_the_best_first(thread: Thread, say: Say, ana: User, boris: User) -> None:
    plain_one, loved, quarrelled = say("One."), say("Two."), say("Three.")
    readers = [make_person(f"Reader{number}") for number in range(6)]
    for reader in readers[:4]:
        actions.vote(loved, voter=reader, value=1)
    for reader in readers[:5]:
        actions.vote(quarrelled, voter=reader, value=1)
    for reader in readers[5:]:
        actions.vote(quarrelled, voter=reader, value=-1)
    assert ids(thread, "best") == [loved.pk, quarrelled.pk, plain_one.pk]


@pytest.mark.parametrize(
    ("ups", "downs", "bound"), [(0, 0, 0.0), (1, 0, 0.2065), (10, 0, 0.7225), (5, 5, 0.2366), (0, 9, 0.0)]
)
def test_the_bound(ups: int, downs: int, bound: float) -> None:
    assert wilson_bound(ups, downs) == pytest.approx(bound, abs=5e-4)


def test_more_votes_of_the_same_share_are_surer() -> None:
    bounds = [wilson_bound(3 * times, times) for times in (1, 2, 10, 100)]
    assert bounds == sorted(bounds)
    assert bounds[-1] < 0.75
