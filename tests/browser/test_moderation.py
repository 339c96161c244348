"""The moderators' queue in the browser: from the keyboard, and without script."""

from playwright.sync_api import expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in

HOLD = """
from dragoman.discussion import actions
from dragoman.discussion.models import Comment, Thread
from dragoman.discussion.actions.posting import Draft
from dragoman.languages.view import View
from dragoman.people.models import User
from django.conf import settings
settings.DISCUSSION_PREMODERATE = True
settings.DISCUSSION_COMMENTS_PER_MINUTE = settings.DISCUSSION_COMMENTS_PER_HOUR = 1000
settings.DISCUSSION_NEWCOMER_COMMENTS_PER_HOUR = 1000
author = User.objects.get(email="osric@example.org")
thread = Thread.objects.filter(document__visible=True).earliest("pk")
for number in range(3):
    draft = Draft(f"Held words, number {number} of {MARK}.", "en", View("en"))
    print(actions.post(thread, author=author, draft=draft).pk)
"""
EMPTY = """
from dragoman.discussion import actions
from dragoman.discussion.models import Comment
from dragoman.people.models import User
chief = User.objects.get(email="moderator@example.org")
for comment in Comment.objects.filter(state="held"):
    actions.remove(comment, moderator=chief, ground="other")
"""


def test_the_queue_from_the_keyboard(new_context: NewContext, site: Site) -> None:
    site.python(EMPTY)
    first, second, third = site.python(f"MARK = 'the keyboard'\n{HOLD}").split()
    page = new_context().new_page()
    sign_in(page, "moderator@example.org")
    page.goto("/en/moderation/?kind=every")
    page.keyboard.press("j")
    expect(page.locator(f"#case{first}")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.locator("[role=status]")).to_contain_text("1 comment decided.")
    expect(page.locator(f"#case{first}")).to_have_count(0)

    # Hiding without a reason asks for one; with one chosen it is done where it stands.
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.locator("textarea[name=reason]")).to_be_visible()
    page.go_back()
    page.locator("[data-ground]").select_option("spam")
    page.locator(f"#case{second}").focus()
    page.keyboard.press("x")
    expect(page.locator(f"#case{second} input[name=case]")).to_be_checked()
    page.keyboard.press("h")
    expect(page.locator(f"#case{second}")).to_have_count(0)
    expect(page.locator("[role=status]")).to_contain_text("1 comment decided.")

    # Single keys can be switched off, and stay so.
    page.keyboard.press("?")
    page.locator("[data-keys-on]").uncheck()
    page.reload()
    page.keyboard.press("j")
    expect(page.locator(f"#case{third}")).not_to_be_focused()
    expect(page.locator("[data-keys-on]")).not_to_be_checked()


def test_several_at_once_without_script(new_context: NewContext, site: Site) -> None:
    site.python(EMPTY)
    site.python(f"MARK = 'no script'\n{HOLD}")
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, "moderator@example.org", "pt")
    page.goto("/pt/moderation/?kind=every")
    for tick in page.locator("input[name=case]").all():
        tick.check()
    page.get_by_role("button", name="Ocultar os comentários").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("input[name=case]:checked")).to_have_count(3)
    page.locator("select[name=ground]").select_option("off_topic")
    page.get_by_role("button", name="Ocultar os comentários").click()
    expect(page.locator("input[name=case]")).to_have_count(0)
    page.goto("/pt/moderation/decisions/?act=hide")
    expect(page.locator("table.decisions tbody tr").first).to_contain_text("Foge do assunto")
