"""What a comment meets before anybody reads it: it is refused with a sentence, waits for a moderator, or stands.

Raises what `discussion.errors` names; nothing is stored here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone

from dragoman.database.statements import Statement, ask
from dragoman.discussion.models import Comment, CommentState, HeldFor, Thread
from dragoman.discussion.moderation import classifier, pace, words
from dragoman.discussion.moderation.links import refuse_links
from dragoman.discussion.moderation.rules import Rules, as_configured, asked_for
from dragoman.discussion.permissions import able_to_moderate, moderators_among
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
    """What is judged. `comment` is None for a new one, `wording` (`pace.wording_of`) of a new one only."""

    blocks: Sequence[Block]
    language: str
    writer: User
    thread: Thread
    comment: Comment | None = None
    wording: bytes = b""


class House:
    """What the house holds to, and what these people wrote before: to be asked together with other things, after what
    holds the people."""

    _expected: ClassVar[Rules | None] = None
    """The rules as this process read them last: they are seldom others, and then the people's past is asked again."""

    def __init__(self, people: Collection[int]) -> None:
        self._able = able_to_moderate(people)
        self._rules = asked_for()
        self._version = words.version_now()
        self._before = pace.Before(people, House._expected or as_configured(), timezone.now())
        own: tuple[Statement[Any], ...] = (self._able, self._rules, self._version)
        self.statements = (*own, *self._before.statements)

    def moderators(self, writers: Collection[User]) -> Collection[int]:
        """Those of them whom no rule holds."""
        return moderators_among(writers, self._able.answer)

    @property
    def version(self) -> words.Version:
        """Of the words that are listed."""
        return self._version.answer

    def before(self, now: datetime) -> pace.Before:
        """What people wrote before, as far as the rules in force ask."""
        rules = House._expected = self._rules.answer
        if rules != self._before.rules:
            self._before = pace.Before(self._before.people, rules, now)
            ask(*self._before.statements)
        return self._before


class Screening:
    """What is known to judge what these people write in these threads now. The caller holds them, and has asked the
    house; what was judged to stand counts for what is judged after it."""

    def __init__(
        self, house: House, writers: Collection[User], threads: Collection[Thread], now: datetime
    ) -> None:
        self._now = now
        self._moderators = house.moderators(writers)
        if all(each.pk in self._moderators for each in writers):
            return
        before = house.before(now)
        self._rules = before.rules
        self._version = house.version
        self._pasts = before.pasts(threads)

    def judge(self, written: Written) -> Hold | None:
        """Why the comment waits for a moderator; None where everybody may read it. Moderators' own stand. Raises
        DiscussionError."""
        if written.writer.pk in self._moderators:
            return None
        rules, past = self._rules, self._pasts[written.writer.pk]
        newcomer = pace.is_newcomer(written.writer, past, rules)
        if written.comment is None:
            pace.refuse_haste(past, written.thread, rules, self._now, newcomer=newcomer)
            pace.refuse_repetition(past, written.wording)
        refuse_links(written.blocks, rules, newcomer=newcomer)
        found = words.hits(written.blocks, written.language, self._version)
        words.refuse_banned(found)
        hold = _hold(written, rules, words.suspect(found), past.standing)
        if written.comment is None:
            past.add(written.thread, written.wording, self._now, stands=hold is None)
        return hold


def _hold(written: Written, rules: Rules, suspect: str, standing: int) -> Hold | None:
    if suspect:
        return Hold(HeldFor.SUSPECT, suspect[:NOTE_LONGEST])
    before = rules.premoderate if written.thread.premoderate is None else written.thread.premoderate
    if before:
        return Hold(HeldFor.EVERY)
    own = int(written.comment is not None and written.comment.state == CommentState.LIVE)
    if standing - own < rules.hold_first_comments:
        return Hold(HeldFor.FIRST)
    return Hold(HeldFor.CLASSIFIER) if rules.hold_until_classified and classifier.is_configured() else None
