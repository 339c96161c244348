"""What an article with 200 comments weighs, as it is served: in bytes after brotli."""

import json
import re
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import brotli
import pytest

from dragoman.delivery.front.settling import SETTLED_HITS
from tests.browser.site import LEAVE_UNTRANSLATED, Site
from tests.delivery.processes import wait_until

CSS, SCRIPT = 15_000, 25_000
HTML = 30_000
"""The design's budget, kept once a page is read and stays as it is for a moment: words alone weigh 20,000."""
AT_FIRST = 33_000
"""Before: what a reader waits for is compressed quickly."""
COMMENTS, CHARACTERS = 200, 250
WRITE = """
import json, random
from datetime import timedelta
from dragoman.discussion.actions import import_comment, open_thread
from dragoman.discussion.actions.importing import ForeignComment
from dragoman.discussion.models import Comment
from dragoman.newsroom.actions import ArticleText, ensure_section, write_article
from dragoman.text.blocks import plain
from django.utils import timezone
words = json.load(__import__("sys").stdin)
dice = random.Random(4)
def said(length):
    text = ""
    while len(text) < length:
        text += dice.choice(words) + " "
    return text.strip().capitalize() + "."
section = ensure_section(slug="weighed", name="Weighed")
body = [("paragraph", f"<p>{said(500)}</p>") for _ in range(6)]
long_ago = timezone.now() - timedelta(days=900)  # it does not lead the front page of other tests
text = ArticleText(key="weight", language="en", headline=said(50), body=body, published_at=long_ago)
article, _ = write_article(section, text)
thread = open_thread(article.document)
made = []
for number in range(%d):
    parent = dice.choice(made[-9:]) if made and dice.random() < 0.6 else None
    foreign = ForeignComment(
        external_id=str(number),
        blocks=(plain(said(dice.randint(100, 400))),),
        language="en",
        created_at=long_ago,
        author_name=f"{dice.choice(words)} {dice.choice(words)}".title(),
        baseline=dice.randint(-9, 90),
    )
    made.append(import_comment(thread, foreign, parent=parent)[0])
print(article.path_in("en"))
"""


def fetched(address: str, coding: str = "br") -> tuple[bytes, int]:
    """What is served, and how many bytes travel."""
    with urlopen(Request(address, headers={"Accept-Encoding": coding}), timeout=60) as answer:
        body = answer.read()
        if answer.headers.get("Content-Encoding") != "br":
            return body, len(brotli.compress(body, quality=5))
        return brotli.decompress(body), len(body)


@pytest.fixture(scope="module")
def page(site: Site) -> tuple[str, bytes, int]:
    """An article with comments of ordinary words, none of them repeated more than language does."""
    with urlopen(f"{site.address}/en/emoticons.json", timeout=60) as answer:
        names = [name for _, _, name in json.loads(answer.read())]
    words = sorted({word for name in names for word in re.findall(r"[a-z]{3,9}", name)})
    assert len(words) > 900
    address = urljoin(site.address, site.python(WRITE % COMMENTS + LEAVE_UNTRANSLATED, json.dumps(words)))
    return (address, *fetched(address))


def test_the_page(page: tuple[str, bytes, int]) -> None:
    address, markup, size = page
    text = markup.decode()
    comments = re.findall(r'<div class="words"[^>]*>(.*?)</div>', text, flags=re.S)
    assert text.count('<article class="comment-frame">') == COMMENTS
    assert len(comments) == COMMENTS
    assert sum(map(len, comments)) / COMMENTS > CHARACTERS
    assert size <= AT_FIRST
    for _ in range(SETTLED_HITS):
        fetched(address)

    def small_and_the_same() -> bool:
        body, weight = fetched(address)
        return weight <= HTML and body == fetched(address, "identity")[0]

    wait_until(small_and_the_same, "the page as small as it gets")


def test_its_style_and_script(page: tuple[str, bytes, int]) -> None:
    address, markup, _ = page
    text = markup.decode()
    style = [urljoin(address, path) for path in re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)]
    script = [urljoin(address, path) for path in re.findall(r'<script src="([^"]+)"', text)]
    assert style
    assert len(script) == 2
    assert sum(fetched(path)[1] for path in style) <= CSS
    assert sum(fetched(path)[1] for path in script) <= SCRIPT
    # What comes when somebody writes is little, and not part of the page.
    writing = re.search(r'data-writing="([^"]+)"', text)
    assert writing is not None
    assert fetched(urljoin(address, writing[1]))[1] <= 4_000
    assert not re.search(r'(?:src|href)="https?://(?!127\.0\.0\.1)[^"]+\.(?:js|css|woff2?|png)', text)
