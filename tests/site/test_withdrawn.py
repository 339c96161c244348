"""What was withdrawn is nowhere: every address of the site is asked, in several languages, by everybody.

The addresses come from the URL configuration: a new one is asked as soon as it is there, and one with a part that is
unknown here fails until somebody says what to fill in.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

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
Found = set[tuple[str, str]]
LANGUAGES = ("en", "pt")
SAID, STORY = "Zephyrine", "Quagmirelle"  # the fake engine lengthens words and keeps how they begin
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
class Said:
    """A comment under the one story, and one under the other that quotes it."""

    comment: Comment
    quoting: Comment


@dataclass
class World:
    """Two stories, two people who talk, and everything that leads to their words."""

    story: ArticlePage
    other: ArticlePage
    ana: User
    boris: User
    moderator: User
    chief: User
    parts: dict[str, list[Any]]

    def say(self, word: str) -> Said:
        """Ana says it; Boris quotes, answers and reports it, and looks at how that will read."""
        thread, elsewhere = (
            Thread.objects.get(document=each.document_id) for each in (self.story, self.other)
        )
        words = f"The ferryman {word} has seen it."
        comment = actions.post(thread, author=self.ana, draft=Draft(words, "en", View("en")))
        of_comment = reference_markdown(words, f"{comment.document_id}.1.body.0.0-0")
        of_story = reference_markdown("", f"{self.story.document_id}.1.body.0.0-0")
        number = len(self.parts["key"])  # nobody says the same twice
        source = f"{of_comment}\n\nSo they say, {number}.\n\n{of_story}\n\nSo it was."
        draft = Draft(source, "en", View("en"))
        quoting = actions.post(elsewhere, author=self.boris, draft=draft)
        answer = Draft(f"Who else was there, {number}?", "en", View("en"))
        actions.reply(comment, author=self.boris, draft=answer)
        preview = actions.preview(elsewhere, author=self.boris, draft=draft, target_language="pt")
        actions.report(comment, reporter=self.boris, reason=ReportReason.SPAM, language="en")
        self.parts["comment_id"] += [comment.pk, quoting.pk]
        self.parts["document_id"].append(comment.document_id)
        self.parts["key"].append(preview.key)
        return Said(comment, quoting)

    def everything_is_made(self, run_jobs: RunJobs) -> None:
        """Editions, their segments, and what people were told."""
        run_jobs()
        documents = self.parts["document_id"]
        editions = Edition.objects.filter(document__in=documents, language="pt")
        segments = Segment.objects.filter(revision__document__in=documents).order_by("revision", "pk")
        told = Notification.objects.filter(recipient=self.boris)
        assert told.exists()
        self.parts["edition_id"] = list(editions.values_list("pk", flat=True))
        self.parts["segment_id"] = list(segments.values_list("pk", flat=True)[:2])
        self.parts["notification_id"] = list(told.values_list("pk", flat=True))

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
    threads = [Thread.objects.get(document=each.document_id) for each in (story, other)]
    notifications.follow(threads[0], person=boris)
    parts: dict[str, list[Any]] = {
        "thread_id": [each.pk for each in threads],
        "person_id": [ana.pk],
        "document_id": [story.document_id],
        "page_id": [story.pk],
        "section": ["coast"],
        "reference": [f"{each.pk}-x" for each in (story, other)],
        "report_id": [1],
        "act": ["hide", "lock"],
        "kind": ["csv"],
        "token": ["none"],
        **{name: [1] for name in ("pk", "decision_id", "appeal_id", "note_id", "term_id", "target_id")},
        **{name: [1] for name in ("restriction_id", "page_view_restriction_id")},
        "comment_id": [],
        "key": [],
    }
    return World(story, other, ana, boris, make_moderator("Mona"), stories.editor(), parts)


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
        query = QUERIES.get(name, "")
        parts = dict.fromkeys([*re.findall(r"<(?:\w+:)?(\w+)>", route), *re.findall(r"{(\w+)}", query)])
        for values in product(*(world.parts[part] for part in parts)):
            filled = dict(zip(parts, values, strict=True))
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(filled[found[1]]), route)  # noqa: B023
            for language in LANGUAGES if path.startswith("en/") else ("",):
                yield f"/{re.sub('^en/', f'{language}/', path) if language else path}{query.format(**filled)}"


def showing(world: World, *words: str) -> dict[str, Found]:
    """(who, address) of every answer that holds each of these, in whatever language, or a name of a file that does."""
    found: dict[str, Found] = {word: set() for word in words}
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
            text = OWN_DRAFT.sub("", content.decode("utf-8", "replace")).lower()
            for word, places in found.items():
                if word.lower() in text:
                    places.add((name, re.sub(r"^/(en|pt)/", "/", address).partition("?")[0]))
    return found


def but_for_moderators_and_author(found: Found) -> Found:
    """Moderators look at what they hid, and its author reads what was said about it: nobody else, nowhere else."""
    return {
        (who, address)
        for who, address in found
        if not (who in ("moderator", "chief") and OF_MODERATORS.search(address))
        and not (who == "author" and OF_THE_AUTHOR.search(address))
    }


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


def hide(world: World, comment: Comment) -> None:
    actions.hide(comment, moderator=world.moderator, reason="Off the subject.")


def hold(world: World, comment: Comment) -> None:
    """As many readers report it as the rules of the house say."""
    for number in range(4):
        reporter = make_person(f"Reporter{number}")
        actions.report(comment, reporter=reporter, reason=ReportReason.SPAM, language="en")


def remove(world: World, comment: Comment) -> None:
    actions.remove(comment, moderator=world.moderator, reason="Off the subject.")


def delete(world: World, comment: Comment) -> None:
    actions.delete(comment, author=world.ana)


WITHDRAWING = {"Zephyrine": hide, "Ysolde": hold, "Xanthippe": remove, "Wulfhilde": delete}


def test_it_was_everywhere(world: World, run_jobs: RunJobs) -> None:
    """Otherwise the others would prove nothing."""
    said = world.say(SAID)
    world.everything_is_made(run_jobs)
    assert SAID in letters(run_jobs)  # before anybody looks: what was read on the site is not sent
    comment, quoting, thread = said.comment.pk, said.quoting.pk, said.comment.thread_id
    found = showing(world, SAID)[SAID]
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


def test_withdrawn_comments_are_nowhere(world: World, run_jobs: RunJobs) -> None:
    """Each withdrawn in its own way."""
    said = {word: world.say(word) for word in WITHDRAWING}
    world.everything_is_made(run_jobs)
    story = world.story.document_id
    assert story is not None
    counted = comment_counts([story])[story]
    documents = {word: each.comment.document_id for word, each in said.items()}
    for word, withdraw in WITHDRAWING.items():
        withdraw(world, said[word].comment)
    sent = letters(run_jobs)
    found = showing(world, *WITHDRAWING)
    copies = {person.pk: copy_of(person) for person in (world.ana, world.boris)}
    for word, withdraw in WITHDRAWING.items():
        is_kept = withdraw in (hide, hold)
        assert word not in sent
        assert (but_for_moderators_and_author(found[word]) if is_kept else found[word]) == set(), word
        assert word not in copies[world.boris.pk]
        assert (word in copies[world.ana.pk]) == is_kept
        document = documents[word]
        assert document is not None
        for language in LANGUAGES:
            reading = readings([document], View(language)).get(document)
            assert reading is None or reading.is_withdrawn
            page = Client().get(f"/{language}/comments/{said[word].quoting.pk}/fragment/").content.decode()
            assert "notice" in page  # the quotation says that it is no longer there
            assert page.count("<blockquote") == 1  # that of the story stays
    assert comment_counts([story])[story] == counted - len(WITHDRAWING)


def unpublish(world: World) -> None:
    world.story.unpublish()


def delete_page(world: World) -> None:
    world.story.delete()


@pytest.mark.parametrize("withdraw", [unpublish, delete_page])
def test_a_withdrawn_story_and_its_discussion_are_nowhere(
    world: World, run_jobs: RunJobs, withdraw: Callable[[World], None]
) -> None:
    said = world.say(SAID)
    world.everything_is_made(run_jobs)
    withdraw(world)
    sent = letters(run_jobs)
    for words, found in showing(world, STORY, SAID).items():
        assert words not in sent
        if withdraw is unpublish:  # the newsroom works on what it withdrew
            found = {each for each in but_for_moderators_and_author(found) if "/admin/" not in each[1]}
        assert found == set(), words
        assert words not in copy_of(world.boris)
    answer = Client().get(f"/pt/coast/{world.story.pk}/")
    assert answer.status_code == (410 if withdraw is unpublish else 404)
    assert STORY.lower() not in answer.content.decode().lower()
    counts = Client().get(f"/api/comment-counts?ids={world.story.pk},{world.other.pk}").json()
    assert counts["counts"] == {str(world.story.pk): None, str(world.other.pk): 1}
    for language in LANGUAGES:
        page = Client().get(f"/{language}/comments/{said.quoting.pk}/fragment/").content.decode()
        assert page.count('class="notice"') == 2  # both quotations say that it is no longer there
        assert "<blockquote" not in page
