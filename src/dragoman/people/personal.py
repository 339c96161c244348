"""The chapters of an account itself, for its person's export."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dragoman.people import exports
from dragoman.people.exports import Chapter, Record
from dragoman.people.models import Export, SeenAddress, Session, User


def register() -> None:
    """Part of the wiring's round."""
    exports.register(ACCOUNT, EMAIL_ADDRESSES, PASSKEYS, SESSIONS, NETWORKS, EXPORTS)


def _account(person: User) -> Iterator[Record]:
    yield {
        "number": person.pk,
        "display_name": person.display_name,
        "email": person.email,
        "language": person.language,
        "recent_language": person.recent_language,
        "joined_at": person.date_joined,
        "last_login": person.last_login,
        "has_password": person.has_usable_password(),
        "is_staff": person.is_staff,
        "groups": list(person.groups.order_by("name").values_list("name", flat=True)),
        "suspended_at": person.suspended_at,
        "suspended_until": person.suspended_until,
    }


def _email_addresses(person: User) -> Iterator[Record]:
    for each in EmailAddress.objects.filter(user=person).order_by("pk"):
        yield {"email": each.email, "is_verified": each.verified, "is_primary": each.primary}


def _passkeys(person: User) -> Iterator[Record]:
    """What its owner called each. The key itself is half of a secret: it is not told."""
    for each in Authenticator.objects.filter(user=person).order_by("pk"):
        yield {"name": str(each), "made_at": each.created_at, "used_at": each.last_used_at}


def _sessions(person: User) -> Iterator[Record]:
    """The key of a session opens the account: it is not told."""
    for each in Session.objects.filter(account=person.pk).order_by("expire_date"):
        yield {"valid_until": each.expire_date}


def _networks(person: User) -> Iterator[Record]:
    for each in SeenAddress.objects.filter(person=person).order_by("pk"):
        yield {"day": each.day.isoformat(), "hash": bytes(each.digest).hex()}


def _exports(person: User) -> Iterator[Record]:
    for each in Export.objects.filter(person=person).defer("archive"):
        yield {"asked_at": each.asked_at, "made_at": each.made_at}


ACCOUNT = Chapter(
    "account",
    _("Your account"),
    {
        "number": _("Number of the account"),
        "display_name": _("Display name"),
        "email": _("E-mail address"),
        "language": _("Language of e-mails"),
        "recent_language": _("Language you wrote in last"),
        "joined_at": _("Made on"),
        "last_login": _("Last sign-in"),
        "has_password": _("A password is set"),
        "is_staff": _("Belongs to the staff"),
        "groups": _("Groups"),
        "suspended_at": _("Suspended since"),
        "suspended_until": _("Suspended until"),
    },
    _account,
)
EMAIL_ADDRESSES = Chapter(
    "email_addresses",
    _("E-mail addresses"),
    {
        "email": _("E-mail address"),
        "is_verified": pgettext_lazy("an e-mail address", "Confirmed"),
        "is_primary": pgettext_lazy("an e-mail address", "E-mails go here"),
    },
    _email_addresses,
)
PASSKEYS = Chapter(
    "passkeys",
    _("Passkeys"),
    {
        "name": _("Name"),
        "made_at": pgettext_lazy("a passkey", "Made on"),
        "used_at": pgettext_lazy("a passkey", "Used last on"),
    },
    _passkeys,
)
SESSIONS = Chapter("sessions", _("Browsers that are signed in"), {"valid_until": _("Valid until")}, _sessions)
NETWORKS = Chapter(
    "networks",
    _("Networks you wrote from"),
    {
        "day": pgettext_lazy("a date", "Day"),
        "hash": _("Hash of the address (the address itself is not kept)"),
    },
    _networks,
)
EXPORTS = Chapter(
    "exports",
    _("Copies of your data that you asked for"),
    {"asked_at": _("Asked for on"), "made_at": _("Made on")},
    _exports,
)
