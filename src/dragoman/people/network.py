"""Network addresses: never kept, only a keyed hash of each, for some days (setting `people.address_days`).

The key is made of the publication's own and of a random secret of the day, which is thrown away with the day's hashes:
then nobody can find out an address any more, not even by trying all of them with the publication's key in hand. Two
accounts that wrote from one network on one day can be told; what an account did on different days cannot be joined.
"""

import hmac
import secrets
from datetime import date, timedelta
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dragoman.people.models import AddressSecret, SeenAddress, User

IPV6_PREFIX = 64  # what one household or one telephone has (RFC 6177)


def note(person: User, address: str) -> None:
    """Remember that the person wrote from this address today. What is no address is passed over."""
    network = _network(address)
    if not network or not settings.PEOPLE_ADDRESS_DAYS:
        return
    today = _today()
    mark = _mark(person, today, network)
    if mark in _noted:
        return
    with transaction.atomic():
        row = SeenAddress(person=person, day=today, digest=_digest(network, _secret(today)))
        SeenAddress.objects.bulk_create([row], ignore_conflicts=True)
    if len(_noted) >= _NOTED_AT_MOST:
        _noted.clear()
    _noted.add(mark)


_noted: set[bytes] = set()
_NOTED_AT_MOST = 10_000
_OF_THIS_PROCESS = secrets.token_bytes(32)


def _mark(person: User, day: date, network: bytes) -> bytes:
    """What this process has stored already, as most who write have just written; under a key that ends with it."""
    told = f"{person.pk} {person.date_joined} {day} ".encode() + network
    return blake2b(told, key=_OF_THIS_PROCESS, digest_size=16).digest()


def people_at(address: str) -> QuerySet[User]:
    """Who wrote from this address within the days that are kept: for a moderator's hint, never for proof."""
    network = _network(address)
    known = AddressSecret.objects.values_list("secret", flat=True) if network else ()
    digests = [_digest(network, bytes(secret)) for secret in known]
    return User.objects.filter(seen_addresses__digest__in=digests).distinct()


def neighbours(person: User) -> QuerySet[User]:
    """Who wrote from the same network on the same day as the person, within the days that are kept."""
    digests = SeenAddress.objects.filter(person=person).values("digest")
    return User.objects.filter(seen_addresses__digest__in=digests).exclude(pk=person.pk).distinct()


def forget_old() -> int:
    """Throw away what is older than the setting allows, hashes and secrets; how many hashes."""
    oldest = _today() - timedelta(days=max(settings.PEOPLE_ADDRESS_DAYS - 1, 0))
    if not settings.PEOPLE_ADDRESS_DAYS:
        oldest += timedelta(days=1)
    AddressSecret.objects.filter(day__lt=oldest).delete()
    return SeenAddress.objects.filter(day__lt=oldest).delete()[0]


def _today() -> date:
    return timezone.now().date()


def _network(address: str) -> bytes:
    """The network of an address in its shortest form; empty for what is no address."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return b""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return ip_network((int(found), IPV6_PREFIX), strict=False).network_address.packed
        return found.ipv4_mapped.packed
    return found.packed


def _digest(network: bytes, secret: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode() + secret, network, "sha256")


def _secret(day: date) -> bytes:
    """The day's secret; of two requests that make it at once, both get the first one's."""
    fresh = AddressSecret(day=day, secret=secrets.token_bytes(32))
    found = AddressSecret.objects.filter(day=day).values_list("secret", flat=True).first()
    if found is None:
        AddressSecret.objects.bulk_create([fresh], ignore_conflicts=True)
        found = AddressSecret.objects.values_list("secret", flat=True).get(day=day)
    return bytes(found)
