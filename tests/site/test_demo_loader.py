"""The demo publication: loaded through the actions, twice without harm, fit to be read."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.db import transaction
from pytest_django import DjangoDbBlocker
from wagtail.images import get_image_model

from dragoman.discussion.models import Comment, Quotation, QuotedPart, Thread
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.people.models import User
from dragoman.site.demo.loader import FOLDER, Account, load
from dragoman.translation.models import Document, Memory, Revision

COMMENTS = json.loads((FOLDER / "comments.json").read_text(encoding="utf-8"))
ENTRIES = {entry["key"]: entry for entry in COMMENTS}


@pytest.fixture(scope="module")
def accounts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Account]]:
    """The demo, loaded once for this module; what the tests below do to it ends with them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]


def entry_of(comment: Comment) -> dict[str, object]:
    entry: dict[str, object] = ENTRIES[str(comment.external_id).removeprefix("demo:")]
    return entry


def test_every_article_is_published_with_its_thread() -> None:
    files = list((FOLDER / "articles").glob("*.json"))
    assert ArticlePage.objects.filter(live=True).count() == len(files) >= 4
    assert Thread.objects.count() == len(files)
    assert ArticlePage.objects.values("source_language").distinct().count() >= 3


def test_every_comment_has_its_score() -> None:
    assert len(ENTRIES) >= 40
    for comment in Comment.objects.all():
        assert comment.score == entry_of(comment)["score"]


def test_scores_come_partly_from_votes_and_nobody_votes_for_themself() -> None:
    for comment in Comment.objects.prefetch_related("votes"):
        votes = list(comment.votes.all())
        assert comment.score == comment.baseline + sum(vote.value for vote in votes)
        assert bool(votes) == bool(comment.score)
        assert comment.author_id not in [vote.voter_id for vote in votes]


def test_replies_hang_where_they_belong() -> None:
    for comment in Comment.objects.select_related("parent"):
        parent = entry_of(comment)["parent"]
        expected = f"demo:{parent}" if parent else None
        assert (comment.parent.external_id if comment.parent else None) == expected


def test_quotations_are_references_to_what_they_say() -> None:
    expected = Counter(
        (quote["field"], quote["block"], quote["first"], quote["last"])
        for entry in COMMENTS
        for quote in entry["quotes"]
    )
    assert Counter(Quotation.objects.values_list("field", "block", "first", "last")) == expected
    assert set(Quotation.objects.values_list("part", flat=True)) == {QuotedPart.WHOLE}


def test_counts() -> None:
    assert sum(Thread.objects.values_list("comment_count", flat=True)) == len(ENTRIES)


def test_one_can_sign_in_with_what_is_printed(accounts: list[Account]) -> None:
    for account in accounts:
        assert authenticate(email=account["email"], password=account["password"]) is not None
        assert EmailAddress.objects.get(email=account["email"]).verified
    assert User.objects.filter(is_superuser=True).count() == 1


def test_loading_again_changes_nothing(accounts: list[Account]) -> None:
    def state() -> list[object]:
        models = (User, ArticlePage, SectionPage, Document, Revision, Thread, Comment, Quotation, Memory)
        return [
            *(model.objects.count() for model in models),
            get_image_model().objects.count(),
            list(Comment.objects.order_by("pk").values_list("pk", "score", "created_at")),
            list(ArticlePage.objects.order_by("pk").values_list("pk", "published_at", "latest_revision")),
        ]

    before = state()
    assert load() == accounts
    assert state() == before
