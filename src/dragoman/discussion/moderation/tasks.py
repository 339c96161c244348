"""Jobs of moderation: ids only."""

import time

from django.db import connection
from procrastinate.contrib.django import app

from dragoman.discussion import actions
from dragoman.discussion.models import Comment
from dragoman.discussion.moderation import classifier


@app.task(name="discussion.classify", queue="discussion", priority=80)
def classify(*, comment_id: int, revision_id: int) -> None:
    """Ask the classifier about a comment's words. No transaction is open while it thinks."""
    comment = Comment.objects.select_related("document__current").filter(pk=comment_id).first()
    if comment is None or comment.document is None or comment.document.current_id != revision_id:
        return
    verdict = None
    if classifier.is_configured():
        told = classifier.message_about(comment)
        if not connection.in_atomic_block:
            connection.close()  # goes back into the pool while the service thinks
        verdict = classifier.ask(told, time.time())
    actions.apply_verdict(comment, revision=revision_id, verdict=verdict)
