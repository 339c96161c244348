"""Files from disk: static ones of ours, media of the editors'."""

import asyncio
import mimetypes
import re
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote

from dragoman.delivery.front.answers import Scope, Send, answer, sentence

_HASHED = re.compile(r"\.[0-9a-f]{12}\.[A-Za-z0-9]+$")
_NEVER_PAGES = {"text/html", "application/xhtml+xml", "text/xml", "application/xml", "image/svg+xml"}
_SANDBOX = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"


class Files:
    """One folder under one prefix. `trusted`: our own files, which may be pages and scripts."""

    def __init__(self, prefix: str, root: Path, *, trusted: bool) -> None:
        self.prefix = prefix
        self._root = root.resolve()
        self._trusted = trusted

    async def serve(self, scope: Scope, send: Send) -> None:
        """GET and HEAD of a file, with validators."""
        if scope["method"] not in ("GET", "HEAD"):
            await sentence(send, 405, "This address can only be read.", [(b"allow", b"GET, HEAD")])
            return
        path = self._find(scope["path"])
        if path is None:
            await sentence(send, 404, "There is no such file.")
            return
        await self._send(path, scope, send)

    def _find(self, address: str) -> Path | None:
        """The file of an address; None outside the folder, for folders and hidden files."""
        name = unquote(address[len(self.prefix) :])
        if "\0" in name or any(part.startswith(".") for part in name.split("/")):
            return None
        path = (self._root / name).resolve()
        return path if path.is_relative_to(self._root) and path.is_file() else None

    async def _send(self, path: Path, scope: Scope, send: Send) -> None:
        found = path.stat()
        tag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'.encode()
        headers = [(b"etag", tag), (b"last-modified", formatdate(found.st_mtime, usegmt=True).encode())]
        headers.append((b"cache-control", self._lifetime(path)))
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if not self._trusted:
            headers.append((b"content-security-policy", _SANDBOX))
            kind = "application/octet-stream" if kind in _NEVER_PAGES - {"image/svg+xml"} else kind
        asked = dict(scope["headers"])
        if tag in [each.strip().removeprefix(b"W/") for each in asked.get(b"if-none-match", b"").split(b",")]:
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        body = b"" if scope["method"] == "HEAD" else await asyncio.to_thread(path.read_bytes)
        charset = "; charset=utf-8" if kind.startswith("text/") or kind.endswith("javascript") else ""
        if scope["method"] == "HEAD":
            told = [
                (b"content-type", (kind + charset).encode()),
                (b"content-length", str(found.st_size).encode()),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": [*told, *headers]})
            await send({"type": "http.response.body", "body": b""})
            return
        await answer(send, 200, body, kind + charset, headers)

    def _lifetime(self, path: Path) -> bytes:
        if self._trusted and _HASHED.search(path.name):
            return b"public, max-age=31536000, immutable"
        return b"public, max-age=3600" if not self._trusted else b"no-cache"
