"""The demo publication: loaded through the actions, twice without harm, fit to be read."""

import json
from collections import Counter

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from wagtail.images import get_image_model

from dragoman.discussion.models import Comment, Quotation, QuotedPart, Thread
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.people.models import User
from dragoman.site.demo.loader import FOLDER, load
from dragoman.translation.models import Document, Memory, Revision

pytestmark = pytest.mark.django_db
ENTRIES = {
    entry["key"]: entry for entry in json.loads((FOLDER / "comments.json").read_text(encoding="utf-8"))
}


@pytest.fixture
def loaded(db: None) -> None:
    load()


def test_loading_twice_changes_nothing() -> None:
    def state() -> list[object]:
        models = (User, ArticlePage, SectionPage, Document, Revision, Thread, Comment, Quotation, Memory)
        counts: list[object] = [model.objects.count() for model in models]
        counts.append(get_image_model().objects.count())
        counts.append(list(Comment.objects.order_by("pk").values_list("pk", "score", "created_at")))
        counts.append(
            list(ArticlePage.objects.order_by("pk").values_list("pk", "published_at", "latest_revision"))
        )
        return counts

    accounts = load()
    before = state()
    assert load() == accounts
    assert state() == before


@pytest.mark.usefixtures("loaded")
class TestLoaded:
    def test_every_article_is_published_with_its_thread(self) -> None:
        files = list((FOLDER / "articles").glob("*.json"))
        assert ArticlePage.objects.filter(live=True).count() == len(files) >= 4
        assert Thread.objects.count() == len(files)
        assert ArticlePage.objects.values("source_language").distinct().count() >= 3

    def test_every_comment_has_its_score(self) -> None:
        assert len(ENTRIES) >= 40
        for comment in Comment.objects.all():
            assert comment.score == ENTRIES[str(comment.external_id).removeprefix("demo:")]["score"]

    def test_scores_come_partly_from_votes_and_nobody_votes_for_themself(self) -> None:
        for comment in Comment.objects.prefetch_related("votes"):
            values = [vote.value for vote in comment.votes.all()]
            assert comment.score == comment.baseline + sum(values)
            assert comment.author_id not in [vote.voter_id for vote in comment.votes.all()]

    def test_replies_hang_where_they_belong(self) -> None:
        for comment in Comment.objects.select_related("parent"):
            parent = ENTRIES[str(comment.external_id).removeprefix("demo:")]["parent"]
            assert (comment.parent.external_id if comment.parent else None) == (
                f"demo:{parent}" if parent else None
            )

    def test_quotations_are_references_to_what_they_say(self) -> None:
        expected = Counter(
            (quote["field"], quote["block"], quote["first"], quote["last"])
            for entry in ENTRIES.values()
            for quote in entry["quotes"]
        )
        found = Counter(Quotation.objects.values_list("field", "block", "first", "last"))
        assert found == expected
        assert set(Quotation.objects.values_list("part", flat=True)) == {QuotedPart.WHOLE}

    def test_counts(self) -> None:
        assert sum(Thread.objects.values_list("comment_count", flat=True)) == len(ENTRIES)


def test_one_can_sign_in_with_what_is_printed() -> None:
    for account in load():
        assert authenticate(email=account["email"], password=account["password"]) is not None
        assert EmailAddress.objects.get(email=account["email"]).verified
    assert User.objects.filter(is_superuser=True).count() == 1
