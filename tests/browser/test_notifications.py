"""Two people, two languages: an answer rings the bell, is read in one's own language, and arrives by e-mail."""

import re
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in
from tests.browser.test_one_discussion import comment_with, story, write
from tests.delivery.processes import wait_until
from tests.postbox import html_of, plain_of

OPINION = "The lamps along the old pier should burn all night."
ANSWER = "O farol estava muito bonito ontem à noite."


def open_story(new_context: NewContext, email: str, language: str, **options: object) -> Page:
    page = new_context(locale=language, **options).new_page()
    sign_in(page, email, language)
    page.goto(story(page, language))
    return page


def answer(page: Page, words: str, answered: str) -> None:
    """By the button of that very comment: answers stand inside it."""
    page.locator(f"#{answered} > .comment-frame .reply").click()
    page.locator("textarea[name=source]").fill(words)
    page.locator("form.comment-form button[type=submit]").first.click()


def mark_all_read(page: Page) -> None:
    page.goto("/en/notifications/")
    button = page.get_by_role("button", name="Mark all as read")
    if button.count():
        button.click()
        expect(button).to_have_count(0)


def test_an_answer_is_told_on_the_site_and_by_e_mail_and_one_click_ends_the_e_mails(
    new_context: NewContext, site: Site
) -> None:
    maud = open_story(new_context, "maud@example.org", "en")
    mark_all_read(maud)  # what earlier tests told her
    maud.goto(story(maud, "en"))
    jandira = open_story(new_context, "jandira@example.org", "pt")
    write(maud, OPINION)
    posted = comment_with(maud, OPINION)
    expect(jandira.locator(f"#{posted}")).to_be_visible()
    answer(jandira, ANSWER, posted)

    # The bell rings in the open page; what it leads to is in Maud's language.
    expect(maud.locator(".bell-count")).to_have_text("1")
    maud.locator("a.bell").click()
    told = maud.locator(".notification").first
    expect(told).to_contain_text("Jandira")
    for _ in range(40):  # this page does not renew itself
        if told.locator(".words[lang=en]").count():
            break
        maud.wait_for_timeout(500)
        maud.reload()
    expect(told.locator(".words")).to_have_attribute("lang", "en")
    expect(told.locator(".words")).to_contain_text("beautiful")
    expect(told.locator(".label-machine")).to_contain_text("Portuguese")

    # So is the e-mail.
    def is_it(each: EmailMessage) -> bool:
        subject = str(each["Subject"])
        return "replied to your comment" in subject and "Jandira" in subject

    def arrived() -> bool:
        return any(map(is_it, site.postbox.messages))

    wait_until(arrived, "the e-mail", 60)
    (message,) = filter(is_it, site.postbox.messages)
    assert message["To"] == "maud@example.org"
    assert "beautiful" in plain_of(message)
    assert '<html lang="en" dir="ltr">' in html_of(message)
    assert '<blockquote lang="en" dir="ltr">' in html_of(message)

    # One click, signed in nowhere.
    stranger = new_context().new_page()
    stranger.goto(str(message["List-Unsubscribe"]).strip("<>"))
    stranger.locator("main form button").click()
    expect(stranger.locator("[role=status]")).to_contain_text("no e-mails of this kind")
    maud.goto("/en/account/notifications/")
    expect(maud.locator("select[name=reply]")).to_have_value("never")
    expect(maud.locator("select[name=quotation]")).to_have_value("instant")

    # Reading it empties the bell.
    maud.goto("/en/notifications/")
    maud.locator(".notification a").first.click()
    expect(maud).to_have_url(re.compile(r"#c\d+$"))
    mark_all_read(maud)
    expect(maud.locator(".bell")).to_be_visible()
    expect(maud.locator(".bell-count")).to_be_hidden()


def test_who_is_ignored_is_folded_and_can_be_looked_at(new_context: NewContext, site: Site) -> None:
    jandira = open_story(new_context, "jandira@example.org", "pt")
    write(jandira, "Esta opinião é só minha e de mais ninguém.")
    posted = comment_with(jandira, "Esta opinião é só minha")
    maud = open_story(new_context, "maud@example.org", "en")
    profile = maud.locator(f"#{posted} a.author").first.get_attribute("href")
    assert profile
    maud.goto(profile)
    maud.locator(".profile-ignore a").click()
    maud.locator("main form button").click()
    expect(maud.locator("#ignored + ul")).to_contain_text("Jandira")
    maud.goto(story(maud, "en"))
    folded = maud.locator(f"#{posted} > .comment-frame")
    expect(folded.locator(".ignored-show")).to_be_visible()
    expect(folded.locator(".comment-body")).to_be_hidden()
    folded.locator(".ignored-show").press("Enter")
    expect(folded.locator(".comment-body")).to_be_visible()
    maud.goto("/en/account/notifications/")
    maud.locator("#ignored + ul button").first.click()
    expect(maud.locator("main")).to_contain_text("You ignore nobody.")


def test_following_switches_in_the_open_page(new_context: NewContext, site: Site) -> None:
    nawras = open_story(new_context, "nawras@example.org", "ar")
    follow = nawras.locator("p.thread-write a.write + a[data-follow]")
    expect(nawras.locator("[data-account]")).to_have_text("نورس")  # script knows who reads
    expect(follow).to_have_attribute("role", "button")
    was = follow.get_attribute("aria-pressed")
    label = follow.inner_text()
    follow.focus()
    for key, pressed in (("Space", {"true": "false", "false": "true"}[str(was)]), ("Enter", str(was))):
        with nawras.expect_response(re.compile(r"/follow/$")):
            nawras.keyboard.press(key)
        expect(follow).to_have_attribute("aria-pressed", pressed)
        expect(follow).to_be_focused()
        assert follow.inner_text() == label
    nawras.keyboard.press("Space")
    expect(follow).to_have_attribute("aria-pressed", {"true": "false", "false": "true"}[str(was)])
    nawras.reload()
    expect(follow).to_have_attribute("aria-pressed", {"true": "false", "false": "true"}[str(was)])
    follow.click()
    expect(follow).to_have_attribute("aria-pressed", str(was))


def test_following_without_script(new_context: NewContext, site: Site) -> None:
    stranger = new_context(java_script_enabled=False).new_page()
    stranger.goto(story(stranger, "en"))
    follow = stranger.locator("a[data-follow]")
    assert follow.get_attribute("role") is None  # it leads somewhere: to sign in
    follow.click()
    expect(stranger).to_have_url(re.compile(r"/account/login/\?next="))
    maud = open_story(new_context, "maud@example.org", "en", java_script_enabled=False)
    for _ in range(2):
        maud.locator("a[data-follow]").focus()
        maud.keyboard.press("Enter")
        button = maud.locator("main form button")
        before = button.get_attribute("value")
        button.focus()
        maud.keyboard.press("Enter")
        expect(maud).to_have_url(re.compile("#comments$"))
        maud.locator("a[data-follow]").click()
        expect(maud.locator("main form button")).to_have_attribute("value", {"0": "1", "1": "0"}[str(before)])
        maud.goto(story(maud, "en"))


def test_a_name_is_picked_with_the_keyboard_and_leads_to_its_person(
    new_context: NewContext, site: Site
) -> None:
    maud = open_story(new_context, "maud@example.org", "en")
    maud.locator("a.write").click()
    area = maud.locator("textarea[name=source]")
    area.press_sequentially("The last word goes to @jand")
    expect(maud.locator(".mention-names [aria-selected=true]")).to_have_text("Jandira Falcão")
    area.press("Enter")
    expect(area).to_have_value("The last word goes to @Jandira Falcão ")
    maud.locator("form.comment-form button[type=submit]").first.click()
    mention = maud.locator(".comment .words a", has_text="@Jandira Falcão").last
    expect(mention).to_have_attribute("href", re.compile(r"^/en/people/\d+/$"))
