"""What a comment meets before anybody reads it: it is refused with a sentence, waits for a moderator, or stands.

Raises what `discussion.errors` names; nothing is stored here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dragoman.discussion.models import Comment, CommentState, HeldFor, Thread
from dragoman.discussion.moderation import classifier, words
from dragoman.discussion.moderation.links import refuse_links
from dragoman.discussion.moderation.pace import is_newcomer, refuse_haste, refuse_repetition
from dragoman.discussion.moderation.rules import Rules, in_force
from dragoman.discussion.permissions import may_moderate
from dragoman.people.models import User
from dragoman.text.blocks import Block

NOTE_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a comment waits. `note`: what was noticed, for moderators."""

    kind: HeldFor
    note: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What is judged. `comment` is None for a new one."""

    blocks: Sequence[Block]
    language: str
    writer: User
    thread: Thread
    comment: Comment | None = None


def screened(written: Written, now: datetime) -> Hold | None:
    """Why the comment waits for a moderator; None where everybody may read it. Moderators' own stand. Raises
    DiscussionError. The caller holds writer and thread."""
    if may_moderate(written.writer):
        return None
    rules = in_force()
    newcomer = is_newcomer(written.writer, rules)
    if written.comment is None:
        refuse_haste(written.writer, written.thread, rules, now, newcomer=newcomer)
        refuse_repetition(written.writer, written.blocks, rules, now)
    refuse_links(written.blocks, rules, newcomer=newcomer)
    words.refuse_banned(written.blocks, written.language)
    return _hold(written, rules)


def _hold(written: Written, rules: Rules) -> Hold | None:
    suspect = words.suspect(written.blocks, written.language)
    if suspect:
        return Hold(HeldFor.SUSPECT, suspect[:NOTE_LONGEST])
    before = rules.premoderate if written.thread.premoderate is None else written.thread.premoderate
    if before:
        return Hold(HeldFor.EVERY)
    if _is_first(written, rules.hold_first_comments):
        return Hold(HeldFor.FIRST)
    return Hold(HeldFor.CLASSIFIER) if rules.hold_until_classified and classifier.is_configured() else None


def _is_first(written: Written, first: int) -> bool:
    """Whether a person's first comments still wait."""
    standing = Comment.objects.filter(author=written.writer, state=CommentState.LIVE)
    if written.comment is not None:
        standing = standing.exclude(pk=written.comment.pk)
    return bool(first) and standing.values("pk")[:first].count() < first
