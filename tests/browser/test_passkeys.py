"""Passkeys in a real browser with a virtual authenticator, under the strict content security policy."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import PASSWORD, Site

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def reader(new_context: NewContext, site: Site) -> Page:
    """A browser with a device that knows its owner. Passkeys belong to a name, not to a number: `localhost`."""
    page = new_context().new_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(address(site, "/en/account/login/"))
    return page


def address(site: Site, path: str) -> str:
    return f"http://localhost:{urlsplit(site.address).port}{path}"


def sign_in(page: Page, email: str) -> None:
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda at: "/account/login/" not in at)


def sign_out(page: Page, site: Site) -> None:
    page.goto(address(site, "/en/account/logout/"))
    page.locator("main form button").click()
    page.wait_for_url(lambda at: "/account/logout/" not in at)


def confirm(page: Page) -> None:
    """An open session alone makes or removes no passkey."""
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_a_passkey_is_made_used_and_removed(reader: Page, site: Site) -> None:
    sign_in(reader, "maud@example.org")
    reader.goto(address(site, "/en/account/passkeys/"))
    expect(reader.locator("main")).to_contain_text("You have no passkey.")
    reader.get_by_role("link", name="New passkey").click()
    confirm(reader)
    reader.locator("input[name=name]").fill("Maud's <telephone>")
    reader.get_by_role("button", name="Make a passkey").click()
    expect(reader.locator(".rows")).to_contain_text("Maud's <telephone>")
    sign_out(reader, site)

    # Back in without typing anything, to where one was going.
    reader.goto(address(site, "/en/account/login/?next=/en/account/notifications/"))
    reader.get_by_role("button", name="Sign in with a passkey").click()
    expect(reader).to_have_url(re.compile(r"/en/account/notifications/$"))
    expect(reader.locator("[data-account]")).to_have_text("Maud Ferriby")

    # The password goes on working beside it: no second lock.
    sign_out(reader, site)
    reader.goto(address(site, "/en/account/login/"))
    sign_in(reader, "maud@example.org")
    reader.goto(address(site, "/en/account/passkeys/"))
    reader.get_by_role("link", name="Remove").click()
    confirm(reader)
    reader.get_by_role("button", name="Remove").click()
    expect(reader.locator("main")).to_contain_text("You have no passkey.")

    # What was removed lets nobody in.
    sign_out(reader, site)
    reader.goto(address(site, "/en/account/login/"))
    reader.get_by_role("button", name="Sign in with a passkey").click()
    expect(reader.locator(".notice")).to_contain_text("This passkey was not accepted.")


def test_without_script_the_page_says_what_is_needed(new_context: NewContext, site: Site) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/en/account/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    sign_in(page, "maud@example.org")
    page.goto("/en/account/passkeys/add/")
    confirm(page)
    expect(page.locator("[data-unable]")).to_be_visible()
    expect(page.get_by_role("button", name="Make a passkey")).to_have_count(0)
