"""Comments come into sight and go out of it: visibility, counts, and the facts that follow."""

from dragoman.discussion import facts
from dragoman.discussion.actions.deciding import record
from dragoman.discussion.models import Act, Comment, CommentState, HeldFor, Report, ReportReason, Rule
from dragoman.discussion.moderation.rules import in_force
from dragoman.discussion.permissions import may_moderate
from dragoman.discussion.standing import counted, set_state
from dragoman.people.models import Closing
from dragoman.translation import actions as translation

NOTE_LONGEST = 200
_RULE = {HeldFor.SUSPECT: Rule.SUSPECT, HeldFor.REPORTS: Rule.REPORTS, HeldFor.CLASSIFIER: Rule.CLASSIFIER}


def show_or_withdraw(comment: Comment, state: CommentState) -> None:
    """Bring a comment that has its words still into a state. Those of a closed account are read by nobody in any. The
    caller holds comment and thread."""
    assert comment.document is not None
    was_live, live = comment.state == CommentState.LIVE, state == CommentState.LIVE
    shown = live and not Closing.objects.filter(person=comment.author_id).exists()
    with counted(comment):
        translation.set_visibility(comment.document, visible=shown)
        set_state(comment, state)
    if live and comment.held_for:
        comment.held_for = comment.held_note = ""
        comment.save(update_fields=["held_for", "held_note"])
    if shown:
        facts.comments_posted.happened(comments=[comment])
    elif was_live or state == CommentState.HIDDEN:
        facts.comment_withdrawn.happened(comment=comment)


def withhold(
    comment: Comment, kind: HeldFor, note: str = "", *, decided: bool = True, rule: str = ""
) -> None:
    """Withdraw a live comment until a moderator has looked at it. `decided`: a rule noticed something, which is logged;
    otherwise it waits as a new one would. The caller holds comment and thread."""
    before = comment.state
    comment.held_for, comment.held_note = kind, note[:NOTE_LONGEST]
    comment.save(update_fields=["held_for", "held_note"])
    show_or_withdraw(comment, CommentState.HELD)
    if decided:
        by = rule or _RULE.get(kind, "")
        record(Act.HOLD, by=None, rule=by, comment=comment, detail=note, before=before)


def withhold_if_reported(comment: Comment) -> None:
    """Withdraw a comment that as many readers have reported as the rules say. What the desk is told (a wrong
    translation) is no complaint about the author. The caller holds comment and thread."""
    threshold = in_force().reports_to_hold
    if not threshold or comment.state != CommentState.LIVE or comment.document is None:
        return
    if comment.author is not None and may_moderate(comment.author):
        return
    complaints = Report.objects.filter(comment=comment, settled_at=None)
    complaints = complaints.exclude(reason=ReportReason.TRANSLATION)
    if complaints.values("reporter").distinct().count() >= threshold:
        withhold(comment, HeldFor.REPORTS)
