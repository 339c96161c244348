"""What the discussion keeps of a person: the chapters of their export.

On the allow-list for raw access (`Revision.blocks`): one's own words, in every wording that is stored.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dragoman.discussion.drafting import own_source
from dragoman.discussion.models import (
    Act,
    Appeal,
    AppealOutcome,
    Comment,
    CommentState,
    Decision,
    Ground,
    Quotation,
    QuotedPart,
    Report,
    Vote,
)
from dragoman.discussion.models import ReportReason as Reason
from dragoman.discussion.notifications import personal as notifications
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people import exports
from dragoman.people.exports import Chapter, Coded, Record
from dragoman.people.models import User
from dragoman.text.markdown import markdown_from_blocks
from dragoman.translation.models import Revision


def register() -> None:
    """Part of the wiring's round."""
    exports.register(COMMENTS, QUOTATIONS, VOTES, REPORTS, DECISIONS_ABOUT, DECISIONS_MADE, APPEALS)
    notifications.register()


def _place(comment: int | None) -> str | None:
    if comment is None:
        return None
    return addresses.absolute(addresses.address("comment_finder", comment=comment))


def _comments(person: User) -> Iterator[Record]:
    rows = Comment.objects.filter(author=person).select_related("document__current").order_by("pk")
    for comment in rows.iterator(500):
        document = comment.document
        current = document.current_id if document else None
        yield {
            "address": _place(comment.pk),
            "answers": _place(comment.parent_id),
            "written_at": comment.created_at,
            "edited_at": comment.edited_at,
            "language": document.source_language if document else None,
            "state": Coded(comment.state, CommentState(comment.state).label),
            "score": comment.score,
            "words": own_source(comment, View(person.language)) if document else None,
            "earlier_words": _earlier(document.pk, current) if document else [],
        }


def _earlier(document: int, current: int | None) -> list[str]:
    """What stood there before, the oldest first; quotations are a chapter of their own."""
    rows = Revision.objects.filter(document=document).order_by("number")
    return [
        markdown_from_blocks(block for block in each.blocks().get("body", ()) if block.kind != "reference")
        for each in rows
        if each.pk != current
    ]


def _quotations(person: User) -> Iterator[Record]:
    rows = Quotation.objects.filter(comment__author=person).select_related("document__comment")
    for row in rows.order_by("comment", "position"):
        quoted = getattr(row.document, "comment", None)
        yield {
            "comment": _place(row.comment_id),
            "quoted": _place(quoted.pk if quoted else None),
            "part": Coded(row.part, QuotedPart(row.part).label),
            "wording": row.wording,
        }


def _votes(person: User) -> Iterator[Record]:
    for vote in Vote.objects.filter(voter=person).exclude(value=0).order_by("pk"):
        yield {"comment": _place(vote.comment_id), "vote": vote.value, "given_at": vote.changed_at}


def _reports(person: User) -> Iterator[Record]:
    for report in Report.objects.filter(reporter=person).order_by("pk"):
        yield {
            "comment": _place(report.comment_id),
            "reason": Coded(report.reason, Reason(report.reason).label),
            "note": report.note,
            "language": report.language,
            "reported_at": report.created_at,
            "settled_at": report.settled_at,
        }


def _decisions_about(person: User) -> Iterator[Record]:
    """Who decided is not said: the publication did."""
    return _decisions(Decision.objects.filter(Q(person=person) | Q(comment__author=person)))


def _decisions_made(person: User) -> Iterator[Record]:
    """Whom they concern is not said."""
    return _decisions(Decision.objects.filter(actor=person))


def _appeals(person: User) -> Iterator[Record]:
    for row in (
        Appeal.objects.filter(author=person).select_related("decision", "document__current").order_by("pk")
    ):
        current = row.document.current if row.document is not None else None
        yield {
            "act": Coded(row.decision.act, Act(row.decision.act).label),
            "words": markdown_from_blocks(current.blocks().get("body", ())) if current else None,
            "outcome": Coded(row.outcome, AppealOutcome(row.outcome).label),
            "written_at": row.created_at,
            "decided_at": row.decided_at,
        }


def _decisions(rows: Iterable[Decision]) -> Iterator[Record]:
    for row in rows:
        yield {
            "act": Coded(row.act, Act(row.act).label),
            "comment": _place(row.comment_id),
            "ground": Coded(row.ground, Ground(row.ground).label) if row.ground else None,
            "reason": row.reason,
            "decided_at": row.created_at,
        }


_COMMENT = _("Comment")
_DECISION = {
    "act": pgettext_lazy("what a moderator did", "Decision"),
    "comment": _COMMENT,
    "ground": _("What is wrong with it"),
    "reason": _("Reason"),
    "decided_at": _("Decided on"),
}
COMMENTS = Chapter(
    "comments",
    _("Your comments"),
    {
        "address": _("Address"),
        "answers": _("Answers"),
        "written_at": _("Written on"),
        "edited_at": _("Edited on"),
        "language": _("Language"),
        "state": pgettext_lazy("of a comment", "State"),
        "score": _("Score"),
        "words": _("Your words"),
        "earlier_words": _("Earlier wordings"),
    },
    _comments,
)
QUOTATIONS = Chapter(
    "quotations",
    _("What you quoted"),
    {
        "comment": _("Your comment"),
        "quoted": _("Quoted comment"),
        "part": _("How much of it"),
        "wording": _("Your own wording of it"),
    },
    _quotations,
)
VOTES = Chapter(
    "votes",
    _("Your votes"),
    {"comment": _COMMENT, "vote": _("Vote"), "given_at": _("Given on")},
    _votes,
)
REPORTS = Chapter(
    "reports",
    _("Your reports"),
    {
        "comment": _COMMENT,
        "reason": _("Reason"),
        "note": _("Your note"),
        "language": _("Language you read it in"),
        "reported_at": _("Reported on"),
        "settled_at": _("Settled on"),
    },
    _reports,
)
DECISIONS_ABOUT = Chapter(
    "decisions", _("Decisions about you and your comments"), _DECISION, _decisions_about
)
DECISIONS_MADE = Chapter("decisions_made", _("Decisions you made as a moderator"), _DECISION, _decisions_made)
APPEALS = Chapter(
    "appeals",
    _("Your appeals"),
    {
        "act": pgettext_lazy("what a moderator did", "Decision"),
        "words": _("Your words"),
        "outcome": pgettext_lazy("of an appeal", "Outcome"),
        "written_at": _("Written on"),
        "decided_at": _("Decided on"),
    },
    _appeals,
)
