"""Links in comments: how many, and to whom."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from dragoman.discussion.errors import BlockedLink, TooManyLinks
from dragoman.discussion.moderation.rules import Rules
from dragoman.text.blocks import Block


def refuse_links(blocks: Sequence[Block], rules: Rules, *, newcomer: bool) -> None:
    """Raises BlockedLink, TooManyLinks."""
    hosts = list(hosts_of(blocks))
    for host in hosts:
        if is_blocked(host, rules.blocked_hosts):
            raise BlockedLink(host)
    for limit in (rules.newcomer_links if newcomer else 0, rules.links):
        if limit and len(hosts) > limit:
            raise TooManyLinks(limit)


def hosts_of(blocks: Iterable[Block]) -> Iterator[str]:
    """The host of each link, in lower case, as browsers look it up (IDNA)."""
    for block in blocks:
        for each in block.ranges:
            host = host_of(str(each.attrs.get("href") or "")) if each.kind == "link" else ""
            if host:
                yield host


def host_of(address: str) -> str:
    """The host of an address or of a bare name; "" where there is none."""
    try:
        found = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return _ascii(found.strip("."))


def is_blocked(host: str, blocked: Iterable[str]) -> bool:
    """Whether a host, or one that it lies below, is blocked."""
    return any(host == each or host.endswith(f".{each}") for each in blocked)


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host.lower()
