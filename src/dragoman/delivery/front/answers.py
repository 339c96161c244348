"""Small answers of the front's own."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Scope: TypeAlias = MutableMapping[str, Any]
Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

_UNAVAILABLE = {
    "en": "The site is restarting. Please try again in a moment.",
    "fr": "Le site redémarre. Réessayez dans un instant.",
    "es": "El sitio se está reiniciando. Inténtalo de nuevo en un momento.",
    "pt": "O site está reiniciando. Tente de novo em instantes.",
    "ru": "Сайт перезапускается. Попробуйте ещё раз через минуту.",
    "ar": "يُعاد تشغيل الموقع الآن. يُرجى المحاولة بعد لحظات.",
}


async def answer(send: Send, status: int, body: bytes, kind: str, headers: Headers = ()) -> None:
    """A whole response."""
    told = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


async def sentence(send: Send, status: int, text: str, headers: Headers = ()) -> None:
    """A sentence in plain text."""
    await answer(send, status, f"{text}\n".encode(), "text/plain; charset=utf-8", headers)


async def unavailable(send: Send, path: str) -> None:
    """503 in the language of the address."""
    first = path.lstrip("/").split("/", 1)[0]
    language = first if first in _UNAVAILABLE else "en"
    text = _UNAVAILABLE[language]
    direction = "rtl" if language == "ar" else "ltr"
    page = (
        f'<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{text}</title><p>{text}</p></html>'
    )
    policy = (b"content-security-policy", b"default-src 'none'")
    await answer(
        send,
        503,
        page.encode(),
        "text/html; charset=utf-8",
        [(b"retry-after", b"2"), policy, (b"cache-control", b"no-store")],
    )
