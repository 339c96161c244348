"""What the translation core keeps of a person: the chapters of their export, and what goes with their account.

What somebody translated or corrected for the newsroom is the newsroom's work: the sentences stay, without a name.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from dragoman.people import erasures, exports
from dragoman.people.exports import Chapter, Record
from dragoman.people.models import User
from dragoman.translation.models import Target, TranslationReport


def register() -> None:
    """Part of the wiring's round."""
    exports.register(REPORTS, CORRECTIONS)
    erasures.register("translation_reports", forget_reports)


def forget_reports(person: User) -> None:
    """What a reader said of a translation was for the desk; without its author it stays as a bare mark, if open."""
    rows = TranslationReport.objects.filter(reporter=person)
    rows.exclude(settled_at=None).delete()
    rows.update(note="")


def _reports(person: User) -> Iterator[Record]:
    for row in TranslationReport.objects.filter(reporter=person):
        yield {
            "language": row.language,
            "note": row.note,
            "reported_at": row.created_at,
            "settled_at": row.settled_at,
        }


def _corrections(person: User) -> Iterator[Record]:
    rows = Target.objects.filter(reviewer=person).select_related("edition").order_by("pk")
    for row in rows.iterator(1000):
        yield {"language": row.edition.language, "words": row.text, "corrected_at": row.changed_at}


REPORTS = Chapter(
    "translation_reports",
    _("Your reports of translations"),
    {
        "language": _("Language you read it in"),
        "note": _("Your note"),
        "reported_at": _("Reported on"),
        "settled_at": _("Settled on"),
    },
    _reports,
)
CORRECTIONS = Chapter(
    "corrections",
    _("Sentences you translated or approved"),
    {"language": _("Language"), "words": _("Words"), "corrected_at": _("Changed on")},
    _corrections,
)
