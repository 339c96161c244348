"""Queues the classifier's job, in the transaction of whoever writes."""

from procrastinate.contrib.django import app

from dragoman.discussion.models import Comment
from dragoman.discussion.moderation import classifier
from dragoman.discussion.permissions import may_moderate


def ask_classifier(comment: Comment) -> None:
    """About the comment's current words, where there is a classifier; moderators' are not asked about."""
    document = comment.document
    if document is None or not classifier.is_configured():
        return
    if comment.author is None or may_moderate(comment.author):
        return
    job = app.configure_task("discussion.classify", queue="discussion", priority=80)
    job.defer(comment_id=comment.pk, revision_id=document.current_id)
