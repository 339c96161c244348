"""Placeholders: what engines destroy is sent as `XQZ1`, `XQZ2` … and put back afterwards.

The form was measured: of sixty tries it came back sixty times (ENGINES.md). Everything here is lossless:
restoring an untouched protected text gives the source, whatever the source contains, placeholders of its own
included.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.text.spans import DESTROYED, Span

_PLACEHOLDER = re.compile(r"XQZ\s?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Protected:
    """A text for an engine. `originals[n - 1]` belongs in the place of `XQZ<n>`.

    `padding[n - 1]` tells whether a space was put before and behind that placeholder, because a letter or
    digit touched the original ("I❤you"): it is taken away again.
    """

    text: str
    originals: tuple[str, ...]
    padding: tuple[tuple[bool, bool], ...] = ()


class PlaceholderLost(ValueError):
    """An engine's answer lacks, doubles or invents placeholders; each is told by its number, from 1."""

    code = "placeholder_lost"

    def __init__(self, missing: Sequence[int], doubled: Sequence[int], invented: Sequence[int] = ()) -> None:
        self.missing, self.doubled, self.invented = tuple(missing), tuple(doubled), tuple(invented)
        told = (("missing", self.missing), ("doubled", self.doubled), ("invented", self.invented))
        super().__init__("; ".join(f"{what}: {_listed(numbers)}" for what, numbers in told if numbers))


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(f"XQZ{number}" for number in numbers[:20]) + (" …" if len(numbers) > 20 else "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence cut around protected spans: to translate or, with a `span`, to keep."""

    text: str
    span: Span | None = None


def protect(text: str, spans: Sequence[Span]) -> Protected:
    """`text` with each of the `spans` that engines destroy replaced by a placeholder.

    Spans that touch share one placeholder. What already looks like a placeholder in the text is protected
    too.
    """
    parts: list[str] = []
    originals: list[str] = []
    padding: list[tuple[bool, bool]] = []
    position = 0
    for start, end in _merged(_protected_stretches(text, spans)):
        before, behind = text[start - 1 : start].isalnum(), text[end : end + 1].isalnum()
        originals.append(text[start:end])
        padding.append((before, behind))
        parts += (text[position:start], " " * before, f"XQZ{len(originals)}", " " * behind)
        position = end
    parts.append(text[position:])
    return Protected("".join(parts), tuple(originals), tuple(padding))


def _protected_stretches(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    own = [(span.start, span.end) for span in spans if span.kind in DESTROYED and span.start < span.end]
    alike = [(found.start(), found.end()) for found in _PLACEHOLDER.finditer(text)]
    return sorted(own + alike)


def _merged(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def restore(text: str, protected: Protected) -> str:
    """An engine's answer with the originals put back.

    A change of case and one white space inside a placeholder are forgiven. Raises `PlaceholderLost` when a
    placeholder is missing, stands there twice or never was.
    """
    found = list(_PLACEHOLDER.finditer(text))
    _require_each_once([int(match.group(1)) for match in found], len(protected.originals))
    parts: list[str] = []
    position = 0
    for match in found:
        number = int(match.group(1)) - 1
        before, behind = protected.padding[number] if protected.padding else (False, False)
        lead = text[position : match.start()]
        parts += (lead[:-1] if before and lead.endswith(" ") else lead, protected.originals[number])
        position = match.end() + (behind and text.startswith(" ", match.end()))
    parts.append(text[position:])
    return "".join(parts)


def _require_each_once(numbers: Sequence[int], expected: int) -> None:
    counted = Counter(numbers)
    missing = [number for number in range(1, expected + 1) if number not in counted]
    doubled = sorted(number for number, times in counted.items() if times > 1 and 1 <= number <= expected)
    invented = sorted(number for number in counted if not 1 <= number <= expected)
    if missing or doubled or invented:
        raise PlaceholderLost(missing, doubled, invented)


def pieces(text: str, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """The sentence cut around the spans that engines destroy; the texts of all pieces make the sentence
    again.

    The way out when an engine loses placeholders: only pieces without a span are sent, and none contains one.
    """
    return tuple(piece for piece in _pieces(text, spans) if piece.text)


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    position = 0
    for span in sorted(spans, key=lambda each: each.start):
        if span.kind in DESTROYED and span.start >= position:
            yield Piece(text[position : span.start])
            yield Piece(text[span.start : span.end], span)
            position = span.end
    yield Piece(text[position:])
