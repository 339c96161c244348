"""Counts of comments for other programs: bounded, cacheable, open, and never of what is not public."""

from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import PageViewRestriction

from dragoman.delivery.dependencies import HEADER, VALID_UNTIL
from dragoman.discussion import actions as discussion
from dragoman.discussion.actions.posting import Draft
from dragoman.discussion.models import Comment, Thread
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.newsroom.models import ArticlePage
from dragoman.people.models import User
from tests.newsroom.stories import article
from tests.shared import ROOT

pytestmark = pytest.mark.django_db


def asked(**query: object) -> HttpResponse:
    return Client().get(f"/api/comment-counts?{urlencode(query, doseq=True)}")


def counts(**query: object) -> dict[str, object]:
    answer = asked(**query)
    assert answer.status_code == 200, answer.content
    told: dict[str, object] = answer.json()["counts"]
    return told


@pytest.fixture
def story() -> ArticlePage:
    return article()


@pytest.fixture
def comment(story: ArticlePage) -> Comment:
    thread = Thread.objects.get(document=story.document_id)
    ana = User.objects.create_user("ana@example.org", display_name="Ana")
    return discussion.post(thread, author=ana, draft=Draft("Well.", "en", View("en")))


def test_by_number_and_by_address(story: ArticlePage, comment: Comment) -> None:
    other = article("other", headline="Another")
    path = addresses.address("article", language="fr", article=story)
    whole = addresses.absolute(path)
    found = counts(ids=f"{story.pk},{other.pk}", address=[path, whole])
    assert found == {str(story.pk): 1, str(other.pk): 0, path: 1, whole: 1}


def test_what_nobody_may_read_has_no_count(story: ArticlePage, comment: Comment) -> None:
    assert counts(ids="999999") == {"999999": None}
    discussion.delete(comment, author=User.objects.get())
    assert counts(ids=story.pk) == {str(story.pk): 0}
    PageViewRestriction.objects.create(page=story, restriction_type="password", password="x")
    assert counts(ids=story.pk) == {str(story.pk): None}
    PageViewRestriction.objects.all().delete()
    story.unpublish()
    assert counts(ids=story.pk) == {str(story.pk): None}


def test_open_to_every_origin_and_kept_for_a_minute(story: ArticlePage) -> None:
    answer = asked(ids=story.pk)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "Set-Cookie" not in answer.headers
    used = set(answer.headers[HEADER].split())
    assert {f"count:{story.document_id}", f"document:{story.document_id}"} <= used
    assert VALID_UNTIL in answer.headers


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "nothing_asked"),
        ({"ids": ","}, "nothing_asked"),
        ({"ids": ",".join(map(str, range(101)))}, "too_many"),
        ({"ids": ",".join(map(str, range(100))), "address": "/en/coast/1/"}, "too_many"),
        ({"ids": "one"}, "bad_id"),
        ({"ids": "1;DROP TABLE"}, "bad_id"),
        ({"ids": "-1"}, "bad_id"),
        ({"ids": "٣"}, "bad_id"),
        ({"ids": "9" * 400}, "bad_id"),
        ({"ids": "9223372036854775808"}, "bad_id"),
        ({"address": "https://elsewhere.example/en/coast/1/"}, "bad_address"),
        ({"address": "/en/coast/"}, "bad_address"),
        ({"address": "/xx/coast/1-x/"}, "bad_address"),
        ({"address": "http://["}, "bad_address"),
        ({"address": ""}, "bad_address"),
    ],
)
def test_bad_questions_have_a_code_and_a_sentence(query: dict[str, str], code: str) -> None:
    answer = asked(**query)
    assert answer.status_code == 400
    told = answer.json()
    assert told["code"] == code
    assert told["message"][-1] in ".…"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_hundred_cost_as_much_as_one(
    story: ArticlePage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(2):
        counts(ids=",".join(str(story.pk + step) for step in range(100)))


def test_only_questions_are_answered(story: ArticlePage) -> None:
    answer = Client(headers={"Sec-Fetch-Site": "same-origin"}).post(f"/api/comment-counts?ids={story.pk}")
    assert answer.status_code == 405


def test_every_code_is_documented() -> None:
    document = (ROOT / "docs" / "api.md").read_text("utf-8")
    for code in ("nothing_asked", "too_many", "bad_id", "bad_address"):
        assert f"`{code}`" in document
