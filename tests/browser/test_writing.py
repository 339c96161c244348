"""Writing: drafts that survive, a picker of emoticons, a preview, what is hidden; and all of it without script."""

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in

FIELD = "#slot-thread textarea"
MARK = secrets.token_hex(3)  # the site may be kept, and nobody says the same twice


def article(page: Page, language: str = "en") -> str:
    page.goto(f"/{language}/")
    address = str(page.locator(".teaser.lead .headline a").get_attribute("href"))
    page.goto(address)
    return address


def writer(new_context: NewContext, email: str, **options: object) -> Page:
    page = new_context(**options).new_page()
    sign_in(page, email)
    article(page)
    return page


def begin(page: Page) -> None:
    page.locator("a.write").click()
    page.locator(f"{FIELD}").wait_for()
    page.locator("#slot-thread .emoticons").wait_for()  # the comforts have come


def test_a_draft_outlives_the_page_and_goes_when_it_is_sent(new_context: NewContext, site: Site) -> None:
    page = writer(new_context, "zelia@example.org")
    begin(page)
    page.locator(FIELD).fill("Half a thought about the harbour")
    page.reload()
    begin(page)
    note = page.locator("#slot-thread .draft-note")
    expect(note).to_be_visible()
    expect(page.locator(FIELD)).to_have_value("Half a thought about the harbour")
    note.get_by_role("button").click()
    expect(page.locator(FIELD)).to_have_value("")
    page.locator(FIELD).fill("A whole thought about the harbour, kept until it was sent.")
    page.reload()
    begin(page)
    expect(page.locator(FIELD)).to_have_value(re.compile("A whole thought"))
    page.locator(FIELD).press("Control+Enter")
    expect(page.locator(".comment-frame", has_text="kept until it was sent.").last).to_be_visible()
    expect(page.locator(FIELD)).to_have_count(0)
    page.reload()
    begin(page)
    expect(page.locator(FIELD)).to_have_value("")
    expect(note).to_have_count(0)


UNANSWERED = {"en": "nothing is posted twice", "ar": "ولا يُنشر شيء مرتين"}
OURS = "<!doctype html><html lang=en><body><p>Bad gateway, or a page of the hotel's network</p></body></html>"
FAULTS: dict[str, Callable[[Route], None]] = {
    "nobody": lambda route: route.abort("connectionrefused"),
    "offline": lambda route: route.abort("internetdisconnected"),
    "a proxy": lambda route: route.fulfill(status=502, body=OURS, content_type="text/html"),
    "the database": lambda route: route.fulfill(status=503, body=OURS, content_type="text/html"),
    "another page": lambda route: route.fulfill(status=200, body=OURS, content_type="text/html"),
    "too late": lambda route: None,
}
WRITERS = ("nawras", "varvara", "gosha", "tono", "ines", "bastien")  # nobody writes so much in a minute


@pytest.mark.parametrize(("fault", "who"), zip(FAULTS, WRITERS, strict=True))
def test_who_is_not_answered_is_told_and_posts_later_exactly_once(
    new_context: NewContext, site: Site, fault: str, who: str
) -> None:
    """Whether the words arrived or not: what stands in the form is sent again as what it was."""
    page = writer(new_context, f"{who}@example.org")
    begin(page)
    words = f"A thought {MARK} that {fault} stood in the way of."
    page.locator(FIELD).fill(words)
    send = page.locator("#slot-thread form.comment-form .form-buttons button[type=submit]")
    told = page.locator("#slot-thread form .unanswered[role=alert]")
    page.evaluate("htmx.config.timeout = 500")
    page.route("**/write/", FAULTS[fault])
    for _ in range(2):  # said once, however often
        send.click()
        expect(told).to_have_count(1)
        expect(told).to_contain_text(UNANSWERED["en"])
    expect(send).to_be_enabled()
    expect(page.locator(FIELD)).to_have_value(words)
    page.unroute("**/write/")
    page.reload()
    begin(page)
    expect(page.locator(FIELD)).to_have_value(words)
    send.click()
    expect(page.locator(".comment-frame", has_text=words)).to_have_count(1)
    expect(page.locator(FIELD)).to_have_count(0)
    page.reload()
    expect(page.locator(".comment-frame", has_text=words)).to_have_count(1)
    begin(page)
    expect(page.locator(FIELD)).to_have_value("")


def test_what_was_stored_while_its_answer_was_lost_is_not_posted_twice(
    new_context: NewContext, site: Site
) -> None:
    page = writer(new_context, "dunlin@example.org")
    begin(page)
    words = f"A thought {MARK} that arrived, and nobody said so."
    page.locator(FIELD).fill(words)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/write/", lose)
    page.locator(FIELD).press("Control+Enter")
    expect(page.locator("#slot-thread .unanswered")).to_be_visible()
    expect(page.locator(".comment-frame", has_text=words)).to_have_count(1)  # it comes as others' do
    page.unroute("**/write/")
    page.reload()
    begin(page)
    expect(page.locator(FIELD)).to_have_value(words)
    page.locator(FIELD).press("Control+Enter")
    expect(page.locator(FIELD)).to_have_count(0)
    page.reload()
    expect(page.locator(".comment-frame", has_text=words)).to_have_count(1)


def test_a_vote_a_report_a_change_and_a_decision_that_nobody_answers(
    new_context: NewContext, site: Site
) -> None:
    """Each in its place, in the reader's language; pressed again, each is done."""
    page = new_context().new_page()
    sign_in(page, "moderator@example.org", "ar")
    article(page, "ar")
    begin(page)
    page.locator(FIELD).fill(f"The lamp {MARK} of the moderators is lit.")
    page.locator(FIELD).press("Control+Enter")
    own = page.locator(".comment.own > .comment-frame", has_text=f"The lamp {MARK} of").last
    expect(own.locator(".edit")).to_be_visible()
    identity = str(own.locator("xpath=..").get_attribute("id"))
    own = page.locator(f"#{identity} > .comment-frame")
    other = page.locator(".comment:not(.own) > .comment-frame").last
    anchor = str(other.locator("xpath=..").get_attribute("id"))
    other = page.locator(f"#{anchor} > .comment-frame")

    def away(press: Callable[[], None], place: Locator) -> None:
        page.route(
            "**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
        )
        press()
        told = place.locator(".unanswered[role=alert]")
        expect(told).to_have_count(1)
        expect(told).to_contain_text(UNANSWERED["ar"])
        page.unroute("**/*")
        press()
        expect(told).to_have_count(0)

    up = other.locator(".vote button").first
    before = up.get_attribute("aria-pressed")
    away(up.click, other.locator(".slot"))
    expect(other.locator(".vote button").first).not_to_have_attribute("aria-pressed", str(before))
    other.locator(".report").click()
    other.locator(".slot input[name=reason]").first.check()
    other.locator(".slot textarea").fill("A note that is kept.")
    away(other.locator(".slot [type=submit]").click, other.locator(".slot"))
    expect(other.locator(".slot [role=status]")).to_be_visible()
    own.locator(".edit").click()
    own.locator("textarea").fill(f"The lamp {MARK} of the moderators burns.")
    away(own.locator(".form-buttons [type=submit]").click, own.locator(".slot"))
    expect(own.locator(".words")).to_have_text(f"The lamp {MARK} of the moderators burns.")
    follow = page.locator("a[data-follow]")
    pressed = follow.get_attribute("aria-pressed")
    away(follow.click, page.locator(".thread"))
    expect(follow).not_to_have_attribute("aria-pressed", str(pressed))
    for act, form in (("feature", "/feature/"), ("unfeature", "/unfeature/")):
        other.locator(".more").click()
        other.locator(f".comment-choices a[href*='{form}']").click()
        other.locator(".slot [type=submit]").wait_for()
        away(other.locator(".slot [type=submit]").click, other.locator(".slot"))
        expect(other.locator(".mark-featured")).to_have_count(1 if act == "feature" else 0)
        expect(other.locator(".slot > *")).to_have_count(0)
    own.locator(".delete").click()
    own.locator(".slot [type=submit]").wait_for()
    away(own.locator(".slot [type=submit]").click, page.locator(".thread"))
    expect(page.locator(f"#{identity}")).to_have_count(0)
    expect(page.locator(".thread-heading")).to_be_focused()
    assert "/comments/" not in page.url


def test_a_form_that_cannot_come_is_said(new_context: NewContext, site: Site) -> None:
    page = writer(new_context, "salma@example.org")
    page.route("**/write/", FAULTS["nobody"])
    page.locator("a.write").click()
    expect(page.locator("#slot-thread .unanswered")).to_be_visible()
    page.unroute("**/write/")
    begin(page)
    expect(page.locator("#slot-thread .unanswered")).to_have_count(0)


def test_a_draft_goes_when_the_comment_waits_for_a_moderator(new_context: NewContext, site: Site) -> None:
    page = writer(new_context, "salma@example.org")
    begin(page)
    page.locator(FIELD).fill("A thought that waits to be read.")
    thread = page.locator("[data-thread]").get_attribute("data-thread")
    site.python(PREMODERATE.format(thread=thread, on=True))
    try:
        page.locator(FIELD).press("Control+Enter")
        expect(page.locator("#slot-thread .notice")).to_contain_text("once a moderator has read it")
    finally:
        site.python(PREMODERATE.format(thread=thread, on=None))
    page.reload()
    begin(page)
    expect(page.locator(FIELD)).to_have_value("")


PREMODERATE = """
from dragoman.discussion.models import Thread
Thread.objects.filter(pk={thread}).update(premoderate={on})
"""


def test_a_full_storage_is_said_and_nothing_breaks(new_context: NewContext, site: Site) -> None:
    page = writer(new_context, "zelia@example.org")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }"
    )
    begin(page)
    page.locator(FIELD).fill("Words for a full browser")
    expect(page.locator("#slot-thread .draft-note")).to_contain_text("cannot keep")
    expect(page.locator(FIELD)).to_have_value("Words for a full browser")
    page.locator(FIELD).fill("")


def test_signing_out_takes_drafts_along(new_context: NewContext, site: Site) -> None:
    page = writer(new_context, "zelia@example.org")
    page.evaluate("localStorage.setItem('dragoman draft /x/', JSON.stringify({ text: 'x', at: Date.now() }))")
    page.goto("/en/account/logout/")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/logout/" not in address)
    assert (
        page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('dragoman draft'))") == []
    )


@pytest.mark.parametrize(("language", "wanted"), [("en", "lighthouse"), ("fr", "feu")])
def test_an_emoticon_is_found_by_name_and_put_at_the_caret(
    new_context: NewContext, site: Site, language: str, wanted: str
) -> None:
    page = new_context().new_page()
    sign_in(page, "jandira@example.org", language)
    article(page, language)
    begin(page)
    field = page.locator(FIELD)
    field.fill("before after")
    field.evaluate("(area) => area.setSelectionRange(6, 6)")
    page.locator("#slot-thread .emoticons").click()
    search = page.locator(".picker [role=combobox]")
    expect(search).to_be_focused()
    expect(page.locator(".picker [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".picker [aria-selected=true]")).to_have_attribute("id", re.compile("-1$"))
    search.fill("fire" if language == "en" else wanted)
    expect(page.locator(".picker [aria-selected=true]")).to_have_attribute(
        "data-code", re.compile("fire|feu|:")
    )
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile(r"^before :[\w+-]+: after$"))
    page.locator("#slot-thread .emoticons").click()
    page.keyboard.press("Escape")
    expect(page.locator(".picker")).to_have_count(0)
    expect(field).to_be_focused()
    field.fill("")


def test_the_preview_comes_into_the_open_form(new_context: NewContext, site: Site) -> None:
    page = writer(new_context, "maud@example.org")
    begin(page)
    page.locator(FIELD).fill("The keeper closed the window. **Nobody** came.")
    page.locator("#slot-thread select[name=preview_in]").select_option("pt")
    page.locator("#slot-thread button[name=preview]").click()
    shown = page.locator("#slot-thread .preview .words")
    expect(shown).to_have_attribute("lang", "pt")
    expect(shown).not_to_contain_text("keeper")
    expect(page.locator("#slot-thread .preview .label-machine")).to_be_visible()
    expect(page.locator(FIELD)).to_have_value("The keeper closed the window. **Nobody** came.")
    page.locator(FIELD).fill("")


def test_one_s_own_words_count_down_and_change_in_place(new_context: NewContext, site: Site) -> None:
    page = writer(new_context, "osric@example.org")
    begin(page)
    page.locator(FIELD).fill("A first wording of the matter.")
    page.locator(FIELD).press("Control+Enter")
    frame = page.locator(".comment-frame", has_text="A first wording of the matter.")
    change = frame.locator(".comment-actions a.edit")
    expect(change).to_have_text(re.compile(r"\(1[45]:\d\d\)$"))
    identity = str(frame.locator("xpath=..").get_attribute("id"))
    change.click()
    page.locator(f"#{identity} textarea").fill("A second wording of the matter.")
    page.locator(f"#{identity} form.comment-form button[type=submit]").first.click()
    expect(page.locator(f"#{identity} .words")).to_have_text("A second wording of the matter.")
    expect(page.locator(f"#{identity} .edited")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "without script"])
def test_what_is_hidden_is_uncovered_by_keyboard(
    new_context: NewContext, site: Site, *, script: bool
) -> None:
    page = writer(new_context, "hakim@example.org", java_script_enabled=script)
    page.locator("a.write").click()
    words = f"The culprit is ||the gull {'with' if script else 'without'} script||."
    page.locator("textarea[name=source]").fill(words)
    page.locator("form.comment-form button[type=submit]").first.click()
    frame = page.locator(".comment-frame", has_text="The culprit is").last
    hidden, box = frame.locator(".spoiler > span"), frame.locator(".spoiler > input")
    expect(hidden).to_be_hidden()
    box.focus()
    page.keyboard.press("Space")
    expect(hidden).to_be_visible()


def test_every_form_posts_without_script(new_context: NewContext, site: Site) -> None:
    page = writer(new_context, "salma@example.org", java_script_enabled=False)
    # Write, look at the preview on a page of its own, go back to the text, and send from the preview.
    page.locator("a.write").click()
    page.locator("textarea[name=source]").fill("Posted\n\n- without\n- script")
    page.locator("select[name=preview_in]").select_option("pt")
    page.locator("button[name=preview]").click()
    page.wait_for_url("**/previews/**")
    for _ in range(40):  # it refreshes itself; a page without script cannot be waited for otherwise
        if page.locator(".preview .words[lang=pt]").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".preview .words[lang=pt]").first).to_be_visible()
    page.locator("a.cancel").click()
    expect(page.locator("textarea[name=source]")).to_have_value("Posted\n\n- without\n- script")
    page.go_back()
    page.locator("main button[type=submit]").last.click()
    page.wait_for_url("**#c*")
    identity = page.url.rpartition("#")[2]
    own = page.locator(f"#{identity} > .comment-frame")
    expect(own.locator(".words li").first).to_have_text("without")
    # Change it, say what language it is in, delete it after a question.
    own.locator(".more").click()
    page.locator(".comment-choices a[href*='/edit/']").click()
    page.locator("textarea[name=source]").fill("Changed without script")
    page.locator("form.comment-form button[type=submit]").first.click()
    expect(own.locator(".words")).to_have_text("Changed without script")
    own.locator(".more").click()
    page.locator(".comment-choices a[href*='/language/']").click()
    page.locator("select[name=language]").select_option("fr")
    page.locator("main button[type=submit]").first.click()
    expect(own.locator(".words")).to_have_attribute("lang", re.compile("fr|en"))
    own.locator(".more").click()
    page.locator(".comment-choices a[href*='/delete/']").click()
    page.locator("main button[type=submit]").first.click()
    expect(own.locator(".words")).to_have_count(0)
    # Another's: quote, report, vote.
    other = page.locator(".comment:not(.tombstone) > .comment-frame", has_text="Maud Ferriby").first
    other.locator(".quote").click()
    expect(page.locator("textarea[name=source]")).to_have_value(re.compile("^>"))
    page.go_back()
    other.locator(".report").click()
    page.locator("input[name=reason]").first.check()
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("main [role=status]")).to_be_visible()
    article(page)
    other.locator(".vote button").first.click()
    page.wait_for_url("**#c*")
