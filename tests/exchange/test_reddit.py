"""Importing a Reddit thread: its places, its words, and what cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from dragoman.discussion.models import Comment, CommentState
from dragoman.discussion.queries import thread_reading
from dragoman.discussion.readings import CommentReading
from dragoman.exchange.commands import import_group
from dragoman.exchange.errors import ImportRefused
from dragoman.exchange.reddit import parse_thread
from dragoman.exchange.threads import import_thread, read_thread
from dragoman.languages.view import View
from dragoman.newsroom.models import ArticlePage
from tests.shared import shared

CORPUS = "corpora/threads/reddit_t3_3hahrw_541.json"


def comment(id: str, parent: str = "t3_story", **more: Any) -> dict[str, Any]:
    told = {"id": id, "parent_id": parent, "author": "ada", "created_utc": 1_400_000_000, "score": 1}
    return told | {"body": f"Words of {id}."} | more


def story(*comments: dict[str, Any], **more: Any) -> str:
    submission = {
        "name": "t3_story",
        "title": "Ships &amp; tides",
        "selftext": "**Look** at it.",
        "url": "https://example.org/ships/1",
        "author": "pilot",
        "created_utc": 1_399_999_000.0,
    }
    return json.dumps({"submission": submission | more, "comments": list(comments)})


def places(text: str) -> list[tuple[str, str | None]]:
    return [(each.id, each.parent) for each in parse_thread(text).comments]


def test_each_stands_after_what_it_answers() -> None:
    text = story(
        comment("c", "t1_b", created_utc=1_400_000_003),
        comment("b", "t1_a", created_utc=1_400_000_002),
        comment("d", created_utc=1_400_000_001),
        comment("a"),
    )
    assert places(text) == [("a", None), ("b", "a"), ("c", "b"), ("d", None)]


def test_what_answers_nobody_in_the_file_stands_in_the_first_row() -> None:
    assert places(story(comment("a", "t1_lost"), comment("b", "t1_a"))) == [("a", None), ("b", "a")]


def test_a_circle_is_broken_at_its_oldest() -> None:
    text = story(
        comment("x"),
        comment("b", "t1_a", created_utc=1_400_000_002),
        comment("a", "t1_b", created_utc=1_400_000_001),
        comment("self", "t1_self", created_utc=1_400_000_009),
    )
    assert places(text) == [("x", None), ("a", None), ("b", "a"), ("self", None)]


def test_the_first_of_two_with_one_id_counts() -> None:
    found = parse_thread(story(comment("a"), comment("a", body="Another.")))
    assert [each.blocks[0].text for each in found.comments] == ["Words of a."]


def test_markdown_references_and_spoilers() -> None:
    (found,) = parse_thread(story(comment("a", body="1 &lt; 2 &amp;amp; >!the *gull*!< did it"))).comments
    assert found.blocks[0].text == "1 < 2 & the gull did it"
    assert [each.kind for each in found.blocks[0].ranges] == ["spoiler", "italic"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("[", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "submission"),
        ('{"submission": {}}', "comments"),
        (story(title=" "), "title"),
        (story(title=7), "“title” of submission"),
        (story({"id": 5}), "“id” of comments[0]"),
        (story(comment("a"), comment("")), "comments[1]"),
        (story(comment("a", created_utc="soon")), "moment"),
        (story(comment("a", created_utc=1e300)), "moment"),
        (story(comment("a", score="many")), "score"),
    ],
)
def test_what_is_no_such_thread_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        parse_thread(text)
    assert said in refusal.value.sentence


@pytest.mark.django_db
def test_it_becomes_an_article_with_its_discussion(tmp_path: Path) -> None:
    file = tmp_path / "thread.json"
    gone = comment("b", "t1_a", body="[removed]", author="[deleted]", created_utc=1_400_000_001)
    file.write_text(story(comment("a", score=-3), gone, comment("c", "t1_b", created_utc=1_400_000_002)))
    done = CliRunner().invoke(import_group, ["reddit", str(file), "--language", "en", "--json"])
    assert done.exit_code == 0, done.output
    article = ArticlePage.objects.get()
    assert json.loads(done.stdout) == {
        "articles": 1,
        "comments": 2,
        "replies": 1,
        "skipped": 1,
        "findings": [],
        "address": article.path_in("en"),
    }
    assert (article.title, article.byline) == ("Ships & tides", "pilot")
    rows = Comment.objects.order_by("created_at")
    assert [(row.external_id, row.state, row.depth, row.baseline) for row in rows] == [
        ("a", CommentState.LIVE, 0, -3),
        ("b", CommentState.DELETED, 1, 1),
        ("c", CommentState.LIVE, 2, 1),
    ]
    again = CliRunner().invoke(import_group, ["reddit", str(file), "--language", "en"])
    assert "2 comments (1 replies)" in again.stdout
    assert Comment.objects.count() == 3


@pytest.mark.django_db
def test_a_fault_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "thread.json"
    file.write_text(story(comment("a", score="many")))
    for arguments in ([str(file), "--language", "en"], [str(file), "--language", "xx-none"]):
        done = CliRunner().invoke(import_group, ["reddit", *arguments])
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1
    assert not ArticlePage.objects.exists()


@pytest.mark.django_db
def test_the_real_thread_keeps_every_place(client: Client) -> None:
    file = shared(CORPUS)
    report = import_thread(read_thread(file, "en"), "en")
    assert (report.comments, report.skipped) == (534, 7)  # six were deleted there, one says only ">"
    told = json.loads(file.read_text(encoding="utf-8"))["comments"]
    rows = {row.external_id: row for row in Comment.objects.select_related("parent")}
    assert len(rows) == 541
    for each in told:
        kind, _, above = each["parent_id"].partition("_")
        parent = rows[each["id"]].parent
        assert (parent.external_id if parent else None) == (above if kind == "t1" else None)
        assert rows[each["id"]].score == each["score"]
    assert max(row.depth for row in rows.values()) == 11
    document = ArticlePage.objects.get().document_id
    assert document is not None
    seen = walk(document)
    live = [row.pk for row in rows.values() if row.state == CommentState.LIVE]
    assert sorted(each.id for each in seen if each.is_live) == sorted(live)
    assert len(seen) == len({each.id for each in seen})


def walk(document: int) -> list[CommentReading]:
    """Every comment that a reader comes to: by "More comments", and where a branch is cut by its "more replies"."""
    found: list[CommentReading] = []
    ways: list[tuple[int | None, bool]] = [(None, False)]
    while ways:
        start, is_branch = ways.pop()
        reading = thread_reading(document, View("en"), start=start)
        assert reading is not None
        found += reading.comments
        ways += [(each.more.start, True) for each in reading.comments if each.more]
        if reading.following is not None and not is_branch:
            ways.append((reading.following, False))
        assert len(ways) < 100
    return found
