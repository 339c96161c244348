"""The page editor: previews in every language, addresses, "correct now", and Wagtail's own doors."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page, Site

from dragoman.engines.fake import FakeEngine
from dragoman.newsroom.actions import ensure_home
from dragoman.newsroom.models import ArticlePage, ArticleSlug, SectionPage
from tests.newsroom import stories

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(stories.editor(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def preview(page: ArticlePage, mode: str) -> str:
    response = page.make_preview_request(preview_mode=mode)
    assert response.status_code == 200
    return response.content.decode()


class TestPreview:
    def test_one_per_language_the_pages_own_first(self) -> None:
        page = stories.article(language="pt")
        assert [mode for mode, _ in page.preview_modes] == ["pt", "en", "fr", "es", "ru", "ar"]

    def test_a_draft_that_was_never_published(self) -> None:
        draft = ArticlePage(title="Not yet", source_language="en", live=False)
        stories.section().add_child(instance=draft)
        for mode in ("en", "ar"):
            assert "Not yet" in preview(draft, mode)

    def test_what_is_unchanged_is_shown_translated(self, fake_engine: FakeEngine, run_jobs: RunJobs) -> None:
        page = stories.article()
        run_jobs()
        page.title = "A changed headline"
        shown = preview(page, "fr")
        assert '<html lang="fr"' in shown
        assert "A changed headline" in shown
        assert "The lamp turns." not in shown

    def test_the_active_language_is_left_as_it_was(self) -> None:
        page = stories.article()
        with translation.override("ru"):
            preview(page, "fr")
            assert translation.get_language() == "ru"

    def test_home_and_section(self) -> None:
        section = stories.section()
        for page in (section, ensure_home()):
            assert page.make_preview_request(preview_mode="fr").status_code == 200


class TestAddresses:
    def test_view_live_leads_to_the_own_language_whatever_is_active(self) -> None:
        page = stories.article(language="fr", headline="La lampe")
        for language in ("en", "ar"):
            with translation.override(language):
                assert page.url == f"/fr/coast/{page.pk}-la-lampe/"

    def test_a_language_that_is_not_offered_is_read_in_the_default_one(self) -> None:
        assert stories.article(language="uk").url.startswith("/en/coast/")

    def test_wagtail_finds_pages_by_their_path(self) -> None:
        page = stories.article()
        home = ensure_home()
        assert home.route(None, ["coast"]).page == stories.section()
        found = home.route(None, ["coast", f"{page.pk}-whatever"])
        assert found.page == page

    def test_the_site_is_the_publications(self) -> None:
        home = ensure_home()
        site = Site.objects.get(is_default_site=True)
        assert site.root_page_id == home.pk
        assert not Page.objects.filter(title__startswith="Welcome to your new Wagtail").exists()


class TestEditor:
    def test_every_page_has_its_editor(self, desk: Client) -> None:
        page = stories.article(body=stories.everything())
        for each in (page, page.get_parent(), ensure_home()):
            response = desk.get(reverse("wagtailadmin_pages:edit", args=[each.pk]))
            assert response.status_code == 200

    def test_addresses_are_fields_of_the_article(self, desk: Client) -> None:
        page = stories.article()
        shown = desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert 'name="address_ar"' in shown
        assert 'value="a-lamp-that-counts-to-twenty"' in shown

    def test_a_changed_address_takes_effect_with_the_draft(self, desk: Client) -> None:
        page = stories.article()
        response = desk.post(
            reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, address_fr="La lampe")
        )
        assert response.status_code == 302, response.context["form"].errors
        assert ArticleSlug.objects.get(article=page, language="fr").slug == "la-lampe"
        assert ArticleSlug.objects.get(article=page, language="fr").set_by_editor
        assert not ArticleSlug.objects.get(article=page, language="en").set_by_editor

    def test_an_unreadable_address_is_refused(self, desk: Client) -> None:
        page = stories.article()
        desk.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, address_fr="?!"))
        assert not ArticleSlug.objects.filter(article=page, language="fr").exists()

    def test_correct_now_asks_first_and_then_does_it(self, desk: Client) -> None:
        page = stories.article()
        page.title = "Corrected"
        page.save_revision()
        address = reverse("newsroom_correct_now", args=[page.pk])
        assert desk.get(address).status_code == 200
        assert ArticlePage.objects.get(pk=page.pk).title != "Corrected"
        assert desk.post(address, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
        assert ArticlePage.objects.get(pk=page.pk).title == "Corrected"

    def test_what_belongs_where(self) -> None:
        assert SectionPage.allowed_subpage_models() == [ArticlePage]
        assert ArticlePage.allowed_subpage_models() == []

    def test_a_section_cannot_take_the_houses_addresses(self, desk: Client) -> None:
        section = stories.section()
        section.slug = "comments"
        with pytest.raises(Exception, match="taken by the site itself"):
            section.full_clean()

    def test_a_picture_needs_a_text_alternative_unless_it_is_decorative(self) -> None:
        block = ArticlePage.body.field.stream_block.child_blocks["picture"]
        value = block.to_python(
            {"image": stories.picture(), "alt": "", "decorative": False, "caption": "", "credit": ""}
        )
        with pytest.raises(Exception, match="Validation error"):
            block.clean(value)
        value["decorative"] = True
        assert block.clean(value)["decorative"]


def form_of(page: ArticlePage, **changes: str) -> dict[str, str]:
    """The editor's form as a browser sends it."""
    sent = {
        "title": page.title,
        "standfirst": page.standfirst,
        "byline": page.byline,
        "source_language": page.source_language,
        "published_at": "2026-03-01 09:30",
        "body-count": "0",
        "sources-count": "0",
        "seo_title": "",
        "search_description": "",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
    }
    slugs = {f"address_{slug.language}": slug.slug for slug in page.slugs.all()}
    return sent | slugs | changes
