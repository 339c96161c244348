"""The desk: what editors see of editions, and correct there."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.translation.actions import create_document, revise
from dragoman.translation.models import Document, Edition, Origin, Scope, Target
from dragoman.translation.queries import readings, segments_of

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]


def document(*sentences: str, kind: str = "article", language: str = "en") -> Document:
    scope = Scope.DISCUSSION if kind == "comment" else Scope.NEWSROOM
    words = {"body": tuple(plain(sentence) for sentence in sentences)}
    return create_document(kind=kind, scope=scope, language=language, fields=words)


@pytest.fixture
def reviewer() -> User:
    person = User.objects.create_user("reviewer@example.org", display_name="Capucine", is_staff=True)
    wanted = [("translation", "review_editions"), ("wagtailadmin", "access_admin")]
    for label, codename in wanted:
        person.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
    return person


@pytest.fixture
def desk(reviewer: User) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(reviewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def edition(fake_engine: FakeEngine, run_jobs: RunJobs) -> Edition:
    story = document("The lamp turns every night.", "The sea is calm below the rock.")
    run_jobs()
    return Edition.objects.get(document=story, language="fr")


def page(client: Client, name: str, *args: int, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def read(edition: Edition) -> str:
    return readings([edition.document_id], View("fr"))[edition.document_id].text("body")


class TestBoard:
    def test_documents_by_languages(self, desk: Client, edition: Edition) -> None:
        shown = page(desk, "desk")
        assert "The lamp turns every night." in shown
        assert reverse("desk_edition", args=[edition.pk]) in shown
        assert "2/2" in shown

    def test_filtered_by_kind(self, desk: Client) -> None:
        document("An article here.")
        document("A comment here.", kind="comment")
        shown = page(desk, "desk", kind="comment")
        assert "A comment here." in shown
        assert "An article here." not in shown

    def test_searched(self, desk: Client) -> None:
        document("Маяк светит всегда.", language="ru")
        document("The lamp turns.")
        shown = page(desk, "desk", words="маяк")
        assert "Маяк светит всегда." in shown
        assert "The lamp turns." not in shown

    def test_outdated_ones(self, desk: Client, edition: Edition) -> None:
        document("Another story altogether.")
        correct(desk, edition, 0, "La lampe tourne.")
        revise(edition.document, fields={"body": (plain("The lamp rests by day."),)})
        shown = page(desk, "desk", concern="outdated")
        assert "The lamp rests by day." in shown
        assert "Another story altogether." not in shown

    def test_an_empty_board_says_so(self, desk: Client) -> None:
        assert "There is no such text." in page(desk, "desk", words="nothing")

    def test_hostile_queries_are_harmless(self, desk: Client) -> None:
        document("The lamp turns.")
        shown = page(
            desk, "desk", page="x", kind="'\"><script>", concern="?", words="%_\\'\"><script>alert(1)"
        )
        assert "<script>alert(1)" not in shown


class TestEdition:
    def test_sentence_by_sentence(self, desk: Client, edition: Edition) -> None:
        shown = page(desk, "desk_edition", edition.pk)
        for segment in segments_of(edition):
            assert segment.source in shown
            assert f'id="segment-{segment.segment.pk}"' in shown
        assert shown.count('lang="fr"') >= 2

    def test_a_superseded_edition_is_gone(self, desk: Client, edition: Edition) -> None:
        revise(edition.document, fields={"body": (plain("Other words."),)})
        assert desk.get(reverse("desk_edition", args=[edition.pk])).status_code == 404

    def test_ask_again(self, desk: Client, edition: Edition, run_jobs: RunJobs) -> None:
        correct(desk, edition, 0, "La lampe tourne.")
        desk.post(reverse("desk_ask_again", args=[edition.pk]))
        run_jobs()
        assert read(edition).startswith("La lampe tourne.")
        assert Target.objects.filter(edition=edition, origin=Origin.MACHINE).count() == 1


def correct(client: Client, edition: Edition, place: int, text: str, **more: str) -> str:
    segment = segments_of(edition)[place].segment
    response = client.post(reverse("desk_correct", args=[edition.pk, segment.pk]), {"text": text, **more})
    return response.headers.get("Location", "") or response.content.decode()


class TestCorrect:
    def test_a_correction_is_read_at_once(self, desk: Client, edition: Edition, reviewer: User) -> None:
        place = correct(desk, edition, 0, "La lampe tourne.")
        assert re.search(r"#segment-\d+$", place)
        assert read(edition).startswith("La lampe tourne.")
        assert Target.objects.get(edition=edition, origin=Origin.HUMAN).reviewer == reviewer

    def test_and_on_to_the_next(self, desk: Client, edition: Edition) -> None:
        following = segments_of(edition)[1].segment
        assert correct(desk, edition, 0, "La lampe.", next="1") == reverse(
            "desk_segment", args=[edition.pk, following.pk]
        )
        assert "La lampe" not in page(desk, "desk_segment", edition.pk, following.pk)

    def test_everywhere_says_how_many_and_does_it(
        self, desk: Client, edition: Edition, run_jobs: RunJobs
    ) -> None:
        document("The lamp turns every night.")
        run_jobs()
        segment = segments_of(edition)[0].segment
        assert "in 1 other place too" in page(desk, "desk_segment", edition.pk, segment.pk)
        correct(desk, edition, 0, "La lampe tourne.", everywhere="on")
        assert Target.objects.filter(text="La lampe tourne.").count() == 2

    def test_without_everywhere_only_here(self, desk: Client, edition: Edition, run_jobs: RunJobs) -> None:
        document("The lamp turns every night.")
        run_jobs()
        correct(desk, edition, 0, "La lampe tourne.")
        assert Target.objects.filter(text="La lampe tourne.").count() == 1

    def test_no_words_are_refused_and_nothing_is_lost(self, desk: Client, edition: Edition) -> None:
        before = read(edition)
        shown = correct(desk, edition, 0, "  ")
        assert "A correction needs some words." in shown
        assert read(edition) == before

    def test_an_outdated_correction_stands_beside(self, desk: Client, edition: Edition) -> None:
        correct(desk, edition, 0, "La lampe tourne.")
        revise(edition.document, fields={"body": (plain("The lamp never turns by night."),)})
        successor = Edition.objects.get(document=edition.document_id, language="fr")
        shown = page(desk, "desk_edition", successor.pk)
        assert "What a person wrote for the earlier wording" in shown
        assert "La lampe tourne." in shown


class TestPermission:
    NAMES = [("desk", 0), ("desk_edition", 1), ("desk_segment", 2)]

    @pytest.mark.parametrize(("name", "count"), NAMES)
    def test_only_with_the_permission(self, edition: Edition, reviewer: User, name: str, count: int) -> None:
        reviewer.user_permissions.remove(Permission.objects.get(codename="review_editions"))
        client = Client()
        client.force_login(reviewer, backend="allauth.account.auth_backends.AuthenticationBackend")
        args = [edition.pk, segments_of(edition)[0].segment.pk][:count]
        assert client.get(reverse(name, args=args)).status_code in (302, 403)

    def test_strangers_are_sent_to_sign_in(self, edition: Edition) -> None:
        response = Client().get(reverse("desk_edition", args=[edition.pk]))
        assert response.status_code == 302
        assert "login" in response.headers["Location"]

    def test_the_menu_leads_there(self, desk: Client) -> None:
        assert reverse("desk") in page(desk, "wagtailadmin_home")
