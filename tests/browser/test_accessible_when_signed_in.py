"""axe finds nothing on the pages of who takes part and of who moderates: both directions, light and dark."""

from collections.abc import Iterable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in
from tests.browser.test_accessible import LANGUAGES, SCHEMES, address_of, violations
from tests.browser.test_moderation import HOLD

OF_READERS = (
    "account/",
    "account/data/",
    "account/close/",
    "account/passkeys/",
    "account/notifications/",
    "notifications/",
    "decisions/",
    "privacy/",
)
OF_MODERATORS = (
    *(f"moderation/?kind={kind}" for kind in ("waiting", "every", "reported", "appeals", "hidden")),
    "moderation/decisions/",
)


PLANT = """
from dragoman.discussion import actions
from dragoman.discussion.models import Comment, Decision, Report
from dragoman.people.models import User
chief = User.objects.get(email="moderator@example.org")
osric = User.objects.get(email="osric@example.org")
held, hidden, reported = Comment.objects.filter(state="held", author=osric).order_by("-pk")[:3]
actions.approve(reported, moderator=chief)
actions.report(reported, reporter=User.objects.get(email="maud@example.org"), reason="spam", note="!", language="en")
actions.hide(hidden, moderator=chief, ground="off_topic", reason="This is about boats.")
actions.appeal(Decision.objects.get(comment=hidden, act="hide"), author=osric, words="It is not.", language="en")
"""


@pytest.fixture(scope="module")
def planted(site: Site) -> None:
    """Something of each kind waits."""
    site.python(f"MARK = 'axe'\n{HOLD}")
    site.python(PLANT)


def signed_in(new_context: NewContext, email: str, language: str, scheme: str) -> Page:
    page = new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
    sign_in(page, email, language)
    return page


def look_at(page: Page, addresses: Iterable[str], within: str | None = None) -> None:
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        assert violations(page, within) == [], address


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_who_takes_part(new_context: NewContext, site: Site, language: str, scheme: str) -> None:
    page = signed_in(new_context, "maud@example.org", language, scheme)
    look_at(page, (f"/{language}/{path}" for path in OF_READERS))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_preview_and_the_picker_of_emoticons(
    new_context: NewContext, site: Site, language: str, scheme: str
) -> None:
    page = signed_in(new_context, "maud@example.org", language, scheme)
    page.goto(address_of(page, "article", language))
    page.locator("a.write").click()
    page.locator("#slot-thread .emoticons").wait_for()
    page.locator("#slot-thread textarea").fill("The keeper closed the window.")
    page.locator("#slot-thread button[name=preview]").click()
    expect(page.locator("#slot-thread .preview .words")).to_be_visible()
    page.locator("#slot-thread .emoticons").click()
    expect(page.locator(".picker [role=option]").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#slot-thread textarea").fill("")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("planted")
def test_pages_of_who_moderates(new_context: NewContext, site: Site, language: str, scheme: str) -> None:
    page = signed_in(new_context, "moderator@example.org", language, scheme)
    look_at(page, (f"/{language}/{path}" for path in OF_MODERATORS))


@pytest.fixture
def admin_speaks(site: Site, language: str) -> Iterator[None]:
    """The editor's admin is in the test's language, and afterwards as it was."""
    site.python(ADMIN_SPEAKS.format(language=language))
    yield
    site.python(ADMIN_SPEAKS.format(language=""))


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("admin_speaks")
def test_figures_and_stored_responses_in_the_admin(
    new_context: NewContext, language: str, width: int
) -> None:
    """What is ours of these pages; on a phone nothing is cut, and words stay words."""
    scheme = "dark" if width < 500 else "light"
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 844}).new_page()
    sign_in(page, "editor@example.org", "en")
    page.goto(address_of(page, "article", "en"))
    thread = page.locator("[data-thread]").get_attribute("data-thread")
    for address in (
        f"/admin/discussion/statistics/{thread}/",
        "/admin/discussion/statistics/",
        "/admin/responses/",
    ):
        look_at(page, [address], ".nice-padding")
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        expect(page.locator("table.listing:visible").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert all(height >= 10 for height in page.evaluate(HEIGHTS_OF_WORDS)), address


ADMIN_SPEAKS = """
from dragoman.people.models import User
from wagtail.users.models import UserProfile
profile = UserProfile.get_for_user(User.objects.get(email="editor@example.org"))
profile.preferred_language = "{language}"
profile.save()
"""
HEIGHTS_OF_WORDS = """[...document.querySelectorAll(".chart text")]
.map((one) => one.getBoundingClientRect().height).filter((height) => height)"""
