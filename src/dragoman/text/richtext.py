"""Editors' rich text: HTML to blocks and back.

Hostile input is safe by construction: markup is only ever read into blocks, and written from blocks. What is
read: `p b strong i em a ul ol li h1-h6 blockquote br hr s strike del code pre`, `span class="spoiler"`. All
else is unwrapped (those that browsers show as blocks end the paragraph); `script`, `style` and
`template` lose their content.

The tokenizer is our own, and linear: html.parser of Python 3.11 takes quadratic time on unclosed tags
(CVE-2025-6069), and a tree builder that follows the HTML standard multiplies unclosed formatting elements.
Where a tag or a comment never ends, the rest is text: nothing that was written is lost.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from dragoman.text.blocks import (
    DEEPEST,
    LAST_NUMBER,
    Attrs,
    Block,
    Range,
    Step,
    normal_blocks,
    quote_depth,
    safe_link,
    walk,
)

_MARKS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strike",
    "strike": "strike",
    "del": "strike",
    "code": "code",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
}
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}
_HEADINGS = {f"h{level}": min(max(level, 2), 4) for level in range(1, 7)}
_BREAKING = re.compile(
    "address|article|aside|body|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|header|hgroup|html|legend|main|menu|nav|noscript|optgroup|option|p|search|section|select|summary|table|"
    "tbody|td|textarea|tfoot|th|thead|title|tr"
)
_RAW = frozenset({"script", "style", "template"})


def blocks_from_html(markup: str) -> tuple[Block, ...]:
    """The blocks of a rich text, in normal form, without sentences. Never fails; time is linear."""
    reader = _Reader()
    for token in _tokens(markup):
        reader.read(token)
    return normal_blocks(reader.finish())


def html_from_blocks(blocks: Iterable[Block]) -> str:
    """Canonical markup of blocks. `blocks_from_html` reads paragraphs, headings, list items, block
    quotations, dividers and code back exactly. The other kinds come from fields of their own: here they
    become paragraphs, and references are left out."""
    shown = [block for block in normal_blocks(blocks) if block.kind != "reference"]
    return assemble(shown, _written)


def canonical(markup: str) -> str:
    """The one way of writing this rich text: idempotent, no visible character lost."""
    return html_from_blocks(blocks_from_html(markup))


# --- tokens -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    """Text, or an opening or closing tag. `name` is empty for text."""

    name: str = ""
    closing: bool = False
    text: str = ""
    attributes: str = ""

    def attribute(self, name: str) -> str | None:
        for found in _ATTRIBUTE.finditer(self.attributes):
            if found["name"].lower() == name:
                return _unescaped(found["double"] or found["single"] or found["bare"] or "")
        return None


# Attributes as in the HTML standard, section 13.2.5.32 and following. Possessive: a failure never backtracks.
_TAG = re.compile(
    r"""</?+(?P<name>[A-Za-z][^\s/>]*+)"""
    r"""(?P<attributes>(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+)*+)>"""
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s/>][^\s/>=]*+)"""
    r"""(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>"'][^\s>]*+))?+)?+"""
)
_LONG_REFERENCE = re.compile(r"&#(?:0*(?P<decimal>[0-9]+)|[xX]0*(?P<hexadecimal>[0-9a-fA-F]+))")


def _tokens(markup: str) -> Iterator[_Token]:
    place = 0
    while place < len(markup):
        start = markup.find("<", place)
        if start < 0:
            break
        if start > place:
            yield _Token(text=_unescaped(markup[place:start]))
        token, place = _markup_at(markup, start)
        yield token
        if token.name in _RAW and not token.closing:
            place = _after_raw(markup, place, token.name)
    yield _Token(text=_unescaped(markup[place:]))


def _markup_at(markup: str, start: int) -> tuple[_Token, int]:
    """The token that begins with the `<` at `start`, and where it ends."""
    following = markup[start + 1 : start + 2]
    if following in ("!", "?"):
        return _comment_at(markup, start)
    letter = markup[start + 2 : start + 3] if following == "/" else following
    if not (letter.isascii() and letter.isalpha()):
        return _Token(text="<"), start + 1
    tag = _TAG.match(markup, start)
    if tag is None:
        return _Token(text=_unescaped(markup[start:])), len(markup)
    return _Token(tag["name"].lower(), following == "/", attributes=tag["attributes"]), tag.end()


def _comment_at(markup: str, start: int) -> tuple[_Token, int]:
    closing = "-->" if markup.startswith("<!--", start) else ">"
    end = markup.find(closing, start + 2)
    if end < 0:
        return _Token(text=_unescaped(markup[start:])), len(markup)
    return _Token(), end + len(closing)


def _after_raw(markup: str, place: int, name: str) -> int:
    end = re.compile(rf"</{name}[^>]*>", re.IGNORECASE).search(markup, place)
    return end.end() if end else len(markup)


def _unescaped(text: str) -> str:
    # int() of thousands of digits raises; no character has more than seven.
    return html.unescape(_LONG_REFERENCE.sub(_short_reference, text)) if "&" in text else text


def _short_reference(found: re.Match[str]) -> str:
    if found["decimal"]:
        return f"&#{found['decimal'][:8]}"
    return f"&#x{found['hexadecimal'][:8]}"


_WHITE = re.compile(r"[ \t\r\n\f]+")


# --- reading ----------------------------------------------------------------------


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int


@dataclass(slots=True)
class _Reader:
    """Collects tokens into blocks. Depths are counted, never recursed into."""

    blocks: list[Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    length: int = 0
    ranges: list[Range] = field(default_factory=list)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)  # kind → (how often open, since)
    link: tuple[str, int] | None = None
    spans: list[bool] = field(default_factory=list)  # whether each open span is a spoiler
    lists: list[_List] = field(default_factory=list)
    deeper: int = 0  # lists open below the deepest we keep
    item: Attrs | None = None
    marker: str = ""  # of an item in a quotation, whose block has no other way to show it
    gap: bool = False  # a paragraph of the item has ended, another may follow
    around: list[tuple[list[_List], int, Attrs | None]] = field(
        default_factory=list
    )  # outside each quotation
    heading: int = 0
    verbatim: int = 0

    def read(self, token: _Token) -> None:
        if not token.name:
            self._add(token.text)
        elif token.name in _MARKS:
            self._mark(_MARKS[token.name], token.closing)
        elif token.name == "a":
            self._anchor(token)
        elif token.name == "span":
            self._span(token)
        else:
            self._structure(token)

    def finish(self) -> list[Block]:
        self._end_block()
        return self.blocks

    def _add(self, text: str) -> None:
        if not self.verbatim:
            text = _WHITE.sub(" ", text)
        if self.gap and not text.isspace():
            self.gap = False
            text = "\n" + text
        self.text.append(text)
        self.length += len(text)

    def _structure(self, token: _Token) -> None:
        name = token.name
        if name == "br":
            self.text.append("\n")
            self.length += 1
        elif name == "hr":
            self._end_block()
            self.blocks.append(Block("divider", ""))
        elif name in ("ul", "ol"):
            self._list(token)
        elif name == "li":
            self._item(token.closing)
        elif name in _HEADINGS:
            self._end_block()
            self.heading = 0 if token.closing else _HEADINGS[name]
        elif name == "blockquote":
            self._quotation(token.closing)
        elif name == "pre":
            self._end_block()
            self.verbatim = max(self.verbatim + (-1 if token.closing else 1), 0)
        elif _BREAKING.fullmatch(name):
            self._end_paragraph()

    def _mark(self, kind: str, closing: bool) -> None:
        count, since = self.marks.get(kind, (0, 0))
        if not closing:
            self.marks[kind] = (count + 1, since if count else self.length)
        elif count > 1:
            self.marks[kind] = (count - 1, since)
        elif count:
            del self.marks[kind]
            self.ranges.append(Range(since, self.length, kind))

    def _anchor(self, token: _Token) -> None:
        self._end_link()
        href = None if token.closing else safe_link(token.attribute("href") or "")
        if href is not None:
            self.link = (href, self.length)

    def _end_link(self) -> None:
        if self.link is not None:
            href, since = self.link
            self.ranges.append(Range(since, self.length, "link", {"href": href}))
            self.link = None

    def _span(self, token: _Token) -> None:
        if not token.closing:
            spoiler = "spoiler" in (token.attribute("class") or "").split()
            self.spans.append(spoiler)
            if spoiler:
                self._mark("spoiler", closing=False)
        elif self.spans and self.spans.pop():
            self._mark("spoiler", closing=True)

    def _quotation(self, closing: bool) -> None:
        self._end_block()
        if not closing:
            self.around.append((self.lists, self.deeper, self.item))
            self.lists, self.deeper, self.item = [], 0, None
        elif self.around:
            self.lists, self.deeper, self.item = self.around.pop()

    def _list(self, token: _Token) -> None:
        self._end_block()
        self.item = None
        if not token.closing and len(self.lists) > DEEPEST:
            self.deeper += 1
        elif not token.closing:
            self.lists.append(_List(token.name == "ol", _start(token)))
        elif self.deeper:
            self.deeper -= 1
        elif self.lists:
            self.lists.pop()

    def _item(self, closing: bool) -> None:
        self._end_block()
        self.item = None
        if closing or not self.lists:
            return
        innermost = self.lists[-1]
        self.item = {"ordered": innermost.ordered, "depth": len(self.lists) - 1}
        if innermost.ordered:
            self.item = {**self.item, "start": innermost.number}
        self.marker = "" if not self.around else f"{innermost.number}. " if innermost.ordered else "• "
        innermost.number += 1

    def _end_paragraph(self) -> None:
        """A list item keeps its paragraphs in one block, as lines."""
        if self.item is None or self.verbatim:
            self._end_block()
        else:
            self.gap = any(text.strip() for text in self.text)

    def _end_block(self) -> None:
        """Ends the block; formatting that is still open goes on in the next one."""
        text = "".join(self.text)
        if text.strip():
            self.blocks.append(self._block(text, tuple(self._ranges_so_far())))
            self.marker = ""
            if self.blocks[-1].kind == "list_item":
                self.item = None
        self.text, self.length, self.ranges, self.gap = [], 0, [], False
        self.marks = {kind: (count, 0) for kind, (count, _) in self.marks.items()}
        self.link = (self.link[0], 0) if self.link else None

    def _ranges_so_far(self) -> Iterator[Range]:
        yield from self.ranges
        for kind, (_, since) in self.marks.items():
            yield Range(since, self.length, kind)
        if self.link:
            yield Range(self.link[1], self.length, "link", {"href": self.link[0]})

    def _block(self, text: str, ranges: tuple[Range, ...]) -> Block:
        depth = min(len(self.around), DEEPEST + 1)
        if self.verbatim:
            return Block("code", text, attrs={"quoted": depth} if depth else {})
        if depth:
            by = len(self.marker)
            moved = tuple(Range(r.start + by, r.end + by, r.kind, r.attrs) for r in ranges)
            return Block("blockquote", self.marker + text, moved, attrs={"depth": depth})
        if self.heading:
            return Block("heading", text, ranges, attrs={"level": self.heading})
        if self.item is not None:
            return Block("list_item", text, ranges, attrs=self.item)
        return Block("paragraph", text, ranges)


def _start(token: _Token) -> int:
    written = (token.attribute("start") or "1").strip()
    return int(written) if re.fullmatch("[0-9]{1,9}", written) else 1


# --- writing ----------------------------------------------------------------------

_LINE_BREAK = "<br/>"  # as Wagtail writes it: its editor reads nothing else


def _written(block: Block) -> str:
    if block.kind == "code":
        return html.escape(block.text, quote=False)
    return "".join(_step(block, step) for step in walk(block))


def _step(block: Block, step: Step) -> str:
    if step.range is None:
        return html.escape(block.text[step.start : step.end], quote=False).replace("\n", _LINE_BREAK)
    if step.range.kind == "link":
        href = html.escape(str(step.range.attrs["href"]))
        return f'<a href="{href}">' if step.action == "open" else "</a>"
    if step.range.kind == "spoiler":
        return '<span class="spoiler">' if step.action == "open" else "</span>"
    tag = _TAGS[step.range.kind]
    return f"<{tag}>" if step.action == "open" else f"</{tag}>"


def assemble(blocks: Iterable[Block], inner: Callable[[Block], str], heading_shift: int = 0) -> str:
    """Blocks as markup, with nested lists and grouped quotations; `inner` gives what stands in a block."""
    frame = _Frame()
    for block in blocks:
        frame.place(block)
        frame.out.append(_element(block, inner(block), heading_shift))
    frame.leave_lists(0)
    frame.quote(0)
    return "".join(frame.out)


def _element(block: Block, inner: str, heading_shift: int) -> str:
    if block.kind == "divider":
        return "<hr>"
    if block.kind == "code":
        return f"<pre><code>{inner}</code></pre>"
    if block.kind == "list_item":
        return inner
    if block.kind == "heading":
        level = block.attrs.get("level")
        tag = f"h{min(max((level if isinstance(level, int) else 2) + heading_shift, 1), 6)}"
        return f"<{tag}>{inner}</{tag}>"
    return f"<p>{inner}</p>"


@dataclass(slots=True)
class _Frame:
    """What is open around the next block: quotations, then lists, each with its item open."""

    out: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    quotes: int = 0

    def place(self, block: Block) -> None:
        if block.kind != "list_item":
            self.leave_lists(0)
        self.quote(quote_depth(block))
        if block.kind == "list_item":
            self._begin_item(block)

    def quote(self, depth: int) -> None:
        change = depth - self.quotes
        self.out.append("<blockquote>" * change if change > 0 else "</blockquote>" * -change)
        self.quotes = depth

    def leave_lists(self, depth: int) -> None:
        while len(self.lists) > depth:
            self.out.append(f"</li></{self.lists.pop()}>")

    def _begin_item(self, block: Block) -> None:
        depth, start = block.attrs.get("depth"), block.attrs.get("start")
        depth = min(max(depth, 0), len(self.lists)) if isinstance(depth, int) else 0
        tag = "ol" if block.attrs.get("ordered") else "ul"
        numbered = tag == "ol" and isinstance(start, int) and 0 <= start <= LAST_NUMBER
        self.leave_lists(depth + 1)
        if len(self.lists) > depth and (self.lists[depth] != tag or numbered):
            self.leave_lists(depth)
        if len(self.lists) > depth:
            self.out.append("</li><li>")
        else:
            self.lists.append(tag)
            self.out.append(f'<{tag} start="{start}"><li>' if numbered else f"<{tag}><li>")
