"""How fast one may write: floods, newcomers, slow mode, the same words again."""

import re
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from dragoman.database import prepared
from dragoman.database.statements import Rows, Statement
from dragoman.discussion.errors import Repeated, TooFast, TooSlow
from dragoman.discussion.models import CommentState, Thread
from dragoman.discussion.moderation.folding import visible
from dragoman.discussion.moderation.rules import Rules
from dragoman.people.models import User
from dragoman.text.blocks import Block
from dragoman.translation.queries import source_blocks_of

_NO_SIGNS = re.compile(r"[\W_]+")
REPEATED_FROM = 30
"""Characters: "Thank you!" is no flood."""
_LOOKED_AT = 50  # of a person's newest comments, for repetitions
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(slots=True)
class Past:
    """What a person wrote before, as far as the rules ask."""

    standing: int = 0  # comments that stand; not counted beyond what the rules want to know
    in_minute: int = 0
    in_hour: int = 0
    latest: dict[int, datetime] = field(default_factory=dict)  # by thread
    wordings: set[bytes] = field(default_factory=set)

    def add(self, thread: Thread, wording: bytes, now: datetime, *, stands: bool) -> None:
        """They have written this now."""
        self.standing += stands
        self.in_minute += 1
        self.in_hour += 1
        self.latest[thread.pk] = now
        self.wordings.add(wording)


def is_newcomer(person: User, past: Past, rules: Rules) -> bool:
    """Whether fewer than so many of a person's comments stand."""
    wanted = rules.newcomer_comments
    return bool(wanted) and not (person.is_staff or past.standing >= wanted)


def refuse_haste(past: Past, thread: Thread, rules: Rules, now: datetime, *, newcomer: bool) -> None:
    """Raises TooFast, TooSlow. The caller holds the writer, and so the writer's comments."""
    hourly = [rules.comments_per_hour, rules.newcomer_comments_per_hour if newcomer else 0]
    limits = [(past.in_minute, rules.comments_per_minute), *((past.in_hour, limit) for limit in hourly)]
    if any(limit and recent >= limit for recent, limit in limits):
        raise TooFast
    last = past.latest.get(thread.pk)
    left = (last - now).total_seconds() + _slow_seconds(thread, rules) if last is not None else 0
    if left > 0:
        raise TooSlow(-int(-left // 1))


def _slow_seconds(thread: Thread, rules: Rules) -> int:
    return rules.slow_seconds if thread.slow_seconds is None else thread.slow_seconds


def refuse_repetition(past: Past, wording: bytes) -> None:
    """Raises Repeated for words that the person wrote a short time ago, in any thread, whatever their disguise."""
    if wording and wording in past.wordings:
        raise Repeated


def wording_of(blocks: Iterable[Block]) -> bytes:
    """Stands for one's own words, which nobody can read in it; empty for those that anybody repeats."""
    own = " ".join(block.text for block in blocks if block.kind != "reference")
    words = _NO_SIGNS.sub("", visible(own))
    if len(words) < REPEATED_FROM:
        return b""
    return blake2b(words.encode(errors="surrogatepass"), digest_size=16).digest()


# --- what people wrote before -----------------------------------------------------------------------------------------


class Before:
    """What these people wrote before, as far as these rules ask: to be asked together with other things, after what
    holds the people."""

    def __init__(self, people: Collection[int], rules: Rules, now: datetime) -> None:
        self.people, self.rules = people, rules
        self._counts = _counts(people, rules, now)
        since = now - timedelta(hours=rules.duplicate_hours)
        self._newest = _newest(people, since) if rules.duplicate_hours else None
        self.statements: tuple[Statement[Any], ...] = tuple(
            each for each in (self._counts, self._newest) if each is not None
        )

    def pasts(self, threads: Collection[Thread]) -> Mapping[int, Past]:
        """Of each person. The statements have been asked. One journey where somebody wrote last in a slow thread is
        wanted, another for wordings that this process has not seen yet."""
        found = {person: Past() for person in self.people}
        for person, standing, in_minute, in_hour in self._counts.answer if self._counts else ():
            past = found[person]
            past.standing, past.in_minute, past.in_hour = standing, in_minute, in_hour
        slow = [thread.pk for thread in threads if _slow_seconds(thread, self.rules)]
        latest = _LATEST, {"people": list(self.people), "threads": slow}
        for person, thread, moment in prepared(*latest) if slow else ():
            found[person].latest[thread] = moment
        if self._newest is not None:
            _note_wordings(found, self._newest.answer)
        return found


_COUNTS = """
    SELECT person.id,
        (SELECT count(*) FROM (
            SELECT FROM discussion_comment WHERE author_id = person.id AND state = %(live)s
            ORDER BY created_at DESC LIMIT %(standing)s
        ) AS c),
        (SELECT count(*) FROM (
            SELECT FROM discussion_comment WHERE author_id = person.id AND created_at > %(minute)s LIMIT %(per_minute)s
        ) AS c),
        (SELECT count(*) FROM (
            SELECT FROM discussion_comment WHERE author_id = person.id AND created_at > %(hour)s LIMIT %(per_hour)s
        ) AS c)
    FROM unnest(%(people)s::bigint[]) AS person (id)
"""
"""An order, so that an index of them is followed as far as is asked, whoever wrote however much."""


def _counts(people: Collection[int], rules: Rules, now: datetime) -> Statement[Rows] | None:
    """Nothing is counted further than a rule can ask; of what stands, one more, which may be the one being judged."""
    standing = max(rules.newcomer_comments, rules.hold_first_comments)
    most = {
        "standing": standing + 1 if standing else 0,
        "per_minute": rules.comments_per_minute,
        "per_hour": max(rules.comments_per_hour, rules.newcomer_comments_per_hour),
    }
    if not any(most.values()):
        return None
    told: dict[str, Any] = most | {
        "live": CommentState.LIVE.value,
        "minute": now - _MINUTE,
        "hour": now - _HOUR,
        "people": list(people),
    }
    return Statement(_COUNTS, told, list)


_LATEST = """
    SELECT DISTINCT ON (author_id, thread_id) author_id, thread_id, created_at FROM discussion_comment
    WHERE author_id = ANY(%(people)s::bigint[]) AND thread_id = ANY(%(threads)s::bigint[])
    ORDER BY author_id, thread_id, created_at DESC
"""
_NEWEST = """
    SELECT person.id, ARRAY(
        SELECT document.current_id FROM (
            SELECT document_id FROM discussion_comment
            WHERE author_id = person.id AND created_at > %(since)s AND document_id IS NOT NULL
            ORDER BY created_at DESC LIMIT %(most)s
        ) AS comment
        JOIN translation_document AS document ON document.id = comment.document_id
        WHERE document.current_id IS NOT NULL
    )
    FROM unnest(%(people)s::bigint[]) AS person (id)
"""
_known: OrderedDict[int, bytes] = OrderedDict()
_KNOWN_AT_MOST = 20_000  # revisions, whose words never change


def _newest(people: Collection[int], since: datetime) -> Statement[Rows]:
    return Statement(_NEWEST, {"people": list(people), "since": since, "most": _LOOKED_AT}, list)


def _note_wordings(found: Mapping[int, Past], rows: Rows) -> None:
    wordings = _wordings({revision for _, revisions in rows for revision in revisions})
    for person, revisions in rows:
        found[person].wordings.update(wordings[each] for each in revisions if each in wordings)


def _wordings(revisions: Collection[int]) -> Mapping[int, bytes]:
    """The wording of each, read once in the life of this process. One query for those it has not seen."""
    missing = [pk for pk in revisions if pk not in _known]
    for revision, fields in source_blocks_of(missing).items():
        remember(revision, wording_of(fields.get("body", ())))
    return {pk: wording for pk in revisions if (wording := _known.get(pk))}


def remember(revision: int, wording: bytes) -> None:
    """Words that are stored in this very transaction need not be read again."""
    _known[revision] = wording
    while len(_known) > _KNOWN_AT_MOST:
        _known.popitem(last=False)
