"""What the discussion keeps of a person, in that person's export; and nothing of anybody else's."""

import json

import pytest

from dragoman.discussion import actions
from dragoman.discussion.models import Comment, ReportReason
from dragoman.languages.view import View
from dragoman.people import exports
from dragoman.people.models import User
from tests.discussion.conftest import Say

pytestmark = pytest.mark.django_db


def exported(person: User) -> dict[str, list[dict[str, object]]]:
    """As programs read it."""
    return {
        key: [{name: exports.plain(value) for name, value in record.items()} for record in records]
        for key, records in exports.gathered(person).items()
    }


@pytest.fixture
def talk(say: Say, ana: User, boris: User, moderator: User) -> Comment:
    """Boris says something; Ana quotes it, edits, votes and reports; a moderator hides her answer."""
    said = say("Boris speaks of the harbour. He goes on.", author=boris)
    answer = say("First I wrote this.", author=ana, under=said)
    actions.edit(answer, author=ana, source="Then I wrote **that**.", view=View("en"))
    actions.vote(said, voter=ana, value=1)
    actions.report(said, reporter=ana, reason=ReportReason.SPAM, note="Ana's own note", language="fr")
    actions.report(answer, reporter=boris, reason=ReportReason.HATE, note="Boris's note", language="en")
    actions.hide(answer, moderator=moderator, reason="Too harsh.")
    return answer


def test_all_of_ones_own(talk: Comment, ana: User) -> None:
    told = exported(ana)
    assert told["account"][0]["email"] == "ana@example.org"
    (comment,) = told["comments"]
    assert comment["words"] == "Then I wrote **that**."
    assert comment["earlier_words"] == ["First I wrote this."]
    assert comment["state"] == "hidden"
    assert str(comment["address"]).endswith(f"/c/{talk.pk}")
    assert str(comment["answers"]).endswith(f"/c/{talk.parent_id}")
    assert [vote["vote"] for vote in told["votes"]] == [1]
    assert [(report["reason"], report["note"]) for report in told["reports"]] == [("spam", "Ana's own note")]
    assert [(each["act"], each["reason"]) for each in told["decisions"]] == [("hide", "Too harsh.")]
    assert told["decisions_made"] == []


def test_nothing_of_others(talk: Comment, ana: User, boris: User, moderator: User) -> None:
    words = json.dumps(exported(ana), ensure_ascii=False)
    for other in ("Boris", "boris@example.org", "Mona", "mona@example.org", "hate"):
        assert other not in words
    assert exported(boris)["decisions"] == []
    assert [each["act"] for each in exported(moderator)["decisions_made"]] == ["hide"]


def test_what_a_record_holds_has_a_name_for_people(talk: Comment, ana: User) -> None:
    for chapter in exports.chapters():
        assert all(str(label).strip() for label in [chapter.title, *chapter.labels.values()]), chapter.key
    chapter = exports.Chapter("odd", "Odd", {"known": "Known"}, lambda person: [{"unknown": 1}])
    with pytest.raises(KeyError):
        exports._labelled(chapter, {"unknown": 1})
