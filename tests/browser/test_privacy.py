"""What a browser keeps is what `/<lang>/privacy/` says, after reading, signing in, writing and editing; and nobody else
is asked for anything."""

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

import dragoman
from dragoman.site.keeping import OURS, Kept, Kind, kept
from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in

SCRIPTS = Path(dragoman.__file__).parent
STORAGE = "(which) => Object.keys(window[which])"


def held(context: BrowserContext, page: Page) -> set[tuple[Kind, str]]:
    """What the browser has by now."""
    found = {(Kind.COOKIE, str(cookie["name"])) for cookie in context.cookies()}
    for kind in (Kind.LOCAL, Kind.TAB):
        found |= {(kind, name) for name in page.evaluate(STORAGE, kind.value)}
    return found


def unsaid(found: set[tuple[Kind, str]], table: tuple[Kept, ...]) -> set[tuple[Kind, str]]:
    return {(kind, name) for kind, name in found if not any(each.covers(kind, name) for each in table)}


def a_story(page: Page) -> str:
    page.goto("/en/")
    address = page.locator("a[href^='/en/']").evaluate_all(
        "(links) => links.map((link) => link.getAttribute('href'))"
    )
    return next(each for each in address if re.fullmatch(r"/en/[a-z-]+/\d+-[^/]+/", each))


def test_reading_sets_no_cookie(new_context: NewContext, site: Site) -> None:
    context = new_context()
    abroad: list[str] = []
    host = urlsplit(site.address).netloc
    context.on("request", lambda request: abroad.append(request.url) if host not in request.url else None)
    page = context.new_page()
    for path in (a_story(page), "/ar/", "/fr/privacy/"):
        page.goto(path)
        page.wait_for_load_state("networkidle") if path == "/fr/privacy/" else None
    assert context.cookies() == []
    assert abroad == []


def test_the_table_is_the_browsers(new_context: NewContext, site: Site) -> None:
    context = new_context()
    page = context.new_page()
    public = tuple(each for each in kept() if not each.staff)
    page.goto("/en/")
    page.locator("details.preferences > summary").click()
    page.locator("details.preferences input[name=language]").check()
    page.locator("details.preferences input[name=reads]").first.check()
    page.locator("details.preferences button[type=submit]").click()
    sign_in(page, "maud@example.org")
    story = a_story(page)
    page.goto(story)
    page.locator("details.answers > summary").first.click()
    page.goto("/en/account/")
    page.locator("form.form button[type=submit]").first.click()
    expect(page.locator(".notice")).to_be_visible()
    page.goto(story)
    page.goto("/en/account/data/")
    found = held(context, page)
    assert unsaid(found, public) == set()
    seen = {each.name for each in public for kind, name in found if each.covers(kind, name)}
    assert seen >= {"sessionid", "dragoman_language", "dragoman_reads", "dragoman visit ", "dragoman folded "}
    for cookie in context.cookies():
        lasts = cookie["expires"] - time.time()
        assert cookie["expires"] == -1 or lasts < 367 * 24 * 3600, cookie["name"]
        assert cookie["httpOnly"] or cookie["name"] == "csrftoken", cookie["name"]
        assert cookie["sameSite"] in ("Lax", "Strict")


def test_in_the_newsroom_too(new_context: NewContext, site: Site) -> None:
    context = new_context()
    page = context.new_page()
    sign_in(page, "editor@example.org")
    page.goto("/admin/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("[")  # folds the menu, which Wagtail remembers
    page.goto("/admin/desk/")
    page.goto("/admin/pages/")
    assert unsaid(held(context, page), kept()) == set()


def test_the_page_names_all_of_it(page: Page) -> None:
    page.goto("/pt/privacy/")
    names = page.locator("table.kept code").all_inner_texts()
    assert [name.replace(" ", "") for name in names] == [
        each.name.replace(" ", "") + ("…" if each.is_prefix else "") for each in kept()
    ]
    page.goto("/pt/")
    page.locator("footer a[href='/pt/privacy/']").click()
    expect(page.locator("h1")).to_be_visible()


def test_scripts_keep_nothing_else() -> None:
    """Every place in our scripts that writes into a storage, and the key it writes."""
    keys: set[tuple[Kind, str]] = set()
    for path in SCRIPTS.rglob("static/**/*.js"):
        text = path.read_text("utf-8")
        assert "document.cookie" not in text, path
        assert "indexedDB" not in text, path
        named = dict(re.findall(r"const (\w+) = \(\w*\) => `([^`$]*)\$", text))
        for store, key in re.findall(r"remember\(\"(\w+)\", ([^,]+),", text):
            start = named.get(re.sub(r"\(\w*\)$", "", key), key.strip(chr(34)))
            keys.add((Kind(store), f"{OURS}{start}"))
        for line in text.splitlines():
            assert not re.search(r"\b(?:localStorage|sessionStorage)\b(?!\")", line), f"{path}: {line}"
            assert path.name == "dragoman.js" or "window[" not in line, f"{path}: {line}"
    assert unsaid(keys, kept()) == set()
    ours = {(each.kind, each.name) for each in kept() if each.name.startswith(OURS)}
    assert keys == ours
