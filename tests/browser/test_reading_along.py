"""Reading a discussion while others write in it, and coming back to it."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site

STILL = 2.0  # pixels that what one reads may move by
POST = """
import json, sys
from dragoman.discussion import actions
from dragoman.discussion.actions.posting import Draft
from dragoman.discussion.models import Comment, Thread
from dragoman.languages.view import View
from dragoman.people.models import User
asked = json.load(sys.stdin)
author = User.objects.get(email=asked["email"])
parent = Comment.objects.get(pk=asked["parent"]) if asked["parent"] else None
thread = Thread.objects.get(pk=asked["thread"])
for words in asked["words"]:
    print(actions.post(thread, author=author, draft=Draft(words, "en", View("en")), parent=parent).pk)
"""
TOP = "(element) => element.getBoundingClientRect().top"


def post(site: Site, page: Page, *words: str, parent: int | None = None) -> list[str]:
    """Comments by somebody else; gives their anchors."""
    thread = int(str(page.locator("[data-thread]").get_attribute("data-thread")))
    asked = {"email": "moderator@example.org", "thread": thread, "parent": parent, "words": words}
    return [f"c{line}" for line in site.python(POST, json.dumps(asked)).split()]


def article(page: Page, language: str = "en", query: str = "") -> str:
    page.goto(f"/{language}/")
    address = str(page.locator(".teaser.lead .headline a").get_attribute("href"))
    page.goto(address + query)
    return address


@pytest.mark.parametrize("query", ["", "?sort=newest"])
def test_what_one_reads_stays_where_it_is(new_context: NewContext, site: Site, query: str) -> None:
    page = new_context(viewport={"width": 800, "height": 600}).new_page()
    article(page, query=query)
    page.wait_for_load_state("networkidle")
    frames = page.locator(".comment-frame")
    read = frames.nth(frames.count() // 2)
    identity = str(read.locator("xpath=..").get_attribute("id"))
    page.evaluate("(id) => document.getElementById(id).scrollIntoView({ block: 'center' })", identity)
    before = page.locator(f"#{identity} > .comment-frame").evaluate(TOP)
    assert page.evaluate("scrollY") > 500
    first = int(str(page.locator(".comment").first.get_attribute("id"))[1:])
    arrived = post(site, page, f"An answer far above. {query}", f"Another one. {query}", parent=first)
    arrived += post(site, page, f"One more comment of its own. {query}")
    for anchor in arrived:
        expect(page.locator(f"#{anchor}")).to_have_count(1)
    expect(page.locator(".pill")).to_have_text("3 new comments")
    after = page.locator(f"#{identity} > .comment-frame").evaluate(TOP)
    assert abs(after - before) <= STILL
    # The button leads to them one after another, passing over what came into view meanwhile; then it goes.
    page.locator(".pill").click()
    focused = page.evaluate("document.activeElement.closest('.comment').id")
    assert focused in arrived
    expect(page.locator(f"#{focused}")).to_be_in_viewport()
    page.wait_for_function(
        "() => { document.querySelector('.pill')?.click(); return !document.querySelector('.pill'); }"
    )
    assert page.evaluate("document.activeElement.matches('.comment.fresh a.permalink')")


def test_what_is_new_since_the_last_visit(new_context: NewContext, site: Site) -> None:
    context = new_context(viewport={"width": 800, "height": 600})
    page = context.new_page()
    address = article(page)
    expect(page.locator(".comment.fresh")).to_have_count(0)
    page.goto("/en/")
    probe = context.new_page()
    probe.goto(address)
    probe.close()
    writer = new_context().new_page()
    article(writer)
    (anchor,) = post(site, writer, "Written while nobody was looking.")
    page.goto(address)
    expect(page.locator(f"#{anchor}")).to_have_class(re.compile("fresh"))
    expect(page.locator(".pill")).to_have_text("1 new comment")
    page.locator(".pill").click()
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()
    expect(page.locator(".pill")).to_have_count(0)
    page.goto("/en/")
    page.goto(address)
    expect(page.locator(".comment.fresh")).to_have_count(0)


def test_the_order_is_chosen_without_script_and_kept_in_permalinks(
    new_context: NewContext, site: Site
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    article(page)
    page.locator(".thread-sorts a", has_text="best first").click()
    expect(page.locator(".thread-sorts [aria-current]")).to_have_text("best first")
    page.locator(".comment a.permalink").nth(3).click()
    expect(page).to_have_url(re.compile(r"\?sort=best#c\d+$"))


def test_sharing_copies_the_link_and_without_script_the_time_is_the_link(
    new_context: NewContext, site: Site
) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    article(page)
    page.evaluate("() => { navigator.share = undefined; }")
    comment = page.locator(".comment-frame").nth(1)
    shared = f"{site.address}{comment.locator('a.permalink').get_attribute('href')}"
    comment.locator(".share").click()
    expect(page.locator(".said")).to_have_text("The link was copied.")
    assert page.evaluate("navigator.clipboard.readText()") == shared
    asked: list[str | None] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.default_value), dialog.dismiss()))
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    comment.locator(".share").click()
    expect(page.locator("body")).to_be_visible()
    assert asked == [shared]
    plain = new_context(java_script_enabled=False).new_page()
    article(plain)
    expect(plain.locator(".share").first).to_be_hidden()
    plain.locator(".comment a.permalink").nth(1).click()
    expect(plain).to_have_url(re.compile(r"#c\d+$"))
