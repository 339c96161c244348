"""Readers' comments: a small, safe subset of Markdown to blocks and back.

Read by markdown-it-py as CommonMark, with strike-through (`~~`), spoilers (`||`) and bare web addresses
added and these taken away: HTML (it stays text), images (they become links), headings (they become bold
paragraphs), link definitions, indented code and underlined headings, which readers write by accident. A
line break is a line break.

A block quotation whose last line is exactly `[↑ref]` is a quotation by reference, and `ref` names the
sentences: `<document>.<revision>.<field>.<block>.<first>-<last>`, as `17.3.body.4.1-2`. What stands above
that line is the wording as the quoter left it; it is kept as written and never parsed.

What the blocks cannot say is kept as text, so that nothing visible is lost: a list inside a quotation keeps
its bullets and numbers as characters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from dragoman.text.blocks import (
    DEEPEST,
    LAST_NUMBER,
    Attrs,
    Block,
    Range,
    Scalar,
    Step,
    clean,
    normal_blocks,
    quote_depth,
    safe_href,
    walk,
)

LONGEST = 100_000
"""Characters: ten times a comment's limit. A longer text is shown as plain paragraphs, so that the parser's
time and memory stay bounded whatever is sent."""

_NESTING = 20  # levels of tokens; what stands deeper is text
_REF = r"[0-9]{1,18}\.[0-9]{1,18}\.[a-z_][a-z0-9_]{0,60}\.[0-9]{1,9}\.[0-9]{1,9}-[0-9]{1,9}"
_REFERENCE_LINE = re.compile(rf"\[↑(?P<ref>{_REF})\]")
_QUOTE_MARK = re.compile(r" {0,3}> ?")
_FENCE = re.compile(r" {0,3}(?P<run>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")
_WEB_ADDRESS = re.compile(r"(?<![\w@])https?://[^\s<>\"\u00ab\u00bb\u201c\u201d]{1,2000}", re.IGNORECASE)
_AFTER_ADDRESS = ".,:;!?'*_~|…。、，！？；：）"


def blocks_from_markdown(source: str) -> tuple[Block, ...]:
    """The blocks of a comment, in normal form, without sentences. Never fails."""
    source = clean(source)
    if len(source) > LONGEST:
        return normal_blocks(Block("paragraph", part) for part in source.split("\n\n"))
    lines = list(_references_apart(source.split("\n")))
    reader = _Reader(lines)
    for index, token in enumerate(tokens := _PARSER.parse("\n".join(lines))):
        reader.read(token, tokens, index)
    return normal_blocks(reader.blocks)


def reference_markdown(wording: str, ref: str) -> str:
    """A quotation by reference as the quoting button inserts it. ValueError when `ref` is not a reference."""
    if not re.fullmatch(_REF, ref):
        raise ValueError(f"{ref!r} is not a reference to sentences")
    lines = [_shielded(line) for line in _tidy_wording(wording.split("\n")).split("\n")]
    return "\n".join([*(f"> {line}".rstrip() for line in lines if wording.strip()), f"> [↑{ref}]"])


def _references_apart(lines: list[str]) -> Iterator[str]:
    """An empty line after each quotation by reference: an answer right below it would count as quoted."""
    fence = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        yield line
        mark = _QUOTE_MARK.match(line)
        quoted = line[mark.end() :].rstrip() if mark else ""
        fence = _fence_after(fence, quoted) if mark else ""
        if not fence and _REFERENCE_LINE.fullmatch(quoted) and following.strip():
            yield ""


def _fence_after(fence: str, line: str) -> str:
    """The sign of the code fence that is open after this line, empty for none."""
    found = _FENCE.fullmatch(line)
    if found is None:
        return fence
    if not fence:
        return found["run"]
    return "" if found["run"].startswith(fence) and not found["info"] else fence


def _shielded(line: str) -> str:
    # A reference inside the wording would end the quotation early.
    return "\\" + line if _REFERENCE_LINE.fullmatch(line) else line


def _tidy_wording(lines: Iterable[str]) -> str:
    return clean("\n".join(line.strip() for line in lines)).strip()


# --- the parser -------------------------------------------------------------------


class _BoundedBlocks(ParserBlock):
    """markdown-it drops what is nested too deeply; a reader's words are not ours to drop."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - its names
        if state.level < state.md.options.maxNesting - 2:
            super().tokenize(state, startLine, endLine)
            return
        end = startLine
        while end < endLine and (state.isEmpty(end) or state.sCount[end] >= state.blkIndent):
            end += 1
        state.push("paragraph_open", "p", 1)
        inline = state.push("inline", "", 0)
        inline.content = state.getLines(startLine, end, state.blkIndent, False).strip()
        inline.children = []
        state.push("paragraph_close", "p", -1)
        state.line = end


def _spoiler(state: StateInline, silent: bool) -> bool:
    """`||` as a delimiter, in pairs as `~~`."""
    if silent or state.src[state.pos] != "|":
        return False
    scanned = state.scanDelims(state.pos, True)
    if scanned.length != 2:
        state.append_pending("|" * scanned.length)
    else:
        state.push("text", "", 0).content = "||"
        state.delimiters.append(
            Delimiter(
                marker=ord("|"),
                length=0,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open,
                close=scanned.can_close,
            )
        )
    state.pos += scanned.length
    return True


def _pair_spoilers(state: StateInline) -> None:
    inside = [meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta]
    for delimiters in [state.delimiters, *inside]:
        for opening in delimiters:
            if opening.marker == ord("|") and opening.end >= 0:
                _become(state.tokens[opening.token], "spoiler_open", 1)
                _become(state.tokens[delimiters[opening.end].token], "spoiler_close", -1)


def _become(token: Token, kind: str, nesting: int) -> None:
    token.type, token.tag, token.content = kind, "span", ""
    token.nesting = 1 if nesting > 0 else -1


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING})
    parser.block = _BoundedBlocks()
    parser.configure("commonmark", options_update={"html": False, "maxNesting": _NESTING})
    parser.enable("strikethrough")
    parser.disable(["code", "lheading", "reference", "html_block", "html_inline", "text_join"])
    parser.inline.add_terminator_char("|")
    parser.inline.ruler.before("strikethrough", "spoiler", _spoiler)
    parser.inline.ruler2.after("balance_pairs", "spoiler", _pair_spoilers)
    parser.normalizeLink = lambda url: safe_href(url) or ""  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    parser.validateLink = bool  # type: ignore[method-assign,assignment]
    return parser


_PARSER = _parser()


# --- reading ----------------------------------------------------------------------

_SIMPLE = {"strong": "bold", "em": "italic", "s": "strike", "spoiler": "spoiler"}


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int
    quotes: int  # how many quotations stood around it when it began


@dataclass(slots=True)
class _Item:
    attrs: Attrs
    marker: str
    block: int = -1  # where its block stands, once it has one


@dataclass(slots=True)
class _Reader:
    """Collects the parser's tokens into blocks."""

    lines: Sequence[str]
    blocks: list[Block] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    quotes: int = 0
    skipped_until: int = -1
    heading: bool = False

    def read(self, token: Token, tokens: Sequence[Token], index: int) -> None:
        if index < self.skipped_until:
            return
        match token.type:
            case "blockquote_open":
                self._quotation(token, tokens, index)
            case "blockquote_close":
                self.quotes -= 1
            case "bullet_list_open" | "ordered_list_open":
                self._list(token)
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self._item()
            case "list_item_close":
                self.items.pop()
            case "heading_open" | "heading_close":
                self.heading = token.nesting > 0
            case "inline":
                self._words(token)
            case "fence":
                self._code(token)
            case "hr":
                self.blocks.append(Block("divider", ""))

    def _quotation(self, token: Token, tokens: Sequence[Token], index: int) -> None:
        reference = None if self.quotes or self.lists else _reference(self.lines, token)
        if reference is None:
            self.quotes += 1
        else:
            self.blocks.append(reference)
            self.skipped_until = _closing(tokens, index) + 1

    def _list(self, token: Token) -> None:
        start = token.attrGet("start")
        number = start if isinstance(start, int) else 1
        self.lists.append(_List(token.type == "ordered_list_open", number, self.quotes))

    def _item(self) -> None:
        around = self.lists[-1]
        depth = sum(1 for outer in self.lists if outer.quotes == around.quotes) - 1
        attrs: dict[str, Scalar] = {"ordered": around.ordered, "depth": min(depth, DEEPEST)}
        if around.ordered:
            attrs["start"] = around.number
        marker = f"{around.number}. " if around.ordered else "• "
        self.items.append(_Item(attrs, marker if self.quotes else ""))
        around.number += 1

    def _words(self, token: Token) -> None:
        text, ranges = _inline(token.children or [])
        if self.heading:
            ranges.append(Range(0, len(text), "bold"))
        item = self._current_item()
        if self.quotes:
            marker = item.marker if item and item.block < 0 else ""
            self._add(
                Block("blockquote", marker + text, _moved(ranges, len(marker)), attrs=self._depth()), item
            )
        elif item is None or self._interrupted(item):
            self._add(Block("paragraph", text, tuple(ranges)), None)
        elif item.block >= 0:
            self._continue_item(text, ranges)
        else:
            self._add(Block("list_item", text, tuple(ranges), attrs=item.attrs), item)

    def _interrupted(self, item: _Item) -> bool:
        return 0 <= item.block < len(self.blocks) - 1

    def _current_item(self) -> _Item | None:
        # A quotation inside an item is not a part of the list.
        return self.items[-1] if self.items and self.lists[-1].quotes == self.quotes else None

    def _continue_item(self, text: str, ranges: Sequence[Range]) -> None:
        """A list item keeps its paragraphs in one block, as lines."""
        before = self.blocks[-1]
        by = len(before.text) + 1
        self.blocks[-1] = replace(
            before, text=f"{before.text}\n{text}", ranges=before.ranges + _moved(ranges, by)
        )

    def _depth(self) -> Attrs:
        return {"depth": min(self.quotes, DEEPEST + 1)}

    def _code(self, token: Token) -> None:
        text, said = token.content, token.info.strip()
        if not text.strip():
            self._plain(said)
            return
        attrs: dict[str, Scalar] = {"quoted": min(self.quotes, DEEPEST + 1)} if self.quotes else {}
        if re.fullmatch(r"[A-Za-z0-9+#_.-]{1,30}", said):
            attrs["syntax"] = said
        elif said:
            text = f"{said}\n{text}"
        self.blocks.append(Block("code", text, attrs=attrs))

    def _plain(self, text: str) -> None:
        kind, attrs = ("blockquote", self._depth()) if self.quotes else ("paragraph", {})
        self._add(Block(kind, text, attrs=attrs), None)

    def _add(self, block: Block, item: _Item | None) -> None:
        if block.text.strip():
            self.blocks.append(block)
            if item is not None:
                item.block = len(self.blocks) - 1


def _moved(ranges: Iterable[Range], by: int) -> tuple[Range, ...]:
    return tuple(replace(r, start=r.start + by, end=r.end + by) for r in ranges)


def _closing(tokens: Sequence[Token], index: int) -> int:
    level = tokens[index].level
    return next(
        i for i in range(index + 1, len(tokens)) if tokens[i].level == level and tokens[i].nesting < 0
    )


def _reference(lines: Sequence[str], token: Token) -> Block | None:
    """The quotation by reference that the block quotation is, if its last line names one."""
    first, end = token.map or (0, 0)
    quoted = [_QUOTE_MARK.sub("", line, count=1).rstrip() for line in lines[first:end]]
    while quoted and not quoted[-1]:
        quoted.pop()
    named = _REFERENCE_LINE.fullmatch(quoted[-1]) if quoted else None
    if named is None:
        return None
    return Block("reference", "", attrs={"ref": named["ref"], "wording": _tidy_wording(quoted[:-1])})


def _inline(tokens: Iterable[Token]) -> tuple[str, list[Range]]:
    """A paragraph's text and ranges."""
    line = _Line()
    for token in tokens:
        line.read(token)
    return "".join(line.text), line.ranges


@dataclass(slots=True)
class _Line:
    text: list[str] = field(default_factory=list)
    length: int = 0
    ranges: list[Range] = field(default_factory=list)
    open: list[tuple[int, str]] = field(default_factory=list)  # since where, and the link's address

    def read(self, token: Token) -> None:
        kind, _, side = token.type.rpartition("_")
        if side == "open":
            self.open.append((self.length, str(token.attrGet("href") or "")))
        elif side == "close":
            self._close(kind)
        elif token.type in ("softbreak", "hardbreak"):
            self._add("\n")
        elif token.type == "code_inline":
            self.ranges.append(Range(self.length, self.length + len(token.content), "code"))
            self._add(token.content)
        elif token.type == "image":
            self._picture(token)
        elif token.type == "text":
            self._plain(token.content)
        else:
            self._add(token.content)

    def _add(self, text: str) -> None:
        self.text.append(text)
        self.length += len(text)

    def _close(self, kind: str) -> None:
        since, href = self.open.pop()
        if kind == "link":
            self.ranges.append(Range(since, self.length, "link", {"href": href}))
        else:
            self.ranges.append(Range(since, self.length, _SIMPLE[kind]))

    def _picture(self, token: Token) -> None:
        href = str(token.attrGet("src") or "")
        described, _ = _inline(token.children or [])
        since = self.length
        self._add(described.strip() or href)
        self.ranges.append(Range(since, self.length, "link", {"href": href}))

    def _plain(self, text: str) -> None:
        if not any(href for _, href in self.open):
            for start, end, href in _web_addresses(text):
                self.ranges.append(Range(self.length + start, self.length + end, "link", {"href": href}))
        self._add(text)


def _web_addresses(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _WEB_ADDRESS.finditer(text):
        written = _without_tail(found[0])
        href = safe_href(written)
        if href is not None:
            yield found.start(), found.start() + len(written), href


def _without_tail(address: str) -> str:
    """Punctuation after an address belongs to the sentence, and so does a bracket it does not open."""
    surplus = address.count(")") - address.count("(")
    while address[-1] in _AFTER_ADDRESS or (address[-1] == ")" and surplus > 0):
        surplus -= address[-1] == ")"
        address = address[:-1]
    return address


# --- writing ----------------------------------------------------------------------


def markdown_from_blocks(blocks: Iterable[Block]) -> str:
    """Markdown that `blocks_from_markdown` reads back as these blocks, as plain as that allows.

    Kinds that comments do not have become paragraphs (a heading a bold one).
    """
    writer = _Writer()
    for block in normal_blocks(map(_as_comment_block, blocks)):
        writer.write(block)
    return "\n".join(writer.lines)


def _as_comment_block(block: Block) -> Block:
    if block.kind == "heading":
        block = replace(block, ranges=(*block.ranges, Range(0, len(block.text), "bold")))
    if block.kind in ("paragraph", "list_item", "blockquote", "code", "reference", "divider"):
        return block
    return replace(block, kind="paragraph", attrs={})


@dataclass(slots=True)
class _ListLevel:
    ordered: bool
    number: int
    delimiter: str
    indent: int


@dataclass(slots=True)
class _Writer:
    lines: list[str] = field(default_factory=list)
    levels: list[_ListLevel] = field(default_factory=list)
    before: Block | None = None

    def write(self, block: Block) -> None:
        if block.kind == "list_item":
            self._item(block)
        else:
            self._gap(block)
            self.levels.clear()
            prefix = "> " * quote_depth(block)
            self.lines += [prefix + line if line else prefix.rstrip() for line in _block_lines(block)]
        self.before = block

    def _gap(self, block: Block) -> None:
        """An empty line; inside a quotation that both blocks belong to, a quoted one."""
        if self.before is not None:
            self.lines.append(">" * min(quote_depth(self.before), quote_depth(block)))

    def _item(self, block: Block) -> None:
        depth, start = block.attrs.get("depth"), block.attrs.get("start")
        depth = depth if isinstance(depth, int) else 0
        if not self.levels or isinstance(start, int):
            self._gap(block)
        level = self._level(
            depth, bool(block.attrs.get("ordered")), start if isinstance(start, int) else None
        )
        marker = f"{min(level.number, LAST_NUMBER)}{level.delimiter} " if level.ordered else "- "
        first, *others = _inline_markdown(block).split("\n")
        inside = level.indent + len(marker)
        self.lines.append(" " * level.indent + marker + first)
        self.lines += [" " * inside + line for line in others]
        level.number += 1
        self.levels[depth + 1 :] = []

    def _level(self, depth: int, ordered: bool, start: int | None) -> _ListLevel:
        above = self.levels[depth] if depth < len(self.levels) else None
        if above is not None and above.ordered == ordered and start is None:
            return above
        # Of two ordered lists in a row, the other sign begins a new one (CommonMark 5.3).
        delimiter = ")" if above is not None and above.delimiter == "." else "."
        indent = self._indent(depth)
        level = _ListLevel(ordered, 1 if start is None else start, delimiter if ordered else "", indent)
        self.levels[depth:] = [level]
        return level

    def _indent(self, depth: int) -> int:
        if not depth:
            return 0
        parent = self.levels[depth - 1]
        written = f"{min(parent.number - 1, LAST_NUMBER)}. " if parent.ordered else "- "
        return parent.indent + len(written)


def _block_lines(block: Block) -> list[str]:
    if block.kind == "divider":
        return ["---"]
    if block.kind == "reference":
        return reference_markdown(str(block.attrs.get("wording") or ""), str(block.attrs["ref"])).split("\n")
    if block.kind == "code":
        fence = "`" * max(3, _longest_run(block.text) + 1)
        return [fence + str(block.attrs.get("syntax") or ""), *block.text.split("\n"), fence]
    return _inline_markdown(block).split("\n")


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _inline_markdown(block: Block) -> str:
    """The first way of writing the text that reads back as it; the last one always does."""
    for style in (_Style(careful=False, bare=True), _Style(careful=False), _Style(careful=True)):
        written = _write_inline(block, style)
        if not style.careful and _reads_back(written, block):
            return written
    return written


def _reads_back(written: str, block: Block) -> bool:
    read = blocks_from_markdown(written)
    return read == (Block("paragraph", block.text, block.ranges),)


@dataclass(frozen=True, slots=True)
class _Style:
    """`careful`: character references where a delimiter would not be one. `bare`: addresses as text."""

    careful: bool
    bare: bool = False


def _write_inline(block: Block, style: _Style) -> str:
    out: list[str] = []
    steps = list(walk(block))
    index = 0
    while index < len(steps):
        address = _bare_address(block, steps[index : index + 3]) if style.bare else None
        if address is None:
            out.append(_written_step(block, steps, index, style))
            index += 1
        else:
            out.append(address)
            index += 3
    return _shield_lines("".join(out))


def _written_step(block: Block, steps: Sequence[Step], index: int, style: _Style) -> str:
    step = steps[index]
    if step.range is not None:
        return _delimiter(step, style)
    text = block.text[step.start : step.end]
    if index and _opens(steps[index - 1], "code"):
        return _code_span(text)
    return _escaped(text, style) if not style.careful else _carefully(text, steps, index, style)


def _opens(step: Step, kind: str) -> bool:
    return step.action == "open" and step.range is not None and step.range.kind == kind


def _bare_address(block: Block, steps: Sequence[Step]) -> str | None:
    """The text of a link that reads as this link by itself."""
    if len(steps) < 3 or not _opens(steps[0], "link") or steps[1].range is not None or steps[0].range is None:
        return None
    text = block.text[steps[1].start : steps[1].end]
    href = steps[0].range.attrs.get("href")
    ends_there = steps[2].range == steps[0].range
    return text if ends_there and list(_web_addresses(text)) == [(0, len(text), href)] else None


_DELIMITERS = {"bold": "**", "italic": "*", "strike": "~~", "spoiler": "||", "code": ""}


def _delimiter(step: Step, style: _Style) -> str:
    assert step.range is not None
    if step.range.kind == "link":
        href = _ENTITY.sub(r"\\&", str(step.range.attrs["href"]))
        target = f"<{href}>" if re.search(r"[()]", href) else href
        return "[" if step.action == "open" else f"]({target})"
    if style.careful and step.range.kind == "italic":
        return "_"
    return _DELIMITERS[step.range.kind]


def _code_span(text: str) -> str:
    fence = "`" * (_longest_run(text) + 1)
    space = " " if "`" in (text[0], text[-1]) else ""
    return f"{fence}{space}{text}{space}{fence}"


_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_SIGNS = re.compile(
    r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])|~(?=~|$)|(?<=~)~|^~|\|(?=\||$)|(?<=\|)\||^\||!$"
    r"|<(?=[^<>\s]+>)|:(?=//)|&(?=#?\w{1,31};)"
)
_ALL_SIGNS = re.compile(r"[\\`*_\[\]<>&~|!:#@]")
_BLANK_LINE = re.compile(r"\n(?=\n)|(?<=\n)\n")
_BLOCK_SIGN = re.compile(r"^(?:([-+>#])(?=[-+#\s]|$|(?<=>))|([0-9]{1,9})([.)])(?=\s|$))", re.MULTILINE)


def _escaped(text: str, style: _Style) -> str:
    signs = _ALL_SIGNS if style.careful else _SIGNS
    return _BLANK_LINE.sub(r"\\\n", signs.sub(r"\\\g<0>", text))


def _shield_lines(written: str) -> str:
    """What would begin a list, a quotation or a heading at the start of a line."""
    return _BLOCK_SIGN.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", written)


def _carefully(text: str, steps: Sequence[Step], index: int, style: _Style) -> str:
    """Edges as character references where a delimiter beside them would not be one (CommonMark 6.2)."""
    first = _hides(text[0], _actions(reversed(steps[:index])), outside="close")
    last = _hides(text[-1], _actions(steps[index + 1 :]), outside="open")
    if len(text) == 1:
        return _reference_to(text) if first or last else _escaped(text, style)
    middle = text[1 if first else 0 : -1 if last else None]
    return "".join(
        [
            _reference_to(text[0]) if first else "",
            _escaped(middle, style),
            _reference_to(text[-1]) if last else "",
        ]
    )


def _actions(steps: Iterable[Step]) -> set[str]:
    """What the delimiters do that stand between here and the next text."""
    actions: set[str] = set()
    for step in steps:
        if step.range is None:
            break
        if step.range.kind != "code":
            actions.add(step.action)
    return actions


def _hides(character: str, actions: set[str], *, outside: str) -> bool:
    if character.isspace():
        return bool(actions - {outside})
    return outside in actions and (not character.isascii() or character.isalnum())


def _reference_to(character: str) -> str:
    return f"&#{ord(character)};"
