"""What script adds to the page: forms in place, quoting by selection, votes, folding, times, the language menu."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, reads_as_score, score_in, sign_in

DEEPER = " > .comment > .answers > .comments"
LONG = "\n\n".join(
    f"Paragraph {number} tells of the harbour, of its boats and of the weather. " * 3 for number in range(12)
)
SELECT = """([selector, from, to]) => {
  const text = document.querySelector(selector).firstChild;
  const range = document.createRange();
  range.setStart(text, from);
  range.setEnd(text, to);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def article(page: Page, language: str = "en") -> None:
    page.goto(f"/{language}/")
    page.goto(str(page.locator(".teaser.lead .headline a").get_attribute("href")))


def test_selected_words_become_a_quotation_of_whole_sentences(new_context: NewContext, site: Site) -> None:
    page = new_context().new_page()
    sign_in(page, "osric@example.org")
    article(page)
    sentences = page.locator(".body p[data-sentences]").first.get_attribute("data-sentences") or ""
    start, end = (int(number) for number in sentences.split()[0].split("-"))
    whole = (page.locator(".body p[data-sentences]").first.text_content() or "")[start:end].strip()
    page.evaluate(SELECT, [".body p[data-sentences]", start + 3, start + 12])
    page.locator(".quote-button").click()
    field = page.locator("#slot-thread textarea")
    expect(field).to_be_focused()
    assert whole in field.input_value()
    assert field.input_value().startswith(">")
    field.press("End")
    field.type("So it is.")
    page.locator("#slot-thread button[type=submit]:not([name=preview])").click()
    posted = page.locator(".comment-frame", has_text="So it is.").locator("xpath=..")
    expect(posted.locator(".quotation blockquote")).to_have_text(whole)
    # In another language it reads as that language's edition has the sentence.
    anchor = posted.get_attribute("id")
    article(page, "ru")
    first = page.locator(".body p[data-sentences]").first
    start, end = (
        int(number) for number in (first.get_attribute("data-sentences") or "").split()[0].split("-")
    )
    expected = (first.text_content() or "")[start:end].strip()
    expect(page.locator(f"#{anchor} .quotation blockquote")).to_have_text(expected)


def test_an_answer_is_written_where_it_will_stand(new_context: NewContext, site: Site) -> None:
    page = new_context().new_page()
    sign_in(page, "hakim@example.org")
    article(page)
    comment = page.locator(".comment-frame").first
    comment.locator(".reply").click()
    field = comment.locator("textarea")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(comment.locator(".reply")).to_be_focused()
    comment.locator(".reply").click()
    field.fill("x" * 10_001)
    expect(comment.locator(".counter")).to_have_text("10,001 / 10,000")
    comment.locator("form.comment-form button[type=submit]:not([name=preview])").click()
    expect(comment.locator(".errors")).to_be_visible()
    expect(field).to_have_value("x" * 10_001)
    field.fill("An answer, and it stays in place.")
    count = page.locator(".thread-heading").inner_text()
    field.press("Control+Enter")
    answer = page.locator(".comment-frame", has_text="An answer, and it stays in place.").locator("xpath=..")
    expect(answer).to_be_visible()
    expect(comment.locator("textarea")).to_have_count(0)
    answered = comment.locator("xpath=..").get_attribute("id")
    assert answer.locator("xpath=ancestor::li[1]").get_attribute("id") == answered
    expect(page.locator(".thread-heading")).not_to_have_text(count)
    expect(page.locator(".article .comment-count")).to_have_text(page.locator(".thread-heading").inner_text())


def test_what_one_writes_survives_what_others_write(new_context: NewContext, site: Site) -> None:
    page, other = new_context().new_page(), new_context().new_page()
    sign_in(page, "salma@example.org")
    sign_in(other, "gosha@example.org")
    article(page)
    article(other)
    first = page.locator(".comment-frame").nth(1)
    first.locator(".reply").click()
    first.locator("textarea").fill("Not finished")
    other.locator("a.write").click()
    other.locator("textarea[name=source]").fill("Somebody else was quicker.")
    other.locator("form.comment-form button[type=submit]:not([name=preview])").click()
    expect(page.locator(".comment-frame", has_text="Somebody else was quicker.")).to_be_visible()
    expect(first.locator("textarea")).to_have_value("Not finished")


def test_a_vote_is_shown_changed_and_taken_back(new_context: NewContext, site: Site) -> None:
    page = new_context().new_page()
    sign_in(page, "nando@example.org")
    article(page)
    comment = page.locator(".comment:not(.own) > .comment-frame").nth(2)
    score = comment.locator(".score")
    before = score_in(score.inner_text())
    up, down = comment.locator(".vote button").first, comment.locator(".vote button").last
    if up.get_attribute("aria-pressed") != "false" or down.get_attribute("aria-pressed") != "false":
        expect(up).to_have_attribute("aria-pressed", re.compile("true|false"))
    start = (
        1
        if up.get_attribute("aria-pressed") == "true"
        else -1
        if down.get_attribute("aria-pressed") == "true"
        else 0
    )
    for button, vote in ((down, 0 if start == -1 else -1), (up, 1), (up, 0)):
        button.click()
        expect(score).to_have_text(reads_as_score(before - start + vote))
        expect(up).to_have_attribute("aria-pressed", str(vote == 1).lower())
        expect(down).to_have_attribute("aria-pressed", str(vote == -1).lower())


def test_a_vote_asks_to_sign_in(new_context: NewContext, site: Site) -> None:
    page = new_context().new_page()
    article(page)
    page.locator(".vote button").first.click()
    page.wait_for_url("**/account/login/**")


def test_a_long_comment_folds_and_opens_without_script(new_context: NewContext, site: Site) -> None:
    page = new_context().new_page()
    sign_in(page, "zelia@example.org")
    article(page)
    page.locator("a.write").click()
    page.locator("textarea[name=source]").fill(LONG)
    page.locator("form.comment-form button[type=submit]:not([name=preview])").click()
    comment = page.locator(".comment-long").last
    expect(comment).to_be_visible()
    anchor, address = comment.get_attribute("id"), page.url
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(address)
    body = plain.locator(f"#{anchor} .comment-body")
    folded = body.bounding_box()
    plain.locator(f"#{anchor} .fold-label").click()
    opened = body.bounding_box()
    assert folded is not None
    assert opened is not None
    assert folded["height"] < 300 < opened["height"]


def test_times_read_in_the_reader_s_zone_and_keep_the_publication_s(
    new_context: NewContext, site: Site
) -> None:
    page = new_context().new_page()  # its zone is UTC, the demo's an hour behind
    article(page)
    time = page.locator(".byline time")
    expect(time).to_have_attribute("title", re.compile(r"\(UTC-01:00\)$"))
    published = re.search(r", (\d+):(\d+)", time.get_attribute("title") or "")
    own = re.search(r", (\d+):(\d+)", time.inner_text())
    assert published is not None
    assert own is not None
    assert own[2] == published[2]
    assert (int(own[1]) - int(published[1])) % 12 == 1


def test_the_chosen_language_is_remembered(new_context: NewContext, site: Site) -> None:
    context = new_context(locale="en-GB")
    page = context.new_page()
    article(page)
    assert not [cookie for cookie in context.cookies() if cookie["name"] == "dragoman_language"]
    page.locator("details.languages summary").click()
    with page.expect_response("**/preferences/"):
        page.locator("details.languages a[hreflang=fr]").click()
    page.wait_for_url("**/fr/**")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.goto("/")
    assert page.url.endswith("/fr/")


def test_languages_one_reads_without_script(new_context: NewContext, site: Site) -> None:
    page = new_context(java_script_enabled=False).new_page()
    article(page)
    page.locator("details.preferences summary").click()
    page.locator("input[name=reads][value=es]").check()
    page.locator("details.preferences button").click()
    spanish = page.locator(".comment .words[lang=es]")
    assert spanish.count() > 0
    assert page.locator(".comment .words[lang=fr]").count() == 0


def test_right_to_left_is_mirrored(new_context: NewContext, site: Site) -> None:
    page = new_context(viewport={"width": 1000, "height": 800}).new_page()
    article(page, "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    boxes = [
        page.locator(f".thread > .comments{DEEPER * depth} > .comment > .comment-frame").first.bounding_box()
        for depth in (0, 1, 2)
    ]
    rights = [box["x"] + box["width"] for box in boxes if box]
    assert rights[0] > rights[1] > rights[2]
    name, account = page.locator(".publication").bounding_box(), page.locator(".account").bounding_box()
    assert name is not None
    assert account is not None
    assert name["x"] > account["x"]
    latin = page.locator(".comment .author bdi", has_text="Maud Ferriby").first
    assert latin.evaluate("(element) => getComputedStyle(element).unicodeBidi") == "isolate"


def test_everything_is_reached_by_keyboard(new_context: NewContext, site: Site) -> None:
    page = new_context().new_page()
    article(page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator("details.languages summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.languages")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("details.languages")).not_to_have_attribute("open", "")


@pytest.mark.parametrize("script", [True, False], ids=["script", "without script"])
def test_a_branch_folds_and_opens(new_context: NewContext, site: Site, *, script: bool) -> None:
    page = new_context(java_script_enabled=script).new_page()
    article(page)
    branch = page.locator(".thread > .comments > .comment > details.answers").first
    answer = branch.locator(".comment").first
    summary = branch.locator(":scope > summary")
    expect(summary).to_have_text(re.compile(r"\d+ repl"))
    summary.focus()
    page.keyboard.press("Enter")
    expect(answer).to_be_hidden()
    if script:  # this tab remembers it
        page.reload()
        expect(answer).to_be_hidden()
    page.goto(f"{page.url.split('#')[0]}#{answer.get_attribute('id')}")  # what a link leads to is shown
    expect(answer).to_be_visible()
    summary.click()
    expect(answer).to_be_hidden()
    summary.click()
    expect(answer).to_be_visible()
