"""Two hosts on one database behind nginx: what one hears the other shows, and either may die or be cut off."""

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import psycopg
import pytest

from tests.delivery.processes import wait_until
from tests.ground.hosts import Host, Network, missing, two_hosts

pytestmark = pytest.mark.db

FRESH_WITHIN_SECONDS = 1.0  # on every connected host, from the answer to who wrote
LOOKED_AT_EVERY = 0.02
REJOINS_WITHIN_SECONDS = 8.0
ARTICLE = {
    "headline": "Two lamps, one coast", "standfirst": "Both are lit.", "source": "", "body": ["The sea was calm."]
}  # fmt: skip


class Story:
    """An article with a discussion, and people who write in it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        said = network.tell(
            "content", key="hosts", language="en", content={"article": ARTICLE, "comments": []}
        )
        self.thread: int = said["thread"]
        self.cookies: list[str] = network.tell("writers", count=3)["cookies"]
        self._number = 0

    def words(self) -> str:
        self._number += 1
        return f"The keeper of lamp {self._number} rowed out alone at dusk."

    def write(self, client: httpx.Client, words: str, writer: int = 0) -> int | None:
        """The comment's number, when the site said that it is stored."""
        form = {"source": words, "language": "en", "submission": str(uuid.uuid4())}
        with suppress(httpx.HTTPError):
            answer = client.post(
                f"/en/threads/{self.thread}/write/", data=form, headers={"Cookie": self.cookies[writer]}
            )
            stored = re.search(r"#c(\d+)$", answer.headers.get("Location", ""))
            return int(stored[1]) if answer.status_code == 303 and stored else None
        return None

    def withdraw(self, client: httpx.Client, comment: int, writer: int = 0) -> None:
        answer = client.post(f"/en/comments/{comment}/delete/", headers={"Cookie": self.cookies[writer]})
        assert answer.status_code in (200, 303), answer.text

    def read(self, client: httpx.Client) -> str:
        answer = client.get(f"/en/threads/{self.thread}/fragment/")
        assert answer.status_code == 200
        return answer.text

    def stored(self) -> set[int]:
        with psycopg.connect(self.network.postgres.url) as connection:
            rows = connection.execute("SELECT id FROM discussion_comment WHERE thread_id = %s", [self.thread])
            return {int(pk) for (pk,) in rows}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    lacking = missing()
    if lacking:
        pytest.skip(f"needs {', '.join(lacking)}")
    with two_hosts(tmp_path_factory.mktemp("hosts")) as both:
        yield both


@pytest.fixture(scope="module")
def story(network: Network) -> Story:
    return Story(network)


@pytest.fixture(autouse=True)
def _both_serve(network: Network) -> None:
    """A test before may have ended or cut off one."""
    for host in (network.a, network.b):
        host.join()
        if not host.runs:
            host.launch()
    for host in (network.a, network.b):
        host.wait()


def seconds_until(condition: Callable[[], bool], most: float) -> float:
    """How long it took; at most so long."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < most, f"not within {most} s"
        time.sleep(LOOKED_AT_EVERY)
    return time.monotonic() - began


def test_both_start_on_an_empty_database_and_one_of_them_migrates_it(network: Network) -> None:
    with psycopg.connect(network.postgres.url) as connection:
        doubled = connection.execute(
            "SELECT app, name FROM django_migrations GROUP BY 1, 2 HAVING count(*) > 1"
        ).fetchall()
    assert doubled == []


@pytest.mark.parametrize("way", ["from a to b", "from b to a"])
def test_what_one_host_stores_the_other_shows_within_a_second(
    network: Network, story: Story, way: str
) -> None:
    here, there = (network.a, network.b) if way == "from a to b" else (network.b, network.a)
    with here.client() as near, there.client() as far:
        for _ in range(5):
            words = story.words()
            assert words not in story.read(far)  # now the other host keeps a page without it
            comment = story.write(near, words)
            assert comment is not None
            seconds_until(lambda words=words: words in story.read(far), FRESH_WITHIN_SECONDS)  # type: ignore[misc]
            story.withdraw(near, comment)
            seconds_until(lambda words=words: words not in story.read(far), FRESH_WITHIN_SECONDS)  # type: ignore[misc]
            assert words not in story.read(near)


def test_an_open_page_of_one_host_hears_what_the_other_stores(network: Network, story: Story) -> None:
    heard: list[str] = []
    live = f"/live?topics=thread:{story.thread}&language=en"
    with network.b.client(timeout=20) as far, network.a.client() as near, far.stream("GET", live) as page:
        assert page.status_code == 200
        threading.Thread(target=_listen, args=(page, heard), daemon=True).start()
        wait_until(lambda: bool(heard), "the stream to begin")
        comment = story.write(near, story.words())
        told = f'"comment":{comment},'
        wait_until(lambda: any(told in line for line in heard), f"{told} among {heard}", 5)


def _listen(page: httpx.Response, heard: list[str]) -> None:
    with suppress(httpx.HTTPError):
        for line in page.iter_lines():  # as they come
            heard += [line]


class Visitors:
    """Somebody who reads and somebody who writes through nginx, all the time."""

    def __init__(self, network: Network, story: Story) -> None:
        self._network, self._story = network, story
        self._halt = threading.Event()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._read, self._write)]
        self.reads: list[tuple[float, int]] = []  # when it began, and the status; 0: no answer
        self.acknowledged: list[tuple[float, int]] = []

    def _read(self) -> None:
        with self._network.client(timeout=25) as client:
            while not self._halt.is_set():
                began = time.monotonic()
                try:
                    status = client.get(f"/en/threads/{self._story.thread}/fragment/").status_code
                except httpx.HTTPError:
                    status = 0
                self.reads.append((began, status))
                self._halt.wait(0.1)

    def _write(self) -> None:
        with self._network.client(timeout=25) as client:
            while not self._halt.is_set():
                began = time.monotonic()
                comment = self._story.write(client, f"{self._story.words()} {uuid.uuid4().hex}", writer=1)
                if comment is not None:
                    self.acknowledged.append((began, comment))
                self._halt.wait(0.1)

    def since(self, moment: float) -> int:
        """Comments stored that were sent after it."""
        return sum(began > moment for began, _ in self.acknowledged)

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        wait_until(lambda: len(self.acknowledged) >= 3 and len(self.reads) >= 3, "the first of both")
        return self

    def __exit__(self, *_: object) -> None:
        self._halt.set()
        for thread in self._threads:
            thread.join(30)


@pytest.mark.parametrize("which", ["a", "b"])
def test_one_host_is_killed_and_nobody_notices(network: Network, story: Story, which: str) -> None:
    host: Host = getattr(network, which)
    with Visitors(network, story) as visitors:
        killed = time.monotonic()
        host.kill()
        wait_until(lambda: visitors.since(killed + 1) >= 5, "comments after it", 20)
    assert {status for _, status in visitors.reads} == {200}
    assert {comment for _, comment in visitors.acknowledged} <= story.stored()


def test_one_host_dies_when_the_other_has_just_come_back_and_nobody_notices(
    network: Network, story: Story
) -> None:
    with Visitors(network, story) as visitors:
        network.a.kill()
        network.a.launch()
        network.a.wait()  # nginx may leave it alone for seconds more
        killed = time.monotonic()
        network.b.kill()
        wait_until(lambda: visitors.since(killed + 1) >= 5, "comments after it", 20)
    assert {status for _, status in visitors.reads} == {200}
    assert {comment for _, comment in visitors.acknowledged} <= story.stored()


def test_one_host_is_cut_off_and_shows_nothing_withdrawn_when_it_is_back(
    network: Network, story: Story
) -> None:
    with network.b.client() as far, network.a.client() as near:
        words = story.words()
        comment = story.write(far, words)
        assert comment is not None
        seconds_until(lambda: words in story.read(near), FRESH_WITHIN_SECONDS)  # a keeps it
        with Visitors(network, story) as visitors:
            cut = time.monotonic()
            network.a.cut()
            wait_until(lambda: visitors.since(cut + 1) >= 5, "comments meanwhile", 40)
            story.withdraw(far, comment)
            later = story.words()
            assert story.write(far, later, writer=2) is not None
            time.sleep(max(0.0, cut + 12 - time.monotonic()))  # longer than the patience of its connections
            network.a.join()
            joined = time.monotonic()
        # Reading through nginx never failed; an answer may have waited until nginx asked the other host.
        assert {status for _, status in visitors.reads} == {200}
        assert {comment for _, comment in visitors.acknowledged} <= story.stored()
        with network.a.client(timeout=3) as fresh:

            def caught_up() -> bool:
                with suppress(httpx.HTTPError):
                    text = fresh.get(f"/en/threads/{story.thread}/fragment/").text
                    return words not in text and later in text
                return False

            wait_until(
                caught_up, f"the host to know what happened\n{network.a.said()}", REJOINS_WITHIN_SECONDS
            )
            assert time.monotonic() - joined < REJOINS_WITHIN_SECONDS + 1
            assert story.write(fresh, story.words(), writer=2) is not None
    assert network.a.runs  # it waited for its database, and did not end


def test_the_database_is_away_longer_than_any_patience(network: Network, story: Story) -> None:
    with network.a.client() as client:
        words = story.words()
        assert story.write(client, words) is not None
        seconds_until(lambda: words in story.read(client), FRESH_WITHIN_SECONDS)
        before = story.read(client)
        network.postgres.stop()
        try:
            time.sleep(15)
            assert network.a.runs
            assert network.b.runs
            assert story.read(client) == before
            form = {"source": "Is anybody there?", "language": "en", "submission": str(uuid.uuid4())}
            refused = client.post(
                f"/en/threads/{story.thread}/write/", data=form, headers={"Cookie": story.cookies[0]}
            )
            assert refused.status_code == 503
            assert "Is anybody there?" in refused.text
        finally:
            network.postgres.start()
        wait_until(lambda: story.write(client, story.words()) is not None, "writing to succeed again", 20)
