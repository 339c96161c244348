"""What moderators see: original and translation side by side, of what nobody else may read too.

On the allow-list for raw access (`translation.queries.reviews`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from dragoman.discussion import queries
from dragoman.discussion.models import Act, Comment, CommentState, Decision, Report
from dragoman.discussion.readings import Author
from dragoman.discussion.rendering import author_of, markup
from dragoman.languages.registry import direction
from dragoman.languages.view import View
from dragoman.translation.queries import Review, readings, reviews
from dragoman.translation.readings import Reading


@dataclass(frozen=True, slots=True)
class Words:
    """A comment's words in one language."""

    markup: SafeString
    language: str

    @property
    def direction(self) -> str:
        """`dir` of the words."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Record:
    """What an author has done here so far."""

    shown: int = 0
    hidden: int = 0
    decided: int = 0  # decisions about the person


@dataclass(frozen=True, slots=True)
class Case:
    """A comment a moderator is to decide on."""

    comment: Comment
    author: Author
    original: Words | None
    translation: Words | None  # None where the moderator reads the original's language, or there is none yet
    reports: tuple[Report, ...] = ()
    record: Record = Record()
    story: str = ""  # the headline of what it is about, as the moderator reads it
    story_language: str = ""

    @property
    def is_readable(self) -> bool:
        """Whether there are words to decide on."""
        return self.original is not None

    @property
    def token(self) -> str:
        """The comment and the words it had when it was shown: what a form sends back."""
        document = self.comment.document
        return f"{self.comment.pk}:{document.current_id if document is not None else ''}"


def cases_of(comments: Iterable[Comment], view: View) -> list[Case]:
    """Each comment with its words, open reports, the author's record and the story's headline: seven queries."""
    listed = list(comments)
    reports = queries.open_reports(listed)
    words = reviews((comment.document_id for comment in listed if comment.document_id), view)
    records = records_of({comment.author_id for comment in listed if comment.author_id})
    stories = readings({comment.thread.document_id for comment in listed}, view)
    return [
        Case(
            comment=comment,
            author=author_of(comment),
            original=words_of(words.get(comment.document_id or 0), view),
            translation=translation_of(words.get(comment.document_id or 0), view),
            reports=tuple(reports.get(comment.pk, ())),
            record=records.get(comment.author_id or 0, Record()),
            story=_headline(stories.get(comment.thread.document_id)),
            story_language=_language(stories.get(comment.thread.document_id)),
        )
        for comment in listed
    ]


def words_of(review: Review | None, view: View) -> Words | None:
    """A text as it was written."""
    return _words(review.original, view) if review is not None else None


def translation_of(review: Review | None, view: View) -> Words | None:
    """A text in the moderator's language, where that is another one and there is a translation."""
    return _words(review.translation, view) if review is not None and review.translation else None


def _words(reading: Reading, view: View) -> Words:
    blocks = [read.block for read in reading.blocks("body")]
    return Words(markup(blocks, reading.language, view), reading.language)


def _language(story: Reading | None) -> str:
    return story.language if story is not None else ""


def _headline(story: Reading | None) -> str:
    found = story.blocks("headline") if story is not None and not story.is_withdrawn else ()
    return found[0].block.text if found else ""


def records_of(people: Iterable[int]) -> dict[int, Record]:
    """What each person has done so far. Two queries."""
    wanted = list(people)
    live, hidden = Q(state=CommentState.LIVE), Q(state__in=[CommentState.HIDDEN, CommentState.REMOVED])
    rows = Comment.objects.filter(author__in=wanted).order_by().values("author")
    counted = rows.annotate(shown=Count("pk", filter=live), hidden=Count("pk", filter=hidden))
    about = Decision.objects.filter(person__in=wanted, act__in=[Act.WARN, Act.SUSPEND, Act.BAN]).order_by()
    decided = dict(about.values("person").annotate(count=Count("pk")).values_list("person", "count"))
    found = {
        row["author"]: Record(row["shown"], row["hidden"], decided.get(row["author"], 0)) for row in counted
    }
    return {pk: found.get(pk, Record(decided=decided.get(pk, 0))) for pk in wanted}
