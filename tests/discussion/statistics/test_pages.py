"""The figures in the newsroom's admin: for moderators, by days, as a table too, and as CSV."""

import csv
import re
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from dragoman.discussion.models import Comment, Thread
from dragoman.people.models import User
from tests.discussion.conftest import Say, make_moderator, make_person

pytestmark = pytest.mark.django_db
PATH = "/admin/discussion/statistics/"


def client_of(person: User) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(person)
    return client


@pytest.fixture
def client() -> Client:
    moderator = make_moderator("Minna")
    moderator.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return client_of(moderator)


def test_who_may_see_them(client: Client, say: Say, thread: Thread) -> None:
    editor = make_person("Editor Ella")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for path in (PATH, f"{PATH}{thread.pk}/", f"{PATH}days.csv"):
        assert Client().get(path).status_code == 302
        assert client_of(make_person(f"Reader{path.count('s')}{len(path)}")).get(path).status_code == 302
        assert client_of(editor).get(path).status_code in (302, 403)
        assert client.get(path).status_code == 200
    assert client.get(f"{PATH}999999/").status_code == 404
    assert client.get(f"{PATH}days.csv?thread=999999").status_code == 404


def test_charts_with_title_description_and_table(
    client: Client, say: Say, thread: Thread, boris: User
) -> None:
    first = say("One.")
    say("Два слова.", author=boris, under=first, language="ru")
    page = client.get(f"{PATH}{thread.pk}/").content.decode()
    drawn = re.findall(r"<svg class=\"chart\".*?</svg>", page, re.DOTALL)
    assert len(drawn) == 1
    bars = re.findall(r"<td class=\"figures-bar\">(<svg.*?</svg>)", page)
    assert [ElementTree.fromstring(bar).find("rect").attrib["width"] for bar in bars] == ["100.0", "100.0"]  # type: ignore[union-attr]
    for chart in drawn:
        tree = ElementTree.fromstring(chart)  # well-formed, and so drawn in every language's numbers
        assert tree.find("title") is not None
        assert tree.find("desc") is not None
        named = tree.attrib["aria-labelledby"].split()
        assert [element.attrib["id"] for element in tree if "id" in element.attrib] == named
        for bar in tree.findall("rect"):
            assert float(bar.attrib["width"]) >= 0
    assert page.count("<summary>As a table</summary>") == 1
    assert "Russian" in page
    assert "<script>" not in "".join(drawn)
    whole = client.get(PATH).content.decode()
    assert "High water" in whole
    assert f"{PATH}{thread.pk}/?from=" in whole


@pytest.mark.parametrize("language", ["fr", "ru", "ar"])
def test_numbers_of_other_languages_do_not_break_the_drawing(
    client: Client, say: Say, thread: Thread, language: str
) -> None:
    say("One.")
    page = client.get(f"{PATH}{thread.pk}/", headers={"Accept-Language": language}).content.decode()
    (width, *_rest) = re.findall(r"<rect class=\"chart-bar\"[^>]* width=\"([^\"]+)\"", page)
    assert float(width) > 0


def test_other_days(client: Client, say: Say, thread: Thread) -> None:
    say("One.")
    empty = client.get(f"{PATH}{thread.pk}/?from=2020-01-01&to=2020-01-31").content.decode()
    assert "Nobody wrote in these days." in empty
    for query, sentence in (
        ("from=yesterday", "A day is written as 2026-11-30."),
        ("from=2026-03-02&to=2026-03-01", "The first day comes after the last one."),
        ("from=1990-01-01&to=2026-03-01", "At most 366 days at once."),
    ):
        assert sentence in client.get(f"{PATH}?{query}").content.decode()


def test_as_csv(client: Client, say: Say, thread: Thread) -> None:
    say("=cmd|' /C calc'!A0")
    comment = Comment.objects.get()
    answer = client.get(f"{PATH}days.csv?thread={thread.pk}&from=2026-01-01&to=2026-01-03")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "day,comments,replies,people",
        "2026-01-01,0,0,0",
        "2026-01-02,0,0,0",
        "2026-01-03,0,0,0",
    ]
    rows = list(csv.reader(client.get(f"{PATH}days.csv").content.decode().splitlines()))
    assert rows[-1][1:] == ["1", "0", "1"] or comment.created_at.hour >= 23
    assert "calc" not in str(rows)
