"""How an engine is shown what it must leave alone: each adapter says it in the engine's own way.

Everywhere in the house a placeholder is written `XQZ1`: the embedded models keep that (60 of 60 tries).
Servers that translate HTML keep what is marked `translate="no"`, language models keep empty tags. An adapter writes
its form before it asks and reads it in the answer; whether all came back is then seen in ours.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from dragoman.engines.faithful import PLACEHOLDER

_LIKE_MARKUP = re.compile(r"[<>]|&[#\w]+;")
_LIKE_TAG = re.compile(r"<\s*/?\s*x\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """`suits`: whether a text can be written so; what already looks like the form would be mistaken for it."""

    suits: Callable[[str], bool]
    write: Callable[[str], str]
    read: Callable[[str], str]


def _as_html(text: str) -> str:
    escaped = html.escape(text, quote=False)
    return PLACEHOLDER.sub(lambda found: f'<span translate="no">{found[0]}</span>', escaped)


_SPAN = re.compile(r"<span translate=\"no\">\s*(XQZ\s?\d{1,9})\s*</span>", re.IGNORECASE)


def _from_html(text: str) -> str:
    """The server has read entities already, or has not: our own text had none, so reading them again is safe.

    A span that came back broken stays, and is refused as markup.
    """
    return html.unescape(_SPAN.sub(r"\1", text))


_TAG = re.compile(
    r"<\s*x\s+id\s*=\s*[\"'“”]?\s*(\d{1,9})\s*[\"'“”]?\s*/?\s*>(?:\s*</\s*x\s*>)?", re.IGNORECASE
)

NOTRANSLATE = Form(
    lambda text: bool(PLACEHOLDER.search(text)) and not _LIKE_MARKUP.search(text), _as_html, _from_html
)
"""HTML with `<span translate="no">XQZ1</span>`; the placeholder stays inside, for servers that drop the mark."""

TAGS = Form(
    lambda text: bool(PLACEHOLDER.search(text)) and not _LIKE_TAG.search(text),
    lambda text: PLACEHOLDER.sub(r'<x id="\1"/>', text),
    lambda text: _TAG.sub(r"XQZ\1", text),
)
"""`<x id="1"/>`, as XLIFF has it: language models have seen it everywhere."""
