"""The discussion at the desk of translations: featured comments come first, and what is private is not there."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from dragoman.discussion.actions import appeal, hide
from dragoman.discussion.actions.choosing import feature, unfeature
from dragoman.discussion.models import Act, Decision, Thread
from dragoman.engines.fake import FakeEngine
from dragoman.people.models import User
from dragoman.translation.actions import ask_again, correct_target
from dragoman.translation.desk.actions import approve_target
from dragoman.translation.desk.queries import Wanted, documents, kinds, rows, totals
from dragoman.translation.desk.suggesting import suggestions
from dragoman.translation.errors import NotPermitted
from dragoman.translation.exchange.tmx import export_tmx
from dragoman.translation.models import Edition, Scope, Segment
from dragoman.translation.queries import segments_of
from tests.discussion.conftest import Say, make_moderator
from tests.translation.test_desk import desk, page, reviewer

__all__ = ["desk", "reviewer"]
pytestmark = pytest.mark.django_db


def test_featured_ones_first_and_marked(say: Say, thread: Thread, ana: User) -> None:
    early, late = say("The bridge will open again."), say("Nobody was hurt, they say.")
    moderator = make_moderator("Mona")
    assert [each.pk for each in documents(Wanted(kind="comment"), 1)][:2] == [
        late.document_id,
        early.document_id,
    ]
    feature(early, moderator=moderator)
    first, second = rows(documents(Wanted(kind="comment"), 1), ["pt"])[:2]
    assert (first.document.pk, first.is_featured) == (early.document_id, True)
    assert (second.document.pk, second.is_featured) == (late.document_id, False)
    unfeature(early, moderator=moderator)
    assert documents(Wanted(kind="comment"), 1)[0].pk == late.document_id


SECRET = "You wrote that the ferryman drinks before noon."
WORDS = "The ferryman told me so himself on the quay."


@pytest.fixture
def private(
    say: Say, ana: User, moderator: User, fake_engine: FakeEngine, run_jobs: Callable[[], int]
) -> list[Edition]:
    """A moderator's reason and the author's appeal, translated; and a comment that the moderator has hidden."""
    comment = say("Something rude about the ferryman.")
    hide(comment, moderator=moderator, ground="insult", reason=SECRET)
    decision = Decision.objects.get(act=Act.HIDE)
    appealed = appeal(decision, author=ana, words=WORDS, language="en")
    run_jobs()
    texts = (decision.document_id, appealed.document_id, comment.document_id)
    found = [Edition.objects.get(document=text, language="fr") for text in texts]
    assert all(each.targets.exists() for each in found[:2])
    return found


class TestWhatIsBetweenModeratorsAndWhomItConcerns:
    def test_is_not_on_the_board_whatever_is_asked_for(self, desk: Client, private: list[Edition]) -> None:
        assert "decision" not in kinds()
        assert "appeal" not in kinds()
        for query in (
            {},
            {"words": "ferryman"},
            {"kind": "decision"},
            {"kind": "appeal"},
            {"kind": "comment"},
        ):
            shown = page(desk, "desk", **query)
            assert "ferryman</bdi>" not in shown
            assert not {f"/admin/desk/{each.pk}/" for each in private} & set(
                re.findall(r"/admin/desk/\d+/", shown)
            )
        assert all(row["segments"] == 0 for kind in ("decision", "appeal") for row in totals(kind))

    def test_has_no_pages_and_no_files_there(self, desk: Client, private: list[Edition]) -> None:
        for each in private:
            segment = Segment.objects.filter(revision=each.revision_id).first()
            assert segment is not None
            for name in ("desk_edition", "desk_xliff"):
                assert desk.get(reverse(name, args=[each.pk])).status_code == 404
            assert desk.get(reverse("desk_segment", args=[each.pk, segment.pk])).status_code == 404
            assert desk.post(reverse("desk_ask_again", args=[each.pk])).status_code == 404

    def test_no_action_of_a_reviewer_reaches_it(self, reviewer: User, private: list[Edition]) -> None:
        one = private[0]
        segment = Segment.objects.get(revision=one.revision_id)
        with pytest.raises(NotPermitted):
            correct_target(edition=one, segment=segment, text="Autre.", reviewer=reviewer)
        with pytest.raises(NotPermitted):
            approve_target(edition=one, segment=segment, reviewer=reviewer)
        with pytest.raises(NotPermitted):
            ask_again(one, reviewer=reviewer)

    def test_leaves_nothing_in_memory(
        self, private: list[Edition], say: Say, run_jobs: Callable[[], int]
    ) -> None:
        written = say("You wrote that the ferryman drinks before dusk.")
        run_jobs()
        found = Edition.objects.get(document=written.document_id, language="fr")
        assert SECRET not in {each.source for each in suggestions(found, segments_of(found)[0])}
        assert "before noon" not in "".join(export_tmx(scope=Scope.DISCUSSION))
        assert "on the quay" not in "".join(export_tmx(scope=Scope.DISCUSSION))
        assert "before dusk" in "".join(export_tmx(scope=Scope.DISCUSSION))
