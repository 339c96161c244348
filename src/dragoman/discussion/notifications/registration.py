"""What notifications hear from the discussion. Receivers are module functions: Django keeps weak references only."""

from typing import Any

from dragoman.discussion import facts
from dragoman.discussion.models import Comment, Decision
from dragoman.discussion.notifications import telling


def register() -> None:
    """Part of the discussion's own registration."""
    facts.comment_posted.connect(_comment_posted)
    facts.comment_changed.connect(_comment_changed)
    facts.comment_withdrawn.connect(_comment_withdrawn)
    facts.decision_made.connect(_decision_made)


def _comment_posted(comment: Comment, **_: Any) -> None:
    telling.comment_shown(comment)


def _comment_changed(comment: Comment, **_: Any) -> None:
    telling.comment_reworded(comment)


def _comment_withdrawn(comment: Comment, **_: Any) -> None:
    telling.comment_withdrawn(comment)


def _decision_made(decision: Decision, **_: Any) -> None:
    telling.decision_made(decision)
