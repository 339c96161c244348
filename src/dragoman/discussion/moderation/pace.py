"""How fast one may write: floods, newcomers, slow mode, the same words again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dragoman.discussion.errors import Repeated, TooFast, TooSlow
from dragoman.discussion.models import Comment, CommentState, Thread
from dragoman.discussion.moderation.folding import visible
from dragoman.discussion.moderation.rules import Rules
from dragoman.people.models import User
from dragoman.text.blocks import Block
from dragoman.translation.queries import source_blocks

REPEATED_FROM = 30
"""Characters: "Thank you!" is no flood."""
_LOOKED_AT = 50  # of a person's newest comments, for repetitions


def is_newcomer(person: User, rules: Rules) -> bool:
    """Whether fewer than so many of a person's comments stand. One query."""
    wanted = rules.newcomer_comments
    standing = Comment.objects.filter(author=person, state=CommentState.LIVE).values("pk")[:wanted]
    return bool(wanted) and not (person.is_staff or standing.count() >= wanted)


def refuse_haste(writer: User, thread: Thread, rules: Rules, now: datetime, *, newcomer: bool) -> None:
    """Raises TooFast, TooSlow. The caller holds the writer, and so the writer's comments."""
    hourly = [rules.comments_per_hour, rules.newcomer_comments_per_hour if newcomer else 0]
    limits = [(timedelta(minutes=1), rules.comments_per_minute)]
    limits += [(timedelta(hours=1), limit) for limit in hourly]
    for window, limit in limits:
        recent = Comment.objects.filter(author=writer, created_at__gt=now - window)
        if limit and recent.count() >= limit:
            raise TooFast
    _refuse_slow(writer, thread, rules, now)


def _refuse_slow(writer: User, thread: Thread, rules: Rules, now: datetime) -> None:
    seconds = rules.slow_seconds if thread.slow_seconds is None else thread.slow_seconds
    if not seconds:
        return
    own = Comment.objects.filter(author=writer, thread=thread).order_by("-created_at")
    last = own.values_list("created_at", flat=True).first()
    left = (last + timedelta(seconds=seconds) - now).total_seconds() if last is not None else 0
    if left > 0:
        raise TooSlow(-int(-left // 1))


def refuse_repetition(writer: User, blocks: Sequence[Block], rules: Rules, now: datetime) -> None:
    """Raises Repeated for words that the person wrote a short time ago, in any thread, whatever their disguise."""
    words = _levelled(blocks)
    if not rules.duplicate_hours or len(words) < REPEATED_FROM:
        return
    since = now - timedelta(hours=rules.duplicate_hours)
    rows = Comment.objects.filter(author=writer, created_at__gt=since, document__isnull=False)
    for comment in rows.select_related("document__current").order_by("-created_at")[:_LOOKED_AT]:
        assert comment.document is not None
        if words == _levelled(source_blocks(comment.document).get("body", ())):
            raise Repeated


def _levelled(blocks: Sequence[Block]) -> str:
    own = " ".join(block.text for block in blocks if block.kind != "reference")
    return "".join(sign for sign in visible(own) if sign.isalnum())
