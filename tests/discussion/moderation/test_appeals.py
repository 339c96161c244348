"""A reason in one's own language, one appeal, another moderator."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dragoman.discussion import actions, errors
from dragoman.discussion.models import Act, Appeal, AppealOutcome, Comment, Decision
from dragoman.discussion.moderation import about
from dragoman.engines.fake import FakeEngine
from dragoman.people.models import User
from dragoman.translation.models import Document
from tests.discussion.conftest import Say, make_moderator

WORDS = "I only quoted what the mayor himself had said."


@pytest.fixture
def other(db: None) -> User:
    return make_moderator("Nora")


def hidden(comment: Comment, moderator: User) -> Decision:
    actions.hide(comment, moderator=moderator, ground="insult", reason="Please do not call names here.")
    return Decision.objects.get(act=Act.HIDE, comment=comment)


def test_the_author_reads_the_reason_in_another_language_and_appeals_without_script(
    client: Client,
    say: Say,
    ana: User,
    boris: User,
    moderator: User,
    fake_engine: FakeEngine,
    run_jobs: Callable[[], int],
) -> None:
    comment = say("Rude.")
    decision = hidden(comment, moderator)
    run_jobs()
    client.force_login(ana)
    for address in ("/pt/decisions/", f"/pt/comments/{comment.pk}/"):
        text = client.get(address).content.decode()
        assert "Insulta" in text or "insulta" in text  # the ground, from the catalogue
        assert 'lang="pt"' in text
        assert "Please do not call names here." in text  # the original stands beside it
        assert f"/pt/decisions/{decision.pk}/appeal/" in text
        assert moderator.display_name not in text
    form = f"/pt/decisions/{decision.pk}/appeal/"
    assert client.get(form).status_code == 200
    assert client.post(form, {"words": "  "}).status_code == 422
    assert client.post(form, {"words": WORDS}).status_code == 303
    assert client.post(form, {"words": WORDS}).status_code == 409
    client.force_login(boris)
    assert client.get(form).status_code == 403
    assert client.get(f"/pt/comments/{comment.pk}/").status_code == 410


def test_another_moderator_reads_it_and_takes_the_decision_back(
    client: Client,
    say: Say,
    ana: User,
    moderator: User,
    other: User,
    fake_engine: FakeEngine,
    run_jobs: Callable[[], int],
) -> None:
    comment = say("Rude.")
    made = actions.appeal(hidden(comment, moderator), author=ana, words=WORDS, language="en")
    run_jobs()
    address = f"/pt/moderation/appeals/{made.pk}/"
    client.force_login(other)
    text = client.get("/pt/moderation/?kind=appeals").content.decode()
    assert WORDS in text
    assert address in text
    assert "Rude." in client.get(address).content.decode()
    client.force_login(moderator)
    assert client.post(address, {"do": "uphold", "reason": "I was right."}).status_code == 403
    client.force_login(other)
    assert client.post(address, {"do": "uphold", "reason": ""}).status_code == 422
    assert client.post(address, {"do": "explode"}).status_code == 422
    assert client.post(address, {"do": "overturn", "reason": "It was a quotation."}).status_code == 303
    assert client.post(address, {"do": "overturn"}).status_code == 409
    comment.refresh_from_db()
    made.refresh_from_db()
    assert (comment.state, made.outcome) == ("live", AppealOutcome.OVERTURNED)
    assert Decision.objects.get(act=Act.OVERTURN).concerned == ana
    assert WORDS not in client.get("/pt/moderation/?kind=appeals").content.decode()


def test_upholding_changes_nothing_but_the_outcome(say: Say, ana: User, moderator: User, other: User) -> None:
    comment = say("Rude.")
    made = actions.appeal(hidden(comment, moderator), author=ana, words=WORDS, language="en")
    with pytest.raises(errors.ReasonMissing):
        actions.decide_appeal(made, moderator=other, overturn=False)
    with pytest.raises(errors.NotPermitted):
        actions.decide_appeal(made, moderator=ana, overturn=True)
    actions.decide_appeal(made, moderator=other, overturn=False, reason="It was rude.")
    comment.refresh_from_db()
    made.refresh_from_db()
    assert (comment.state, made.outcome) == ("hidden", AppealOutcome.UPHELD)


def test_a_suspension_and_a_ban_are_taken_back_while_they_hold(
    say: Say, ana: User, moderator: User, other: User
) -> None:
    comment = say("One.")
    actions.ban(ana, moderator=moderator, reason="Spam.", hide_comments=True)
    made = actions.appeal(Decision.objects.get(act=Act.BAN), author=ana, words=WORDS, language="en")
    actions.decide_appeal(made, moderator=other, overturn=True)
    ana.refresh_from_db()
    comment.refresh_from_db()
    assert (ana.is_suspended, comment.state) == (False, "live")
    actions.suspend_account(
        ana, moderator=moderator, reason="Again.", until=timezone.now() + timedelta(days=1)
    )
    first = Decision.objects.filter(act=Act.SUSPEND).latest("pk")
    actions.ban(ana, moderator=moderator, reason="And again.")
    made = actions.appeal(first, author=ana, words=WORDS, language="en")
    actions.decide_appeal(made, moderator=other, overturn=True)
    ana.refresh_from_db()
    assert ana.is_suspended  # the ban that came later holds


def test_what_nobody_appeals_against(say: Say, ana: User, moderator: User, settings: object) -> None:
    comment = say("One.")
    actions.feature(comment, moderator=moderator)
    with pytest.raises(errors.AppealClosed):
        actions.appeal(Decision.objects.get(), author=ana, words=WORDS, language="en")
    decision = hidden(comment, moderator)
    with pytest.raises(errors.NotPermitted):
        actions.appeal(decision, author=moderator, words=WORDS, language="en")
    Decision.objects.filter(pk=decision.pk).update(created_at=timezone.now() - timedelta(days=8))
    settings.DISCUSSION_APPEAL_DAYS = 7  # type: ignore[attr-defined]
    decision.refresh_from_db()
    with pytest.raises(errors.AppealClosed):
        actions.appeal(decision, author=ana, words=WORDS, language="en")
    assert not Appeal.objects.exists()


def test_an_erased_account_s_appeals_and_reasons_are_nowhere(say: Say, ana: User, moderator: User) -> None:
    actions.appeal(hidden(say("Rude."), moderator), author=ana, words=WORDS, language="en")
    actions.write_note(ana, moderator=moderator, text="Knows the mayor.")
    actions.erase_person(ana)
    assert not Document.objects.filter(kind__in=["appeal", "decision"]).exists()
    assert not Appeal.objects.exists()
    assert not ana.moderation_notes.exists()
    assert [(each.reason, each.detail) for each in Decision.objects.filter(act=Act.HIDE)] == [("", "")]


def test_open_appeals_are_paged_the_longest_waiting_first(
    say: Say, ana: User, moderator: User, other: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DISCUSSION_COMMENTS_PER_MINUTE = 100
    monkeypatch.setattr(about, "APPEALS_ON_PAGE", 2)
    appeals = [
        actions.appeal(
            hidden(say(f"Number {number}."), moderator), author=ana, words=f"Appeal {number}", language="en"
        )
        for number in range(5)
    ]
    client = Client()
    client.force_login(other)

    def page(address: str) -> tuple[list[int], str]:
        text = client.get(f"/en/moderation/{address}").content.decode()
        further = re.search(r'rel="next" href="([^"]+)"', text)
        found = [int(each) for each in re.findall(r"/moderation/appeals/(\d+)/", text)]
        return found, unescape(further[1]) if further else ""

    first, address = page("?kind=appeals")
    second, beyond = page(address)
    # The place stays when what it is named by is decided meanwhile.
    actions.decide_appeal(appeals[1], moderator=other, overturn=False, reason="It was rude.")
    assert page(address) == (second, beyond)
    third, end = page(beyond)
    assert first + second + third == [each.pk for each in appeals]
    assert end == ""
