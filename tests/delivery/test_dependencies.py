"""What a render used is what is told when it changes: no page is kept past its words."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from wagtail.models import PageViewRestriction

from dragoman.delivery import registration
from dragoman.delivery.dependencies import (
    HEADER,
    NAMES_AT_MOST,
    VALID_UNTIL,
    DependenciesMiddleware,
    depends_on,
    private,
    valid_until,
)
from dragoman.discussion import actions as discussion
from dragoman.discussion.actions.posting import Draft
from dragoman.discussion.models import Thread
from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.newsroom.actions import change_slug
from dragoman.newsroom.models import ArticlePage
from dragoman.people.actions import rename
from dragoman.people.models import User
from dragoman.text.markdown import reference_markdown
from dragoman.translation import engines
from dragoman.translation.actions import correct_language
from dragoman.translation.models import Edition, Progress
from tests.newsroom.stories import article, editor, republish, section

pytestmark = pytest.mark.django_db
Told = list[tuple[str, str]]
RunJobs = Callable[[], int]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """(topic, event) of everything that is told."""
    heard: Told = []
    announce = registration.announce

    def listening(topics: list[str], event: str, **rest: object) -> None:
        heard.extend((topic, event) for topic in topics)
        announce(topics, event, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(registration, "announce", listening)
    return heard


def used(path: str) -> set[str]:
    response = Client().get(path)
    assert response.status_code == 200
    return set(response.headers[HEADER].split())


def topics(told: Told) -> set[str]:
    return {topic for topic, _ in told}


@pytest.fixture
def story() -> ArticlePage:
    return ArticlePage.objects.get(pk=article().pk)


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana@example.org", display_name="Ana")


def say(page: ArticlePage, author: User, source: str = "Well said.") -> None:
    thread = Thread.objects.get(document=page.document_id)
    discussion.post(thread, author=author, draft=Draft(source, "en", View("en")))


@pytest.fixture
def pages(story: ArticlePage) -> dict[str, str]:
    return {"home": "/en/", "section": "/en/coast/", "article": story.path_in("en")}


class TestWhatHappenedIsToldToEveryPageThatShowsIt:
    @pytest.fixture(autouse=True)
    def _rendered(self, pages: dict[str, str], told: Told, ana: User, story: ArticlePage) -> None:
        say(story, ana)
        self.used = {name: used(path) for name, path in pages.items()}
        told.clear()

    def reached(self, told: Told) -> set[str]:
        return {name for name, names in self.used.items() if names & topics(told)}

    def test_another_article(self, told: Told) -> None:
        article("second")
        assert self.reached(told) == {"home", "section"}

    def test_new_words(self, told: Told, story: ArticlePage) -> None:
        republish(story, title="A lamp that counts to thirty")
        assert self.reached(told) == {"home", "section", "article"}

    def test_unpublishing(self, told: Told, story: ArticlePage) -> None:
        story.unpublish()
        assert self.reached(told) == {"home", "section", "article"}

    def test_deletion(self, told: Told, story: ArticlePage) -> None:
        story.delete()
        assert self.reached(told) == {"home", "section", "article"}

    def test_another_slug(self, told: Told, story: ArticlePage) -> None:
        change_slug(story, language="en", slug="another", editor=editor())
        assert self.reached(told) == {"home", "section", "article"}

    def test_a_move_is_told_to_both_sections(self, told: Told, story: ArticlePage) -> None:
        other = section("hills", "The Hills")
        hills = used("/en/hills/")
        told.clear()
        story.move(other, pos="last-child")
        assert self.reached(told) == {"home", "section", "article"}
        assert hills & topics(told)

    def test_a_renamed_section(self, told: Told) -> None:
        section(name="The Shore")
        assert self.reached(told) == {"home", "section", "article"}

    def test_a_section_behind_a_restriction(self, told: Told) -> None:
        PageViewRestriction.objects.create(page=section(), restriction_type="login")
        assert {"home", "section"} <= self.reached(told)

    def test_a_comment_is_counted_in_lists(self, told: Told, story: ArticlePage, ana: User) -> None:
        say(story, ana)
        assert self.reached(told) == {"home", "section", "article"}

    def test_a_vote_is_not(self, told: Told, story: ArticlePage) -> None:
        comment = Thread.objects.get(document=story.document_id).comments.get()
        voter = User.objects.create_user("boris@example.org", display_name="Boris")
        discussion.vote(comment, voter=voter, value=1)
        assert self.reached(told) == {"article"}

    def test_a_language_found_out_withdraws_nothing_and_other_words_do(
        self, story: ArticlePage, ana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        comment = Thread.objects.get(document=story.document_id).comments.get()
        assert comment.document is not None
        withdrawing: list[bool] = []
        announce = registration.announce

        def listening(topics: list[str], event: str, *, withdraws: bool = False, **rest: object) -> None:
            withdrawing.append(withdraws)
            announce(topics, event, withdraws=withdraws, **rest)  # type: ignore[arg-type]

        monkeypatch.setattr(registration, "announce", listening)
        correct_language(comment.document, language="fr")
        assert withdrawing
        assert not any(withdrawing)
        comment.refresh_from_db()
        assert comment.author is not None
        discussion.edit(comment, author=comment.author, source="Other words.", view=View("en"))
        assert any(withdrawing)

    def test_a_new_name(self, told: Told, ana: User) -> None:
        profile = used(f"/en/people/{ana.pk}/")
        rename(ana, display_name="Ana Maria")
        assert self.reached(told) == {"article"}
        assert profile & topics(told)

    def test_a_ready_edition_in_another_language(
        self, told: Told, fake_engine: FakeEngine, run_jobs: RunJobs
    ) -> None:
        run_jobs()
        assert "article" in self.reached([each for each in told if each[1] == "editions"])

    def test_that_there_will_be_no_translation(
        self, told: Told, story: ArticlePage, ana: User, run_jobs: RunJobs
    ) -> None:
        """Otherwise an open page would go on saying that one is on its way."""
        with engines.use():
            run_jobs()
            say(story, ana)
            told.clear()
            run_jobs()
        given_up = Edition.objects.filter(document__kind="comment", progress=Progress.WAITING)
        assert given_up.filter(language="pt").exists()
        assert self.reached([each for each in told if each[1] == "edition"]) == {"article"}
        assert "editions" not in {event for _, event in told}


def test_a_person_s_name_is_told_where_others_quote_them(told: Told, story: ArticlePage, ana: User) -> None:
    say(story, ana)
    comment = Thread.objects.get(document=story.document_id).comments.get()
    other = article("other")
    boris = User.objects.create_user("boris@example.org", display_name="Boris")
    quoted = reference_markdown("Well said.", f"{comment.document_id}.1.body.0.0-0")
    say(other, boris, f"{quoted}\n\nIndeed.")
    page = used(other.path_in("en"))
    told.clear()
    rename(ana, display_name="Ana Maria")
    assert page & topics(told)


def test_ten_thousand_comments_are_one_dependency(story: ArticlePage, ana: User) -> None:
    before = used(story.path_in("en"))
    for _ in range(5):
        say(story, ana)
    assert used(story.path_in("en")) == before


def test_many_topics_are_told_in_several_notifications(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    monkeypatch.setattr(registration, "announce", lambda topics, event, **_: told.append(list(topics)))
    registration._tell((f"thread:{number}" for number in range(450)), "person", person=1)
    assert [len(each) for each in told] == [200, 200, 50]
    assert len({topic for each in told for topic in each}) == 450


def test_what_is_being_updated_says_until_when(
    story: ArticlePage, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    run_jobs()
    assert VALID_UNTIL not in Client().get(story.path_in("pt")).headers
    republish(story, body='[{"type": "paragraph", "id": "1", "value": "<p>The lamp turns slowly.</p>"}]')
    response = Client().get(story.path_in("pt"))
    minutes = (datetime.fromisoformat(response.headers[VALID_UNTIL]) - datetime.now(UTC)).total_seconds() / 60
    assert 9 < minutes <= 10


class TestMiddleware:
    def answered(self, view: Callable[[], None]) -> HttpResponse:
        def get_response(request: object) -> HttpResponse:
            view()
            return HttpResponse("words")

        return DependenciesMiddleware(get_response)(RequestFactory().get("/"))

    def test_names_are_sorted_and_the_earliest_end_wins(self) -> None:
        early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

        def view() -> None:
            depends_on("thread", 3)
            depends_on("document", 9, 1)
            valid_until(late)
            valid_until(early)

        headers = self.answered(view).headers
        assert headers[HEADER] == "document:1 document:9 thread:3"
        assert headers[VALID_UNTIL] == early.isoformat()

    def test_what_is_personal_is_never_kept(self) -> None:
        def view() -> None:
            depends_on("thread", 3)
            private()

        headers = self.answered(view).headers
        assert HEADER not in headers
        assert headers["Cache-Control"] == "private, no-store"

    def test_too_many_dependencies_are_not_kept(self) -> None:
        headers = self.answered(lambda: depends_on("document", *range(NAMES_AT_MOST + 1))).headers
        assert HEADER not in headers
        assert "no-store" in headers["Cache-Control"]

    @pytest.mark.parametrize("name", ["a b", "x\r\nSet-Cookie: a=b", ""])
    def test_no_name_breaks_the_header(self, name: str) -> None:
        with pytest.raises(ValueError, match="not the name"):
            self.answered(lambda: depends_on("document", name))
