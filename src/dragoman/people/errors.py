"""What may be wrong with a wish about an account: a sentence for people, a stable code for programs."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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
