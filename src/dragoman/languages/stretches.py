"""Long stretches of a page that were written before: kept as bytes, put in where they stand once the rest is written.

A text is copied at every level of a page's templates, and there are some ten between its first line and a comment: of
two hundred comments that took as long as all the rest of the page.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from secrets import token_hex

from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

_MARK = f"[{token_hex(16)}]"  # which nobody can write who does not know this process
_DIGITS = 6
_waiting: ContextVar[list[Sequence[bytes]] | None] = ContextVar("dragoman_stretches", default=None)


def stretch(parts: Sequence[bytes]) -> SafeString:
    """Markup for a template, in UTF-8, one part after the other: in a `StretchedResponse` what stands for it."""
    waiting = _waiting.get()
    if waiting is None:
        return SafeString(b"".join(parts).decode())
    waiting.append(parts)
    return SafeString(f"{_MARK}{len(waiting) - 1:0{_DIGITS}}")


class StretchedResponse(TemplateResponse):
    """A TemplateResponse in whose templates stretches stand."""

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override]
        """The whole page in UTF-8."""
        waiting: list[Sequence[bytes]] = []
        token = _waiting.set(waiting)
        try:
            first, *others = super().rendered_content.split(_MARK)
        finally:
            _waiting.reset(token)
        written = [first.encode()]
        for text in others:
            written += [*waiting[int(text[:_DIGITS])], text[_DIGITS:].encode()]
        return b"".join(written)
