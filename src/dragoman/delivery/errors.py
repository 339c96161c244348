"""What can go wrong when somebody looks after stored responses: a stable code and a sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DeliveryError(Exception):
    """The root of the tree. `str()` is the sentence in the active language."""

    code = "delivery"
    sentence: str | Promise = _("This cannot be done with stored responses.")

    def __str__(self) -> str:
        return str(self.sentence)


class PurgeNotPermitted(DeliveryError):
    """The person may not purge."""

    code = "purge_not_permitted"
    sentence = _("You do not have the permission this needs.")


class NotAnAddress(DeliveryError):
    """What was given is no address of a page."""

    code = "not_an_address"
    sentence = _("This is not the address of a page: it should look like /en/coast/.")


class NotATopic(DeliveryError):
    """What was given is not something that responses depend on."""

    code = "not_a_topic"
    sentence = _("This is nothing that a response depends on: it should look like thread:7.")
