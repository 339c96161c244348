"""What of a request goes on to the server behind us, and what of its answer comes back."""

from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from tempfile import TemporaryFile
from typing import IO, Self

from dragoman.delivery.front.answers import Receive, Scope, header
from dragoman.delivery.front.store import Head, Header

BODY_BYTES_AT_MOST = 12 * 1024 * 1024
DEPENDENCIES = b"x-dragoman-dependencies"
VALID_UNTIL = b"x-dragoman-valid-until"
PARAMETERS = b"x-dragoman-parameters"
PENDING = b"x-dragoman-pending"
CHANGES = b"x-dragoman-changes"

Networks = tuple[IPv4Network | IPv6Network, ...]

_IN_MEMORY_BYTES = 262_144
_CHUNK = 65_536
_OURS_PREFIX = b"x-dragoman-"
# RFC 9110, 7.6.1; `expect` was answered by us, the length is told anew.
_HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
    b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
_NOT_PASSED_BACK = _HOP_BY_HOP | {b"date", b"server"}  # those are of who answers
_NOT_PASSED_ON = _HOP_BY_HOP | {b"expect", b"content-length"}
_FORWARDED = frozenset({
    b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-prefix",
    b"x-forwarded-proto", b"x-forwarded-server", b"x-real-ip",
})  # fmt: skip


class BodyTooLarge(Exception):
    """More than BODY_BYTES_AT_MOST."""


class ClientGone(Exception):
    """The client left before its request was whole."""


def networks(text: str) -> Networks:
    """Addresses and networks, parted by commas. Raises ValueError."""
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def target(scope: Scope) -> bytes:
    """Path and query as the client wrote them."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def request_headers(scope: Scope, trusted: Networks, length: int | None) -> list[Header]:
    """The headers that go on, with who asked for what in X-Forwarded-*.

    Those a client sent are replaced, unless it is one of our own proxies (`trusted`). Names with underscores are
    dropped: to WSGI they look the same as those with hyphens. `length`: of the body, None without one.
    """
    dropped = _NOT_PASSED_ON | _FORWARDED | _named_by_connection(header(scope, b"connection"))
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in dropped and b"_" not in name and not name.startswith(_OURS_PREFIX)
    ]
    told = [(b"content-length", str(length).encode())] if length is not None else []
    return [*kept, *_forwarded(scope, trusted), *told]


def response_head(status: int, headers: list[Header]) -> Head:
    """An answer's beginning, parted into what the client sees and what is for us."""
    values = dict(headers)
    dropped = _NOT_PASSED_BACK | _named_by_connection(values.get(b"connection", b""))
    return Head(
        status=status,
        headers=tuple(
            (name, value)
            for name, value in headers
            if name not in dropped and not name.startswith(_OURS_PREFIX)
        ),
        dependencies=frozenset(values.get(DEPENDENCIES, b"").decode("latin-1").split()),
        valid_until=values.get(VALID_UNTIL, b"").decode("latin-1"),
        parameters=frozenset(values[PARAMETERS].decode("latin-1").split()) if PARAMETERS in values else None,
        pending=PENDING in values,
        changes=values.get(CHANGES, b""),
    )


class Body:
    """A request's body, in memory or beyond that in a nameless file; closed by its block. Yields it in parts."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[bytes] = []
        self._file: IO[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        if self._file is None:
            return iter(self._parts)
        self._file.seek(0)
        return iter(partial(self._file.read, _CHUNK), b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Idempotent."""
        if self._file is not None:
            self._file.close()

    def add(self, part: bytes) -> None:
        """Raises BodyTooLarge."""
        self.length += len(part)
        if self.length > BODY_BYTES_AT_MOST:
            raise BodyTooLarge
        if self._file is None and self.length > _IN_MEMORY_BYTES:
            self._file = TemporaryFile()  # noqa: SIM115 - `close` closes it
            self._file.writelines(self._parts)
            self._parts.clear()
        if self._file is not None:
            self._file.write(part)
        elif part:
            self._parts.append(part)


async def body_of(scope: Scope, receive: Receive) -> Body:
    """The whole body, before anything is asked.

    So a slow sender holds no thread of Django's, and a body without declared length gets one: WSGI needs it.
    Raises BodyTooLarge, ClientGone.
    """
    declared = header(scope, b"content-length")
    if declared.isdigit() and int(declared) > BODY_BYTES_AT_MOST:
        raise BodyTooLarge
    body = Body()
    try:
        await _fill(body, receive)
    except BaseException:
        body.close()
        raise
    return body


async def _fill(body: Body, receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body.add(message.get("body", b""))
        if not message.get("more_body"):
            return


def _forwarded(scope: Scope, trusted: Networks) -> list[Header]:
    peer = (scope.get("client") or ("",))[0]
    chain, scheme, host = b"", b"", b""
    if _is_trusted(peer, trusted):
        chain = header(scope, b"x-forwarded-for")
        scheme = header(scope, b"x-forwarded-proto").lower()
        host = header(scope, b"x-forwarded-host")
    return [
        (b"x-forwarded-for", (chain + b", " if chain else b"") + peer.encode()),
        (b"x-forwarded-proto", scheme if scheme in (b"http", b"https") else scope["scheme"].encode()),
        (b"x-forwarded-host", host or header(scope, b"host")),
    ]


def _is_trusted(peer: str, trusted: Networks) -> bool:
    if not trusted:
        return False
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in trusted)


def _named_by_connection(value: bytes) -> frozenset[bytes]:
    return frozenset(name.strip().lower() for name in value.split(b",") if name.strip())
