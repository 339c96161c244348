"""What the discussion refuses: a sentence for people in the active language, a stable code for programs.

Nothing was changed when one of these is raised.
"""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dragoman.languages import formats
from dragoman.languages.registry import default_language
from dragoman.text.blocks import Block


class DiscussionError(Exception):
    """The root. `str()` is the sentence."""

    code = "discussion"
    sentence: str | Promise = _("This cannot be done in the discussion.")

    def __init__(self, sentence: str | Promise | None = None) -> None:
        super().__init__()
        if sentence is not None:
            self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class NotPermitted(DiscussionError):
    """The one who asks may not do it."""

    code = "not_permitted"
    sentence = _("You do not have the permission this needs. Nothing was changed.")


class Suspended(DiscussionError):
    """The account may read, not write."""

    code = "suspended"

    def __init__(self, until: datetime | None) -> None:
        self.until = until
        super().__init__(_suspension(until))


class WordsTaken(DiscussionError):
    """Words may be meant as quotations: it is for the author to say. `blocks`: theirs, with references."""

    code = "words_taken"

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        self.blocks = blocks
        super().__init__()


class ThreadLocked(DiscussionError):
    """Nobody but staff writes here."""

    code = "thread_locked"
    sentence = _("This discussion is closed. It can be read, but nothing more can be written.")


class ThreadWithdrawn(DiscussionError):
    """The story is no longer published."""

    code = "thread_withdrawn"
    sentence = _("The article is no longer published, and so its discussion is closed.")


class CommentEmpty(DiscussionError):
    """No words."""

    code = "comment_empty"
    sentence = _("Please write something.")


class CommentTooLong(DiscussionError):
    """More characters than a comment has room for (rule of reading 7)."""

    code = "comment_too_long"

    def __init__(self, length: int, longest: int) -> None:
        self.length, self.longest = length, longest
        too_many = length - longest
        sentence = ngettext(
            "A comment has room for %(longest)s characters; this one has %(too_many)s too many.",
            "A comment has room for %(longest)s characters; this one has %(too_many)s too many.",
            too_many,
        )
        super().__init__(sentence % {"longest": _number(longest), "too_many": _number(too_many)})


class TooFast(DiscussionError):
    """More in a short time than a person does."""

    code = "too_fast"
    sentence = _("That was a lot in a short time. Please wait a moment and try again.")


class TooSlow(DiscussionError):
    """The thread is in slow mode, and the person's last comment there is too young."""

    code = "slow_mode"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(_patience(seconds))


class Repeated(DiscussionError):
    """The same words again."""

    code = "repeated"
    sentence = _("You have written this already. Saying it once is enough.")


class TooManyLinks(DiscussionError):
    """More links than a comment may hold."""

    code = "too_many_links"

    def __init__(self, at_most: int) -> None:
        sentence = ngettext(
            "A comment may hold %(number)s link. Please leave out the others.",
            "A comment may hold %(number)s links. Please leave out the others.",
            at_most,
        )
        super().__init__(sentence % {"number": _number(at_most)})


class BlockedLink(DiscussionError):
    """A link to a host that the publication does not link to."""

    code = "blocked_link"

    def __init__(self, host: str) -> None:
        super().__init__(_("Links to %(host)s are not accepted here.") % {"host": host})


class BannedWords(DiscussionError):
    """Words of a list. The author is told which: nothing is refused in secret."""

    code = "banned_words"

    def __init__(self, written: str) -> None:
        super().__init__(_("“%(words)s” is not accepted here. Please say it otherwise.") % {"words": written})


class NotLive(DiscussionError):
    """The comment is hidden, deleted or not shown yet."""

    code = "comment_not_live"
    sentence = _("This comment is no longer available.")


class OwnComment(DiscussionError):
    """One does not vote for or report oneself."""

    code = "own_comment"
    sentence = _("This is your own comment.")


class EditingClosed(DiscussionError):
    """The minutes in which a comment may be changed are over."""

    code = "editing_closed"
    sentence = _("The time in which this comment could be changed is over.")


class UnknownQuotation(DiscussionError):
    """A reference to sentences nobody can read."""

    code = "unknown_quotation"
    sentence = _("Something quoted here is no longer available. Please remove that quotation.")


class UnknownLanguage(DiscussionError):
    """Not a language we know the name of."""

    code = "unknown_language"
    sentence = _("Please choose the language from the list.")


class SubmissionTaken(DiscussionError):
    """The form was sent before, by someone else."""

    code = "submission_taken"
    sentence = _("This form was sent before. Please open it again.")


class ReasonMissing(DiscussionError):
    """A decision that others will ask the reason of."""

    code = "reason_missing"
    sentence = _("Please give a reason.")


class AppealClosed(DiscussionError):
    """There was an appeal before, the time is over, or the decision is none of those one appeals against."""

    code = "appeal_closed"
    sentence = _("This decision can no longer be appealed against.")


class OwnDecision(DiscussionError):
    """Whoever decided, or appealed, does not decide on the appeal."""

    code = "own_decision"
    sentence = _("Another moderator decides on this appeal.")


class ChangedMeanwhile(DiscussionError):
    """The words are not those that were judged any more."""

    code = "changed_meanwhile"
    sentence = _("The author has changed the comment in the meantime. Please read it again.")


class NoSuchChange(DiscussionError):
    """The comment or thread is in that state already, or cannot come into it."""

    code = "no_such_change"
    sentence = _("Somebody has decided this in the meantime. Please look again.")


def _suspension(until: datetime | None) -> str:
    if until is None:
        return gettext("Your account is suspended. You can read, but not write.")
    language = get_language() or default_language()
    moment = f"{formats.date_and_time(until, language)} ({formats.zone_name(until, language)})"
    return gettext("Your account is suspended until %(moment)s. You can read, but not write.") % {
        "moment": moment
    }


def _patience(seconds: int) -> str:
    if seconds < 60:
        sentence = ngettext(
            "This discussion goes slowly. You can write again in %(number)s second.",
            "This discussion goes slowly. You can write again in %(number)s seconds.",
            seconds,
        )
        return sentence % {"number": _number(seconds)}
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "This discussion goes slowly. You can write again in %(number)s minute.",
        "This discussion goes slowly. You can write again in %(number)s minutes.",
        minutes,
    )
    return sentence % {"number": _number(minutes)}


def _number(value: int) -> str:
    return formats.number(value, get_language() or default_language())
