"""The pictures of the README, made of a running demo: `.venv/bin/python tools/screenshots.py http://127.0.0.1:8000`."""

import io
import shutil
import sys
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images"
LANGUAGES = ("en", "ru", "ar")
COLUMN, HEIGHT, GAP = 400, 860, 16  # CSS pixels
COLOURS = 128


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        story = [shot(browser, address, language, "light", ".headline") for language in LANGUAGES]
        thread = [shot(browser, address, language, "dark", ".thread") for language in LANGUAGES]
        browser.close()
    TARGET.mkdir(parents=True, exist_ok=True)
    save(side_by_side(story), "story.png")
    save(side_by_side(thread), "discussion.png")


def shot(
    browser: Browser, address: str, language: str, scheme: Literal["light", "dark"], top: str
) -> Image.Image:
    """The leading story in a language, scrolled so that `top` is at the upper edge."""
    page = browser.new_page(
        base_url=address, viewport={"width": COLUMN, "height": HEIGHT}, color_scheme=scheme, locale=language
    )
    page.goto(f"/{language}/")
    page.goto(str(page.locator(".teaser.lead .headline a").get_attribute("href")), wait_until="networkidle")
    if top != ".headline":
        page.locator(top).first.evaluate("(element) => element.scrollIntoView()")
    page.wait_for_timeout(300)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return image


def side_by_side(images: list[Image.Image]) -> Image.Image:
    width = sum(image.width for image in images) + GAP * (len(images) - 1)
    sheet = Image.new("RGB", (width, max(image.height for image in images)), "#8a8578")
    left = 0
    for image in images:
        sheet.paste(image, (left, 0))
        left += image.width + GAP
    return sheet


def save(image: Image.Image, name: str) -> None:
    image.quantize(COLOURS).save(TARGET / name, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
