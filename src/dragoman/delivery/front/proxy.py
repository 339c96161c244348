"""The way to Django: over a Unix socket, streamed, patient while it restarts."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx

from dragoman.delivery.front.answers import Receive, Scope, Send, sentence, unavailable
from dragoman.delivery.front.store import Store, Stored

BODY_BYTES_AT_MOST = 12 * 1024 * 1024
PATIENCE_SECONDS = 8.0
RETRY_SECONDS = 0.1
DEPENDENCIES = b"x-dragoman-dependencies"
_INTERNAL = {DEPENDENCIES, b"x-dragoman-valid-until"}
# RFC 9110, 7.6.1, and what we say ourselves.
_HOP_BY_HOP = {
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer",
    b"transfer-encoding", b"upgrade", b"proxy-connection",
}  # fmt: skip
_OURS = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"x-real-ip"}


class TooLarge(Exception):
    """A body larger than anything we take."""


class Proxy:
    """Requests to the upstream, responses back."""

    def __init__(self, socket: str, store: Store, *, trust_forwarded: bool = False) -> None:
        transport = httpx.AsyncHTTPTransport(uds=socket, limits=httpx.Limits(max_connections=64))
        self._client = httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(60, connect=5))
        self._store = store
        self._trust_forwarded = trust_forwarded

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ready(self) -> bool:
        """Whether Django and its database answer."""
        try:
            return (await self._client.get("http://upstream/readyz", timeout=5)).status_code == 200
        except httpx.HTTPError:
            return False

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        try:
            body = await _body(scope, receive)
        except TooLarge:
            await sentence(send, 413, f"More than {BODY_BYTES_AT_MOST // 1_048_576} MB cannot be sent here.")
            return
        try:
            response = await self._ask(scope, body)
        except httpx.HTTPError:
            await unavailable(send, scope["path"])
            return
        await self._pass_back(scope, response, send)

    async def _ask(self, scope: Scope, body: bytes) -> httpx.Response:
        """Try until the upstream takes the connection: nothing was sent before that, so nothing is done twice."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            request = self._client.build_request(
                scope["method"], _url(scope), headers=self._headers(scope), content=body
            )
            try:
                return await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if time.monotonic() > limit:
                    raise
            except (httpx.ReadError, httpx.RemoteProtocolError):
                if scope["method"] not in ("GET", "HEAD") or time.monotonic() > limit:
                    raise
            await asyncio.sleep(RETRY_SECONDS)

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        dropped = _HOP_BY_HOP | {b"content-length"} | (set() if self._trust_forwarded else _OURS)
        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in dropped]
        present = {name.lower() for name, _ in kept}
        client = (scope.get("client") or ("", 0))[0]
        host = dict(scope["headers"]).get(b"host", b"localhost")
        own = [
            (b"x-forwarded-for", client.encode()),
            (b"x-forwarded-proto", str(scope.get("scheme", "http")).encode()),
            (b"x-forwarded-host", host),
        ]
        return [*kept, *((name, value) for name, value in own if name not in present)]

    async def _pass_back(self, scope: Scope, response: httpx.Response, send: Send) -> None:
        headers = [
            (name.lower(), value)
            for name, value in response.headers.raw
            if name.lower() not in _HOP_BY_HOP | _INTERNAL
        ]
        dependencies = response.headers.get(DEPENDENCIES.decode(), "")
        try:
            await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
            kept = [part async for part in _parts(response, send)]
            await send({"type": "http.response.body", "body": b""})
        finally:
            await response.aclose()
        if dependencies and response.status_code == 200:
            cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
            stored = Stored(response.status_code, tuple(headers), b"".join(kept))
            self._store.offer(scope["path"], cookies, stored, dependencies)


async def _parts(response: httpx.Response, send: Send) -> AsyncIterator[bytes]:
    async for part in response.aiter_raw():
        await send({"type": "http.response.body", "body": part, "more_body": True})
        yield part


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The whole body. Raises TooLarge."""
    parts: list[bytes] = []
    length = 0
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > BODY_BYTES_AT_MOST:
        raise TooLarge
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > BODY_BYTES_AT_MOST:
            raise TooLarge
        if not message.get("more_body"):
            return b"".join(parts)


def _url(scope: Scope) -> httpx.URL:
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    target = path.split(b"?", 1)[0] + (b"?" + query if query else b"")
    return httpx.URL(scheme="http", host="upstream", raw_path=target)
