"""axe finds nothing: left-to-right and right-to-left, light and dark."""

from collections.abc import Mapping
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SCHEMES = ("light", "dark")
LANGUAGES = ("en", "ar")
AS_ANYBODY = ("home", "section", "article", "original", "sign-in", "sign-up", "profile", "gone", "write")
SIGNED_IN = ("report", "write", "settings", "own")


def address_of(page: Page, name: str, language: str) -> str:
    """The address of one kind of page, found as a reader finds it."""
    page.goto(f"/{language}/")
    section = page.locator(".section-name a").first.get_attribute("href")
    article = page.locator(".teaser.lead .headline a").get_attribute("href")
    fixed = {
        "home": f"/{language}/",
        "section": section,
        "article": article,
        "original": f"{article}?original=all",
        "sign-in": f"/{language}/account/login/",
        "sign-up": f"/{language}/account/signup/",
        "gone": f"/{language}/nothing-here/",
        "settings": f"/{language}/account/",
    }
    if name in fixed:
        return str(fixed[name])
    page.goto(str(article))
    link = {"profile": ".comment a.author", "write": "a.write"}
    if name in link:
        return str(page.locator(link[name]).first.get_attribute("href"))
    comment = str(page.locator(".comment-actions").first.get_attribute("action"))
    return comment if name == "own" else f"{comment}{name}/"


def violations(page: Page, within: str | None = None) -> list[Mapping[str, Any]]:
    found = Axe().run(page, within, RULES).response["violations"]
    return [
        {
            "rule": each["id"],
            "help": each["help"],
            "where": [node["html"][:160] for node in each["nodes"][:4]],
        }
        for each in found
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", AS_ANYBODY)
def test_pages_for_everybody(new_context: NewContext, name: str, language: str, scheme: str) -> None:
    page = new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(address_of(page, name, language))
    assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_who_is_signed_in(new_context: NewContext, language: str, scheme: str) -> None:
    page = new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
    sign_in(page, "osric@example.org", language)
    for name in SIGNED_IN:
        page.goto(address_of(page, name, language))
        assert violations(page) == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_in_the_open_page(new_context: NewContext, site: Site, language: str) -> None:
    page = new_context(reduced_motion="reduce").new_page()
    sign_in(page, "moderator@example.org", language)
    page.goto(address_of(page, "article", language))
    page.locator("a.write").click()
    page.locator("#slot-thread textarea").wait_for()
    page.locator("details.languages summary").click()
    page.locator("details.preferences summary").click()
    assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_never_scrolls_sideways(new_context: NewContext, language: str) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    for name in AS_ANYBODY:
        page.goto(address_of(page, name, language))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
