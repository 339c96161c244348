"""Blocks to the HTML that readers see. There is no other place that makes HTML of people's or engines' words.

Two barriers, each enough by itself: every character of a text is escaped when it is written and every tag is
one of ours; the whole then passes nh3 with an allow-list of exactly those tags and attributes.

What would spill over its own text is cut here, whatever it came through: bidirectional controls (see
`text.blocks`), and more than 8 combining marks on one letter ("zalgo").
"""

import html as markup
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import nh3

from dragoman.text import emoticons
from dragoman.text.blocks import Block, Range, Step, clean, safe_href, safe_link, walk
from dragoman.text.richtext import assemble
from dragoman.text.spans import Span, find

__all__ = ["PLACED_BY_CALLER", "Rendering", "html", "inline", "safe_href"]

PLACED_BY_CALLER: frozenset[str] = frozenset({"reference", "quotation", "attribution", "caption", "alt"})
"""Kinds that are parts of something else (a quotation by reference, a picture, a pull quotation): not
rendered by `html`, the caller gives each its place with `inline`."""

MOST_MARKS = 8
"""Combining marks shown on one base. Written languages stay below 6 (Tibetan, Hebrew with cantillation)."""

_PICTURES = frozenset({"emoji", "emoticon"})
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}
_PLAIN_TAGS = (
    "b",
    "blockquote",
    "br",
    "code",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "p",
    "pre",
    "s",
    "ul",
)
_END = {kind: f"</{tag}>" for kind, tag in _TAGS.items()} | {"link": "</a>", "spoiler": "</span></label>"}
_BARRIER = nh3.Cleaner(
    tags={*_PLAIN_TAGS, "a", "input", "label", "ol", "span"},
    attributes={
        "a": {"href"},
        "input": {"aria-label"},
        "ol": {"start"},
        "span": {"role", "aria-label", "title"},
    },
    allowed_classes={"span": {"emoji"}, "label": {"spoiler"}},
    tag_attribute_values={"a": {"rel": {"nofollow ugc noopener"}}, "input": {"type": {"checkbox"}}},
    url_schemes={"http", "https", "mailto"},
    url_relative="pass_through",
    link_rel=None,
)


@dataclass(frozen=True, slots=True)
class Rendering:
    """How blocks are shown: to whom, and whose words they are."""

    language: str
    """BCP 47, of the words."""
    emoji_name: Callable[[str], str]
    """What an emoji is called in the reader's language."""
    nofollow: bool = False
    """Readers' words: links that search engines do not follow."""
    heading_shift: int = 0
    """Added to every heading's level."""
    spoiler_name: str = "spoiler"
    """What the box that uncovers a spoiler is called in the reader's language."""


def html(blocks: Iterable[Block], rendering: Rendering) -> str:
    """The blocks as safe HTML; what is `PLACED_BY_CALLER` is left out."""
    shown = (block for block in blocks if block.kind not in PLACED_BY_CALLER)
    return _BARRIER.clean(assemble(shown, partial(_inner, rendering=rendering), rendering.heading_shift))


def inline(block: Block, rendering: Rendering) -> str:
    """One block's words as safe HTML, without an element around them."""
    return _BARRIER.clean(_inner(block, rendering))


def _inner(block: Block, rendering: Rendering) -> str:
    if block.kind == "code":
        return _escaped(block.text)
    pictures = [span for span in find(block.text, rendering.language, block.ranges) if span.kind in _PICTURES]
    steps = walk(block)
    return "".join(_step(block, step, pictures, rendering) for step in steps)


def _step(block: Block, step: Step, pictures: Sequence[Span], rendering: Rendering) -> str:
    if step.range is not None:
        return _tag(step.range, rendering) if step.action == "open" else _END[step.range.kind]
    first = bisect_left(pictures, step.start, key=lambda span: span.start)
    out: list[str] = []
    place = step.start
    for span in islice(pictures, first, None):
        if span.end > step.end:
            break
        out += [_words(block.text[place : span.start]), _picture(span, rendering)]
        place = span.end
    return "".join([*out, _words(block.text[place : step.end])])


def _tag(r: Range, rendering: Rendering) -> str:
    if r.kind == "spoiler":
        # A box to tick: it uncovers by keyboard and without script, and what is covered is not read aloud either.
        named = markup.escape(clean(rendering.spoiler_name))
        return f'<label class="spoiler"><input type="checkbox" aria-label="{named}"><span>'
    if r.kind != "link":
        return f"<{_TAGS[r.kind]}>"
    href = safe_link(str(r.attrs.get("href") or ""))
    if href is None:
        return "<a>"
    rel = ' rel="nofollow ugc noopener"' if rendering.nofollow else ""
    return f'<a href="{markup.escape(href)}"{rel}>'


def _picture(span: Span, rendering: Rendering) -> str:
    """An emoji with its name, for those who do not see it or do not know it."""
    shown = emoticons.emoji_for(span.text) if span.kind == "emoticon" else span.text
    if shown is None:
        return _words(span.text)
    named = markup.escape(clean(rendering.emoji_name(shown)))
    return f'<span role="img" class="emoji" aria-label="{named}" title="{named}">{_escaped(shown)}</span>'


def _words(text: str) -> str:
    return _escaped(text).replace("\n", "<br>")


def _escaped(text: str) -> str:
    return markup.escape(_without_floods(clean(text)), quote=False)


_MAY_FLOOD = re.compile(f"[^\x00-\u02ff]{{{MOST_MARKS + 1}}}")


def _without_floods(text: str) -> str:
    """At most `MOST_MARKS` combining marks on one base; format characters between them do not begin anew."""
    if not _MAY_FLOOD.search(text):
        return text
    out: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category[0] == "M":
            marks += 1
        elif category != "Cf":
            marks = 0
        if marks <= MOST_MARKS or category[0] != "M":
            out.append(character)
    return "".join(out)
