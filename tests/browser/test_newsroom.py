"""An editor's day in the browser: an article is changed, corrected, withdrawn and brought back; readers see it live."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in

STANDFIRST = "The keeper counts the ships every evening and writes the number down."
CORRECTED = "Ao cair da noite, o faroleiro conta os navios e anota quantos são."
SEEN_SECONDS = 30


def story_of(page: Page, headline: str) -> str:
    """The English address of a story of the demo."""
    page.goto("/en/")
    return str(page.locator(".teaser .headline a", has_text=headline).get_attribute("href"))


def published(page: Page) -> None:
    """Presses Wagtail's own button for it."""
    page.locator("[data-w-dropdown-target=toggle]", has=page.locator("svg.icon-arrow-up")).last.click()
    page.locator("button[name=action-publish]").click()
    page.locator(".messages .success, .w-message--success, [data-messages-target] .success").first.wait_for()


def test_what_editors_do_is_seen_live(new_context: NewContext, site: Site) -> None:
    editor, reader = new_context().new_page(), new_context(locale="pt").new_page()
    english = story_of(reader, "The bench that")
    number = re.search(r"/(\d+)-", english)
    assert number is not None
    reader.goto(re.sub(r"^/en/", "/pt/", english))
    standfirst = reader.locator(".article .standfirst")
    before = standfirst.inner_text()
    sign_in(editor, "editor@example.org")

    # An edit is translated by the engine and appears in the open page, labelled.
    editor.goto(f"/admin/pages/{number[1]}/edit/")
    source = editor.locator("[name=source_language]").input_value()
    editor.locator("textarea[name=standfirst]").fill(STANDFIRST)
    assert source == "en"
    published(editor)
    expect(standfirst).not_to_have_text(before, timeout=SEEN_SECONDS * 1000)
    expect(standfirst).to_contain_text("navios", timeout=SEEN_SECONDS * 1000)
    expect(standfirst).not_to_have_attribute("lang", "en")

    # A person's correction at the desk replaces the engine's words for every reader.
    editor.goto(f"/admin/desk/?words={STANDFIRST[:30]}")
    editor.locator("a[aria-label*='Portuguese']").first.click()
    row = editor.locator("tr", has_text=STANDFIRST)
    row.get_by_role("link").click()
    editor.locator("#desk-text").fill(CORRECTED)
    editor.locator("form[action*=correct] button").first.click()
    expect(editor.locator("body")).to_contain_text("1 sentence corrected.")
    expect(standfirst).to_have_text(CORRECTED, timeout=SEEN_SECONDS * 1000)

    # Withdrawn: 410 in the reader's language, in the open page too; brought back, everything stands there again.
    editor.goto(f"/admin/pages/{number[1]}/unpublish/")
    editor.locator("main form button[type=submit], form[action*=unpublish] [type=submit]").first.click()
    expect(reader.locator(".error-page h1")).to_be_visible(timeout=SEEN_SECONDS * 1000)
    expect(reader.locator("html")).to_have_attribute("lang", "pt")
    editor.goto(f"/admin/pages/{number[1]}/edit/")
    published(editor)
    reader.reload()
    expect(standfirst).to_have_text(CORRECTED)
    assert reader.locator(".comment").count() > 0


def test_the_preview_reads_like_the_page(new_context: NewContext, site: Site) -> None:
    editor = new_context(viewport={"width": 1600, "height": 900}).new_page()
    english = story_of(editor, "Twelve thousand paper boats")
    number = re.search(r"/(\d+)-", english)
    assert number is not None
    sign_in(editor, "editor@example.org")
    editor.goto(f"/admin/pages/{number[1]}/edit/")
    headline = editor.locator("[name=title]").input_value()
    editor.locator("button[aria-label='Toggle preview']").click()
    frame = editor.frame_locator("iframe.w-preview__iframe").last
    expect(frame.locator("h1.headline")).to_have_text(headline, timeout=SEEN_SECONDS * 1000)
