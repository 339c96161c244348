"""Comments as lists within lists, whatever stands on the page."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import translation

from dragoman.discussion import actions, queries
from dragoman.discussion.models import Comment, Thread
from dragoman.discussion.readings import DEEPEST_LIST, Sort
from dragoman.discussion.wording import script_words
from dragoman.people.models import User

from .conftest import Say

LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")


class Tree(HTMLParser):
    """The comment in whose list each comment stands; None for the first list."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.above: dict[int, int | None] = {}
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = re.fullmatch(r"c(\d+)", dict(attrs).get("id") or "")
        if tag == "li" and own:
            holding = next((each for each in reversed(self.open) if each.isdecimal()), None)
            self.above[int(own[1])] = int(holding) if holding else None
            self.open.append(own[1])
        elif tag in ("li", "ol", "details"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("li", "ol", "details"):
            closed = self.open.pop()
            assert closed == tag or (tag == "li" and closed.isdecimal())


def shown(client: Client, thread: Thread, query: str = "") -> str:
    return client.get(f"/en/threads/{thread.pk}/fragment/{query}").content.decode()


def summaries(page: str) -> list[str]:
    return re.findall(r"<summary>([^<]+)</summary>", page)


@pytest.mark.parametrize("sort", list(Sort))
def test_answers_stand_in_a_list_under_what_they_answer(
    thread: Thread, say: Say, client: Client, sort: Sort
) -> None:
    first, second = say("One."), say("Two.")
    answer = say("Three.", under=first)
    deeper = say("Four.", under=answer)
    beside = say("Five.", under=first)
    page = shown(client, thread, f"?sort={sort.value}")
    assert Tree(page).above == {
        first.pk: None,
        second.pk: None,
        answer.pk: first.pk,
        beside.pk: first.pk,
        deeper.pk: answer.pk,
    }
    assert sorted(summaries(page)) == ["1 reply", "3 replies"]


def test_a_deleted_comment_holds_its_answers_and_is_not_counted(
    thread: Thread, say: Say, client: Client, ana: User
) -> None:
    first = say("One.")
    gone = say("Two.", under=first)
    answer = say("Three.", under=gone)
    actions.delete(gone, author=ana)
    page = shown(client, thread)
    assert Tree(page).above == {first.pk: None, gone.pk: first.pk, answer.pk: gone.pk}
    assert summaries(page) == ["1 reply", "1 reply"]


def test_a_page_that_begins_in_a_branch_is_whole_in_itself(
    thread: Thread, say: Say, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = say("One.")
    answer = say("Two.", under=first)
    deeper = say("Three.", under=answer)
    last = say("Four.")
    monkeypatch.setattr(queries, "COMMENTS_ON_PAGE", 2)
    assert Tree(shown(client, thread)).above == {first.pk: None, answer.pk: first.pk}
    later = shown(client, thread, f"?from={deeper.pk}")
    assert Tree(later).above == {deeper.pk: None}
    assert f'id="c{deeper.pk}" data-parent="{answer.pk}"' in later
    assert "data-parent" not in shown(client, thread)
    assert Tree(shown(client, thread, f"?from={last.pk}")).above == {last.pk: None}


def test_lists_are_not_nested_without_end(thread: Thread, say: Say, client: Client) -> None:
    said: Comment | None = None
    made = []
    for number in range(DEEPEST_LIST + 4):
        # Depth is what counts here, not who may write how fast.
        Comment.objects.update(created_at="2026-01-01T00:00:00Z")
        said = say(f"Number {number}.", under=said)
        made.append(said.pk)
    above = Tree(shown(client, thread)).above
    assert [above[pk] for pk in made[: DEEPEST_LIST + 1]] == [None, *made[:DEEPEST_LIST]]
    assert {above[pk] for pk in made[DEEPEST_LIST:]} == {made[DEEPEST_LIST - 1]}


def test_the_order_is_kept_on_the_way_to_a_comment(thread: Thread, say: Say, client: Client) -> None:
    first = say("One.")
    say("Two.", under=first)
    page = shown(client, thread, "?sort=best")
    assert f'class="permalink" href="/c/{first.pk}?sort=best"' in page
    found = client.get(f"/c/{first.pk}?sort=best", headers={"accept-language": "en"})
    assert found.headers["Location"].endswith(f"?sort=best#c{first.pk}")
    plainly = client.get(f"/c/{first.pk}?sort=nonsense", headers={"accept-language": "en"})
    assert plainly.headers["Location"].endswith(f"/#c{first.pk}")


def test_every_order_is_offered(thread: Thread, say: Say, client: Client) -> None:
    assert "thread-sorts" not in shown(client, thread)
    say("One."), say("Two.")
    for sort in Sort:
        page = shown(client, thread, f"?sort={sort.value}")
        assert set(re.findall(r'href="\?sort=(\w+)#comments"', page)) == set(Sort) - {sort}


@pytest.mark.parametrize("language", LANGUAGES)
def test_script_has_every_plural_form(language: str) -> None:
    with translation.override(language):
        words = script_words()
    forms = words["fresh"]
    assert not isinstance(forms, str)
    assert "other" in forms
    assert set(forms) >= ({"zero", "one", "two", "few", "many", "other"} if language == "ar" else {"one"})
    assert "{number}" in forms["other"]


def test_an_empty_discussion_invites(thread: Thread, client: Client) -> None:
    assert "Nobody has written here yet." in shown(client, thread)
