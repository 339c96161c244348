"""What the translation core refuses, as a sentence for people and a code for programs."""

from django.utils.translation import gettext as _


class TranslationRefused(Exception):
    """Something asked of the translation core that it does not do. Nothing was changed."""

    code = "translation_refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotPermitted(TranslationRefused):
    """The person may not review editions."""

    code = "not_permitted"

    def __init__(self) -> None:
        super().__init__(_("You may not correct translations."))


class EmptyTarget(TranslationRefused):
    """A correction without words."""

    code = "empty_target"

    def __init__(self) -> None:
        super().__init__(_("A correction needs some words."))


class Superseded(TranslationRefused):
    """The sentence was changed or removed in the meantime."""

    code = "superseded"

    def __init__(self) -> None:
        super().__init__(_("The text has changed in the meantime; please look at it again."))


class MalformedExchange(TranslationRefused):
    """A file of an exchange format that cannot be read."""

    code = "malformed_exchange"


class MayNotEditTerms(TranslationRefused):
    """The person may not edit the glossary."""

    code = "may_not_edit_terms"

    def __init__(self) -> None:
        super().__init__(_("You may not change the glossary."))


class InvalidTerm(TranslationRefused):
    """A term that cannot be stored as it is."""

    code = "invalid_term"


class MayNotReport(TranslationRefused):
    """The account may not write now, or the text is not public."""

    code = "may_not_report"

    def __init__(self) -> None:
        super().__init__(_("You cannot report this translation."))


class ReportedTooOften(TranslationRefused):
    """More reports in an hour than one person reads with care."""

    code = "reported_too_often"

    def __init__(self) -> None:
        super().__init__(_("You have reported a lot within the hour; please go on a little later."))


class NotGivenOut(TranslationRefused):
    """A text of the discussion is not given to translators."""

    code = "not_given_out"

    def __init__(self) -> None:
        super().__init__(_("Comments are not given out as files."))
