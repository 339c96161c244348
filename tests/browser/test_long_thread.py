"""A real discussion of 541 comments, eleven levels deep: its places, by keyboard, on a phone."""

import json
import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import LEAVE_UNTRANSLATED, Site
from tests.browser.test_accessible import violations
from tests.shared import shared

IMPORT = (
    """
import json, sys
from pathlib import Path
from dragoman.discussion.models import Comment
from dragoman.exchange.threads import import_thread, read_thread
from dragoman.newsroom.models import ArticlePage
report = import_thread(read_thread(Path(sys.stdin.read()), "en"), "en")
article = ArticlePage.objects.latest("pk")
rows = Comment.objects.filter(thread__document=article.document_id).select_related("parent")
parents = {row.pk: row.parent_id for row in rows}
live = [row.pk for row in rows if row.state == "live"]
print(json.dumps({"path": article.path_in("en"), "page": article.pk, "parents": parents, "live": live}))
"""
    + LEAVE_UNTRANSLATED
)
MORE = "a.more-comments, .more-answers > a"
COMMENT = "li.comment[id]"
PLACES = """() => {
  const numberIn = (text) => Number(/\\d+$/.exec(text ?? "0")[0]);
  return [...document.querySelectorAll("li.comment[id]")].map((one) => ({
    id: numberIn(one.id),
    list: numberIn(one.parentElement.closest("li.comment[id]")?.id),
    answered: numberIn(one.querySelector(":scope > .comment-frame .answered")?.getAttribute("href")),
    live: !one.matches(".tombstone"),
  }));
}"""
DEPTH = """(all) => Math.max(...all.map((one) => {
  let depth = -1;
  for (let list = one.closest(".comments"); list; list = list.parentElement.closest(".comments")) depth += 1;
  return depth;
}))"""
UNREACHABLE = """() => [...document.querySelectorAll("#comments :is(a, button, summary, input)")].filter((one) => {
  if (one.closest("[hidden]") || !one.getClientRects().length) return false;
  one.focus({ preventScroll: true });
  return one.tabIndex < 0 || document.activeElement !== one;
}).map((one) => one.outerHTML.slice(0, 120))"""
NARROWEST = """() => Math.min(...[...document.querySelectorAll(".comment .words")]
  .filter((one) => one.getClientRects().length).map((one) => one.getBoundingClientRect().width)) / innerWidth"""
OVERFLOWING = """() => [...document.querySelectorAll("#comments *")].filter((one) => {
  const { left, right } = one.getBoundingClientRect();
  return one.getClientRects().length && !one.closest(".visually-hidden, pre") && (left < -1 || right > innerWidth + 1);
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def told(site: Site) -> Mapping[str, object]:
    file = shared("corpora/threads/reddit_t3_3hahrw_541.json")
    found: Mapping[str, object] = json.loads(site.python(IMPORT, str(file)).splitlines()[-1])
    return found


def read_on(page: Page) -> int:
    """Brings every comment into the open page, with the keyboard alone; gives how often it asked for more."""
    pressed = 0
    while page.locator(MORE).count():
        before = page.locator(COMMENT).count()
        link = page.locator(MORE).first
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "([comment, count]) => document.querySelectorAll(comment).length > count", arg=[COMMENT, before]
        )
        # Who pressed stands at the first of those that came.
        assert page.evaluate("document.activeElement.matches('a.permalink')")
        pressed += 1
        assert pressed < 30
    return pressed


def test_every_comment_stands_under_what_it_answers(
    new_context: NewContext, told: Mapping[str, object]
) -> None:
    page = new_context(viewport={"width": 1000, "height": 800}).new_page()
    page.goto(str(told["path"]))
    assert read_on(page) >= 2
    places = page.evaluate(PLACES)
    parents = {int(pk): parent or 0 for pk, parent in dict(told["parents"]).items()}  # type: ignore[call-overload]
    assert sorted(each["id"] for each in places if each["live"]) == sorted(told["live"])  # type: ignore[call-overload]
    assert len(places) == len({each["id"] for each in places})
    answered = {each["id"]: each["answered"] for each in places if each["answered"]}
    assert answered
    assert answered.items() <= parents.items()
    assert {each["id"]: each["list"] for each in places}.items() <= parents.items()
    assert deepest(page) == 11


def deepest(page: Page) -> int:
    return int(page.locator(COMMENT).evaluate_all(DEPTH))


def test_everything_is_reached_by_keyboard(new_context: NewContext, told: Mapping[str, object]) -> None:
    page = new_context(viewport={"width": 1000, "height": 800}).new_page()
    page.goto(str(told["path"]))
    read_on(page)
    assert page.evaluate(UNREACHABLE) == []
    # From a comment far down, one key after another: its own buttons in their order, then the answers under it.
    lists = ".thread > .comments" + " > .comment > .answers > .comments" * 9
    deep = page.locator(f"{lists} > .comment:has(> details.answers) > .comment-frame").first
    deep.locator("a.permalink").focus()
    passed = []
    for _ in range(9):
        page.keyboard.press("Tab")
        passed.append(
            str(page.evaluate("document.activeElement.className || document.activeElement.tagName"))
        )
    assert passed[:1] == ["answered"]
    buttons = [each for each in passed if each in ("BUTTON", "reply", "quote", "share", "report")]
    assert buttons[:6] == ["BUTTON", "BUTTON", "reply", "quote", "share", "report"]
    assert "SUMMARY" in passed
    # A branch folds and opens with the key; what is folded is passed over.
    branch = deep.locator("xpath=../details")
    branch.locator("> summary").focus()
    page.keyboard.press("Enter")
    expect(branch.locator(".comment-frame").first).to_be_hidden()
    page.keyboard.press("Tab")
    assert not branch.evaluate("(one) => one.contains(document.activeElement)")
    branch.locator("> summary").focus()
    page.keyboard.press("Enter")
    expect(branch.locator(".comment-frame").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(
    new_context: NewContext, told: Mapping[str, object], language: str, scheme: str
) -> None:
    page = new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(re.sub("^/en/", f"/{language}/", str(told["path"])))
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_phone_has_room_for_the_words_at_any_depth(
    new_context: NewContext, told: Mapping[str, object], language: str, width: int
) -> None:
    page = new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce").new_page()
    page.goto(re.sub("^/en/", f"/{language}/", str(told["path"])))
    read_on(page)
    assert deepest(page) == 11
    assert page.evaluate(NARROWEST) >= 0.7
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
