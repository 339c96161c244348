"""Mentions: a name behind an "@" is a reference to a person, never translated, harmless whatever the name holds."""

from collections.abc import Callable

import pytest

from dragoman.discussion import actions
from dragoman.discussion.drafting import own_source, quoted_markdown, whole_comment
from dragoman.discussion.mentions import MENTIONED_AT_MOST
from dragoman.discussion.models import Comment, Mention, Notification
from dragoman.discussion.queries import comment_reading
from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.translation.queries import source_blocks

from .conftest import Say, make_person


def stored(comment: Comment) -> str:
    fresh = Comment.objects.select_related("document").get(pk=comment.pk)
    assert fresh.document is not None
    return "\n".join(block.text for block in source_blocks(fresh.document)["body"])


def shown(comment: Comment, language: str = "en") -> str:
    reading = comment_reading(comment.pk, View(language))
    assert reading is not None
    return "".join(part.markup for part in reading.parts)


@pytest.fixture
def maud(db: None) -> User:
    person = make_person("Maud")
    User.objects.filter(pk=person.pk).update(display_name="Maud Ferriby")
    return User.objects.get(pk=person.pk)


def test_a_participant_s_name_becomes_a_reference_and_is_told(
    say: Say, ana: User, boris: User, maud: User
) -> None:
    say("The pier is old.", author=maud)
    comment = say("I agree with @maud ferriby, and with @Nobody.", author=boris)
    assert stored(comment) == f"I agree with @p{maud.pk}, and with @Nobody."
    assert f'href="/en/people/{maud.pk}/"' in shown(comment)
    assert ">@Maud Ferriby</a>, and with @Nobody." in shown(comment)
    told = Notification.objects.filter(recipient=maud, kind="mention")
    assert [row.comment_id for row in told] == [comment.pk]
    assert not Notification.objects.filter(recipient=ana).exists()


def test_a_name_is_never_translated_and_follows_its_person(
    say: Say, boris: User, maud: User, fake_engine: FakeEngine, run_jobs: Callable[[], int]
) -> None:
    say("The pier is old.", author=maud)
    comment = say("**Thanks**, @Maud Ferriby! That was kind.", author=boris)
    run_jobs()
    assert ">@Maud Ferriby</a>" in shown(comment, "pt")
    assert not any("Maud" in str(asked) for asked in fake_engine.ledger)
    User.objects.filter(pk=maud.pk).update(display_name="Maud F.")
    assert ">@Maud F.</a>" in shown(comment, "pt")
    assert "<b>Thanks</b>" in shown(comment)


def test_a_closed_account_has_no_name_in_others_words(say: Say, boris: User, maud: User) -> None:
    say("The pier is old.", author=maud)
    comment = say("Thanks, @Maud Ferriby!", author=boris)
    User.objects.filter(pk=maud.pk).delete()
    assert "Maud" not in shown(comment)
    assert "Thanks, @deleted account!" in shown(comment)


def test_hostile_names_are_text(say: Say, boris: User, maud: User) -> None:
    hostile = "<img src=x onerror=alert(1)> [y](javascript:z) `@p1`"
    User.objects.filter(pk=maud.pk).update(display_name=hostile)
    say("The pier is old.", author=maud)
    comment = say("One.", author=boris)
    Mention.objects.create(comment=comment, person=maud, number=maud.pk)
    answer = say(f"Well, @p{maud.pk}", author=boris)  # typed by hand: nobody was mentioned by it
    assert f"@p{maud.pk}" in shown(answer)
    assert "<img" not in shown(answer)
    Mention.objects.create(comment=answer, person=maud, number=maud.pk)
    assert "<img" not in shown(answer)
    assert "&lt;img src=x onerror=alert(1)&gt; [y](javascript:z) `@p1`</a>" in shown(answer)


@pytest.mark.parametrize(
    "words",
    [
        "mail@Maud Ferriby.example",
        "`@Maud Ferriby`",
        "@Maud",
        "@Maud Ferribys",
        "[@Maud Ferriby](https://x.example)",
    ],
)
def test_what_is_no_mention_stays_text(say: Say, boris: User, maud: User, words: str) -> None:
    say("The pier is old.", author=maud)
    say(f"So: {words} then.", author=boris)
    assert not Mention.objects.exists()


def test_two_of_one_name_are_not_told_apart(say: Say, boris: User, maud: User) -> None:
    twin = make_person("Twin")
    User.objects.filter(pk=twin.pk).update(display_name="Maud Ferriby")
    say("The pier is old.", author=maud)
    say("It is.", author=twin)
    say("Thanks, @Maud Ferriby!", author=boris)
    assert not Mention.objects.exists()


def test_mentions_are_bounded_and_ignored_people_mention_nobody(say: Say, boris: User, maud: User) -> None:
    from dragoman.discussion.notifications import actions as notifications

    crowd = [make_person(f"Reader{number}") for number in range(MENTIONED_AT_MOST + 3)]
    for person in crowd:
        say("I am here.", author=person)
    notifications.ignore(boris, person=crowd[0])
    say(" ".join(f"@Reader{number}" for number in range(len(crowd))), author=boris)
    assert Mention.objects.count() == MENTIONED_AT_MOST
    assert Notification.objects.filter(kind="mention").count() == MENTIONED_AT_MOST - 1


def test_an_edit_shows_names_and_makes_references_again(say: Say, boris: User, maud: User) -> None:
    say("The pier is old.", author=maud)
    comment = say("Thanks, @Maud Ferriby.", author=boris)
    fresh = Comment.objects.select_related("document__current").get(pk=comment.pk)
    assert own_source(fresh, View("en")).strip() == "Thanks, @Maud Ferriby."
    actions.edit(comment, author=boris, source="Thanks again, @Maud Ferriby.", view=View("en"))
    assert stored(comment) == f"Thanks again, @p{maud.pk}."
    actions.edit(comment, author=boris, source="Thanks to all.", view=View("en"))
    assert not Mention.objects.exists()
    assert not Notification.objects.filter(kind="mention").exists()


def test_a_quotation_of_a_mention_names_the_person(say: Say, ana: User, boris: User, maud: User) -> None:
    say("The pier is old.", author=maud)
    comment = say("Thanks, @Maud Ferriby, for this. Well said.", author=boris)
    fresh = Comment.objects.select_related("document__current").get(pk=comment.pk)
    source = quoted_markdown(whole_comment(fresh), View("en"))
    assert "@Maud Ferriby" in source
    quoting = say(f"{source}I agree.", author=ana)
    assert quoting.quotations.get().part == "whole"
    reading = comment_reading(quoting.pk, View("en"))
    assert reading is not None
    (quotation,) = [part.quotation for part in reading.parts if part.quotation]
    assert "@Maud Ferriby" in quotation.markup


def test_no_comment_without_a_sign_costs_a_query(
    say: Say, boris: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    comment = say("No sign here.", author=boris)
    with django_assert_max_num_queries(6) as queries:
        shown(comment)
    assert not any("discussion_mention" in query["sql"] for query in queries.captured_queries)  # type: ignore[attr-defined]
