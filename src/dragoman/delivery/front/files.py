"""Files from disk: static ones of ours, media of the editors'."""

import asyncio
import mimetypes
import re
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from stat import S_ISREG

from dragoman.delivery.front.answers import Scope, Send, header, sentence

_CHUNK = 262_144
_HASHED = re.compile(r"\.[0-9a-f]{12}\.[A-Za-z0-9]+$")  # ManifestStaticFilesStorage's names
_ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
# Python's own table, not the machine's: the same everywhere.
_TYPES = mimetypes.MimeTypes(filenames=())
for _kind, _ending in (
    ("font/woff2", ".woff2"),
    ("image/avif", ".avif"),
    ("image/webp", ".webp"),
    ("text/javascript", ".js"),
    ("text/javascript", ".mjs"),
    ("application/manifest+json", ".webmanifest"),
):
    _TYPES.add_type(_kind, _ending)
_SHOWN_MEDIA = re.compile(
    r"image/(?!.*xml)[\w.+-]+|image/svg\+xml|audio/[\w.+-]+|video/[\w.+-]+|application/pdf"
)
_SANDBOX = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True, slots=True)
class _File:
    """What is sent: a file, or its compressed twin under the file's own type."""

    path: Path
    size: int
    modified: float
    encoding: bytes = b""

    @property
    def tag(self) -> bytes:
        mark = b"-" + self.encoding if self.encoding else b""
        return b'"%x-%x%s"' % (int(self.modified * 1_000_000), self.size, mark)


class Files:
    """One folder under one prefix. `trusted`: our own files, which may be pages and scripts."""

    def __init__(self, prefix: str, root: Path, *, trusted: bool) -> None:
        self.prefix = prefix
        self._root = root.resolve()
        self._trusted = trusted

    async def serve(self, scope: Scope, send: Send) -> None:
        """GET and HEAD of a file, with validators; compressed when a compressed twin lies beside it."""
        if scope["method"] not in ("GET", "HEAD"):
            await sentence(scope, send, 405, "This address can only be read.", [(b"allow", b"GET, HEAD")])
            return
        found = await asyncio.to_thread(self._find, scope["path"], header(scope, b"accept-encoding"))
        if found is None:
            await sentence(scope, send, 404, "There is no such file.")
            return
        headers = self._headers(scope["path"], found)
        if _unchanged(scope, found):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        headers.append((b"content-length", str(found.size).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _send_body(scope, send, found)

    def _find(self, address: str, accepted: bytes) -> _File | None:
        """The file of an (unquoted) address; None outside the folder, for folders and hidden files."""
        name = address[len(self.prefix) :]
        if "\0" in name or any(part in ("", "..") or part.startswith(".") for part in name.split("/")):
            return None
        path = (self._root / name).resolve()
        if not path.is_relative_to(self._root):
            return None
        original = _file(path)
        if original is None or not self._trusted:
            return original
        twins = (_twin(original, ending, name) for name, ending in _ENCODINGS if _accepts(accepted, name))
        return next((twin for twin in twins if twin is not None), original)

    def _headers(self, address: str, found: _File) -> list[tuple[bytes, bytes]]:
        name = address.rpartition("/")[2]
        kind = _TYPES.guess_type(name, strict=False)[0] or "application/octet-stream"
        headers = [
            (b"etag", found.tag),
            (b"last-modified", formatdate(found.modified, usegmt=True).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", self._lifetime(name)),
        ]
        if self._trusted:
            headers.append((b"vary", b"Accept-Encoding"))
        else:
            headers.append((b"content-security-policy", _SANDBOX))
            if not _SHOWN_MEDIA.fullmatch(kind):  # never a page, whatever was uploaded
                kind = "application/octet-stream"
                headers.append((b"content-disposition", b"attachment"))
        if found.encoding:
            headers.append((b"content-encoding", found.encoding))
        charset = "; charset=utf-8" if kind.startswith("text/") or kind.endswith(("json", "xml")) else ""
        return [(b"content-type", (kind + charset).encode()), *headers]

    def _lifetime(self, name: str) -> bytes:
        if not self._trusted:
            return b"public, max-age=300"  # a picture that was withdrawn is soon gone
        return b"public, max-age=31536000, immutable" if _HASHED.search(name) else b"no-cache"


def _file(path: Path, encoding: bytes = b"") -> _File | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return _File(path, found.st_size, found.st_mtime, encoding) if S_ISREG(found.st_mode) else None


def _twin(original: _File, ending: str, encoding: bytes) -> _File | None:
    """The compressed twin, unless it is older than the file: then it may hold other words."""
    twin = _file(original.path.with_name(original.path.name + ending), encoding)
    return twin if twin is not None and twin.modified >= original.modified else None


def _accepts(accepted: bytes, encoding: bytes) -> bool:
    """Accept-Encoding (RFC 9110, 12.5.3), as far as naming an encoding and refusing it with q=0 goes."""
    for choice in accepted.lower().split(b","):
        name, _, parameters = choice.partition(b";")
        if name.strip() == encoding:
            weight = parameters.strip().removeprefix(b"q=").strip()
            return not weight or weight.strip(b"0.") != b""
    return False


def _unchanged(scope: Scope, found: _File) -> bool:
    """RFC 9110, 13.2.2: the tag decides when there is one, else the date."""
    tags = header(scope, b"if-none-match")
    if tags:
        return tags == b"*" or found.tag in [tag.strip().removeprefix(b"W/") for tag in tags.split(b",")]
    since = header(scope, b"if-modified-since").decode("latin-1")
    try:
        return bool(since) and int(found.modified) <= parsedate_to_datetime(since).timestamp()
    except (ValueError, OverflowError):
        return False


async def _send_body(scope: Scope, send: Send, found: _File) -> None:
    """As many bytes as were promised, though the file may have been replaced meanwhile."""
    if scope["method"] == "HEAD" or not found.size:
        await send({"type": "http.response.body", "body": b""})
        return
    left = found.size
    with await asyncio.to_thread(found.path.open, "rb") as file:
        while left and (part := await asyncio.to_thread(file.read, min(left, _CHUNK))):
            left -= len(part)
            await send({"type": "http.response.body", "body": part, "more_body": left > 0})
