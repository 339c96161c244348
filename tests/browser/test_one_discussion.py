"""Two readers, two languages, one discussion: what is written in one is read and answered in the other."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, reads_as_score, score_in, sign_in

ENGLISH = "The keeper counted the ships and went home before dark."
PORTUGUESE = "O farol estava muito bonito ontem à noite."


def story(page: Page, language: str) -> str:
    """The address of one article in a language."""
    page.goto(f"/{language}/")
    address = page.locator(".teaser.lead .headline a").get_attribute("href")
    assert address
    return address


def reader(new_context: NewContext, email: str, language: str, *, script: bool) -> tuple[Page, str]:
    """A signed-in reader in front of the article."""
    page = new_context(java_script_enabled=script, locale=language).new_page()
    sign_in(page, email, language)
    address = story(page, language)
    page.goto(address)
    return page, address


def write(page: Page, words: str, *, answering: str = "") -> None:
    """Writes a comment, or an answer to one, by the page's own buttons."""
    opener = page.locator(f"#{answering} .reply") if answering else page.locator("a.write")
    opener.click()
    page.locator("textarea[name=source]").fill(words)
    page.locator("form.comment-form button[type=submit]").first.click()


def comment_with(page: Page, words: str) -> str:
    """The anchor of the comment that reads so."""
    found = page.locator(".comment", has_text=words).last
    expect(found).to_be_visible()
    anchor = found.get_attribute("id")
    assert anchor
    return anchor


def score_of(page: Page, anchor: str) -> int:
    return score_in(page.locator(f"#{anchor} .score").inner_text())


def wait_for(page: Page, address: str, wanted: Locator, *, script: bool) -> None:
    """Waits until the page shows it: by itself, or, without script, by loading it again and again."""
    for _ in range(0 if script else 40):
        page.goto(address)
        if wanted.count():
            break
        page.wait_for_timeout(500)
    expect(wanted).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["live", "without script"])
def test_two_readers_in_two_languages(new_context: NewContext, site: Site, *, script: bool) -> None:
    english, english_address = reader(new_context, "maud@example.org", "en", script=script)
    portuguese, portuguese_address = reader(new_context, "jandira@example.org", "pt", script=script)
    marker = "" if script else "Without any script: "
    write(english, marker + ENGLISH)
    posted = comment_with(english, ENGLISH)
    assert score_of(english, posted) == 0

    # The second reader's page has it in Portuguese, labelled: live by itself, otherwise by loading it again.
    label = portuguese.locator(f"#{posted} .comment-label .label-machine")
    wait_for(portuguese, portuguese_address, label, script=script)
    expect(label).to_contain_text("inglês")
    shown = portuguese.locator(f"#{posted} .words")
    expect(shown).to_have_attribute("lang", "pt")
    expect(shown).not_to_contain_text("keeper")

    # The original, and back.
    portuguese.locator(f"#{posted} .toggle").click()
    expect(portuguese.locator(f"#{posted} .words")).to_have_text(re.compile(re.escape(ENGLISH)))
    expect(portuguese.locator(f"#{posted} .words")).to_have_attribute("lang", "en")
    portuguese.locator(f"#{posted} .toggle").click()
    expect(portuguese.locator(f"#{posted} .words")).to_have_attribute("lang", "pt")

    # A vote; the first reader sees the score.
    portuguese.locator(f"#{posted} .vote button").first.click()
    expect(portuguese.locator(f"#{posted} .score")).to_have_text(reads_as_score(1))
    if not script:
        english.goto(english_address)
    expect(english.locator(f"#{posted} .score")).to_have_text(reads_as_score(1))

    # An answer in Portuguese; the first reader reads it in English.
    write(portuguese, marker + PORTUGUESE, answering=posted)
    answer = comment_with(portuguese, PORTUGUESE)
    translated = english.locator(f"#{answer} .comment-label .label-machine")
    wait_for(english, english_address, translated, script=script)
    expect(translated).to_contain_text("Portuguese")
    expect(english.locator(f"#{answer} .words")).to_have_attribute("lang", "en")
    expect(english.locator(f"#{answer} .words")).to_contain_text("beautiful")
    expect(english.locator(f"#{answer} .answered")).to_contain_text("Maud Ferriby")
