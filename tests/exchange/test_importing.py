"""Importing a page: articles and comments through the actions, again and again without harm."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from wagtail.models import Page

from dragoman.discussion.actions import delete, vote
from dragoman.discussion.models import Comment, QuotedPart
from dragoman.exchange.actions import import_page
from dragoman.exchange.commands import import_group
from dragoman.exchange.errors import ImportRefused
from dragoman.exchange.findings import texts_of
from dragoman.exchange.reading import read_page
from dragoman.languages.view import View
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.people.models import User
from dragoman.translation.models import Document
from dragoman.translation.queries import readings
from tests.exchange.pages import FRENCH
from tests.shared import shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.fr.txt"
    file.write_text(FRENCH, encoding="utf-8")
    return file


def rewritten(page: Path, old: str, new: str) -> Path:
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")
    return page


def state() -> list[object]:
    """Everything an import could change."""
    return [
        list(Comment.objects.order_by("pk").values_list("pk", "score", "baseline", "created_at", "parent")),
        list(ArticlePage.objects.values_list("pk", "title", "latest_revision", "published_at")),
        list(Document.objects.order_by("pk").values_list("pk", "current__number")),
    ]


class TestImport:
    def test_the_report(self, page: Path) -> None:
        report = import_page(page, "fr")
        article = ArticlePage.objects.get()
        assert report.to_json() == {
            "articles": 1,
            "comments": 3,
            "replies": 1,
            "skipped": 0,
            "findings": [
                {
                    "check": "times",
                    "code": "broken_time",
                    "severity": "doubtful",
                    "message": f"A time of day is broken: {written}.",
                    "where": f"time of comment {comment}",
                    "source": [],
                    "target": [[11, 11 + len(written)]],
                    "text": written,
                }
                for comment, written in ((1, "9: 05"), (2, "10: 15"), (3, "10: 20"))
            ],
            "address": article.path_in("fr"),
        }

    def test_the_article_lies_in_a_section_of_its_own(self, page: Path) -> None:
        import_page(page, "fr")
        article = ArticlePage.objects.get()
        assert article.live
        assert article.get_parent().slug == "imported"
        assert [child.block_type for child in article.body] == [
            "paragraph",
            "paragraph",
            "quotation",
            "paragraph",
        ]
        assert [source.value["name"] for source in article.sources] == [
            "Bigorneau Presse",
            "Annuaire des marées",
            "example.org",
            "Archives de la baie",
        ]

    def test_times_are_in_the_publications_zone(self, page: Path) -> None:
        import_page(page, "fr")
        first = Comment.objects.earliest("pk")
        assert first.created_at.isoformat() == "2021-05-03T08:05:00+00:00"  # 9:05 in Lisbon's summer
        assert ArticlePage.objects.get().published_at == first.created_at

    def test_scores_are_kept_as_baseline(self, page: Path) -> None:
        import_page(page, "fr")
        assert list(Comment.objects.order_by("pk").values_list("baseline", "score")) == [
            (12, 12),
            (-4, -4),
            (0, 0),
        ]

    def test_names_and_unnamed_readers(self, page: Path) -> None:
        import_page(page, "fr")
        assert list(Comment.objects.order_by("pk").values_list("author_name", flat=True)) == [
            "",
            "",
            "Lise du Quai",
        ]

    def test_plain_text_is_not_read_as_markdown(self, page: Path) -> None:
        import_page(page, "fr")
        document = Comment.objects.order_by("pk")[1].document_id
        assert document is not None
        assert readings([document], View("fr"))[document].text("body") == "1. Bottes\n2. Pain"

    def test_a_language_the_publication_does_not_offer(self, tmp_path: Path) -> None:
        file = tmp_path / "page.txt"
        file.write_text("Überschrift\n\nText.\n\n0 comments\n", encoding="utf-8")
        report = import_page(file, "de")
        assert report.address is not None
        assert report.address.startswith("/en/imported/")
        assert ArticlePage.objects.get().source_language == "de"


class TestAgain:
    def test_the_same_page_changes_nothing(self, page: Path) -> None:
        first = import_page(page, "fr")
        before = state()
        assert import_page(page, "fr") == first
        assert state() == before

    def test_a_changed_score_is_updated_and_votes_given_here_stay(self, page: Path) -> None:
        import_page(page, "fr")
        voter = User.objects.create_user("reader@example.org", display_name="Maud")
        vote(Comment.objects.earliest("pk"), voter=voter, value=1)
        import_page(rewritten(page, "1. 12", "1. 20"), "fr")
        comment = Comment.objects.earliest("pk")
        assert (comment.baseline, comment.score) == (20, 21)

    def test_a_changed_comment_is_updated(self, page: Path) -> None:
        import_page(page, "fr")
        import_page(rewritten(page, "Et la confiture ?", "Et le beurre ?"), "fr")
        assert Comment.objects.count() == 3
        document = Comment.objects.latest("pk").document_id
        assert document is not None
        assert readings([document], View("fr"))[document].text("body") == "Et le beurre ?"

    def test_a_new_comment_is_added(self, page: Path) -> None:
        import_page(page, "fr")
        import_page(
            rewritten(page, "  1. 12\n", "  1. 7\n    3 mai 2021 8: 00\n    Bonjour.\n  2. 12\n"), "fr"
        )
        assert Comment.objects.count() == 4
        assert Comment.objects.get(score=12).created_at.minute == 5

    def test_a_changed_article_is_revised(self, page: Path) -> None:
        import_page(page, "fr")
        import_page(rewritten(page, "La mer est montée", "La mer est redescendue"), "fr")
        article = ArticlePage.objects.get()
        assert article.document is not None
        assert article.document.current is not None
        assert article.document.current.number == 2

    def test_a_comment_deleted_here_stays_deleted(self, page: Path) -> None:
        import_page(page, "fr")
        author = User.objects.create_user("reader@example.org", display_name="Maud")
        Comment.objects.filter(score=12).update(author=author)
        delete(Comment.objects.get(score=12), author=author)
        import_page(page, "fr")
        assert Comment.objects.get(score=12).document is None

    def test_an_article_unpublished_here_stays_unpublished(self, page: Path) -> None:
        import_page(page, "fr")
        ArticlePage.objects.get().unpublish()
        import_page(rewritten(page, "La mer est montée", "La mer est redescendue"), "fr")
        assert not ArticlePage.objects.get().live

    def test_a_renamed_section_keeps_its_name(self, page: Path) -> None:
        import_page(page, "fr")
        section = SectionPage.objects.get(slug="imported")
        section.title = "Archive"
        section.save_revision().publish()
        import_page(page, "fr")
        assert SectionPage.objects.get(slug="imported").title == "Archive"


class TestNothingChanged:
    def test_a_dry_run(self, page: Path) -> None:
        pages = Page.objects.count()
        report = import_page(page, "fr", dry_run=True)
        assert (report.comments, report.address) == (3, None)
        assert Page.objects.count() == pages
        assert not Document.objects.exists()

    def test_a_fault_in_the_middle_leaves_nothing(self, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError

        monkeypatch.setattr("dragoman.exchange.actions.import_comment", broken)
        with pytest.raises(RuntimeError):
            import_page(page, "fr")
        assert not Document.objects.exists()

    def test_an_article_longer_than_any(self, page: Path) -> None:
        import_page(page, "fr")
        before = state()
        rewritten(page, "La mer est montée à l'heure dite.", "La mer. " * 30_000)
        with pytest.raises(ImportRefused, match="room for 200,000 characters") as refused:
            import_page(page, "fr")
        assert (refused.value.code, state()) == ("too_large", before)

    def test_not_utf8(self, tmp_path: Path) -> None:
        file = tmp_path / "page.txt"
        file.write_bytes("Été\n\nTexte\n\n0 commentaires".encode("latin-1"))
        with pytest.raises(ImportRefused) as refused:
            import_page(file, "fr")
        assert refused.value.code == "not_utf8"
        assert "page.txt" in refused.value.sentence

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(ImportRefused) as refused:
            import_page(tmp_path / "none.txt", "fr")
        assert refused.value.code == "unreadable"


class TestCommand:
    def test_json(self, page: Path) -> None:
        result = CliRunner().invoke(import_group, ["page", str(page), "--language", "fr", "--json"])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout.splitlines()[-1])["comments"] == 3

    def test_a_sentence_for_people(self, page: Path) -> None:
        result = CliRunner().invoke(import_group, ["page", str(page), "--language", "fr"])
        assert result.stdout.startswith("Imported 1 article, 3 comments (1 replies): /fr/imported/")

    def test_dry_run(self, page: Path) -> None:
        result = CliRunner().invoke(import_group, ["page", str(page), "--language", "fr", "--dry-run"])
        assert result.stdout == "Would import 1 article, 3 comments (1 replies).\n"
        assert result.stderr.splitlines()[0] == "time of comment 1: A time of day is broken: 9: 05."
        assert not Document.objects.exists()

    @pytest.mark.parametrize(
        ("content", "language"),
        [(b"", "fr"), (b"\xff\xfe", "fr"), (b"Prose.", "fr"), (FRENCH.encode(), "xx")],
    )
    def test_what_is_refused_is_one_sentence_and_status_2(
        self, tmp_path: Path, content: bytes, language: str
    ) -> None:
        file = tmp_path / "bad.txt"
        file.write_bytes(content)
        result = CliRunner().invoke(import_group, ["page", str(file), "--language", language, "--json"])
        assert result.exit_code == 2
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert not Document.objects.exists()

    def test_the_command_line_brings_the_database(self, page: Path) -> None:
        opened: list[str] = []

        def with_database(command: object) -> object:
            opened.append("opened")
            return command

        CliRunner().invoke(import_group, ["page", str(page), "--language", "fr"], obj=with_database)
        assert opened == ["opened"]


def test_the_model_page() -> None:
    file = shared("seed/page.fr.txt")
    report = import_page(file, "fr")
    assert (report.articles, report.comments, report.replies, report.skipped) == (1, 6, 1, 0)
    comments = list(Comment.objects.order_by("pk"))
    assert [comment.score for comment in comments] == [-3, -3, -1, -3, -4, 0]
    assert [f"{comment.created_at:%H:%M}" for comment in comments] == [
        "11:40",
        "12:13",
        "12:21",
        "13:24",
        "15:30",
        "17:16",
    ]  # Lisbon keeps UTC in November
    assert comments[5].parent == comments[4]
    quotation = comments[3].quotations.get()
    assert quotation.document == comments[3].thread.document
    assert (quotation.field, quotation.first, quotation.last) == ("body", 0, 2)
    assert quotation.part == QuotedPart.PART  # "conversation téléphonique" and "conjointement" on that page
    assert [comment.quotations.count() for comment in comments] == [0, 0, 0, 1, 0, 0]
    assert [(found["where"], found["code"], found["text"]) for found in report.findings] == [
        ("time of comment 1", "broken_time", "11: 40"),
        ("time of comment 2", "broken_time", "12: 13"),
        ("time of comment 3", "broken_time", "12: 21"),
        ("comment 3", "stray_word", "am"),
        ("time of comment 4", "broken_time", "13: 24"),
        ("time of comment 5", "broken_time", "15: 30"),
        ("comment 5", "stray_word", "nécessaire"),
        ("time of comment 6", "broken_time", "17: 16"),
        ("comment 6", "broken_unit", "4,4 mille mètres carrés. km"),
        ("comment 6", "broken_unit", "11,5 mille mètres carrés. km"),
        ("comment 6", "broken_unit", "7 mille mètres carrés ont été ajoutés. km"),
    ]
    texts = dict(texts_of(read_page(file, "fr")))
    for found in report.findings:
        ((start, end),) = found["target"]
        assert " ".join(texts[found["where"]][start:end].split()) == found["text"]
    assert import_page(file, "fr") == report
    assert Comment.objects.count() == 6


def test_a_memory_from_outside_is_looked_at(tmp_path: Path) -> None:
    unit = '<tu><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="fr"><seg>{}</seg></tuv></tu>'
    units = unit.format("It was 11:40.", "Il était 11: 40.") + unit.format("It was late.", "Il était tard.")
    file = tmp_path / "memory.tmx"
    file.write_text(f'<tmx version="1.4"><header/><body>{units}</body></tmx>', encoding="utf-8")
    result = CliRunner().invoke(import_group, ["tmx", str(file), "--dry-run", "--json"])
    report = json.loads(result.stdout)
    assert report["pairs"] == 4
    assert [(found["where"], found["text"]) for found in report["findings"]] == [("pair 1, fr", "11: 40")]


def test_a_page_full_of_faults_does_not_fill_the_terminal(page: Path) -> None:
    rewritten(page, "Et encore.", " ".join(f"À {hour}: 00." for hour in range(1, 24)))
    result = CliRunner().invoke(import_group, ["page", str(page), "--language", "fr", "--dry-run"])
    assert len(result.stderr.splitlines()) == 21
    assert result.stderr.splitlines()[-1] == "… and 6 more; --json tells all."
