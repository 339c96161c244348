"""A real site (the demo, with its engine) and a real browser (Debian's Chromium) for the tests of this package."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.site import Site, start_demo
from tests.delivery.processes import free_port
from tests.ground.publication import Publication

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MILLISECONDS = 20_000
NewContext = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; where there is none the tests are skipped, but never where it is required.

    Not for the whole session: Playwright keeps an event loop running, and other tests have their own.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("DRAGOMAN_REQUIRE_BROWSER"):
            pytest.fail("Chromium is required here (DRAGOMAN_REQUIRE_BROWSER) and is not installed.")
        pytest.skip("needs Chromium")
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo publication, served by the very command a newcomer runs. While one writes a test it may be kept, in
    the directory that DRAGOMAN_BROWSER_VAR names."""
    kept = os.environ.get("DRAGOMAN_BROWSER_VAR")
    if kept:
        var, port = Path(kept), free_port()
    else:
        demo: Publication = request.getfixturevalue("demo")
        var, port = (
            demo.copy(tmp_path_factory.mktemp("browser")),
            demo.port,
        )  # its pages' addresses name the port
    with start_demo(var, port) as running:
        yield running


@pytest.fixture
def new_context(chromium: Browser, site: Site) -> Iterator[NewContext]:
    """Makes browser profiles: each a reader of their own. Whatever a page logs as an error fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=site.address, timezone_id="UTC", **options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.on("weberror", lambda fault: errors.append(str(fault.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A page of a reader who is not signed in."""
    return new_context().new_page()
