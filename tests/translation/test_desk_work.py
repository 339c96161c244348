"""The desk: findings in place, suggestions, what editors do with a sentence, files, readers' reports."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from dragoman.engines.fake import FakeEngine
from dragoman.newsroom.models import ArticlePage
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.translation.actions import MemoryRow, correct_target, create_document, import_memory, revise
from dragoman.translation.desk.actions import lock_target, report_translation
from dragoman.translation.desk.explaining import explained
from dragoman.translation.desk.marking import marked
from dragoman.translation.desk.queries import next_waiting, totals
from dragoman.translation.desk.suggesting import LEAST_ALIKE, likeness, suggestions
from dragoman.translation.models import (
    Document,
    Edition,
    Memory,
    Origin,
    Scope,
    Segment,
    Target,
    Term,
    TermTarget,
    TranslationReport,
)
from dragoman.translation.queries import segments_of
from tests.newsroom import stories
from tests.translation.conftest import Write
from tests.translation.test_desk import desk, document, page
from tests.translation.test_desk import reviewer as staff

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
LAMP = "The lamp turns every night."
SEA = "The sea is calm below the rock."

reviewer = staff
__all__ = ["desk"]


@pytest.fixture
def edition(fake_engine: FakeEngine, run_jobs: RunJobs) -> Edition:
    story = document(LAMP, SEA)
    run_jobs()
    return Edition.objects.get(document=story, language="fr")


def segment(edition: Edition, place: int = 0) -> Segment:
    return segments_of(edition)[place].segment


def target(edition: Edition, place: int = 0) -> Target:
    found = segments_of(edition)[place].target
    assert found is not None
    return found


def act(client: Client, edition: Edition, name: str, place: int = 0, **more: str) -> str:
    response = client.post(
        reverse("desk_act", args=[edition.pk, segment(edition, place).pk, name]),
        {"seen": target(edition, place).text, **more},
    )
    assert response.status_code == 302
    return response.headers["Location"]


class TestFindingsInPlace:
    def test_marked_in_source_and_target_and_explained(self, desk: Client, edition: Edition) -> None:
        finding = {
            "check": "numbers",
            "severity": "doubtful",
            "message": "raw",
            "source": [[4, 8]],
            "target": [[0, 2]],
        }
        Target.objects.filter(pk=target(edition).pk).update(findings=[finding], state="doubtful")
        for shown in (
            page(desk, "desk_edition", edition.pk),
            page(desk, "desk_segment", edition.pk, segment(edition).pk),
        ):
            marks = re.findall(r'<mark class="desk-mark desk-doubtful"[^>]*>([^<]*)<sup', shown)
            assert marks == ["lamp", target(edition).text[:2]]
            assert "The numbers are not the same as in the original." in shown
            assert f'id="finding-{segment(edition).pk}-1"' in shown

    def test_in_the_editors_language(self) -> None:
        finding = {"check": "numbers", "message": "raw", "code": "numbers"}
        with override("fr"):
            assert explained(finding) == "Les nombres ne sont pas les mêmes que dans l’original."
        assert explained({"check": "a check of tomorrow", "message": "raw"}) == "raw"

    def test_a_persons_words_are_checked_when_they_are_looked_at(
        self, desk: Client, edition: Edition, reviewer: User
    ) -> None:
        correct_target(edition=edition, segment=segment(edition), text="Il y a 77 lampes.", reviewer=reviewer)
        assert target(edition).findings == []
        shown = page(desk, "desk_segment", edition.pk, segment(edition).pk)
        assert re.search(r'<mark class="desk-mark[^>]*>77<sup', shown)
        assert 'class="desk-findings"' in shown

    @given(
        st.text(max_size=30),
        st.lists(st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=3), max_size=4),
    )
    def test_the_pieces_are_the_text(self, text: str, places: list[list[tuple[int, int]]]) -> None:
        findings = [{"severity": "minor", "source": own} for own in places]
        pieces = marked(text, findings, "source")
        assert "".join(piece.text for piece in pieces) == text
        for number, own in enumerate(places, 1):
            covered = {at for start, end in own for at in range(max(0, start), min(len(text), end))}
            at = 0
            for piece in pieces:
                assert (number in piece.numbers) == (at in covered)
                at += len(piece.text)


class TestActs:
    def test_approve(self, desk: Client, edition: Edition, reviewer: User) -> None:
        act(desk, edition, "approve")
        assert (target(edition).origin, target(edition).reviewer) == (Origin.HUMAN, reviewer)

    def test_lock_and_unlock(self, desk: Client, edition: Edition) -> None:
        assert act(desk, edition, "lock", stay="1").endswith(f"/{segment(edition).pk}/")
        assert target(edition).locked
        assert "locked" in page(desk, "desk_edition", edition.pk)
        act(desk, edition, "unlock")
        assert not target(edition).locked

    def test_ask_again_for_one(
        self, desk: Client, edition: Edition, fake_engine: FakeEngine, run_jobs: RunJobs
    ) -> None:
        fake_engine.ledger.clear()
        act(desk, edition, "again", 1)
        run_jobs()
        assert [request.texts for request in fake_engine.ledger] == [(SEA,)]

    def test_what_has_changed_meanwhile_is_not_approved(self, desk: Client, edition: Edition) -> None:
        desk.post(reverse("desk_act", args=[edition.pk, segment(edition).pk, "approve"]), {"seen": "Autre."})
        assert target(edition).origin == Origin.MACHINE

    def test_no_other_acts(self, desk: Client, edition: Edition) -> None:
        response = desk.post(reverse("desk_act", args=[edition.pk, segment(edition).pk, "erase"]))
        assert response.status_code == 404

    def test_on_to_the_next_that_waits(self, desk: Client, edition: Edition) -> None:
        assert next_waiting(edition, segment(edition).pk) is None
        Target.objects.filter(pk=target(edition, 1).pk).update(state="doubtful")
        assert act(desk, edition, "approve", waiting="1") == reverse(
            "desk_segment", args=[edition.pk, segment(edition, 1).pk]
        )

    def test_only_those_that_wait_are_listed(self, desk: Client, edition: Edition) -> None:
        Target.objects.filter(pk=target(edition, 1).pk).update(state="doubtful")
        shown = page(desk, "desk_edition", edition.pk, show="waiting")
        assert re.findall(r'<tr id="segment-(\d+)"', shown) == [str(segment(edition, 1).pk)]


class TestSuggestions:
    @pytest.fixture
    def place(self, edition: Edition) -> Edition:
        rows = [
            MemoryRow("en", "fr", "The old lamp turns nearly every night.", "La vieille lampe tourne."),
            MemoryRow("en", "fr", "Bread costs three coins at the market.", "Le pain coûte trois pièces."),
            MemoryRow("en", "pt", "The lamp turns every single night.", "Outra língua."),
        ]
        import_memory(rows, scope=Scope.NEWSROOM)
        reader = [MemoryRow("en", "fr", "The lamp turns every other night.", "Dit par un lecteur.")]
        import_memory(reader, scope=Scope.DISCUSSION)
        return edition

    def test_near_ones_with_how_much_they_are_alike(self, desk: Client, place: Edition) -> None:
        found = suggestions(place, segments_of(place)[0])
        assert [(each.text, each.alike) for each in found] == [("La vieille lampe tourne.", 83)]
        shown = page(desk, "desk_segment", place.pk, segment(place).pk)
        assert "83 % alike" in shown
        assert "La vieille lampe tourne." in shown

    def test_the_same_sentence_first(self, place: Edition, reviewer: User, run_jobs: RunJobs) -> None:
        other = document(LAMP)
        run_jobs()
        twin = Edition.objects.get(document=other, language="fr")
        correct_target(edition=twin, segment=segment(twin), text="La lampe tourne.", reviewer=reviewer)
        found = suggestions(place, segments_of(place)[0])
        assert (found[0].text, found[0].alike) == ("La lampe tourne.", 100)

    def test_a_link_begins_with_it_without_script(self, desk: Client, place: Edition) -> None:
        name = suggestions(place, segments_of(place)[0])[0].name
        shown = page(desk, "desk_segment", place.pk, segment(place).pk, use=name)
        assert re.search(r"<textarea[^>]*>La vieille lampe tourne\.</textarea>", shown)

    def test_the_newsroom_is_never_offered_what_readers_said(self, place: Edition) -> None:
        assert "Dit par un lecteur." not in {each.text for each in suggestions(place, segments_of(place)[0])}

    def test_the_search_uses_the_index_and_is_bounded(
        self, place: Edition, django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        from django.contrib.postgres.search import SearchQuery, SearchVector
        from django.db import connection

        one = segments_of(place)[0]
        with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
            suggestions(place, one)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        rows = Memory.objects.annotate(words=SearchVector("source", config="simple"))
        plan = rows.filter(words=SearchQuery("night | lamp", config="simple", search_type="raw")).explain()
        assert "translation_memory_words" in plan

    @pytest.mark.parametrize(
        "words", ["", "'; DROP TABLE x; --", "a:* & !b", "\\' | <->", "日本語の文章です。"]
    )
    def test_any_sentence_can_be_looked_for(self, write: Write, run_jobs: RunJobs, words: str) -> None:
        written = write(f"{words} and some more of it here")
        found = Edition.objects.get(document=written, language="fr")
        assert isinstance(suggestions(found, segments_of(found)[0]), list)

    def test_likeness(self) -> None:
        assert likeness(["a", "b"], ["a", "b"]) == 99
        assert likeness(["the", "lamp", "turns"], ["the", "lamp", "stands"]) >= LEAST_ALIKE
        assert likeness(["a"], ["b"]) == 0

    def test_terms_of_the_glossary(self, desk: Client, edition: Edition) -> None:
        term = Term.objects.create(source_language="en", source="lamp")
        TermTarget.objects.create(term=term, language="fr", text="feu")
        TermTarget.objects.create(term=term, language="fr", text="lampe", status="forbidden")
        shown = page(desk, "desk_segment", edition.pk, segment(edition).pk)
        assert re.search(r'<bdi lang="fr"[^>]*>feu</bdi>', shown)
        assert re.search(r'<del lang="fr"[^>]*>lampe</del>', shown)


class TestBoard:
    def test_counts_by_language(self, edition: Edition, reviewer: User) -> None:
        correct_target(edition=edition, segment=segment(edition), text="Dit.", reviewer=reviewer)
        Target.objects.filter(pk=target(edition, 1).pk).update(state="doubtful")
        own = next(row for row in totals("") if row["language"] == "fr")
        assert own == {
            "language": "fr", "segments": 2, "ready": 1, "doubtful": 1, "outdated": 0, "missing": 0, "human": 1
        }  # fmt: skip

    @pytest.mark.parametrize("concern", ["doubtful", "human", "terms", "missing", "reported"])
    def test_filtered(self, desk: Client, edition: Edition, reviewer: User, concern: str) -> None:
        document("Another story altogether stands here.")
        Edition.objects.exclude(document=edition.document).update(state="ready")
        assert self.listed(page(desk, "desk", concern=concern, language="fr")) == []
        Target.objects.filter(edition=edition).update(state="doubtful", origin="human", by_term=True)
        Edition.objects.filter(pk=edition.pk).update(state="partial")
        report_translation(edition.document, language="fr", reporter=reviewer)
        assert self.listed(page(desk, "desk", concern=concern, language="fr")) == [str(edition.pk)]
        assert self.listed(page(desk, "desk", concern=concern, language="es")) == []

    def listed(self, shown: str) -> list[str]:
        return re.findall(r'<a class="desk-cell[^>]*href="/admin/desk/(\d+)/"', shown)

    def test_reported_ones_first(self, desk: Client, edition: Edition, reviewer: User) -> None:
        document("Another story altogether stands here.")
        report_translation(edition.document, language="fr", reporter=reviewer)
        labels = re.findall(r'<th scope="row"><bdi[^>]*>([^<]*)<', page(desk, "desk"))
        assert labels[0] == LAMP


class TestFiles:
    def test_out_and_in(self, desk: Client, edition: Edition, reviewer: User) -> None:
        response = desk.get(reverse("desk_xliff", args=[edition.pk]))
        assert response.headers["Content-Type"].startswith("application/xliff+xml")
        content = response.content.decode()
        said = content.replace(
            f"<target>{target(edition).text}</target>", "<target>La lampe tourne.</target>"
        )
        shown = self.bring(desk, edition, said.encode())
        assert "1 sentence taken from the file." in shown
        assert (target(edition).text, target(edition).reviewer) == ("La lampe tourne.", reviewer)

    def bring(self, desk: Client, edition: Edition, content: bytes, status: int = 200) -> str:
        file = SimpleUploadedFile("work.xlf", content)
        response = desk.post(reverse("desk_xliff_bring", args=[edition.pk]), {"file": file})
        assert response.status_code == status
        return response.content.decode()

    def test_what_was_left_is_said(self, desk: Client, edition: Edition, reviewer: User) -> None:
        content = desk.get(reverse("desk_xliff", args=[edition.pk])).content
        words = target(edition).text.encode()
        lock_target(edition=edition, segment=segment(edition), reviewer=reviewer)
        assert "is locked" in self.bring(desk, edition, content.replace(words, b"Autre."))

    def test_hostile_and_foreign_files_change_nothing(self, desk: Client, edition: Edition) -> None:
        other = Edition.objects.get(document=edition.document_id, language="es")
        foreign = desk.get(reverse("desk_xliff", args=[other.pk])).content
        assert "another text" in self.bring(desk, edition, foreign, 422)
        assert "Line 1" in self.bring(desk, edition, b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', 422)
        assert "Line 1" in self.bring(desk, edition, b"", 422)
        assert target(edition).origin == Origin.MACHINE


@pytest.fixture
def story(edition: Edition) -> Document:
    """Read as the article of a page."""
    page = stories.article()
    ArticlePage.objects.filter(pk=page.pk).update(document=edition.document)
    return edition.document


@pytest.fixture
def reader() -> Client:
    person = User.objects.create_user("reader@example.org", display_name="Rosalind")
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


class TestReaders:
    def address(self, story: Document, language: str = "fr") -> str:
        return f"/{language}/translation/{story.pk}/report/"

    def test_a_report_reaches_the_desk_with_the_sentence(
        self, reader: Client, desk: Client, story: Document, edition: Edition
    ) -> None:
        form = reader.get(self.address(story)).content.decode()
        assert "no-store" in reader.get(self.address(story)).headers["Cache-Control"]
        assert target(edition, 1).text in form
        told = reader.post(self.address(story), {"sentence": "body.1.0", "note": "La mer <b>!</b>"})
        assert told.status_code == 200
        shown = page(desk, "desk")
        assert "La mer &lt;b&gt;!&lt;/b&gt;" in shown
        assert reverse("desk_segment", args=[edition.pk, segment(edition, 1).pk]) in shown
        report = TranslationReport.objects.get()
        desk.post(reverse("desk_close_report", args=[report.pk]))
        assert "La mer" not in page(desk, "desk")

    def test_the_sentence_is_found_again_after_a_revision(
        self, reader: Client, desk: Client, story: Document, run_jobs: RunJobs
    ) -> None:
        reader.post(self.address(story), {"sentence": "body.1.0"})
        revise(story, fields={"body": (plain("Something new here."), plain(LAMP), plain(SEA))})
        run_jobs()
        now = Edition.objects.get(document=story, language="fr")
        assert reverse("desk_segment", args=[now.pk, segment(now, 2).pk]) in page(desk, "desk")
        story.refresh_from_db()
        revise(story, fields={"body": (plain(LAMP),)})
        assert "The sentence has changed since." in page(desk, "desk")

    def test_strangers_sign_in_first(self, story: Document) -> None:
        response = Client().get(self.address(story))
        assert response.status_code == 303
        assert "/account/login/" in response.headers["Location"]

    def test_only_of_what_is_read_in_translation(self, reader: Client, story: Document) -> None:
        assert reader.get(self.address(story, "en")).status_code == 404
        assert reader.get("/fr/translation/999999/report/").status_code == 404
        Document.objects.filter(pk=story.pk).update(visible=False)
        assert reader.get(self.address(story)).status_code == 404

    @pytest.mark.parametrize("sentence", ["body.9.9", "body", "x.1.0", "body.-1.0", "'\"><script>"])
    def test_sentences_that_are_not_there_are_refused(
        self, reader: Client, story: Document, sentence: str
    ) -> None:
        assert reader.post(self.address(story), {"sentence": sentence}).status_code == 422
        assert not TranslationReport.objects.exists()

    def test_too_many_are_refused_and_nothing_typed_is_lost(
        self, reader: Client, story: Document, settings
    ) -> None:  # type: ignore[no-untyped-def]
        settings.DISCUSSION_REPORTS_PER_HOUR = 1
        reader.post(self.address(story), {"sentence": ""})
        response = reader.post(self.address(story), {"sentence": "body.1.0", "note": "Bien dit, pourtant."})
        assert response.status_code == 429
        assert "Bien dit, pourtant." in response.content.decode()

    def test_only_reviewers_close_reports(self, reader: Client, story: Document) -> None:
        reader.post(self.address(story), {"sentence": ""})
        report = TranslationReport.objects.get()
        assert reader.post(reverse("desk_close_report", args=[report.pk])).status_code in (302, 403)
        report.refresh_from_db()
        assert report.settled_at is None


def test_a_text_of_the_discussion_is_not_given_out(
    desk: Client, fake_engine: FakeEngine, run_jobs: RunJobs
) -> None:
    words = {"body": (plain(LAMP),)}
    comment = create_document(kind="comment", scope=Scope.DISCUSSION, language="en", fields=words)
    run_jobs()
    found = Edition.objects.get(document=comment, language="fr")
    assert reverse("desk_xliff", args=[found.pk]) not in page(desk, "desk_edition", found.pk)
    assert desk.get(reverse("desk_xliff", args=[found.pk])).status_code == 422
