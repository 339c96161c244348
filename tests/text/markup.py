"""Generated blocks and hostile strings, for the tests of everything that reads or writes markup."""

import html
import json
import sys
from collections.abc import Callable
from functools import lru_cache

from hypothesis import strategies as st
from lxml import html as lxml_html

from dragoman.text.blocks import Block, Range, normal_blocks
from tests.shared import shared, shared_text

ALPHABET = (
    "abcAB019 \n\t*_~|`\\[]()<>&;:!#+-.'\"/=@"
    "é\u0301\u0323\u200d\u200c\ufe0f\u202e\u2066\u200fжя中文。اب\u00a0\u3000😀👍🏽"
)
texts = (
    st.text(alphabet=ALPHABET, max_size=40)
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "https://example.org/a_(b)?c=1&amp;d",
            "http://x",
            "1. a",
            "- b",
            "&copy;",
            "[↑1.2.body.3.4-5]",
            "mailto:a@b.cd",
            "a **b** c",
        ]
    )
)
hrefs = st.sampled_from(
    [
        "https://example.org/",
        "https://example.org/a_(b)?c=1&copy;=2",
        "mailto:a@example.org",
        "https://ru.example/я",
        "javascript:alert(1)",
    ]
)


@st.composite
def ranges(draw: st.DrawFn, text: str) -> Range:
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    kind = draw(st.sampled_from(["bold", "italic", "strike", "code", "link", "spoiler"]))
    return Range(start, end, kind, {"href": draw(hrefs)} if kind == "link" else {})


@st.composite
def raw_blocks(draw: st.DrawFn, *, kinds: tuple[str, ...]) -> Block:
    kind = draw(st.sampled_from(kinds))
    text = draw(texts) if kind != "divider" else ""
    attrs: dict[str, str | int | bool | None] = {}
    if kind == "heading":
        attrs = {"level": draw(st.integers(2, 4))}
    elif kind == "list_item":
        attrs = {"ordered": draw(st.booleans()), "depth": draw(st.integers(0, 9))}
        if attrs["ordered"] and draw(st.booleans()):
            attrs["start"] = draw(st.integers(0, 1_000_000_005))
    elif kind == "blockquote":
        attrs = {"depth": draw(st.integers(0, 10))}
    elif kind == "code" and draw(st.booleans()):
        attrs = {"quoted": draw(st.integers(1, 8))}
    return Block(kind, text, tuple(draw(st.lists(ranges(text), max_size=5))), attrs=attrs)


def normal_fields(*kinds: str) -> st.SearchStrategy[tuple[Block, ...]]:
    """Blocks in normal form, of these kinds."""
    return st.lists(raw_blocks(kinds=kinds), max_size=6).map(normal_blocks)


MARKUP_PIECES = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<strong>",
    "</em>",
    "<s>",
    "</s>",
    "<code>",
    "</code>",
    "<pre>",
    "</pre>",
    "<br>",
    "<hr>",
    "<ul>",
    "<ol>",
    "<ol start=3>",
    "</ul>",
    "</ol>",
    "<li>",
    "</li>",
    "<h1>",
    "</h1>",
    "<h3>",
    "</h3>",
    "<blockquote>",
    "</blockquote>",
    "<div>",
    "</div>",
    "<script>",
    "</script>",
    "<span class=spoiler>",
    "</span>",
    "<!--",
    "-->",
    "<!",
    "<a href=https://a.org/>",
    "<a href='javascript:x'>",
    "</a>",
    "<td>",
    "<x a='",
    "\" ' >",
    "&amp;",
    "&lt;",
    "&#0;",
    "&#x202e;",
    "&nbsp;",
    " ",
]
markup = st.lists(st.sampled_from(MARKUP_PIECES) | texts, max_size=25).map("".join)


def naughty_strings() -> list[str]:
    return [str(text) for text in json.loads(shared_text("corpora/attacks/blns/blns.json"))]


def bleach_cases() -> list[str]:
    folder = shared("corpora/attacks/html_sanitiser/bleach")
    return [path.read_text(encoding="utf-8").partition("\n--\n")[0] for path in sorted(folder.glob("*.test"))]


@lru_cache(maxsize=1)
def attacks() -> tuple[str, ...]:
    """Bleach's cases, the naughty strings, and some of our own, also as entities and inside Markdown."""
    own = [
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='\u202ejavascript:alert(1)'>x</a>",
        "<a href=data:text/html,<script>alert(1)</script>>x</a>",
        "<a href='//evil.example'>x</a>",
        "<a href='https://ok.example\" onclick=\"alert(1)'>x</a>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](<data:text/html;base64,PHNjcmlwdD4=>)",
        "![x](javascript:alert(1))",
        '![x](https://a.example/"onerror=alert(1))',
        "<javascript:alert(1)>",
        'https://a.example/"><script>alert(1)</script>',
        "https://a.example/'onmouseover='alert(1)",
        '```"><script>alert(1)</script>\nx\n```',
        ':smile" onload="alert(1):',
    ]
    found = [*own, *bleach_cases(), *naughty_strings()]
    return (
        *found,
        *(html.escape(text) for text in found),
        *(f"**[{text}](https://a.example)**" for text in found),
    )


def thread_bodies() -> list[str]:
    thread = json.loads(shared_text("corpora/threads/reddit_t3_3hahrw_541.json"))
    return [comment["body"] for comment in thread["comments"]]


def steps_of(function: Callable[[str], object], argument: str) -> int:
    """How many calls a run makes: what shows quadratic work without a clock."""
    steps = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function(argument)
    finally:
        sys.setprofile(before)
    return steps


def visible(markup: str) -> str:
    """The letters and signs that an HTML parser shows of canonical markup, white space left out."""
    return "".join("".join(lxml_html.fragment_fromstring(markup, create_parent="div").itertext()).split())
