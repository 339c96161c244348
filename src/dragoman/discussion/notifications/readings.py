"""A notification as one view reads it: a value, made by `notifications.queries` only."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dragoman.discussion.models import Act
from dragoman.discussion.notifications.models import Kind
from dragoman.discussion.readings import Author, CommentReading
from dragoman.languages import formats
from dragoman.languages.registry import direction

_DECIDED: dict[str, str | Promise] = {
    Act.APPROVE: _("Your comment is shown now"),
    Act.HIDE: _("Your comment was hidden by a moderator"),
    Act.RESTORE: _("Your comment is shown again"),
    Act.SUSPEND: _("Your account is suspended"),
    Act.REINSTATE: _("You can write again"),
    Act.HOLD: _("Your comment is being looked at by the moderators"),
    Act.REMOVE: _("Your comment was deleted by a moderator"),
    Act.WARN: _("The moderators have a warning for you"),
    Act.BAN: _("Your account is suspended"),
    Act.UPHOLD: _("Your appeal was decided: the decision stands"),
    Act.OVERTURN: _("Your appeal was decided: the decision was taken back"),
}
_ISOLATED = "\u2068{}\u2069"  # FSI … PDI: a name of either direction leaves the sentence as it is (UAX #9)


@dataclass(frozen=True, slots=True)
class Headline:
    """What a story is called in the reader's language."""

    text: str
    language: str

    @property
    def direction(self) -> str:
        """`dir` of the words."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Told:
    """What one is told. `author` wrote the comment; of a decision nobody is named."""

    id: int
    kind: Kind
    language: str  # of the sentence
    created_at: datetime
    is_new: bool
    address: str
    thread: int | None = None
    author: Author | None = None
    comment: CommentReading | None = None
    headline: Headline | None = None
    count: int = 1  # comments since one last looked, of a followed discussion
    act: str = ""
    reason: str = ""  # of a decision, in the words of who decided

    @property
    def sentence(self) -> SafeString:
        """What happened, as markup: names are never translated, and leave the sentence's direction alone."""
        return format_html(self._pattern(), name=format_html("<bdi>{}</bdi>", self._name()))

    @property
    def plain_sentence(self) -> str:
        """The same without markup."""
        return self._pattern().format(name=_ISOLATED.format(self._name()))

    @property
    def subject(self) -> str:
        """The same for the one line that mail programs show, some of which do not know isolates."""
        return self._pattern().format(name=self._name())

    def _name(self) -> str:
        return " ".join(self.author.label.split()) if self.author else ""

    def _pattern(self) -> str:
        """With `{name}`, in the active language."""
        match self.kind:
            case Kind.REPLY:
                return gettext("{name} replied to your comment")
            case Kind.QUOTATION:
                return gettext("{name} quoted you")
            case Kind.MENTION:
                return gettext("{name} mentioned you")
            case Kind.FEATURED:
                return gettext("Your comment is featured")
            case Kind.FOLLOWED:
                return self._followed()
            case Kind.DECISION:
                return str(_DECIDED.get(self.act) or _("Something was decided about your comment"))

    def _followed(self) -> str:
        pattern = ngettext(
            "{number} new comment in a discussion you follow",
            "{number} new comments in a discussion you follow",
            self.count,
        )
        return pattern.replace("{number}", formats.number(self.count, self.language))
