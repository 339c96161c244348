"""What notifications refuse."""

from django.utils.translation import gettext_lazy as _

from dragoman.discussion.errors import DiscussionError


class NotIgnorable(DiscussionError):
    """Oneself, or somebody of the staff, who speaks for the house."""

    code = "not_ignorable"
    sentence = _("You cannot ignore this person: people of the staff speak for the publication.")


class TooManyIgnored(DiscussionError):
    """More than the pages of a thread can leave out."""

    code = "too_many_ignored"
    sentence = _("You already ignore as many people as is possible.")


class UnknownZone(DiscussionError):
    """Not a time zone of the IANA database."""

    code = "unknown_zone"
    sentence = _("Please choose the time zone from the list.")
