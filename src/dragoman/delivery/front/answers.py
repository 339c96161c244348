"""Answers of the front's own, and the types of ASGI."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from hashlib import sha256
from html import escape
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Scope: TypeAlias = MutableMapping[str, Any]
Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

RETRY_AFTER_SECONDS = 2
_RIGHT_TO_LEFT = {"ar"}
_UNAVAILABLE = {
    "en": "The site is restarting. Please try again in a moment.",
    "fr": "Le site redémarre. Réessayez dans un instant.",
    "es": "El sitio se está reiniciando. Inténtalo de nuevo en un momento.",
    "pt": "O site está reiniciando. Tente de novo em instantes.",
    "ru": "Сайт перезапускается. Попробуйте ещё раз через минуту.",
    "ar": "يُعاد تشغيل الموقع الآن. يُرجى المحاولة بعد لحظات.",
}
_STYLE = (
    "body{font:1.3rem/1.6 Georgia,serif;max-inline-size:30rem;margin:20vh auto;padding-inline:1.25rem;"
    "background:#fffdf8;color:#1c1a17}"
    "@media(prefers-color-scheme:dark){body{background:#171614;color:#ece7dc}}"
)
_POLICY = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"


def header(scope: Scope, name: bytes) -> bytes:
    """The values of a request's header, joined as RFC 9110, 5.3 says; empty when it has none."""
    return b", ".join(value for found, value in scope["headers"] if found == name)


async def answer(scope: Scope, send: Send, status: int, body: bytes, headers: Headers) -> None:
    """A whole response; for HEAD, all but its body."""
    told = [*headers, (b"content-length", str(len(body)).encode()), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def sentence(scope: Scope, send: Send, status: int, text: str, headers: Headers = ()) -> None:
    """A sentence in plain text, kept by nobody."""
    told = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *headers]
    await answer(scope, send, status, f"{text}\n".encode(), told)


async def unavailable(scope: Scope, send: Send) -> None:
    """503 in the language of the address. A page comes by itself, soon; what somebody sent is not sent again."""
    first = scope["path"].lstrip("/").split("/", 1)[0]
    language = first if first in _UNAVAILABLE else "en"
    text = escape(_UNAVAILABLE[language])
    direction = "rtl" if language in _RIGHT_TO_LEFT else "ltr"
    again = f'<meta http-equiv="refresh" content="{RETRY_AFTER_SECONDS}">' if scope["method"] == "GET" else ""
    page = (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"{again}<title>{text}</title><style>{_STYLE}</style></head><body><p>{text}</p></body></html>"
    )
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-language", language.encode()),
        (b"content-security-policy", _POLICY.encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", str(RETRY_AFTER_SECONDS).encode()),
    ]
    await answer(scope, send, 503, page.encode(), headers)
