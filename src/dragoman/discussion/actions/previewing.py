"""A draft as others will read it: asked for by its author, translated by a job, gone after some minutes."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from dragoman.discussion.actions.posting import Draft, worded
from dragoman.discussion.errors import TooFast, UnknownLanguage
from dragoman.discussion.models import Comment, Preview, Thread
from dragoman.discussion.quoting import quotations_of
from dragoman.discussion.standing import locked_author, refuse_closed
from dragoman.discussion.tongues import is_known
from dragoman.languages.registry import is_offered
from dragoman.people.models import User

LIFETIME = timedelta(minutes=15)
PER_MINUTE = 6  # of one person: each costs an engine as much as a comment does in one language
PRIORITY = 30  # somebody looks at an empty pane: before fresh comments


@transaction.atomic
def preview(
    thread: Thread, *, author: User, draft: Draft, target_language: str, parent: Comment | None = None
) -> Preview:
    """Ask how a draft will read in one of the publication's languages. Raises DiscussionError."""
    from dragoman.discussion.tasks import translate_preview

    blocks = worded(draft.source)
    if not is_known(draft.language) or not is_offered(target_language):
        raise UnknownLanguage
    writer = locked_author(author)
    refuse_closed(thread, writer)
    own = Preview.objects.filter(author=writer)
    if own.filter(created_at__gt=timezone.now() - timedelta(minutes=1)).count() >= PER_MINUTE:
        raise TooFast
    quotations_of(blocks, view=draft.view)  # what cannot be quoted is refused now, not when it is sent
    made = Preview.objects.create(
        author=writer,
        thread=thread,
        parent=parent,
        submission=draft.submission,
        source=draft.source,
        language=draft.language,
        target_language=target_language,
    )
    translate_preview.configure(priority=PRIORITY).defer(preview_id=made.pk)
    return made
