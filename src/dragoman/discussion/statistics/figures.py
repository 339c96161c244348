"""The figures of a discussion within some days. Reads only; whoever asks has the permission (`statistics.views`).

Which languages people read in is not known: reading is not counted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from dragoman.discussion.models import Comment, CommentState, Thread, Vote
from dragoman.languages.formats import publication_zone
from dragoman.languages.registry import UNDETERMINED, base
from dragoman.languages.view import View
from dragoman.translation.queries import readings

DAYS_AT_MOST = 366
THREADS_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in the publication's zone, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + timedelta(days=step) for step in range((self.last - self.first).days + 1)]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first moment of the first day to the first after the last."""
        zone = publication_zone()
        return (
            datetime.combine(self.first, time(), zone),
            datetime.combine(self.last + timedelta(days=1), time(), zone),
        )


@dataclass(frozen=True, slots=True)
class Day:
    """One day's comments, whatever became of them."""

    day: date
    comments: int = 0
    replies: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a period. A comment counts where it was written; `states` is what became of it."""

    comments: int
    replies: int
    across: int  # replies in another language than what they answer
    comparable: int  # replies of which both languages are known
    people: int
    newcomers: int  # who wrote here for the first time ever
    votes_for: int
    votes_against: int
    states: dict[str, int]
    languages: list[tuple[str, int]]  # of the comments, the commonest first; "und" where it is not known
    exchanges: list[tuple[str, str, int]]  # language of the reply, of what it answers, how often: across only
    days: list[Day]


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread in the list of all."""

    thread: int
    headline: str
    language: str
    comments: int
    people: int


def figures(period: Period, thread: Thread | None = None) -> Figures:
    """Of one thread, or of all: eight queries whatever their number."""
    rows = _written(period, thread)
    pairs = _pairs(rows)
    across = Counter({pair: count for pair, count in pairs.items() if base(pair[0]) != base(pair[1])})
    totals = rows.aggregate(
        comments=Count("pk"),
        replies=Count("pk", filter=Q(parent__isnull=False)),
        people=Count("author", distinct=True),
    )
    votes = _votes(period, thread)
    return Figures(
        comments=totals["comments"],
        replies=totals["replies"],
        across=sum(across.values()),
        comparable=sum(pairs.values()),
        people=totals["people"],
        newcomers=_newcomers(period, rows),
        votes_for=votes["up"],
        votes_against=votes["down"],
        states=_states(rows),
        languages=_languages(rows),
        exchanges=[(own, other, count) for (own, other), count in across.most_common()],
        days=_days(period, rows),
    )


def talks(period: Period, view: View) -> list[Talk]:
    """The threads with most comments in the period: four queries."""
    counted = (
        _written(period, None)
        .values("thread", "thread__document")
        .annotate(comments=Count("pk"), people=Count("author", distinct=True))
        .order_by("-comments", "-thread")[:THREADS_AT_MOST]
    )
    rows = list(counted)
    read = readings([row["thread__document"] for row in rows], view)
    found = []
    for row in rows:
        reading = read[row["thread__document"]]
        headline = reading.text("headline") if not reading.is_withdrawn else ""
        language = reading.language_of("headline") if headline else view.language
        found.append(Talk(row["thread"], headline, language, row["comments"], row["people"]))
    return found


def _written(period: Period, thread: Thread | None) -> QuerySet[Comment]:
    start, end = period.moments
    rows = Comment.objects.filter(created_at__gte=start, created_at__lt=end).order_by()
    return rows.filter(thread=thread) if thread is not None else rows


def _pairs(rows: QuerySet[Comment]) -> Counter[tuple[str, str]]:
    """Languages of replies and of what they answer; not of what was deleted or is not known."""
    known = rows.filter(document__isnull=False, parent__document__isnull=False).values_list(
        "document__source_language", "parent__document__source_language"
    )
    counted = known.annotate(count=Count("pk"))
    return Counter({(own, other): count for own, other, count in counted if UNDETERMINED not in (own, other)})


def _newcomers(period: Period, rows: QuerySet[Comment]) -> int:
    """Of those who wrote in the period, whose first comment anywhere fell into it."""
    start, _end = period.moments
    wrote = rows.exclude(author=None).values("author")
    first = (
        Comment.objects.filter(author__in=wrote).order_by().values("author").annotate(first=Min("created_at"))
    )
    return first.filter(first__gte=start).count()


def _votes(period: Period, thread: Thread | None) -> dict[str, int]:
    start, end = period.moments
    rows = Vote.objects.filter(changed_at__gte=start, changed_at__lt=end)
    if thread is not None:
        rows = rows.filter(comment__thread=thread)
    return rows.aggregate(up=Count("pk", filter=Q(value__gt=0)), down=Count("pk", filter=Q(value__lt=0)))


def _states(rows: QuerySet[Comment]) -> dict[str, int]:
    found = dict(rows.values_list("state").annotate(count=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in CommentState}


def _languages(rows: QuerySet[Comment]) -> list[tuple[str, int]]:
    counted = rows.values_list("document__source_language").annotate(count=Count("pk"))
    found: Counter[str] = Counter()
    for language, count in counted:
        found[language or UNDETERMINED] += count
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))


def _days(period: Period, rows: QuerySet[Comment]) -> list[Day]:
    counted = rows.values(day=TruncDate("created_at", tzinfo=publication_zone())).annotate(
        written=Count("pk"),
        answers=Count("pk", filter=Q(parent__isnull=False)),
        people=Count("author", distinct=True),
    )
    known = {row["day"]: Day(row["day"], row["written"], row["answers"], row["people"]) for row in counted}
    return [known.get(day, Day(day)) for day in period.days]


def table(rows: Iterable[Day]) -> list[list[str]]:
    """The days as lines of a file, the first with the names of the columns."""
    return [
        ["day", "comments", "replies", "people"],
        *([each.day.isoformat(), str(each.comments), str(each.replies), str(each.people)] for each in rows),
    ]
