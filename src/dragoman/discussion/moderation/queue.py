"""The queue: what waits for a moderator, by kind and by language, the longest waiting first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from dragoman.discussion.models import Appeal, AppealOutcome, Comment, CommentState, HeldFor, Report
from dragoman.discussion.moderation.cases import Case, cases_of
from dragoman.languages.view import View

CASES_ON_PAGE = 25


class Kind(StrEnum):
    """What one looks through: the tabs."""

    WAITING = "waiting"
    FIRST = "first"
    EVERY = "every"
    SUSPECT = "suspect"
    CLASSIFIER = "classifier"
    REPORTED = "reported"
    APPEALS = "appeals"
    HIDDEN = "hidden"

    @classmethod
    def of(cls, value: str) -> "Kind":
        """The kind asked for; all that waits for anything else."""
        return cls(value) if value in cls._value2member_map_ else cls.WAITING


NAMES: Mapping[Kind, str | Promise] = {
    Kind.WAITING: pgettext_lazy("tab of the moderators", "everything that waits"),
    Kind.FIRST: pgettext_lazy("tab of the moderators", "first comments"),
    Kind.EVERY: pgettext_lazy("tab of the moderators", "before they are shown"),
    Kind.SUSPECT: pgettext_lazy("tab of the moderators", "suspects"),
    Kind.CLASSIFIER: pgettext_lazy("tab of the moderators", "not examined yet"),
    Kind.REPORTED: pgettext_lazy("tab of the moderators", "reported"),
    Kind.APPEALS: pgettext_lazy("tab of the moderators", "appeals"),
    Kind.HIDDEN: pgettext_lazy("tab of the moderators", "hidden"),
}
_HELD_FOR = {
    Kind.FIRST: HeldFor.FIRST,
    Kind.EVERY: HeldFor.EVERY,
    Kind.SUSPECT: HeldFor.SUSPECT,
    Kind.CLASSIFIER: HeldFor.CLASSIFIER,
}
_ALWAYS = frozenset({Kind.WAITING, Kind.REPORTED, Kind.APPEALS, Kind.HIDDEN})


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind with how much there is of it."""

    kind: Kind
    count: int

    @property
    def name(self) -> str:
        """In the moderator's language."""
        return str(NAMES[self.kind])


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the queue. `following`: the comment after which the next one begins."""

    kind: Kind
    language: str
    after: int | None
    tabs: tuple[Tab, ...]
    languages: Mapping[str, int]
    cases: tuple[Case, ...]
    following: int | None

    @property
    def may_approve(self) -> bool:
        """Whether these are comments that wait."""
        return self.kind not in (Kind.HIDDEN, Kind.APPEALS)


def page(view: View, kind: Kind, language: str = "", after: int | None = None) -> Page:
    """Part of the queue. Whoever decides on some of it, and comes back to the same `after`, has lost nothing."""
    rows = comments(kind)
    languages = _languages(rows)
    if language:
        rows = rows.filter(document__source_language=language)
    found = list(_from(rows, kind, after)[: CASES_ON_PAGE + 1])
    shown = found[:CASES_ON_PAGE]
    return Page(
        kind=kind,
        language=language,
        after=after,
        tabs=tabs(),
        languages=languages,
        cases=tuple(cases_of(shown, view)),
        following=shown[-1].pk if len(found) > CASES_ON_PAGE else None,
    )


def comments(kind: Kind) -> QuerySet[Comment]:
    """The comments of a kind; none for appeals, which have a page of their own."""
    reported = Q(pk__in=Report.objects.filter(settled_at=None).values("comment"))
    wanted = {
        Kind.WAITING: Q(state=CommentState.HELD) | reported,
        Kind.REPORTED: reported | Q(state=CommentState.HELD, held_for=HeldFor.REPORTS),
        Kind.HIDDEN: Q(state=CommentState.HIDDEN),
        Kind.APPEALS: Q(pk__in=[]),
    } | {each: Q(state=CommentState.HELD, held_for=held_for) for each, held_for in _HELD_FOR.items()}
    return Comment.objects.filter(wanted[kind])


def _from(rows: QuerySet[Comment], kind: Kind, after: int | None) -> QuerySet[Comment]:
    """What waits, the oldest first; what is hidden, the newest first. `after` stays a place when it is decided on."""
    newest_first = kind is Kind.HIDDEN
    place = Comment.objects.filter(pk=after).values_list("created_at", "pk").first() if after else None
    if place is not None:
        later, same = ("lt", "lt") if newest_first else ("gt", "gt")
        moment, pk = place
        rows = rows.filter(
            Q(**{f"created_at__{later}": moment}) | Q(created_at=moment, **{f"pk__{same}": pk})
        )
    order = ("-created_at", "-pk") if newest_first else ("created_at", "pk")
    return rows.select_related("author", "document__current", "thread__document").order_by(*order)


def _languages(rows: QuerySet[Comment]) -> dict[str, int]:
    counted = rows.order_by().values("document__source_language").annotate(count=Count("pk"))
    found = counted.exclude(document=None).order_by("-count", "document__source_language")
    return dict(found.values_list("document__source_language", "count"))


def tabs() -> tuple[Tab, ...]:
    """Every kind with its number, those that are empty and seldom used left out."""
    held = Comment.objects.filter(state=CommentState.HELD).order_by().values("held_for")
    by_reason = dict(held.annotate(count=Count("pk")).values_list("held_for", "count"))
    counts = {each: by_reason.get(reason, 0) for each, reason in _HELD_FOR.items()} | {
        each: comments(each).count() for each in (Kind.WAITING, Kind.REPORTED, Kind.HIDDEN)
    }
    counts[Kind.APPEALS] = Appeal.objects.filter(outcome=AppealOutcome.OPEN).count()
    return tuple(Tab(each, counts[each]) for each in Kind if counts[each] or each in _ALWAYS)


def chosen(tokens: Sequence[str]) -> list[tuple[int, int | None]]:
    """The comments a form names (`Case.token`), each with the revision that was read."""
    found = []
    for token in tokens:
        comment, _colon, revision = token.partition(":")
        if comment.isascii() and comment.isdigit() and len(comment) < 19:
            known = revision.isascii() and revision.isdigit() and len(revision) < 19
            found.append((int(comment), int(revision) if known else None))
    return found
