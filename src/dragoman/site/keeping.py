"""What a browser keeps for this site: the one table behind the page `/<lang>/privacy/`.

`tests/browser/test_privacy.py` compares it with what a browser really has after reading, signing in and editing.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dragoman.languages.preferences import PREFERENCE_COOKIE
from dragoman.languages.view import LANGUAGE_COOKIE

OURS = "dragoman "  # as the script names what it keeps
WAGTAIL_PREFIX = "wagtail"


class Kind(StrEnum):
    """Where it lies."""

    COOKIE = "cookie"  # sent with every request
    LOCAL = "localStorage"  # stays in the browser until somebody clears it
    TAB = "sessionStorage"  # stays until the tab is closed


KIND_LABELS: dict[Kind, str | Promise] = {
    Kind.COOKIE: pgettext_lazy("what a browser keeps", "cookie"),
    Kind.LOCAL: pgettext_lazy("what a browser keeps", "storage of the browser"),
    Kind.TAB: pgettext_lazy("what a browser keeps", "storage of the tab"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing. `is_prefix`: the name goes on, with the number of a discussion or the like."""

    kind: Kind
    name: str
    purpose: str | Promise
    life: str | Promise
    is_prefix: bool = False
    staff: bool = False  # in the newsroom's pages only

    @property
    def label(self) -> str | Promise:
        """The kind, for people."""
        return KIND_LABELS[self.kind]

    def covers(self, kind: Kind, name: str) -> bool:
        """Whether this is what a browser has under that name."""
        return self.kind is kind and (name.startswith(self.name) if self.is_prefix else name == self.name)


_YEAR = _("one year")
_BROWSER = _("until the browser is closed")
_CLEARED = _("until you clear it")
_TAB = _("until the tab is closed")
_FORTNIGHT = _("two weeks, or until you sign out")
_SESSION = _("Knows that you are signed in, and keeps what you typed before you did.")
_VISIT = _("The newest comment of a discussion that you have seen, so that new ones can be marked.")


def kept() -> tuple[Kept, ...]:
    """All of it."""
    arranged = _("How the newsroom's pages are arranged.")
    return (
        Kept(Kind.COOKIE, settings.SESSION_COOKIE_NAME, _SESSION, _FORTNIGHT),
        Kept(Kind.COOKIE, settings.CSRF_COOKIE_NAME, _("Protects forms from being sent by other sites."), _YEAR),
        Kept(Kind.COOKIE, "messages", _("Carries one notice to the next page, such as “Saved”."), _BROWSER),
        Kept(Kind.COOKIE, LANGUAGE_COOKIE, _("The language in which the publication opens, if you chose one."), _YEAR),
        Kept(Kind.COOKIE, PREFERENCE_COOKIE, _("The languages you read, if you said so."), _YEAR),
        Kept(Kind.LOCAL, f"{OURS}visit ", _VISIT, _CLEARED, is_prefix=True),
        Kept(Kind.LOCAL, f"{OURS}draft ", _("What you are writing, until it is sent."), _("30 days"), is_prefix=True),
        Kept(Kind.LOCAL, f"{OURS}moderation keys", _("Whether a moderator uses single keys."), _CLEARED),
        Kept(Kind.TAB, f"{OURS}folded ", _("Which branches of a discussion you folded."), _TAB, is_prefix=True),
        Kept(Kind.TAB, "htmx-current-path-for-history", _("The address of the page you are on."), _TAB),
        Kept(Kind.COOKIE, WAGTAIL_PREFIX, arranged, _YEAR, is_prefix=True, staff=True),
        Kept(Kind.LOCAL, WAGTAIL_PREFIX, arranged, _CLEARED, is_prefix=True, staff=True),
        Kept(Kind.TAB, WAGTAIL_PREFIX, arranged, _TAB, is_prefix=True, staff=True),
    )  # fmt: skip
