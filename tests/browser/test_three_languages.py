"""Two readers and a moderator, each in a language of their own: what one does, the others' open pages show."""

import re
import secrets
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, reads_as_score, sign_in
from tests.browser.test_notifications import answer as answer_to
from tests.browser.test_one_discussion import comment_with, score_of, story, write

MARK = str(1000 + secrets.randbelow(9000))  # the site may be kept, with what was written before
OPINION = f"The harbour should stay open at night for {MARK} fishing boats."
ANSWER = f"Concordo, os {MARK} barcos são muito importantes para a cidade."
QUOTING = f"That is what the captain of ship {MARK} says as well."
ENGINES = {
    ("en", "pt"),
    ("pt", "en"),
}  # which the demo brings; other readers read the original, marked as such
HIDDEN = {"en": "hidden by a moderator", "pt": "ocultado pela moderação", "fr": "masqué par la modération"}


@dataclass
class Reader:
    """Somebody in front of the open article."""

    page: Page
    language: str
    address: str

    def frame(self, anchor: str) -> str:
        """Where a comment's own words and buttons stand, without its answers'."""
        return f"#{anchor} > .comment-frame"

    def shown_in(self, source: str) -> str:
        """In what language this reader reads what was written in `source`."""
        return self.language if (source, self.language) in ENGINES else source

    def reads(self, anchor: str, source: str) -> str:
        """What stands there once it reads as it will, labelled with where it comes from."""
        words = self.page.locator(f"{self.frame(anchor)} .words").last
        expect(words).to_have_attribute("lang", self.shown_in(source))
        kinds = {self.language: "label-machine", source: "label-unavailable"}
        label = self.page.locator(f"{self.frame(anchor)} .comment-label .{kinds[self.shown_in(source)]}")
        expect(label).to_have_count(0 if source == self.language else 1)
        return words.inner_text()


def reader(new_context: NewContext, email: str, language: str) -> Reader:
    page = new_context(locale=language).new_page()
    sign_in(page, email, language)
    address = story(page, language)
    page.goto(address)
    return Reader(page, language, address)


def decide(moderator: Reader, anchor: str, act: str, ground: str = "") -> None:
    """On a page of its own, reached by the comment's own way; comes back to the article."""
    tab = moderator.page.context.new_page()
    tab.goto(f"/{moderator.language}/moderation/comments/{anchor[1:]}/{act}/")
    if ground:
        tab.locator("main select[name=ground]").select_option(ground)
    tab.locator("main form.form button[type=submit]").click()
    tab.wait_for_url(lambda address: f"/{act}/" not in address)
    tab.close()


def test_what_one_does_is_seen_live_in_three_languages(new_context: NewContext, site: Site) -> None:
    english = reader(new_context, "maud@example.org", "en")
    portuguese = reader(new_context, "jandira@example.org", "pt")
    moderator = reader(new_context, "moderator@example.org", "fr")
    everybody = (english, portuguese, moderator)

    # Posting.
    write(english.page, OPINION)
    posted = comment_with(english.page, OPINION)
    assert english.reads(posted, "en") == moderator.reads(posted, "en") == OPINION
    assert "fishing" not in portuguese.reads(posted, "en")

    # Replying; a vote.
    answer_to(portuguese.page, ANSWER, posted)
    answer = comment_with(portuguese.page, ANSWER)
    assert portuguese.reads(answer, "pt") == moderator.reads(answer, "pt") == ANSWER
    assert "Concordo" not in english.reads(answer, "pt")
    for other in (english, moderator):
        expect(other.page.locator(f"{other.frame(answer)} .answered")).to_contain_text("Maud Ferriby")
    portuguese.page.locator(f"{portuguese.frame(posted)} .vote button").first.click()
    for each in everybody:
        expect(each.page.locator(f"{each.frame(posted)} .score")).to_have_text(reads_as_score(1))
    assert [score_of(each.page, answer) for each in everybody] == [0, 0, 0]

    # Quoting: each reads the quoted words as they stand in their own page.
    english.page.locator(f"{english.frame(answer)} .quote").click()
    area = english.page.locator(f"#{answer} textarea[name=source]")
    expect(area).to_have_value(re.compile("^>"))
    area.fill(f"{area.input_value().rstrip()}\n\n{QUOTING}")
    english.page.locator(f"#{answer} form.comment-form button[type=submit]").first.click()
    quoting = comment_with(english.page, QUOTING)
    for each in everybody:
        each.reads(quoting, "en")
        quoted = each.page.locator(f"{each.frame(quoting)} .quotation blockquote")
        expect(quoted).to_have_attribute("lang", each.shown_in("pt"))
        expect(quoted).to_have_text(each.reads(answer, "pt"))

    # Hiding: gone from the three pages, and from the quotation.
    counts = [each.page.locator(".thread-heading").inner_text() for each in everybody]
    decide(moderator, answer, "hide", "off_topic")
    for each in everybody:
        expect(each.page.locator(f"#{answer}.tombstone > .notice")).to_contain_text(HIDDEN[each.language])
        expect(each.page.locator(f"{each.frame(answer)}")).to_have_count(0)
        expect(each.page.locator(f"{each.frame(quoting)} .quotation blockquote")).to_have_count(0)
        expect(each.page.locator(f"{each.frame(quoting)} .quotation .notice")).to_be_visible()
    for each, before in zip(everybody, counts, strict=True):
        expect(each.page.locator(".thread-heading")).not_to_have_text(before)

    # Restoring: everything is back, in every language, with the quotation.
    decide(moderator, answer, "restore")
    for each, before in zip(everybody, counts, strict=True):
        words = each.reads(answer, "pt")
        expect(each.page.locator(f"{each.frame(quoting)} .quotation blockquote")).to_have_text(words)
        expect(each.page.locator(".thread-heading")).to_have_text(before)
