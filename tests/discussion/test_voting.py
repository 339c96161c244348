"""One vote each, not for oneself, changeable and removable."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from dragoman.discussion import actions, errors
from dragoman.discussion.models import Vote
from dragoman.discussion.queries import vote_of
from dragoman.people.models import User
from dragoman.translation import actions as translation

from .conftest import Say, make_person


def test_a_vote_counts_once_and_changes(say: Say, boris: User) -> None:
    comment = say("Well.")
    scores = [actions.vote(comment, voter=boris, value=value).score for value in (1, 1, -1, 0, 0, -1)]
    assert scores == [1, 1, -1, 0, 0, -1]
    assert vote_of(boris, comment) == -1
    assert Vote.objects.count() == 1


def test_votes_add_to_the_imported_score(say: Say, boris: User) -> None:
    comment = say("Well.")
    comment.baseline = comment.score = -3
    comment.save(update_fields=["baseline", "score"])
    assert actions.vote(comment, voter=boris, value=-1).score == -4
    assert actions.vote(comment, voter=make_person("Carla"), value=1).score == -3


def test_nobody_votes_for_themselves(say: Say, ana: User) -> None:
    comment = say("Well.")
    with pytest.raises(errors.OwnComment):
        actions.vote(comment, voter=ana, value=1)


def test_what_is_withdrawn_takes_no_votes(say: Say, boris: User, moderator: User) -> None:
    comment = say("Well.")
    actions.hide(comment, moderator=moderator, reason="Rude.")
    with pytest.raises(errors.NotLive):
        actions.vote(comment, voter=boris, value=1)
    other = say("Other.")
    translation.set_visibility(other.thread.document, visible=False)
    with pytest.raises(errors.ThreadWithdrawn):
        actions.vote(other, voter=boris, value=1)


def test_a_suspended_person_does_not_vote(say: Say, boris: User, moderator: User) -> None:
    comment = say("Well.")
    actions.suspend_account(boris, moderator=moderator, reason="Spam.")
    with pytest.raises(errors.Suspended):
        actions.vote(comment, voter=boris, value=1)


def test_voting_to_and_fro_is_counted(say: Say, boris: User, settings: Settings) -> None:
    settings.DISCUSSION_VOTES_PER_MINUTE = 4
    comment = say("Well.")
    for value in (1, 0, 1, 0):
        actions.vote(comment, voter=boris, value=value)
    with pytest.raises(errors.TooFast):
        actions.vote(comment, voter=boris, value=1)
    Vote.objects.update(changed_at=timezone.now() - timedelta(minutes=2))
    assert actions.vote(comment, voter=boris, value=1).score == 1


@pytest.mark.parametrize("value", [2, -2, 100])
def test_there_are_no_other_votes(say: Say, boris: User, value: int) -> None:
    with pytest.raises(ValueError, match="not a vote"):
        actions.vote(say("Well."), voter=boris, value=value)
