"""Hostile words in every field, on every surface, in a real browser: nothing runs, nothing leaves.

The material: bleach's cases and the naughty strings of `corpora/attacks`, and a few of our own.
"""

import json
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page

from tests.browser.conftest import NewContext
from tests.browser.site import Site, sign_in
from tests.delivery.processes import wait_until
from tests.postbox import html_of
from tests.shared import shared, shared_text

OWN = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=https://evil.example/pixel.png>",
    "![pixel](https://evil.example/pixel.png)",
    "<svg/onload=alert(1)>",
    "<style>@import url(https://evil.example/style.css);</style>",
    "<link rel=stylesheet href=https://evil.example/style.css>",
    "<iframe src=https://evil.example/></iframe>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "[a link](javascript:alert(1))",
    "[a link](JaVaScRiPt&#58;alert(1))",
    "[a link](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "<javascript:alert(1)>",
    "`</code><script>alert(1)</script>`",
    "{{ 7|add:7 }} {% load i18n %} ${7*7} <%= 7*7 %>",
    '<b onmouseover="alert(1)" style="background:url(https://evil.example/a)">hover</b>',
    "<form action=https://evil.example/><input autofocus onfocus=alert(1)></form>",
    "<div hx-get=/en/ hx-trigger=load hx-on:click=alert(1) data-hx-get=/en/>htmx</div>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)
SAFE_SCHEMES = {"http", "https", "mailto", ""}
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""
SCAN = """() => ({
  handlers: [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
    .filter(({name}) => /^on|^(data-)?hx-on|^srcdoc$/i.test(name)).map(({name}) => element.tagName + " " + name)),
  strangers: [...document.querySelectorAll("iframe, object, embed, base, meta[http-equiv], svg script, math")]
    .map((one) => one.outerHTML.slice(0, 120)),
  scripts: [...document.scripts].filter((one) => !one.src && one.textContent.trim())
    .map((one) => one.textContent.slice(0, 80)),
  links: [...document.querySelectorAll("[href], [src], [action], [formaction]")]
    .flatMap((one) => ["href", "src", "action", "formaction"].map((name) => one.getAttribute(name)).filter(Boolean)),
  styled: [...document.querySelectorAll(".words [style], .body [style], .words [class*=htmx]")].length,
  violations: window.violations,
})"""

PLANT = """
import json, sys
from datetime import timedelta
from dragoman.discussion import actions
from dragoman.discussion.actions.importing import ForeignComment, import_comment
from dragoman.discussion.actions.posting import Draft
from dragoman.discussion.models import Decision, ReportReason, Thread
from dragoman.languages.view import View
from dragoman.newsroom.actions import ArticleText, ensure_section, write_article
from dragoman.people.models import User
from dragoman.text.markdown import blocks_from_markdown
from django.utils import timezone
chunks, own = json.loads(sys.stdin.read())
section = ensure_section(slug="hostile", name="Hostile " + own[0], description=own[1], language="en")
body = []
for place, chunk in enumerate(chunks):
    body.append(("paragraph", chunk))
    body.append(("list", {"ordered": False, "items": chunk.split("\\n\\n")[:200]}))
body.append(("heading", {"text": own[1], "level": "2"}))
body.append(("quotation", {"quotation": "<p>" + own[4] + "</p>", "attribution": own[0]}))
page, _ = write_article(section, ArticleText(
    key="hostile", language="en", headline="Hostile " + " ".join(own[:6]), standfirst=" ".join(own),
    byline=own[1], body=body,
    published_at=timezone.now() - timedelta(days=900),  # not the leading story of other tests
    sources=[("source", {"name": own[0], "url": "https://example.org/?" + own[1]})]))
thread = Thread.objects.get(document=page.document_id)
author = User.objects.get(email="maud@example.org")
posted = []
for number, chunk in enumerate([*chunks, "\\n\\n".join(own)]):
    blocks = blocks_from_markdown(chunk)
    foreign = ForeignComment(str(number), tuple(blocks), "en", timezone.now(), author=author)
    comment, _ = import_comment(thread, foreign)
    posted.append(comment)
hello = tuple(blocks_from_markdown("Hello."))
stranger, _ = import_comment(thread, ForeignComment("named", hello, "en", timezone.now(), author_name=own[1]))
posted.append(stranger)
reporter = User.objects.get(email="osric@example.org")
actions.report(posted[-2], reporter=reporter, reason=ReportReason.SPAM, note=own[0], language="en")
chief = User.objects.get(email="moderator@example.org")
own_blocks = tuple(blocks_from_markdown("\\n\\n".join(own)))
hidden, _ = import_comment(thread, ForeignComment("hidden", own_blocks, "en", timezone.now(), author=author))
if hidden.state == "hidden":  # the site was kept
    actions.restore(hidden, moderator=chief, reason="once more")
actions.hide(hidden, moderator=chief, ground="other", reason="\\n".join(own)[:500])
decision = Decision.objects.filter(comment=hidden, act="hide").latest("pk")
appeal = actions.appeal(decision, author=author, words="\\n".join(own)[:2000], language="en")
actions.write_note(author, moderator=chief, text="\\n".join(own)[:1000])
told = "\\n\\n".join([*own[:12], timezone.now().isoformat()])
actions.reply(posted[-2], author=reporter, draft=Draft(told, "en", View("en")))
comments = [each.pk for each in posted]
made = {"appeal": appeal.pk, "thread": thread.pk, "document": page.document_id}
print(json.dumps(made | {"article": page.pk, "comments": comments, "author": author.pk}))
"""


def naughty() -> list[str]:
    """Every case, one string each."""
    bleach = [
        file.read_text(encoding="utf-8").split("\n--\n")[0]
        for file in sorted(shared("corpora/attacks/html_sanitiser/bleach").glob("*.test"))
    ]
    strings = [text for text in json.loads(shared_text("corpora/attacks/blns/blns.json")) if text.strip()]
    assert len(bleach) == 20
    assert len(strings) > 400
    return [*OWN, *bleach, *strings]


def chunks_of(cases: list[str]) -> Iterator[str]:
    """Texts of at most 9,000 characters, one case a paragraph."""
    text = ""
    for case in cases:
        if len(text) + len(case) > 9_000:
            yield text
            text = ""
        text += ("\n\n" if text else "") + case
    yield text


@pytest.fixture(scope="module")
def planted(site: Site) -> Mapping[str, object]:
    """An article and its comments made of nothing else."""
    found: Mapping[str, object] = json.loads(
        site.python(PLANT, json.dumps([list(chunks_of(naughty())), OWN]))
    )
    return found


class Watched:
    """A browser profile whose every request and dialog is written down."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.host = urlsplit(site.address).netloc
        self.abroad: list[str] = []
        self.dialogs: list[str] = []
        context.add_init_script(WATCH)
        context.on("request", lambda request: self._request(request.url))
        context.on("dialog", self._dialog)
        self.page = context.new_page()

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":  # Wagtail's editor asks before it is left
            dialog.accept()
        else:
            self.dialogs.append(dialog.message)
            dialog.dismiss()

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.abroad.append(url)

    def show(self, path: str, body: str) -> None:
        """Has a path answer with this document."""
        self.page.route(
            f"**{path}", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8")
        )

    def visit(self, path: str, *, strict: bool = True) -> None:
        """Loads a page, lets it do what it may, and looks at what it holds."""
        response = self.page.goto(path)
        assert response is not None
        assert response.status < 500, path
        self.page.wait_for_timeout(300)
        found = self.page.evaluate(SCAN)
        assert self.dialogs == [], path
        assert self.abroad == [], path
        schemes = {urlsplit(link).scheme.lower() for link in map(_parsable, found["links"])}
        if strict:
            assert found["handlers"] == [], path
            assert found["strangers"] == [], path
            assert found["scripts"] == [], path
            assert found["violations"] == [], path
            assert schemes <= SAFE_SCHEMES, path
        assert found["styled"] == 0, path


def _parsable(link: str) -> str:
    """The link as a browser reads its scheme: without white space and control characters."""
    bare = "".join(sign for sign in link if sign > " ").replace("[", "").replace("]", "")
    return "" if bare.startswith(("/", "#", "?")) else bare


def surfaces(planted: Mapping[str, object]) -> Iterator[str]:
    """Everywhere a reader meets these words."""
    comments = planted["comments"]
    assert isinstance(comments, list)
    for language in ("en", "pt", "ar"):
        yield f"/{language}/"
        yield f"/{language}/hostile/"
        yield f"/{language}/hostile/{planted['article']}/"
        yield f"/{language}/hostile/{planted['article']}/?original=all"
        yield f"/{language}/people/{planted['author']}/"
        yield f"/{language}/comments/{comments[-2]}/reply/?quote=comment"
        yield f"/{language}/comments/{comments[0]}/fragment/"
    yield f"/en/quote/?document={planted['document']}&field=body&block=0&start=0&end=9000"


def test_nothing_runs_and_nothing_leaves(
    new_context: NewContext, site: Site, planted: Mapping[str, object]
) -> None:
    watched = Watched(new_context(), site)
    for path in surfaces(planted):
        watched.visit(path)


def test_the_pages_of_who_they_concern(
    new_context: NewContext, site: Site, planted: Mapping[str, object]
) -> None:
    watched = Watched(new_context(), site)
    sign_in(watched.page, "maud@example.org")
    for path in ("/en/decisions/", "/en/notifications/", "/ar/notifications/", "/en/account/notifications/"):
        watched.visit(path)
    watched.page.goto("/en/notifications/")
    assert watched.page.locator(".notification", has_text="onerror").count()


def test_the_e_mails(new_context: NewContext, site: Site, planted: Mapping[str, object]) -> None:
    """The HTML part, opened as the page of a host without any policy."""
    wanted: list[EmailMessage] = []

    def arrived() -> bool:
        wanted[:] = [
            each
            for each in site.postbox.messages
            if each["To"] == "maud@example.org" and "onerror" in html_of(each)
        ]
        return bool(wanted)

    wait_until(arrived, "the e-mails", 90)
    for message in wanted:
        watched = Watched(new_context(), site)
        watched.show("/a-letter/", html_of(message))
        watched.visit("/a-letter/", strict=False)
        found = watched.page.evaluate(SCAN)
        assert found["handlers"] == found["scripts"] == []
        assert {urlsplit(link).scheme.lower() for link in map(_parsable, found["links"])} <= SAFE_SCHEMES


def test_the_pages_of_staff(new_context: NewContext, site: Site, planted: Mapping[str, object]) -> None:
    watched = Watched(new_context(), site)
    sign_in(watched.page, "moderator@example.org")
    for path in (
        "/en/moderation/",
        "/en/moderation/?kind=hidden",
        "/ar/moderation/?kind=appeals",
        f"/en/moderation/appeals/{planted['appeal']}/",
        "/en/moderation/decisions/",
        f"/en/moderation/people/{planted['author']}/",
        f"/en/comments/{planted['comments'][-2]}/",  # type: ignore[index]
    ):
        watched.visit(path)
    editor = Watched(new_context(), site)
    sign_in(editor.page, "editor@example.org")
    for path in admin_pages(editor.page, planted):
        editor.visit(path, strict=False)


def admin_pages(page: Page, planted: Mapping[str, object]) -> list[str]:
    """The newsroom's pages that show these words: list, editor, and the desk."""
    page.goto("/admin/desk/")
    editions = page.locator("a[href*='/desk/']").evaluate_all(
        "(links) => links.map((link) => link.getAttribute('href'))"
    )
    return [
        "/admin/pages/",
        f"/admin/pages/{planted['article']}/edit/",
        "/admin/desk/",
        "/admin/discussion/statistics/",
        f"/admin/discussion/statistics/{planted['thread']}/",
        "/admin/responses/",
        *sorted(set(editions))[:6],
    ]
