"""The desk in the browser: from the keyboard, without script, and with a reader's report."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in
from tests.browser.test_accessible import RULES

PREPARE = """
from dragoman.translation.models import Edition, Segment, Target, TranslationReport
TranslationReport.objects.all().delete()
edition = Edition.objects.filter(document__kind="article", language="pt", document__source_language="en").latest("pk")
segments = list(Segment.objects.filter(revision=edition.revision_id))
Target.objects.filter(edition=edition).update(
    origin="imported", state="pass", findings=[], locked=False, outdated="", outdated_source="")
Target.objects.filter(edition=edition, segment=segments[1]).update(
    state="doubtful", outdated="As palavras de antes.", outdated_source="The earlier words.",
    findings=[{"check": "numbers", "severity": "doubtful", "message": "", "source": [[0, 3]], "target": [[0, 4]]}])
print(edition.pk, edition.document_id, segments[0].pk, segments[1].pk)
"""


@pytest.fixture
def story(site: Site) -> tuple[str, str, str, str]:
    """An edition, its document, and its first two sentences; the second one is doubtful."""
    edition, document, first, second = site.python(PREPARE).split()
    return edition, document, first, second


def test_from_the_keyboard(new_context: NewContext, site: Site, story: tuple[str, str, str, str]) -> None:
    edition, _, first, second = story
    page = new_context().new_page()
    sign_in(page, "editor@example.org")
    page.goto(f"/admin/desk/{edition}/")
    row = page.locator(f"#segment-{second}")
    expect(row.locator("mark.desk-doubtful")).to_have_count(2)
    expect(row).to_contain_text("As palavras de antes.")

    page.keyboard.press("j")
    expect(page.locator(f"#segment-{first} [data-desk-row]")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(row.locator("[data-desk-row]")).to_be_focused()
    page.keyboard.press("Enter")

    text = page.locator("#desk-text")
    expect(text).to_be_focused()
    page.locator("[data-desk-use='As palavras de antes.']").press("Enter")
    expect(text).to_have_value("As palavras de antes.")
    expect(text).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("body")).to_contain_text("1 sentence corrected.")
    page.goto(f"/admin/desk/{edition}/{second}/")
    page.keyboard.press("Alt+l")
    expect(page.locator(".desk-target .desk-badge")).to_have_text("locked")


def test_without_script(new_context: NewContext, site: Site, story: tuple[str, str, str, str]) -> None:
    edition, _, _, second = story
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, "editor@example.org")
    page.goto(f"/admin/desk/{edition}/?show=waiting")
    rows = page.locator(".desk-edition tbody tr")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name="Correct").click()
    page.get_by_role("link", name="Begin with the earlier words").click()
    expect(page.locator("#desk-text")).to_have_value("As palavras de antes.")
    page.get_by_role("button", name="Approve as it is").click()
    page.goto(f"/admin/desk/{edition}/?show=human")
    expect(page.locator(f"#segment-{second} .desk-state")).to_contain_text("human")


def test_a_readers_report_reaches_the_desk(
    new_context: NewContext, site: Site, story: tuple[str, str, str, str]
) -> None:
    edition, document, _, second = story
    reader = new_context(java_script_enabled=False).new_page()
    sign_in(reader, "maud@example.org", "pt")
    address = site.python(
        "from dragoman.languages.addresses import address\n"
        f"print(address('document:article', language='pt', document={document}))"
    )
    reader.goto(address)
    reader.locator(".reading-as a[href*='/translation/']").click()
    reader.locator("select[name=sentence]").select_option(index=2)
    reader.locator("textarea[name=note]").fill("Isto soa estranho.")
    reader.locator("main form button[type=submit]").click()
    expect(reader.locator("[role=status]")).to_be_visible()

    editor = new_context().new_page()
    sign_in(editor, "editor@example.org")
    editor.goto("/admin/desk/")
    report = editor.locator(".desk-reports li", has_text="Isto soa estranho.")
    report.get_by_role("link").click()
    expect(editor).to_have_url(f"{site.address}/admin/desk/{edition}/{second}/")
    own = editor.locator(".desk-reports li", has_text="Isto soa estranho.")
    own.get_by_role("button").click()
    editor.goto("/admin/desk/")
    expect(editor.locator(".desk-reports li", has_text="Isto soa estranho.")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(
    new_context: NewContext, site: Site, story: tuple[str, str, str, str], scheme: str
) -> None:
    edition, _, _, second = story
    page: Page = new_context(color_scheme=scheme).new_page()
    sign_in(page, "editor@example.org")
    for address in ("/admin/desk/", f"/admin/desk/{edition}/", f"/admin/desk/{edition}/{second}/"):
        page.goto(address)
        page.locator(".desk details").evaluate_all("all => all.forEach(each => each.open = true)")
        found = Axe().run(page, context=".desk", options=RULES).response["violations"]
        assert [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in found] == []
