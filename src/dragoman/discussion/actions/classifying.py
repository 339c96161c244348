"""What follows from a classifier's verdict, and from a language that was found out later."""

from django.db import transaction

from dragoman.discussion.actions.deciding import Reason, record
from dragoman.discussion.actions.showing import show_or_withdraw, withhold
from dragoman.discussion.models import Act, Comment, CommentState, HeldFor, Rule
from dragoman.discussion.moderation import words
from dragoman.discussion.moderation.classifier import Result, Verdict
from dragoman.discussion.permissions import may_moderate
from dragoman.discussion.standing import locked_comment
from dragoman.translation.queries import source_blocks


@transaction.atomic
def apply_verdict(comment: Comment, *, revision: int, verdict: Verdict | None) -> None:
    """Show, hold or hide the comment, if its words are still those that were judged. None: there was no verdict, and
    what waited for one waits no longer. What people decided meanwhile stands."""
    locked = locked_comment(comment)
    if locked.document is None or locked.document.current_id != revision:
        return
    waits = locked.state == CommentState.HELD and locked.held_for == HeldFor.CLASSIFIER
    result = verdict.result if verdict is not None else Result.ALLOW
    note = verdict.reason if verdict is not None else ""
    if result is Result.ALLOW:
        if waits:
            show_or_withdraw(locked, CommentState.LIVE)
    elif result is Result.HOLD and waits:
        locked.held_for, locked.held_note = HeldFor.SUSPECT, note
        locked.save(update_fields=["held_for", "held_note"])
        record(Act.HOLD, by=None, rule=Rule.CLASSIFIER, comment=locked, detail=note, before=locked.state)
    elif result is Result.HOLD and locked.state == CommentState.LIVE:
        withhold(locked, HeldFor.SUSPECT, note, rule=Rule.CLASSIFIER)
    elif result is Result.REFUSE and locked.state in (CommentState.LIVE, CommentState.HELD):
        before = locked.state
        show_or_withdraw(locked, CommentState.HIDDEN)
        said = Reason(words=note)
        record(Act.HIDE, by=None, rule=Rule.CLASSIFIER, reason=said, comment=locked, before=before)


@transaction.atomic
def judge_again(comment: Comment) -> None:
    """Its language turned out to be another one: the lists of that language are looked through. A banned word cannot
    be refused any more, so it waits."""
    locked = locked_comment(comment)
    document = locked.document
    if document is None or locked.state != CommentState.LIVE:
        return
    if locked.author is None or may_moderate(locked.author):
        return
    blocks = source_blocks(document).get("body", ())
    found = words.suspect(words.hits(blocks, document.source_language))
    if found:
        withhold(locked, HeldFor.SUSPECT, found)
