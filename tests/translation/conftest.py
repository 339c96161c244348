"""Documents as the tests of the translation core write them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission

from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import Block, plain
from dragoman.translation.actions import create_document
from dragoman.translation.models import Document, Edition, Scope
from dragoman.translation.queries import readings
from dragoman.translation.readings import Reading

Write = Callable[..., Document]


@pytest.fixture
def write(db: None) -> Write:
    """Write a text of paragraphs: `write("One. Two.", "Three.", scope=…)`."""

    def written(
        *paragraphs: str, language: str = "en", scope: str = Scope.NEWSROOM, **rest: object
    ) -> Document:
        kind = "article" if scope == Scope.NEWSROOM else "comment"
        return create_document(
            kind=kind, scope=scope, language=language, fields={"body": body(*paragraphs)}, **rest
        )

    return written


def body(*paragraphs: str) -> tuple[Block, ...]:
    return tuple(plain(paragraph) for paragraph in paragraphs)


def read(document: Document, language: str = "pt", **wishes: object) -> Reading:
    return readings([document.pk], View(language, **wishes))[document.pk]  # type: ignore[arg-type]


def edition(document: Document, language: str = "pt") -> Edition:
    document.refresh_from_db()
    return Edition.objects.get(document=document, revision=document.current_id, language=language)


@pytest.fixture
def reviewer(db: None) -> User:
    person = User.objects.create_user("desk@example.org", display_name="Desk")
    person.user_permissions.add(Permission.objects.get(codename="review_editions"))
    return User.objects.get(pk=person.pk)
