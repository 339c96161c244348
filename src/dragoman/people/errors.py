"""What may be wrong with a wish about an account: a sentence for people, a stable code for programs."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from dragoman.languages import formats
from dragoman.languages.registry import default_language


class PeopleError(Exception):
    """The root of this package's errors. `str()` is the sentence in the active language."""

    code = "people"
    sentence: str | Promise = _("This cannot be done with the account.")

    def __init__(self, sentence: str | Promise | None = None) -> None:
        super().__init__()
        if sentence is not None:
            self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class NotPermitted(PeopleError):
    """The one who asks may not do it."""

    code = "not_permitted"
    sentence = _("You do not have the permission this needs. Nothing was changed.")


class UnknownLanguage(PeopleError):
    """The publication does not offer the language."""

    code = "unknown_language"
    sentence = _("This publication does not write e-mails in that language.")


class UnfitName(PeopleError):
    """A display name nobody may have."""

    code = "unfit_name"
    sentence = _("This name cannot be used.")


class LastOfStaff(PeopleError):
    """Without this account nobody could run the publication."""

    code = "last_of_staff"
    sentence = _("This is the only account that may do everything here. Give another one its rights first.")


class NotClosed(PeopleError):
    """There is nothing to take back, or it is too late."""

    code = "not_closed"
    sentence = _("This account cannot be opened again: its time is over, or it is open.")


class AskedLately(PeopleError):
    """One's own data was asked for a short while ago."""

    code = "asked_lately"

    def __init__(self, again_at: datetime) -> None:
        super().__init__()
        self.again_at = again_at

    def __str__(self) -> str:
        moment = formats.date_and_time(self.again_at, get_language() or default_language())
        return gettext("You asked for your data a short while ago. You can ask again from %(moment)s.") % {
            "moment": moment
        }
