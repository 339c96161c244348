"""Queues the classifier's job, in the transaction of whoever writes."""

from collections.abc import Iterable

from procrastinate.contrib.django import app

from dragoman.database.jobs import put_jobs
from dragoman.discussion.models import Comment
from dragoman.discussion.moderation import classifier
from dragoman.discussion.permissions import may_moderate


def ask_classifier(comments: Iterable[Comment]) -> None:
    """About the comments' current words, where there is a classifier; moderators' are not asked about."""
    if not classifier.is_configured():
        return
    jobs = [
        {"comment_id": comment.pk, "revision_id": comment.document.current_id}
        for comment in comments
        if comment.document is not None and comment.author is not None and not may_moderate(comment.author)
    ]
    put_jobs(app.configure_task("discussion.classify", queue="discussion", priority=80), jobs)
