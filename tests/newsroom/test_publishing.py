"""From Wagtail's page to its document."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone, translation
from wagtail.rich_text import RichText

from dragoman.discussion.models import Thread
from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.newsroom import actions, facts
from dragoman.newsroom.errors import NotAllowed, NotPublished
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.newsroom.models.article import ARTICLE_LONGEST
from dragoman.people.models import User
from dragoman.translation import facts as translation_facts
from dragoman.translation.models import Document, Edition, Memory, Revision
from dragoman.translation.queries import readings, source_blocks
from dragoman.translation.readings import ReadingState
from tests.newsroom import stories

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]


def draft(**words: Any) -> ArticlePage:
    page = ArticlePage(title="A draft", source_language="en", live=False, **words)
    stories.section().add_child(instance=page)
    page.save_revision()
    return page


class TestPublish:
    def test_publishing_makes_a_document_and_its_thread(self) -> None:
        page = stories.article()
        assert page.document is not None
        assert (page.document.kind, page.document.scope) == ("article", "newsroom")
        assert page.document.visible
        assert Thread.objects.filter(document=page.document).exists()

    def test_publishing_queues_every_other_language(self) -> None:
        page = stories.article(language="fr")
        languages = Edition.objects.filter(document=page.document).values_list("language", flat=True)
        assert sorted(languages) == ["ar", "en", "es", "pt", "ru"]

    def test_a_draft_has_no_document(self) -> None:
        assert draft().document is None

    def test_publishing_again_without_a_change_makes_no_revision(self) -> None:
        page = stories.republish(stories.article())
        assert Revision.objects.filter(document=page.document).count() == 1

    def test_a_changed_headline_makes_a_revision(self) -> None:
        page = stories.republish(stories.article(), title="A lamp that counts to thirty")
        assert page.document is not None
        assert page.document.current is not None
        assert page.document.current.number == 2

    def test_a_draft_changes_nothing_readers_see(self) -> None:
        page = stories.article()
        page.title = "Not yet"
        page.save_revision()
        assert page.document is not None
        reading = readings([page.document.pk], View("en"))[page.document.pk]
        assert reading.text("headline") == "A lamp that counts to twenty"

    def test_publishing_an_old_draft_keeps_the_document(self) -> None:
        page = draft()
        first = page.get_latest_revision()
        assert first is not None
        first.publish()
        document = ArticlePage.objects.get(pk=page.pk).document
        first.publish()
        assert ArticlePage.objects.get(pk=page.pk).document == document

    def test_the_publication_time_is_that_of_the_first_publication(self) -> None:
        page = draft()
        page.get_latest_revision().publish()
        page = ArticlePage.objects.get(pk=page.pk)
        assert page.published_at == page.first_published_at

    def test_an_editor_corrects_the_language(self) -> None:
        page = stories.republish(stories.article(), source_language="pt")
        assert page.document is not None
        page.document.refresh_from_db()
        assert page.document.source_language == "pt"

    def test_a_copy_gets_a_document_of_its_own(self) -> None:
        page = stories.article()
        copy = page.copy(update_attrs={"slug": "copy"}, keep_live=False)
        assert copy.document is None
        copy.save_revision().publish()
        assert ArticlePage.objects.get(pk=copy.pk).document not in (None, page.document)

    def test_a_renamed_section_is_revised(self) -> None:
        section = stories.section()
        section.title = "The Shore"
        section.save_revision().publish()
        section = SectionPage.objects.get(pk=section.pk)
        assert section.document is not None
        assert readings([section.document.pk], View("en"))[section.document.pk].text("name") == "The Shore"


class TestUnpublish:
    def test_unpublished_is_withdrawn_and_published_again_is_restored(self) -> None:
        page = stories.article()
        document = page.document
        assert document is not None
        page.unpublish()
        assert readings([document.pk], View("en"))[document.pk].state is ReadingState.WITHDRAWN
        page = stories.republish(page)
        assert page.document == document
        assert readings([document.pk], View("en"))[document.pk].state is ReadingState.ORIGINAL

    def test_deleting_takes_the_words_and_the_memory_along(
        self, fake_engine: FakeEngine, run_jobs: RunJobs
    ) -> None:
        page = stories.article()
        document = page.document
        assert document is not None
        run_jobs()
        lamp = Memory.objects.filter(source__contains="counts to twenty")
        assert lamp.exists()
        page.delete()
        assert not Document.objects.filter(pk=document.pk).exists()
        assert not lamp.exists()

    def test_deleting_a_section_takes_its_articles_along(self) -> None:
        section = stories.section()
        documents = [section.document, stories.article(under=section).document]
        SectionPage.objects.get(pk=section.pk).delete()
        assert not Document.objects.filter(pk__in=[each.pk for each in documents if each]).exists()


class TestSchedule:
    def scheduled(self) -> ArticlePage:
        page = draft()
        page.go_live_at = timezone.now() + timedelta(days=1)
        page.save_revision().publish()
        return ArticlePage.objects.get(pk=page.pk)

    def test_editions_are_prepared_confidentially(self) -> None:
        page = self.scheduled()
        assert page.document is not None
        assert not page.live
        assert (page.document.visible, page.document.confidential) == (False, True)
        assert Edition.objects.filter(document=page.document).count() == 5

    def test_at_its_time_it_is_public(self) -> None:
        page = self.scheduled()
        past = timezone.now() - timedelta(minutes=1)
        revision = page.revisions.latest("created_at")
        revision.content["go_live_at"] = past.isoformat()
        revision.approved_go_live_at = past
        revision.save()
        call_command("publish_scheduled", verbosity=0)
        page = ArticlePage.objects.get(pk=page.pk)
        assert page.live
        assert page.document is not None
        assert (page.document.visible, page.document.confidential) == (True, False)

    def test_new_words_of_a_withdrawn_article_are_embargoed_too(self) -> None:
        page = stories.article()
        page.unpublish()
        page = ArticlePage.objects.get(pk=page.pk)
        page.title = "What nobody may know yet"
        page.go_live_at = timezone.now() + timedelta(days=1)
        seen: list[bool] = []

        def listening(document: Document, **_: object) -> None:
            seen.append(document.confidential)

        translation_facts.document_changed.connect(listening)
        page.save_revision().publish()
        translation_facts.document_changed.disconnect(listening)
        page = ArticlePage.objects.get(pk=page.pk)
        assert page.document is not None
        assert not page.live
        assert (page.document.visible, page.document.confidential) == (False, True)
        assert seen == [True]
        assert "nobody" in str(source_blocks(page.document)["headline"])

    def test_an_expired_article_is_withdrawn(self) -> None:
        page = stories.article()
        ArticlePage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
        call_command("publish_scheduled", verbosity=0)
        assert page.document is not None
        page.document.refresh_from_db()
        assert not page.document.visible


class TestCorrectNow:
    def test_nothing_made_for_the_old_words_is_read_any_longer(
        self, fake_engine: FakeEngine, run_jobs: RunJobs
    ) -> None:
        page = stories.article()
        document = page.document
        assert document is not None
        run_jobs()
        page.title = "A lamp that never counts"
        page.save_revision()
        actions.correct_now(ArticlePage.objects.get(pk=page.pk), editor=stories.editor())
        headline = readings([document.pk], View("fr"))[document.pk]
        assert headline.text("headline") == "A lamp that never counts"
        assert headline.language_of("headline") == "en"
        run_jobs()
        assert readings([document.pk], View("fr"))[document.pk].language_of("headline") == "fr"

    def test_it_publishes_the_draft(self) -> None:
        page = stories.article()
        page.title = "Corrected"
        page.save_revision()
        actions.correct_now(ArticlePage.objects.get(pk=page.pk), editor=stories.editor())
        assert ArticlePage.objects.get(pk=page.pk).title == "Corrected"

    def test_not_by_everybody(self) -> None:
        reader = User.objects.create_user("reader@example.org", display_name="Maud")
        with pytest.raises(NotAllowed):
            actions.correct_now(stories.article(), editor=reader)

    def test_only_what_is_published(self) -> None:
        with pytest.raises(NotPublished):
            actions.correct_now(draft(), editor=stories.editor())


def test_facts_tell_what_became_of_an_article() -> None:
    told: list[str] = []

    def hear(name: str) -> Callable[..., None]:
        def receiver(**_: object) -> None:
            told.append(name)

        return receiver

    published, unpublished = hear("published"), hear("unpublished")
    facts.article_published.connect(published)
    facts.article_unpublished.connect(unpublished)
    page = stories.article()
    page.unpublish()
    facts.article_published.disconnect(published)
    facts.article_unpublished.disconnect(unpublished)
    assert told == ["published", "unpublished"]


def test_importing_the_same_again_changes_nothing() -> None:
    stories.article(body=stories.everything()[:4])
    page = stories.article(body=stories.everything()[:4])
    assert page.revisions.count() == 1


class TestLength:
    def test_an_article_that_would_make_pages_slow_is_refused_with_a_sentence(self) -> None:
        page = stories.article()
        title = page.title
        page.body = [("paragraph", RichText(f"<p>{'😀' * (ARTICLE_LONGEST + 1)}</p>"))]
        with pytest.raises(ValidationError, match=r"room for 200,000 characters; this one has 200,0\d\d\."):
            page.save_revision()
        page.refresh_from_db()
        assert (page.title, page.revisions.count()) == (title, 1)

    def test_what_fits_is_published(self) -> None:
        body = [("paragraph", f"<p>{'a lamp ' * 25_000}</p>")]
        assert stories.article("long", body=body).live

    def test_the_sentence_is_in_the_editor_s_language(self) -> None:
        page = stories.article()
        page.body = [("paragraph", RichText("<p>" + "mot " * ARTICLE_LONGEST + "</p>"))]
        with translation.override("fr"), pytest.raises(ValidationError, match="peut compter"):
            page.full_clean()
