"""What can go wrong in the newsroom: a stable code and a sentence."""

from django.utils.translation import gettext_lazy as _


class NewsroomError(Exception):
    """The root of the tree."""

    code = "newsroom"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(NewsroomError):
    """The person may not do this."""

    code = "not_allowed"

    def __init__(self) -> None:
        super().__init__(str(_("You do not have the permission this needs.")))


class NotPublished(NewsroomError):
    """Only what is published can be corrected at once."""

    code = "not_published"

    def __init__(self) -> None:
        super().__init__(str(_("This article is not published.")))


class UnknownLanguage(NewsroomError):
    """A language the publication does not offer."""

    code = "unknown_language"

    def __init__(self, language: str) -> None:
        super().__init__(
            str(_("%(language)s is not a language of this publication.")) % {"language": language}
        )
