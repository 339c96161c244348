"""Home, section and article as readers get them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from dragoman.discussion.actions import import_comment
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.models import Thread
from dragoman.engines.fake import FakeEngine
from dragoman.newsroom import actions
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.text.blocks import plain
from dragoman.translation.models import Edition, EditionState
from tests.newsroom import stories

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
COLD_PAGE_AT_MOST = 12


@pytest.fixture
def reader() -> Client:
    return Client()


def words(response: HttpResponse) -> str:
    """The page but for the moment it was rendered at."""
    return re.sub(r' data-rendered="\d+"', "", response.content.decode())


def comments(page: ArticlePage, count: int) -> None:
    thread = Thread.objects.get(document=page.document)
    parent = None
    for number in range(count):
        foreign = ForeignComment(f"c{number}", (plain(f"Comment {number}."),), "en", timezone.now())
        made, _ = import_comment(thread, foreign, parent=parent if number % 3 else None)
        parent = made


class TestArticle:
    def test_the_whole_article(self, reader: Client) -> None:
        page = stories.article(
            body=stories.everything(),
            sources=[("source", {"name": "Harbour Office", "url": "https://example.org/lamp"})],
        )
        shown = words(reader.get(page.path_in("en")))
        for expected in (
            "A lamp that counts to twenty",
            "It has done so for years.",
            "<bdi>Maris Tamsin</bdi>",
            "<b>turned</b>",
            "<h3",
            "<ol><li",
            "<blockquote>",
            "the keeper",
            'alt="A lamp."',
            "The lamp at dusk.",
            "<bdi>Iven Tarrow</bdi>",
            '<a href="https://example.org/lamp" rel="noopener"><bdi>Harbour Office</bdi></a>',
        ):
            assert expected in shown

    def test_pictures_keep_their_place_and_come_in_widths(self, reader: Client) -> None:
        shown = words(reader.get(stories.article(body=stories.everything()).path_in("en")))
        (tag,) = re.findall(r"<img [^>]*>", shown)
        assert re.search(r'width="960" height="540"', tag)
        assert re.findall(r"\.webp (\d+)w", tag) == ["480", "960", "1440"]

    def test_blocks_can_be_quoted(self, reader: Client) -> None:
        page = stories.article()
        shown = words(reader.get(page.path_in("en")))
        assert f'data-document="{page.document_id}" data-revision="1"' in shown
        assert 'data-block="body.0" data-sentences="0-15 16-41"' in shown

    def test_the_translation_is_labelled_and_leads_back(
        self, reader: Client, fake_engine: FakeEngine, run_jobs: RunJobs
    ) -> None:
        page = stories.article()
        run_jobs()
        address = ArticlePage.objects.get(pk=page.pk).path_in("fr")
        shown = words(reader.get(address))
        assert '<article class="article" lang="fr" dir="ltr"' in shown
        assert "label-machine" in shown
        assert f"?original={page.document_id}" in shown
        assert "A lamp that counts to twenty" not in shown

    def test_the_original_on_request_is_not_indexed(
        self, reader: Client, fake_engine: FakeEngine, run_jobs: RunJobs
    ) -> None:
        page = stories.article()
        run_jobs()
        address = ArticlePage.objects.get(pk=page.pk).path_in("fr")
        shown = words(reader.get(address, {"original": "all"}))
        assert "A lamp that counts to twenty" in shown
        assert '<meta name="robots" content="noindex">' in shown
        assert f'<a class="toggle" href="{address}">' in shown

    def test_rule_4_pending_is_the_original_with_its_language(self, reader: Client) -> None:
        shown = words(reader.get(stories.article().path_in("ar")))
        assert '<html lang="ar" dir="rtl">' in shown
        assert '<article class="article" lang="en" dir="ltr"' in shown
        assert "label-pending" in shown

    def test_rule_13_hreflang_only_for_ready_editions(self, reader: Client) -> None:
        page = stories.article()
        Edition.objects.filter(document=page.document, language="fr").update(state=EditionState.READY)
        shown = words(reader.get(page.path_in("en")))
        assert re.findall(r'rel="alternate" hreflang="(\w+)"', shown) == ["en", "fr"]
        assert re.search(rf'<link rel="canonical" href="http[^"]*{re.escape(page.path_in("en"))}">', shown)

    def test_the_switcher_has_every_language_and_marks_this_one(self, reader: Client) -> None:
        page = stories.article()
        shown = words(reader.get(page.path_in("pt")))
        nav = shown[shown.index('<details class="languages"') :].split("</details>")[0]
        assert re.findall(r'hreflang="(\w+)"', nav) == ["en", "fr", "es", "ru", "ar"]
        assert re.search(r'<span lang="pt" dir="ltr" aria-current="true">Português</span>', nav)
        assert page.path_in("ar") in nav

    def test_nothing_personal(self, reader: Client) -> None:
        editor = stories.editor()
        address = stories.article().path_in("en")
        anonymous = words(reader.get(address))
        reader.force_login(editor)
        assert words(reader.get(address)) == anonymous
        assert "csrfmiddlewaretoken" not in anonymous
        assert not reader.get(address).cookies

    def test_the_count_is_the_same_everywhere(self, reader: Client) -> None:
        page = stories.article()
        comments(page, 4)
        for address in ("/en/", "/en/coast/", page.path_in("en")):
            assert "4 comments" in words(reader.get(address))

    def test_hostile_words_stay_words(self, reader: Client) -> None:
        page = stories.article(
            headline="<script>alert(1)</script>",
            standfirst='"><img src=x onerror=alert(1)>',
            byline="<b onmouseover=alert(1)>",
            sources=[("source", {"name": "<i>", "url": "javascript:alert(1)"})],
        )
        for address in (page.path_in("en"), "/en/", "/en/coast/"):
            shown = words(reader.get(address))
            assert not re.search(r"<(script>alert|img src=x|b onmouseover|i>)", shown)
            assert "javascript:" not in shown


@pytest.mark.parametrize("count", [0, 10, 500])
def test_a_cold_article_takes_few_queries(reader: Client, count: int) -> None:
    page = stories.article(body=stories.everything())
    comments(page, count)
    address = page.path_in("fr")
    reader.get(address)  # makes the renditions, which is done once
    with CaptureQueriesContext(connection) as found:
        response = reader.get(address)
    assert response.status_code == 200
    assert len(found) <= COLD_PAGE_AT_MOST, "\n".join(query["sql"][:150] for query in found)


class TestAddresses:
    def test_rule_9_the_slug_comes_with_the_edition(
        self, reader: Client, fake_engine: FakeEngine, run_jobs: RunJobs
    ) -> None:
        page = stories.article()
        assert page.path_in("fr") == f"/fr/coast/{page.pk}/"
        assert page.path_in("en") == f"/en/coast/{page.pk}-a-lamp-that-counts-to-twenty/"
        run_jobs()
        page = ArticlePage.objects.get(pk=page.pk)
        assert re.fullmatch(rf"/fr/coast/{page.pk}-[^/]+/", page.path_in("fr"))
        assert reader.get(f"/fr/coast/{page.pk}/").headers["Location"] == page.path_in("fr")

    def test_rule_9_the_slug_stays_when_the_headline_changes(self) -> None:
        page = stories.republish(stories.article(), title="Another headline")
        assert page.path_in("en").endswith("-a-lamp-that-counts-to-twenty/")

    def test_rule_9_wrong_slugs_are_redirected_with_302(self, reader: Client) -> None:
        page = stories.article()
        for wrong in (f"{page.pk}", f"{page.pk}-", f"{page.pk}-old", f"{page.pk}-%D0%BC"):
            response = reader.get(f"/en/coast/{wrong}/?sort=newest")
            assert response.status_code == 302
            assert response.headers["Location"] == page.path_in("en") + "?sort=newest"

    def test_letters_of_other_scripts_stay(self, reader: Client) -> None:
        page = stories.article(language="ru", headline="Маяк считает до двадцати")
        address = page.path_in("ru")
        assert address == f"/ru/coast/{page.pk}-{quote('маяк-считает-до-двадцати')}/"
        assert reader.get(address).status_code == 200

    def test_an_article_moves_to_another_section(self, reader: Client) -> None:
        page = stories.article()
        old = page.path_in("en")
        page.move(stories.section("table", "The Table"), pos="last-child")
        moved = ArticlePage.objects.get(pk=page.pk)
        assert reader.get(old).headers["Location"] == moved.path_in("en")
        assert "/table/" in moved.path_in("en")
        assert reader.get(moved.path_in("en")).status_code == 200

    def test_an_editor_changes_the_slug(self, reader: Client) -> None:
        page = stories.article()
        old = page.path_in("en")
        actions.change_slug(page, language="en", slug="The Lamp!", editor=stories.editor())
        page = ArticlePage.objects.get(pk=page.pk)
        assert page.path_in("en") == f"/en/coast/{page.pk}-the-lamp/"
        assert reader.get(old).headers["Location"] == page.path_in("en")

    @pytest.mark.parametrize(
        "path", ["/en/coast/999999/", "/en/nowhere/", "/en/coast/x/", "/xx/", "/en/coast/1/2/"]
    )
    def test_there_is_no_such_page(self, reader: Client, path: str) -> None:
        stories.article()
        assert reader.get(path).status_code == 404

    def test_what_exists_in_one_language_exists_in_all(self, reader: Client) -> None:
        page = stories.article()
        for language in ("en", "fr", "es", "pt", "ru", "ar"):
            for address in (f"/{language}/", f"/{language}/coast/", page.path_in(language)):
                assert reader.get(address).status_code == 200

    def test_posting_to_a_page_is_refused(self, reader: Client) -> None:
        assert (
            reader.post(
                stories.article().path_in("en"), headers={"Sec-Fetch-Site": "same-origin"}
            ).status_code
            == 405
        )


class TestWithdrawn:
    def test_rule_1_unpublished_is_410_in_the_readers_language(self, reader: Client) -> None:
        page = stories.article()
        page.unpublish()
        response = reader.get(page.path_in("fr"))
        assert response.status_code == 410
        assert '<html lang="fr"' in words(response)
        assert "counts to twenty" not in words(response)

    def test_rule_1_withdrawn_from_lists_and_restored(self, reader: Client) -> None:
        page = stories.article()
        page.unpublish()
        for address in ("/en/", "/en/coast/"):
            assert "counts to twenty" not in words(reader.get(address))
        stories.republish(page)
        page.refresh_from_db()
        for address in ("/en/", "/en/coast/", page.path_in("en")):
            assert "counts to twenty" in words(reader.get(address))

    def test_a_draft_is_404(self, reader: Client) -> None:
        draft = ArticlePage(title="Secret", source_language="en", live=False)
        stories.section().add_child(instance=draft)
        assert reader.get(f"/en/coast/{draft.pk}/").status_code == 404

    def test_a_scheduled_article_is_404_until_its_time(self, reader: Client) -> None:
        draft = ArticlePage(title="Secret", live=False, go_live_at=timezone.now() + timedelta(days=1))
        stories.section().add_child(instance=draft)
        draft.save_revision().publish()
        assert reader.get(f"/en/coast/{draft.pk}/").status_code == 404
        assert "Secret" not in words(reader.get("/en/"))

    def test_a_withdrawn_section_is_410(self, reader: Client) -> None:
        SectionPage.objects.get(pk=stories.section().pk).unpublish()
        assert reader.get("/en/coast/").status_code == 410


class TestRestricted:
    @pytest.fixture
    def restricted(self) -> ArticlePage:
        page = stories.article()
        PageViewRestriction.objects.create(
            page=page.get_parent(), restriction_type=PageViewRestriction.PASSWORD, password="tide"
        )
        return page

    def test_it_asks_for_the_password(self, reader: Client, restricted: ArticlePage) -> None:
        response = reader.get(restricted.path_in("en"))
        assert "counts to twenty" not in words(response)
        assert "no-store" in response.headers["Cache-Control"]

    def test_with_the_password_it_is_read_and_kept_by_nobody(
        self, reader: Client, restricted: ArticlePage
    ) -> None:
        form = words(reader.get(restricted.path_in("en")))
        action = re.search(r'action="([^"]*authenticate[^"]*)"', form)
        assert action is not None
        reader.post(
            action[1],
            {"password": "tide", "return_url": restricted.path_in("en")},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        response = reader.get(restricted.path_in("en"))
        assert "counts to twenty" in words(response)
        assert "no-store" in response.headers["Cache-Control"]

    def test_lists_do_not_show_it(self, reader: Client, restricted: ArticlePage) -> None:
        assert "counts to twenty" not in words(reader.get("/en/"))


class TestLists:
    def test_an_empty_publication_says_so(self, reader: Client) -> None:
        assert "Nothing has been published here yet." in words(reader.get("/en/"))
        actions.ensure_home()
        assert "Nothing has been published here yet." in words(reader.get("/en/"))

    def test_an_empty_section_says_so(self, reader: Client) -> None:
        stories.section()
        assert "There is nothing in this section yet." in words(reader.get("/en/coast/"))

    def test_the_newest_story_leads(self, reader: Client) -> None:
        for number in range(3):
            stories.article(
                f"s{number}",
                headline=f"Story number {number}",
                published_at=stories.PUBLISHED + timedelta(days=number),
            )
        shown = words(reader.get("/en/"))
        assert re.findall(r"Story number \d", re.sub(r"<title>.*?</title>", "", shown)) == [
            "Story number 2",
            "Story number 1",
            "Story number 0",
        ]

    def test_home_takes_few_queries_whatever_is_listed(self, reader: Client) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                reader.get("/fr/")
            return len(found)

        stories.article("s0")
        before = queries()
        for number in range(1, 5):
            stories.article(f"s{number}", under=stories.section(f"section{number}"))
        assert queries() == before <= COLD_PAGE_AT_MOST

    def test_older_stories_stand_on_further_pages(self, reader: Client) -> None:
        under = stories.section()
        for number in range(22):
            stories.article(f"s{number}", headline=f"Story {number}", body=[], under=under)
        assert "?page=2" in words(reader.get("/en/coast/"))
        second = words(reader.get("/en/coast/?page=2"))
        assert len(re.findall(r'<article class="teaser', second)) == 2
        assert 'rel="prev"' in second

    @pytest.mark.parametrize("page", ["0", "-1", "x", "", "9999999"])
    def test_there_is_no_such_further_page(self, reader: Client, page: str) -> None:
        stories.section()
        assert reader.get("/en/coast/", {"page": page}).status_code == 404

    def test_rule_4_an_untranslated_headline_has_its_language(self, reader: Client, settings: Any) -> None:
        stories.article(language="ru", headline="Маяк")
        settings.UNTRANSLATED_IN_LISTS = "show"
        assert re.search(r'<h2 class="headline" lang="ru" dir="ltr">', words(reader.get("/en/")))

    def test_rule_4_an_untranslated_headline_is_left_out_where_set(
        self, reader: Client, settings: Any
    ) -> None:
        stories.article(language="ru", headline="Маяк")
        settings.UNTRANSLATED_IN_LISTS = "omit"
        assert "Маяк" not in words(reader.get("/en/"))
        assert "Маяк" in words(reader.get("/ru/"))
