"""The parser of pages with threads: structure from layout, whatever the page."""
# ruff: noqa: DTZ001 - what is parsed is naive; the publication's zone comes later

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.exchange.errors import ImportRefused
from dragoman.exchange.page import ImportedPage, ImportedSource, ImportedText, parse_page
from tests.exchange.pages import FRENCH, page
from tests.shared import shared_text


def refusal(text: str, language: str = "fr") -> ImportRefused:
    with pytest.raises(ImportRefused) as refused:
        parse_page(text, language)
    return refused.value


def attempt(text: str) -> ImportedPage | ImportRefused:
    try:
        return parse_page(text, "fr")
    except ImportRefused as refused:
        return refused


class TestArticle:
    def test_headline_and_paragraphs_without_the_count(self) -> None:
        read = parse_page(FRENCH, "fr")
        assert read.headline.startswith("« La cloche sonne deux fois »")
        assert [piece.text for piece in read.body] == [
            "Le 3 mai, onze clients sont restés sur le rocher, écrit l'agence locale Bigorneau Presse.",
            "La mer est montée à l'heure dite.",
            "Le pain, lui, ne s'est plaint de rien",
            "Le conseil en parlera lundi.",
        ]

    def test_a_dash_line_makes_the_paragraph_before_it_a_quotation(self) -> None:
        assert parse_page(FRENCH, "fr").body[2] == ImportedText(
            "Le pain, lui, ne s'est plaint de rien", "a ajouté le boulanger."
        )

    def test_a_dialogue_is_no_chain_of_quotations(self) -> None:
        read = parse_page(page("1 comment", "May 3, 2021 9:05", body="— Who?\n\n— Me."), "en")
        assert [piece.is_quotation for piece in read.body] == [False, False]

    def test_lines_of_one_paragraph_are_joined(self) -> None:
        read = parse_page(page("1 comment", "May 3, 2021 9:05", body="One\ntwo.\n\nThree."), "en")
        assert [piece.text for piece in read.body] == ["One two.", "Three."]

    def test_sources_are_agencies_of_the_text_and_bullets(self) -> None:
        assert parse_page(FRENCH, "fr").sources == (
            ImportedSource("Bigorneau Presse"),
            ImportedSource("Annuaire des marées", "https://example.org/marees"),
            ImportedSource("example.org", "https://www.example.org/pain/"),
            ImportedSource("Archives de la baie"),
        )

    def test_what_the_site_says_of_itself_is_not_the_article(self) -> None:
        words = " ".join(piece.text for piece in parse_page(FRENCH, "fr").body)
        assert "Abonnez-vous" not in words
        assert "Nos chaînes" not in words

    def test_a_page_without_sources_ends_at_its_channels(self) -> None:
        body = "Body.\n\nOur news channels\n\nSubscribe."
        read = parse_page(page("1 comment", "May 3, 2021 9:05", body=body), "en")
        assert [piece.text for piece in read.body] == ["Body."]


class TestThread:
    def test_scores_times_and_texts(self) -> None:
        first, second, third = parse_page(FRENCH, "fr").comments
        assert (first.score, second.score, third.score) == (12, -4, 0)
        assert [each.at for each in (first, second, third)] == [
            datetime(2021, 5, 3, 9, 5),
            datetime(2021, 5, 3, 10, 15),
            datetime(2021, 5, 3, 10, 20),
        ]
        assert first.paragraphs == ("Deux fois, vraiment ?\nJe n'ai entendu qu'une cloche.", "Et encore.")

    def test_indentation_makes_a_reply(self) -> None:
        assert [comment.parent for comment in parse_page(FRENCH, "fr").comments] == [None, None, 1]

    def test_a_list_in_a_comment_is_not_a_comment(self) -> None:
        assert parse_page(FRENCH, "fr").comments[1].paragraphs == ("1. Bottes\n2. Pain",)

    def test_a_name_between_score_and_date(self) -> None:
        assert [comment.author for comment in parse_page(FRENCH, "fr").comments] == ["", "", "Lise du Quai"]

    def test_the_date_line_is_kept_as_written(self) -> None:
        assert parse_page(FRENCH, "fr").comments[0].date_line == "3 mai 2021 9: 05"

    def test_a_reply_to_a_reply_and_back(self) -> None:
        lines = ["Headline", "", "Body.", "", "4 comments"]
        for indent, score in ((2, 1), (4, 2), (6, 3), (4, 4)):
            lines += [f"{' ' * indent}{score}. {score}", f"{' ' * indent}  May {score}, 2021 9:05", "Text."]
        read = parse_page("\n".join(lines), "en")
        assert [comment.parent for comment in read.comments] == [None, 0, 1, 0]

    def test_a_page_may_count_more_than_it_shows(self) -> None:
        assert parse_page(page("7 comments", "May 3, 2021 9:05"), "en").missing == 6

    def test_a_page_without_comments(self) -> None:
        read = parse_page("Headline\n\nBody.\n\n0 comments\n", "en")
        assert read.comments == ()


@pytest.mark.parametrize(
    ("language", "heading", "date"),
    [
        ("en", "1 comment", "November 8, 2020 11: 40"),
        ("fr", "1 commentaire", "8 novembre 2020 11: 40"),
        ("es", "1 comentario", "8 de noviembre de 2020 11: 40"),
        ("pt", "1 comentário", "8 de novembro de 2020 11: 40"),
        ("ru", "1 комментарий", "8 ноября 2020 11: 40"),
        ("ar", "1 تعليق", "8 نوفمبر 2020 11: 40"),
        ("ar", "١ تعليق", "٨ نوفمبر ٢٠٢٠ ١١: ٤٠"),
    ],
)
def test_every_demo_language(language: str, heading: str, date: str) -> None:
    (comment,) = parse_page(page(heading, date), language).comments
    assert (comment.score, comment.at) == (-3, datetime(2020, 11, 8, 11, 40))


class TestRefusals:
    def test_empty(self) -> None:
        assert refusal(" \n ").code == "empty"

    def test_prose(self) -> None:
        assert refusal("Il était une fois.\n\nIls vécurent heureux.").code == "not_such_a_page"

    def test_comments_without_an_article(self) -> None:
        assert refusal("Headline\n\n6 comments\n").code == "not_such_a_page"

    def test_comments_without_a_headline(self) -> None:
        assert refusal("6 comments\n").code == "not_such_a_page"

    def test_a_language_nobody_knows(self) -> None:
        assert refusal(FRENCH, "xx").code == "unknown_language"
        assert refusal(FRENCH, "../../etc").code == "unknown_language"

    def test_each_is_one_sentence(self) -> None:
        for text in ("", "prose", "6 comments"):
            assert refusal(text).sentence.count(".") == 1


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    read = attempt(text)
    assert isinstance(read, ImportRefused) or read.headline


@given(st.lists(st.sampled_from(FRENCH.splitlines()), max_size=60))
def test_any_order_of_lines_is_read_or_refused(lines: list[str]) -> None:
    read = attempt("\n".join(lines))
    if isinstance(read, ImportRefused):
        assert read.code in ("not_such_a_page", "empty")
    else:
        assert all(each.parent is None or each.parent < i for i, each in enumerate(read.comments))


class TestModelPage:
    """The page of seed/READING.md, as "Importing it" says."""

    def test_the_article(self) -> None:
        read = parse_page(shared_text("seed/page.fr.txt"), "fr")
        assert read.headline.startswith('"Nous devons convaincre Erevan')
        assert [piece.is_quotation for piece in read.body] == [False, False, False, True, False, False]
        assert read.body[3].attribution == "a ajouté Erdogan."
        assert read.sources == (
            ImportedSource("Anadolu"),
            ImportedSource("kremlin.ru", "http://kremlin.ru/"),
        )

    def test_the_thread(self) -> None:
        read = parse_page(shared_text("seed/page.fr.txt"), "fr")
        assert [comment.score for comment in read.comments] == [-3, -3, -1, -3, -4, 0]
        assert [f"{comment.at:%Y-%m-%d %H:%M}" for comment in read.comments] == [
            f"2020-11-08 {clock}" for clock in ("11:40", "12:13", "12:21", "13:24", "15:30", "17:16")
        ]
        assert [comment.parent for comment in read.comments] == [None, None, None, None, None, 4]
        assert len(read.comments[3].paragraphs) == 2
        assert (read.count, read.missing) == (6, 0)
