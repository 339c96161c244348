"""Languages translated on view: a page that somebody reads asks for what it lacks, once."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from dragoman.discussion.actions import import_comment
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.models import Thread
from dragoman.engines.fake import FakeEngine
from dragoman.newsroom.models import ArticlePage
from dragoman.text.blocks import plain
from dragoman.translation.models import Edition
from tests.newsroom.stories import PUBLISHED, article

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
COLD_PAGE_AT_MOST = 12
RunJobs = Callable[[], int]


@pytest.fixture(autouse=True)
def languages(settings: Settings) -> None:
    settings.PUBLICATION_LANGUAGES = (("en", True, "latn"), ("fr", True, "latn"), ("pt", False, "latn"))


@pytest.fixture
def reader() -> Client:
    return Client(headers={"User-Agent": BROWSER})


@pytest.fixture
def story() -> ArticlePage:
    page = article()
    assert page.document is not None
    say(page, "Well said.", "Hear, hear.")
    return ArticlePage.objects.get(pk=page.pk)


def say(page: ArticlePage, *words: str, first: int = 0) -> None:
    thread = Thread.objects.get(document=page.document_id)
    for number, text in enumerate(words, first):
        import_comment(thread, ForeignComment(str(number), (plain(text),), "en", PUBLISHED))


def asked(language: str = "pt") -> int:
    return Edition.objects.filter(language=language).count()


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return int(cursor.fetchone()[0])


def test_nothing_is_asked_before_somebody_reads(story: ArticlePage) -> None:
    assert (asked("pt"), asked("fr")) == (0, 5)  # story, section, home page, two comments


def test_a_reader_s_page_asks_once_for_article_section_and_comments(
    reader: Client, story: ArticlePage
) -> None:
    before = jobs()
    assert reader.get(story.path_in("pt")).status_code == 200
    assert (asked(), jobs() - before) == (4, 1)
    reader.get(story.path_in("pt"))
    assert (asked(), jobs() - before) == (4, 1)


def test_lists_ask_for_their_headlines(reader: Client, story: ArticlePage) -> None:
    reader.get("/pt/")
    assert set(Edition.objects.filter(language="pt").values_list("document__kind", flat=True)) == {
        "article",
        "home",
        "section",
    }


def test_the_next_reader_reads_the_translation(
    reader: Client, story: ArticlePage, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    assert not reader.get(story.path_in("pt")).context["reading"].is_translated
    run_jobs()
    assert Edition.objects.filter(language="pt", state="ready").count() == 4
    response = reader.get(story.path_in("pt"), follow=True)
    assert response.context["reading"].is_translated
    assert response.headers.get("Cache-Control") != "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": ""},
        {"User-Agent": BROWSER, "Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_robots_ask_for_nothing_and_their_page_is_not_kept(
    headers: dict[str, str], story: ArticlePage
) -> None:
    response = Client(headers=headers).get(story.path_in("pt"))
    assert (response.status_code, asked()) == (200, 0)
    assert response.headers["Cache-Control"] == "no-store"
    assert Client(headers=headers).get(story.path_in("fr")).headers["Cache-Control"] != "no-store"


def test_a_look_at_the_headers_asks_for_nothing(reader: Client, story: ArticlePage) -> None:
    assert (reader.head(story.path_in("pt")).status_code, asked()) == (200, 0)


def test_the_budget_of_the_day_holds(reader: Client, story: ArticlePage, settings: Settings) -> None:
    settings.TRANSLATION_ON_VIEW_PER_DAY = 3
    response = reader.get(story.path_in("pt"))
    assert (asked(), response.headers["Cache-Control"]) == (3, "no-store")
    reader.get(story.path_in("pt"))
    assert asked() == 3
    settings.TRANSLATION_ON_VIEW_PER_DAY = 10
    response = reader.get(story.path_in("pt"))
    assert (asked(), response.headers["Cache-Control"] != "no-store") == (4, True)


def test_what_is_read_as_written_is_not_asked_for(reader: Client, story: ArticlePage) -> None:
    reader.cookies["dragoman_reads"] = "en"
    reader.get(story.path_in("pt"))
    reader.cookies["dragoman_reads"] = "o"
    reader.get(story.path_in("pt"))
    assert asked() == 0


def test_what_is_withdrawn_is_not_asked_for(reader: Client, story: ArticlePage) -> None:
    story.unpublish()
    assert (reader.get(story.path_in("pt")).status_code, asked()) == (410, 0)


def test_the_thread_alone_asks_too(reader: Client, story: ArticlePage) -> None:
    thread = Thread.objects.get(document=story.document_id)
    assert reader.get(f"/pt/threads/{thread.pk}/fragment/").status_code == 200
    assert asked() == 2


@pytest.mark.parametrize("comments", [10, 190])
def test_a_cold_page_takes_few_queries_even_when_it_asks(
    reader: Client, story: ArticlePage, comments: int
) -> None:
    say(story, *(f"Word number {number} is here." for number in range(comments)), first=10)
    with CaptureQueriesContext(connection) as found:
        assert reader.get(story.path_in("pt")).status_code == 200
    told = [query["sql"] for query in found if "SAVEPOINT" not in query["sql"]]
    assert asked() == 4 + comments
    assert len(told) <= COLD_PAGE_AT_MOST, "\n".join(told)
