"""The writes of delivery."""

import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils import timezone

from dragoman.delivery.errors import NotAnAddress, NotATopic, PurgeNotPermitted
from dragoman.delivery.live import announce
from dragoman.delivery.models import Change
from dragoman.people.models import User

KEPT = timedelta(hours=1)  # `front.position.KNOWN_SECONDS` is less
PURGE = "delivery.purge_responses"
_TOPIC = re.compile(r"[a-z_]+:[A-Za-z0-9_.-]{1,60}")
_TOPICS_AT_MOST = 200
_ADDRESS_LONGEST = 2000


def forget_changes() -> int:
    """Delete notifications older than an hour; gives their number."""
    return Change.objects.filter(moment__lt=timezone.now() - KEPT).delete()[0]


@transaction.atomic
def purge_all() -> None:
    """Every host throws all its responses away; the next reader of each page waits for it. For operators."""
    announce([], "purge", withdraws=True)


@transaction.atomic
def purge_address(address: str) -> str:
    """Every host throws away what answers at an address, in all its variants; gives its path. For operators.

    Raises NotAnAddress.
    """
    path = path_of(address)
    announce([], "purge", withdraws=True, path=path)
    return path


def path_of(address: str) -> str:
    """The path that an address is stored under. Raises NotAnAddress."""
    try:
        path = unquote(urlsplit(address.strip()).path)
    except ValueError as fault:
        raise NotAnAddress from fault
    if not path.startswith("/") or len(path) > _ADDRESS_LONGEST:
        raise NotAnAddress
    return path


@transaction.atomic
def purge_topics(topics: Iterable[str]) -> None:
    """Every host throws away what depends on these ("thread:7"). For operators. Raises NotATopic."""
    wanted = sorted(set(topics))
    if not 0 < len(wanted) <= _TOPICS_AT_MOST or not all(_TOPIC.fullmatch(topic) for topic in wanted):
        raise NotATopic
    announce(wanted, "purge", withdraws=True)


def purge_by(person: User, *, address: str) -> str:
    """The same from the newsroom: an address, or all where it is empty. Raises PurgeNotPermitted, NotAnAddress."""
    if not person.has_perm(PURGE):
        raise PurgeNotPermitted
    if not address.strip():
        purge_all()
        return ""
    return purge_address(address)
