"""A story with its discussion, people who talk, and an address for the story."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.contrib.auth.models import Group, Permission

from dragoman.discussion import actions
from dragoman.discussion.actions.posting import Draft
from dragoman.discussion.models import Comment, Thread
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.translation.actions import create_document
from dragoman.translation.models import Document, Scope

PARAGRAPHS = (
    "The river rose by two metres. Nobody was hurt.",
    "The bridge is closed. It will open again in May.",
)
Say = Callable[..., Comment]


@pytest.fixture(autouse=True)
def story_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories of these tests are documents without a page."""
    monkeypatch.setitem(
        addresses._builders,
        "document:article",
        lambda *, language, document: f"/{language}/city/{document}/",
    )


def make_story(headline: str = "High water", paragraphs: tuple[str, ...] = PARAGRAPHS) -> Document:
    fields = {"headline": (plain(headline),), "body": tuple(plain(text) for text in paragraphs)}
    return create_document(kind="article", scope=Scope.NEWSROOM, language="en", fields=fields)


def make_person(name: str, **fields: object) -> User:
    return User.objects.create_user(
        f"{name.lower()}@example.org", "s3cret-words", display_name=name, **fields
    )


def make_moderator(name: str) -> User:
    person = make_person(name)
    person.user_permissions.add(
        Permission.objects.get(codename="moderate"), Permission.objects.get(codename="suspend_user")
    )
    return User.objects.get(pk=person.pk)


def draft(source: str, language: str = "en", submission: UUID | None = None) -> Draft:
    return Draft(source, language, View(language), submission)


@pytest.fixture
def story(db: None) -> Document:
    return make_story()


@pytest.fixture
def thread(story: Document) -> Thread:
    return Thread.objects.get(document=story)


@pytest.fixture
def ana(db: None) -> User:
    return make_person("Ana")


@pytest.fixture
def boris(db: None) -> User:
    return make_person("Boris")


@pytest.fixture
def moderator(db: None) -> User:
    return make_moderator("Mona")


@pytest.fixture
def moderators(db: None) -> Group:
    return Group.objects.get(name="Discussion moderators")


@pytest.fixture
def say(thread: Thread, ana: User) -> Say:
    """Post a comment: `say("Well.", author=boris, under=comment, language="pt")`."""

    def said(
        source: str, *, author: User | None = None, under: Comment | None = None, language: str = "en"
    ) -> Comment:
        wanted = draft(source, language)
        if under is not None:
            return actions.reply(under, author=author or ana, draft=wanted)
        return actions.post(thread, author=author or ana, draft=wanted)

    return said
