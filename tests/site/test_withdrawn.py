"""What was withdrawn is nowhere: every address of the site is asked, in several languages, by everybody.

The addresses come from the URL configuration: a new one is asked as soon as it is there, and one with a part that is
unknown here fails until somebody says what to fill in.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone, translation
from pytest_django import Settings

from dragoman.discussion import actions
from dragoman.discussion.actions.posting import Draft
from dragoman.discussion.models import Comment, Mail, Notification, ReportReason, Thread
from dragoman.discussion.notifications import actions as notifications
from dragoman.discussion.notifications import mailing
from dragoman.discussion.queries import comment_counts
from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.newsroom.models import ArticlePage
from dragoman.people import exports
from dragoman.people.models import User
from dragoman.text.markdown import reference_markdown
from dragoman.translation.models import Edition, Segment
from dragoman.translation.queries import readings
from tests.discussion.conftest import make_moderator, make_person
from tests.newsroom import stories

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
LANGUAGES = ("en", "pt")
SAID, STORY = "Zephyrine", "Quagmirelle"  # the fake engine lengthens words and keeps how they begin
COMMENT = f"The ferryman {SAID} has seen it."
NOT_ASKED = {
    "account_logout": "Asking it may sign out.",
    "wagtail_serve": "Every page has a route of its own before it.",
    "wagtaildocs_serve": "Files, not texts.",
    "account_reset_password_from_key": "Nothing but a form for a password.",
}
QUERIES = {
    "quote": "?document={document_id}&field=body&block=0&start=0&end=90",
    "reply": "?quote=comment",
    "me": "?thread={thread_id}",
    "moderation": "?kind=reported",
    "comment_counts": "?ids={page_id}",
}
OWN_DRAFT = re.compile(r'<input type="hidden" name="source" value="[^"]*">')
"""What somebody has typed comes back to them from a preview, for a quarter of an hour."""
OF_MODERATORS = re.compile(r"/moderation/|/admin/discussion/|/comments/\d+/$")
OF_THE_AUTHOR = re.compile(r"/comments/\d+/(edit/)?$|/decisions/|/notifications/|/account/data/")


@dataclass
class World:
    """Two stories, two people who talk, and everything that leads to their words."""

    story: ArticlePage
    other: ArticlePage
    comment: Comment
    quoting: Comment
    ana: User
    boris: User
    moderator: User
    chief: User
    parts: Mapping[str, list[object]]

    def people(self) -> dict[str, User | None]:
        return {
            "nobody": None,
            "reader": self.boris,
            "author": self.ana,
            "moderator": self.moderator,
            "chief": self.chief,
        }


@pytest.fixture
def world(fake_engine: FakeEngine, run_jobs: RunJobs, settings: Settings) -> World:
    cache.clear()
    settings.DISCUSSION_COMMENTS_PER_MINUTE = 100
    ana, boris = make_person("Ana"), make_person("Boris")
    story = stories.article(
        "secret",
        headline=f"{STORY} comes home",
        standfirst=f"The harbour knew {STORY}.",
        body=[("paragraph", f"<p>Everybody waited for {STORY} at the pier.</p>")],
    )
    other = stories.article("other", headline="Something else entirely")
    run_jobs()
    thread, elsewhere = (Thread.objects.get(document=each.document_id) for each in (story, other))
    notifications.follow(thread, person=boris)
    comment = actions.post(thread, author=ana, draft=Draft(COMMENT, "en", View("en")))
    run_jobs()
    comment.refresh_from_db()
    of_comment = reference_markdown(COMMENT, f"{comment.document_id}.1.body.0.0-0")
    of_story = reference_markdown("", f"{story.document_id}.1.body.0.0-0")
    source = f"{of_comment}\n\nSo they say.\n\n{of_story}\n\nSo it was."
    quoting = actions.post(elsewhere, author=boris, draft=Draft(source, "en", View("en")))
    actions.reply(comment, author=boris, draft=Draft("Who else was there?", "en", View("en")))
    preview = actions.preview(
        elsewhere, author=boris, draft=Draft(source, "en", View("en")), target_language="pt"
    )
    actions.report(comment, reporter=boris, reason=ReportReason.SPAM, language="en")
    run_jobs()
    told = Notification.objects.filter(recipient=boris)
    assert told.exists()
    documents = [comment.document_id, story.document_id]
    editions = Edition.objects.filter(document__in=documents, language="pt")
    parts: dict[str, list[object]] = {
        "thread_id": [thread.pk, elsewhere.pk],
        "comment_id": [comment.pk, quoting.pk],
        "person_id": [ana.pk],
        "document_id": documents,
        "edition_id": list(editions.values_list("pk", flat=True)),
        "segment_id": list(
            Segment.objects.filter(revision__document__in=documents).values_list("pk", flat=True)[:2]
        ),
        "notification_id": list(told.values_list("pk", flat=True)),
        "page_id": [story.pk],
        "section": ["coast"],
        "reference": [f"{each.pk}-x" for each in (story, other)],
        "report_id": [1],
        "key": [preview.key],
        "act": ["hide", "lock"],
        "kind": ["csv"],
        "token": ["none"],
        **{name: [1] for name in ("pk", "decision_id", "appeal_id", "note_id", "term_id", "target_id")},
        **{name: [1] for name in ("restriction_id", "page_view_restriction_id")},
    }
    chief = stories.editor()
    return World(story, other, comment, quoting, ana, boris, make_moderator("Mona"), chief, parts)


def routes() -> Iterator[tuple[str, str]]:
    """(name, route) of every address of ours, and of the packages that stand before readers."""

    def within(patterns: list[URLPattern | URLResolver], start: str) -> Iterator[tuple[str, str]]:
        for each in patterns:
            route = f"{start}{each.pattern}"
            if isinstance(each, URLResolver):
                yield from within(each.url_patterns, route)
            elif not route.startswith("admin/") or is_ours(each):
                yield str(each.name), route

    yield from within(get_resolver().url_patterns, "")


def is_ours(pattern: URLPattern) -> bool:
    view = pattern.callback
    modules = {getattr(getattr(view, "view_class", view), "__module__", "")}
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
        modules.add(view.__module__)
    return any(module.startswith("dragoman.") for module in modules)


def addresses(world: World) -> Iterator[str]:
    """Every address, its parts filled in by everything that may stand there."""
    with translation.override("en"):
        found = list(routes())
    assert len(found) > 90
    assert NOT_ASKED.keys() <= {name for name, _ in found}
    for name, route in found:
        if name in NOT_ASKED:
            continue
        assert not set(route) & set("^$()"), f"{name}: what stands at {route}?"
        parts = re.findall(r"<(?:\w+:)?(\w+)>", route)
        for values in product(*(world.parts[part] for part in parts)):
            filled = dict(zip(parts, values, strict=True))
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(filled[found[1]]), route)  # noqa: B023
            one = {part: values[0] for part, values in world.parts.items()} | filled
            query = QUERIES.get(name, "").format(**one)
            for language in LANGUAGES if path.startswith("en/") else ("",):
                yield f"/{re.sub('^en/', f'{language}/', path) if language else path}{query}"


def showing(world: World, words: str) -> set[tuple[str, str]]:
    """(who, address) of every answer that holds the words, in whatever language, or a name of a file that does."""
    found = set[tuple[str, str]]()
    everywhere = list(addresses(world))
    for name, person in world.people().items():
        client = Client()
        if person is not None:
            client.force_login(person)
        for address in everywhere:
            if ("/admin/" in address) != (name in ("chief", "moderator") and "/admin/" in address):
                continue  # nobody else comes in there
            if name == "chief" and "/admin/" not in address:
                continue
            answer = client.get(
                address, follow=address.endswith("-x/")
            )  # to the address with the right words
            assert answer.status_code < 500, address
            content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
            text = OWN_DRAFT.sub("", content.decode("utf-8", "replace"))
            if words.lower() in text.lower():
                found.add((name, address))
    return found


def without_language(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(who, re.sub(r"^/(en|pt)/", "/", address).partition("?")[0]) for who, address in found}


def letters(run_jobs: RunJobs) -> str:
    """All e-mails that leave from now on."""
    mail.outbox.clear()
    run_jobs()
    later = timezone.now() + timedelta(days=1, hours=1)
    mailing.gather(later)
    for each in Mail.objects.all():
        mailing.send(each.pk, later)
    return "".join(str(message.message()) for message in mail.outbox)


def copy_of(person: User) -> str:
    return json.dumps(exports.gathered(person), default=str)


def hide(world: World) -> None:
    actions.hide(world.comment, moderator=world.moderator, reason="Off the subject.")


def hold(world: World) -> None:
    """As many readers report it as the rules of the house say."""
    for number in range(4):
        reporter = make_person(f"Reporter{number}")
        actions.report(world.comment, reporter=reporter, reason=ReportReason.SPAM, language="en")


def remove(world: World) -> None:
    actions.remove(world.comment, moderator=world.moderator, reason="Off the subject.")


def delete(world: World) -> None:
    actions.delete(world.comment, author=world.ana)


def test_it_was_everywhere(world: World, run_jobs: RunJobs) -> None:
    """Otherwise the others would prove nothing."""
    assert SAID in letters(run_jobs)  # before anybody looks: what was read on the site is not sent
    comment, quoting, thread = world.comment.pk, world.quoting.pk, world.comment.thread_id
    found = without_language(showing(world, SAID))
    for address in (
        f"/coast/{world.story.pk}-x/",
        f"/threads/{thread}/fragment/",
        f"/comments/{comment}/fragment/",
        f"/comments/{quoting}/fragment/",
        f"/people/{world.ana.pk}/comments/",
        "/quote/",
    ):
        assert ("nobody", address) in found, address
    for who, address in (
        ("reader", f"/comments/{comment}/reply/"),
        ("reader", f"/previews/{world.parts['key'][0]}/"),
        ("reader", "/notifications/"),
        ("author", f"/comments/{comment}/"),
        ("moderator", "/moderation/"),
    ):
        assert (who, address) in found, (who, address)
    assert any(who == "chief" and "/admin/desk/" in address for who, address in found)


@pytest.mark.parametrize("withdraw", [hide, hold, remove, delete])
def test_a_withdrawn_comment_is_nowhere(
    world: World, run_jobs: RunJobs, withdraw: Callable[[World], None]
) -> None:
    document = world.comment.document_id
    counted = comment_counts([world.story.document_id])[world.story.document_id]  # type: ignore[list-item, index]
    withdraw(world)
    assert SAID not in letters(run_jobs)
    found = without_language(showing(world, SAID))
    if withdraw in (hide, hold):
        # Moderators look at what they hid, and its author reads what was said about it: nobody else, and nowhere else.
        found = {
            (who, address)
            for who, address in found
            if not (who in ("moderator", "chief") and OF_MODERATORS.search(address))
            and not (who == "author" and OF_THE_AUTHOR.search(address))
        }
    assert found == set()
    assert SAID not in copy_of(world.boris)
    assert (SAID in copy_of(world.ana)) == (withdraw in (hide, hold))
    assert comment_counts([world.story.document_id])[world.story.document_id] == counted - 1  # type: ignore[list-item, index]
    for language in LANGUAGES:
        reading = readings([document], View(language)).get(document) if document else None  # type: ignore[list-item]
        assert reading is None or reading.is_withdrawn
        page = Client().get(f"/{language}/comments/{world.quoting.pk}/fragment/").content.decode()
        assert "notice" in page  # the quotation says that it is no longer there
        assert page.count("<blockquote") == 1  # that of the story stays


def unpublish(world: World) -> None:
    world.story.unpublish()


def delete_page(world: World) -> None:
    world.story.delete()


@pytest.mark.parametrize("withdraw", [unpublish, delete_page])
def test_a_withdrawn_story_and_its_discussion_are_nowhere(
    world: World, run_jobs: RunJobs, withdraw: Callable[[World], None]
) -> None:
    withdraw(world)
    sent = letters(run_jobs)
    for words in (STORY, SAID):
        assert words not in sent
        found = without_language(showing(world, words))
        if (
            withdraw is unpublish
        ):  # the newsroom works on what it withdrew; so do moderators, and authors know their own
            found = {
                (who, address)
                for who, address in found
                if "/admin/" not in address
                and not (who in ("moderator", "chief") and OF_MODERATORS.search(address))
                and not (who == "author" and OF_THE_AUTHOR.search(address))
            }
        assert found == set(), words
        assert words not in copy_of(world.boris)
    answer = Client().get(f"/pt/coast/{world.story.pk}/")
    assert answer.status_code == (410 if withdraw is unpublish else 404)
    assert STORY.lower() not in answer.content.decode().lower()
    counts = Client().get(f"/api/comment-counts?ids={world.story.pk},{world.other.pk}").json()
    assert counts["counts"] == {str(world.story.pk): None, str(world.other.pk): 1}
    for language in LANGUAGES:
        page = Client().get(f"/{language}/comments/{world.quoting.pk}/fragment/").content.decode()
        assert page.count('class="notice"') == 2  # both quotations say that it is no longer there
        assert "<blockquote" not in page
