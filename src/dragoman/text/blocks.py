"""Blocks: a field of a document as plain text with ranges, and the one normal form of both.

Everything that turns somebody's markup into blocks (`richtext`, `markdown`) ends in `normal_blocks`, so that
hostile characters, impossible ranges and white space are dealt with in one place.

Decisions of the normal form
- Text is NFC, without control characters, noncharacters and lone surrogates. Runs of more than 30 combining
  marks are broken up by U+034F as in the Stream-Safe Text Format (UAX #15, section 13): nothing is lost and
  composing stays linear.
- Explicit bidirectional embeddings, overrides and isolates (U+202A..202E, U+2066..2069) are removed, balanced
  or not: an unbalanced one would reorder the rest of the page, and every text of ours stands in an element
  with its own direction. The marks that act locally (U+200E, U+200F, U+061C) stay.
- Ranges never begin or end inside a user-perceived character, are trimmed of white space, merged when they
  touch, and ordered. Links never overlap. A code range is opaque (what touches its inside covers the whole of
  it) and ends with its line.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import urlsplit

Scalar: TypeAlias = str | int | bool | None
Attrs: TypeAlias = Mapping[str, Scalar]

UNTRANSLATED_KINDS: frozenset[str] = frozenset({"code", "reference", "divider"})
KINDS: frozenset[str] = UNTRANSLATED_KINDS | {
    "paragraph",
    "heading",
    "list_item",
    "quotation",
    "attribution",
    "caption",
    "alt",
    "blockquote",
}
LAST_NUMBER = 999_999_999
"""The greatest number of a list item, as in CommonMark."""
# In the order in which equal ranges nest, outermost first.
RANGE_KINDS: tuple[str, ...] = ("link", "spoiler", "bold", "italic", "strike", "code")
DEEPEST = 7
"""The greatest depth of a list item, counted from 0. Block quotations count from 1 and go one further."""


class BlocksError(ValueError):
    """JSON that is not a document's words. The message says what is wrong and where."""

    code = "malformed_blocks"


@dataclass(frozen=True, slots=True)
class Range:
    """A formatted stretch: half-open [start, end) in code points of the block's text."""

    start: int
    end: int
    kind: str
    attrs: Attrs = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Block:
    """Plain NFC text of one kind, its formatting, and its sentences (half-open, ascending, disjoint)."""

    kind: str
    text: str
    ranges: tuple[Range, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    attrs: Attrs = field(default_factory=dict, hash=False)


Fields: TypeAlias = Mapping[str, tuple[Block, ...]]


def plain(text: str) -> Block:
    """One paragraph of plain text, cleaned, line breaks kept."""
    return normal(Block("paragraph", text))


def with_sentences(block: Block, language: str) -> Block:
    """The block with its sentence boundaries; blocks that are not translated, or blank, have none."""
    if block.kind in UNTRANSLATED_KINDS or not block.text.strip():
        return replace(block, sentences=())
    # Imported late: whoever only stores or shows blocks does not pay for the sentence splitter.
    from dragoman.text.sentences import split

    return replace(block, sentences=split(block.text, language))


# --- JSON ------------------------------------------------------------------


def fields_to_json(fields: Fields) -> dict[str, Any]:
    """The words of a document as JSON values; empty parts are left out. Inverse: `fields_from_json`."""
    return {name: [_block_to_json(block) for block in blocks] for name, blocks in fields.items()}


def fields_from_json(data: Any) -> dict[str, tuple[Block, ...]]:
    """The words of a document out of JSON values; raises `BlocksError`."""
    _require(isinstance(data, dict), "a document's words must be an object", "")
    return {name: _blocks_from_json(blocks, name) for name, blocks in data.items()}


def _block_to_json(block: Block) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": block.kind, "text": block.text}
    if block.ranges:
        written["ranges"] = [[r.start, r.end, r.kind, dict(r.attrs)] for r in block.ranges]
    if block.sentences:
        written["sentences"] = [list(sentence) for sentence in block.sentences]
    if block.attrs:
        written["attrs"] = dict(block.attrs)
    return written


def _blocks_from_json(data: Any, place: str) -> tuple[Block, ...]:
    _require(isinstance(data, list), "a field must be a list of blocks", place)
    return tuple(_block_from_json(block, f"{place}[{index}]") for index, block in enumerate(data))


def _block_from_json(data: Any, place: str) -> Block:
    _require(isinstance(data, dict), "a block must be an object", place)
    kind, text = data.get("kind"), data.get("text")
    _require(kind in KINDS, f"{kind!r} is not a kind of block", place)
    _require(isinstance(text, str), "a block's text must be a string", place)
    return Block(
        kind=kind,
        text=text,
        ranges=tuple(_range_from_json(r, text, place) for r in _listed(data, "ranges", place)),
        sentences=tuple(_stretch_from_json(s, text, place) for s in _listed(data, "sentences", place)),
        attrs=_attrs_from_json(data.get("attrs", {}), place),
    )


def _range_from_json(data: Any, text: str, place: str) -> Range:
    _require(isinstance(data, list) and len(data) == 4, "a range must have four parts", place)
    start, end = _stretch_from_json(data[:2], text, place)
    _require(data[2] in RANGE_KINDS, f"{data[2]!r} is not a kind of range", place)
    return Range(start, end, data[2], _attrs_from_json(data[3], place))


def _stretch_from_json(data: Any, text: str, place: str) -> tuple[int, int]:
    whole = isinstance(data, list) and len(data) == 2 and all(type(offset) is int for offset in data)
    _require(whole, "a stretch must be two whole numbers", place)
    start, end = data
    _require(0 <= start <= end <= len(text), f"the stretch {start}–{end} lies outside the text", place)
    return start, end


def _attrs_from_json(data: Any, place: str) -> dict[str, Scalar]:
    _require(isinstance(data, dict), "attributes must be an object", place)
    scalars = all(value is None or isinstance(value, str | int) for value in data.values())
    _require(scalars, "attributes must be strings, whole numbers, booleans or null", place)
    return dict(data)


def _listed(data: dict[str, Any], key: str, place: str) -> list[Any]:
    found = data.get(key, [])
    _require(isinstance(found, list), f"{key} must be a list", place)
    return list(found)


def _require(holds: bool, message: str, place: str) -> None:
    if not holds:
        raise BlocksError(f"{message} (at {place})" if place else message)


# --- characters ------------------------------------------------------------

BIDI_CONTROLS = "\u202a-\u202e\u2066-\u2069"
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    + BIDI_CONTROLS
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]+"
)
_FEEDS = re.compile("[\x0b\x0c]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LONG_NON_LATIN = re.compile("[^\x00-\u02ff]{8}")
_LONGEST_MARKS = 30
_GRAPHEME_JOINER = "\u034f"


def clean(text: str) -> str:
    """The text in NFC without the characters that have no place in a text (see above). Idempotent, linear."""
    return _composed(_without_unwanted(text))


def _without_unwanted(text: str) -> str:
    text = _FEEDS.sub(" ", _LINE_ENDS.sub("\n", text))
    return _SURROGATES.sub("\ufffd", _UNWANTED.sub("", text))


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", _stream_safe(text))


def _stream_safe(text: str) -> str:
    if not _LONG_NON_LATIN.search(text):
        return text
    out: list[str] = []
    marks = 0
    for character in text:
        leading, trailing = _non_starters(character)
        if leading and marks + leading > _LONGEST_MARKS:
            out.append(_GRAPHEME_JOINER)
            marks = 0
        marks = marks + leading if leading else trailing
        out.append(character)
    return "".join(out)


def _non_starters(character: str) -> tuple[int, int]:
    """The combining marks of a character: (all of it, when it begins with one; those that it ends with)."""
    if character < "\u00c0":
        return 0, 0
    decomposed = unicodedata.normalize("NFD", character)
    if unicodedata.combining(decomposed[0]):
        return len(decomposed), 0
    trailing = 0
    for part in reversed(decomposed):
        if not unicodedata.combining(part):
            break
        trailing += 1
    return 0, trailing


def continues_character(text: str, place: int) -> bool:
    """Whether `place` lies inside a user-perceived character: UAX #29 approximated, NFC never cut."""
    if not 0 < place < len(text):
        return False
    here = text[place]
    if here < "\u0300":
        return False
    return (
        unicodedata.category(here)[0] == "M"
        or here == "\u200d"
        or text[place - 1] == "\u200d"
        or "\u1160" <= here <= "\u11ff"
        or "\U0001f3fb" <= here <= "\U0001f3ff"
        or "\U000e0020" <= here <= "\U000e007f"
        or "\U00016d63" <= here <= "\U00016d6a"
    )


# --- links -----------------------------------------------------------------

_LONGEST_HREF = 2000
_NOT_IN_HREF = re.compile(
    "[\x00-\x20\x7f-\xa0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_QUOTED = {ord(sign): f"%{ord(sign):02X}" for sign in '"<>\\^`{|}'}
_SCHEMES = frozenset({"http", "https", "mailto"})


def safe_href(url: str) -> str | None:
    """The address when a reader may follow it (http, https, mailto), else None.

    Control, invisible and bidirectional characters are taken out before anything is judged, as browsers do
    with some of them; what cannot stand in an address (RFC 3986) is percent-encoded.
    """
    if len(url) > 4 * _LONGEST_HREF:
        return None
    url = unicodedata.normalize("NFC", _NOT_IN_HREF.sub("", url))
    scheme = url.partition(":")[0].lower()
    if scheme not in _SCHEMES or len(url) > _LONGEST_HREF:
        return None
    rest = url[len(scheme) + 1 :].translate(_QUOTED)
    return f"{scheme}:{rest}" if _leads_somewhere(scheme, rest) else None


def safe_link(url: str) -> str | None:
    """As `safe_href`, and besides it a path or fragment on our own site, which editors may link to."""
    stripped = _NOT_IN_HREF.sub("", url)
    if re.match(r"/(?![/\\])|#", stripped) and len(stripped) <= _LONGEST_HREF:
        return unicodedata.normalize("NFC", stripped).translate(_QUOTED)
    return safe_href(url)


def _leads_somewhere(scheme: str, rest: str) -> bool:
    if scheme == "mailto":
        return "@" in rest and not rest.startswith("/")
    try:
        parts = urlsplit(f"{scheme}:{rest}")
        return rest.startswith("//") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


# --- the normal form -------------------------------------------------------

_PIECES = re.compile(r"\s+|\S+")
_SPACES = re.compile("[ \t]+")
_ALREADY_NORMAL = re.compile("(?:[!-~]++(?:[ \n][!-~]++)*+)?")  # most English paragraphs


def normal(block: Block) -> Block:
    """The block in normal form; its sentences are forgotten when its text changes. Idempotent."""
    if not block.ranges and block.kind != "code" and _ALREADY_NORMAL.fullmatch(block.text):
        return block
    verbatim = block.kind == "code"
    offsets = {_bounded(o, block.text) for r in block.ranges for o in (r.start, r.end)}
    text, moved = _normal_text(block.text, sorted(offsets), verbatim=verbatim)
    ranges = [
        replace(r, start=moved[_bounded(r.start, block.text)], end=moved[_bounded(r.end, block.text)])
        for r in block.ranges
    ]
    kept = () if block.kind in UNTRANSLATED_KINDS else normal_ranges(text, ranges)
    return Block(block.kind, text, kept, block.sentences if text == block.text else (), block.attrs)


def _bounded(offset: int, text: str) -> int:
    return min(max(offset, 0), len(text))


def _normal_text(text: str, offsets: Sequence[int], *, verbatim: bool) -> tuple[str, dict[int, int]]:
    """Cleaned text with collapsed white space, and where each of the ascending `offsets` went."""
    text, first = _by_pieces(
        text, {o: o + (text[o - 1 : o + 1] == "\r\n") for o in offsets}, _without_unwanted
    )
    text, second = _by_pieces(text, _outside_characters(text, sorted(set(first.values()))), _composed)
    if verbatim:
        return text.strip("\n"), dict.fromkeys(offsets, 0)
    text, third = _collapse(text, sorted(set(second.values())))
    return text, {offset: third[second[first[offset]]] for offset in offsets}


def _by_pieces(
    text: str, cuts: Mapping[int, int], change: Callable[[str], str]
) -> tuple[str, dict[int, int]]:
    """Each piece between the cuts changed by itself, and where each key of `cuts` went with its cut."""
    pieces: list[str] = []
    at: dict[int, int] = {}
    length = before = 0
    for cut in [*sorted(set(cuts.values())), len(text)]:
        pieces.append(change(text[before:cut]))
        length += len(pieces[-1])
        at[cut] = length
        before = cut
    return "".join(pieces), {offset: at[cut] for offset, cut in cuts.items()}


def _outside_characters(text: str, offsets: Sequence[int]) -> dict[int, int]:
    """Each offset moved forward to the end of the user-perceived character that it cuts."""
    moved: dict[int, int] = {}
    for offset in reversed(offsets):
        place = offset
        while place not in moved and continues_character(text, place):
            place += 1
        moved[offset] = moved.get(place, place)
    return moved


def _collapse(text: str, offsets: Sequence[int]) -> tuple[str, dict[int, int]]:
    """One space for a run of spaces; line breaks kept, without space around them; nothing at the ends."""
    out: list[str] = []
    moved: dict[int, int] = {}
    waiting = iter([*offsets, len(text) + 1])
    offset = next(waiting)
    length = 0
    for found in _PIECES.finditer(text):
        blank = found[0].isspace()
        edge = found.start() == 0 or found.end() == len(text)
        piece = "" if blank and edge else _collapsed(found[0]) if blank else found[0]
        while offset < found.end():
            moved[offset] = length + (min(offset - found.start(), len(piece)) if not blank else 0)
            offset = next(waiting)
        out.append(piece)
        length += len(piece)
    while offset <= len(text):
        moved[offset] = length
        offset = next(waiting)
    return "".join(out), moved


def _collapsed(space: str) -> str:
    # No-break and thin spaces are typography, unless a line ends there anyway.
    return "\n" * space.count("\n") or _SPACES.sub(" ", space)


def normal_ranges(text: str, ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Ranges of a text in normal form: trimmed, merged, links disjoint and safe, ascending."""
    known = _merged_by_kind(r for r in map(_with_own_attrs, ranges) if r is not None)
    if not known:
        return ()
    codes = _by_line(text, [r for r in known if r.kind == "code"])
    others = _trimmed(text, [r for r in known if r.kind != "code"])
    widened = _merged_by_kind(_trimmed(text, _around(codes, others)))
    return tuple(sorted([*_trimmed(text, widened), *codes], key=_order))


def _merged_by_kind(ranges: Iterable[Range]) -> list[Range]:
    """Overlapping and touching ranges of one kind as one; links made disjoint."""
    by_kind: dict[str, list[Range]] = {}
    for r in ranges:
        by_kind.setdefault(r.kind, []).append(r)
    merged = _merged_links(_disjoint(by_kind.pop("link", [])))
    for found in by_kind.values():
        merged += _merged(found)
    return merged


def _order(r: Range) -> tuple[int, int, int]:
    return r.start, -r.end, RANGE_KINDS.index(r.kind)


def _with_own_attrs(r: Range) -> Range | None:
    if r.kind != "link":
        return replace(r, attrs={}) if r.kind in RANGE_KINDS else None
    href = safe_link(str(r.attrs.get("href") or ""))
    return replace(r, attrs={"href": href}) if href else None


def _trimmed(text: str, ranges: Iterable[Range]) -> list[Range]:
    """White space at the edges shows no formatting; what is only white space goes."""
    kept = []
    for r in ranges:
        start, end = max(r.start, 0), min(r.end, len(text))
        while start < end and (text[start].isspace() or continues_character(text, start)):
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            kept.append(replace(r, start=start, end=end))
    return kept


def _merged(ranges: list[Range]) -> list[Range]:
    """Ranges of one kind: overlapping and touching ones become one."""
    merged: list[Range] = []
    for r in sorted(ranges, key=lambda r: r.start):
        if merged and r.start <= merged[-1].end:
            merged[-1] = replace(merged[-1], end=max(merged[-1].end, r.end))
        else:
            merged.append(r)
    return merged


def _by_line(text: str, codes: list[Range]) -> list[Range]:
    pieces = [
        replace(code, start=code.start + line.start(), end=code.start + line.end())
        for code in codes
        for line in re.finditer("[^\n]+", text[code.start : code.end])
    ]
    return _merged(_trimmed(text, pieces))


def _merged_links(links: list[Range]) -> list[Range]:
    merged: list[Range] = []
    for link in links:
        if merged and link.start == merged[-1].end and link.attrs == merged[-1].attrs:
            merged[-1] = replace(merged[-1], end=link.end)
        else:
            merged.append(link)
    return merged


def _disjoint(links: list[Range]) -> list[Range]:
    """Links cannot nest: the one that begins first keeps its place, what is left of the next follows it."""
    kept: list[Range] = []
    for link in sorted(links, key=lambda r: (r.start, -r.end)):
        start = max(link.start, kept[-1].end) if kept else link.start
        if start < link.end:
            kept.append(replace(link, start=start))
    return kept


def _around(codes: list[Range], ranges: list[Range]) -> list[Range]:
    """Each range widened to the whole of every code range whose inside it touches."""
    starts = [code.start for code in codes]

    def enclosing(place: int) -> Range | None:
        index = bisect_right(starts, place) - 1
        return codes[index] if index >= 0 and codes[index].start < place < codes[index].end else None

    widened = []
    for r in ranges:
        first, last = enclosing(r.start), enclosing(r.end)
        widened.append(replace(r, start=first.start if first else r.start, end=last.end if last else r.end))
    return widened


def normal_blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """A field's blocks in normal form: blank ones gone, depths within bounds and without gaps. Idempotent."""
    out: list[Block] = []
    open_lists: list[_OpenList] = []
    for block in map(normal, blocks):
        if not (block.text.strip() or block.kind in ("divider", "reference")):
            continue
        if block.kind == "list_item":
            block = _normal_item(block, open_lists)
        else:
            open_lists.clear()
        if block.kind == "blockquote":
            block = replace(block, attrs={**block.attrs, "depth": quote_depth(block)})
        out.append(block)
    return tuple(out)


def quote_depth(block: Block) -> int:
    """How many block quotations the block stands in."""
    if block.kind == "blockquote":
        return _within(block.attrs.get("depth"), 1, DEEPEST + 1)
    if block.kind == "code":
        return _within(block.attrs.get("quoted"), 0, DEEPEST + 1)
    return 0


@dataclass(slots=True)
class _OpenList:
    ordered: bool
    number: int


def _normal_item(block: Block, open_lists: list[_OpenList]) -> Block:
    """The item at a depth that its predecessors allow; `start` only where its number is not the next one."""
    depth = min(_within(block.attrs.get("depth"), 0, DEEPEST), len(open_lists))
    ordered = bool(block.attrs.get("ordered"))
    attrs = {**block.attrs, "ordered": ordered, "depth": depth}
    above = open_lists[depth] if depth < len(open_lists) else None
    number = above.number + 1 if above is not None and above.ordered and ordered else 1
    start = attrs.pop("start", None)
    if ordered and isinstance(start, int) and _within(start, 0, LAST_NUMBER) != number:
        number = attrs["start"] = _within(start, 0, LAST_NUMBER)
    del open_lists[depth:]
    open_lists.append(_OpenList(ordered, min(number, LAST_NUMBER - 1)))
    return replace(block, attrs=attrs)


def _within(value: Scalar, low: int, high: int) -> int:
    return min(max(value, low), high) if isinstance(value, int) else low


# --- walking ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One step through a block's formatting: "open" or "close" a range, or the "text" of [start, end)."""

    action: str
    start: int
    end: int
    range: Range | None = None


def walk(block: Block) -> Iterator[Step]:
    """The block as properly nested steps. Crossing ranges are closed and reopened; a link never is."""
    ranges = sorted(_inside(block), key=_order)
    offsets = sorted({0, len(block.text), *(o for r in ranges for o in (r.start, r.end))})
    stack: list[Range] = []
    ahead = 0
    for place, following in zip(offsets, [*offsets[1:], len(block.text)], strict=True):
        closed = yield from _close(stack, place, place)
        opening = [r for r in closed if r.end > place]
        while ahead < len(ranges) and ranges[ahead].start == place:
            opening.append(ranges[ahead])
            ahead += 1
        # What a new link outlasts is closed before it and reopened inside it.
        outlasting = max((r.end for r in opening if r.kind == "link"), default=place)
        opening += yield from _close(stack, outlasting - 1, place)
        for r in sorted(opening, key=lambda r: (-r.end, RANGE_KINDS.index(r.kind))):
            stack.append(r)
            yield Step("open", place, place, r)
        if place < following:
            yield Step("text", place, following)


def _close(stack: list[Range], last: int, place: int) -> Generator[Step, None, list[Range]]:
    """Closes every open range that ends by `last`, and with it what was opened after it; returns all."""
    lowest = next((index for index, r in enumerate(stack) if r.end <= last), len(stack))
    closed = stack[lowest:]
    del stack[lowest:]
    for r in reversed(closed):
        yield Step("close", place, place, r)
    return closed


def _inside(block: Block) -> Iterator[Range]:
    furthest = 0
    for r in sorted(block.ranges, key=lambda r: (r.start, -r.end)):
        start, end = max(r.start, 0), min(r.end, len(block.text))
        if r.kind == "link":
            start = max(start, furthest)
            furthest = max(furthest, end)
        if start < end and r.kind in RANGE_KINDS:
            yield replace(r, start=start, end=end)
