import re
import unicodedata

import pytest
from hypothesis import given, settings
from lxml import etree
from lxml import html as lxml_html

from dragoman.text import emoticons, render
from dragoman.text.blocks import Block, Range, clean, plain, safe_href
from dragoman.text.markdown import blocks_from_markdown
from dragoman.text.render import MOST_MARKS, PLACED_BY_CALLER, Rendering, html, inline
from dragoman.text.render import safe_href as exported
from dragoman.text.richtext import blocks_from_html
from tests.text import markup as samples

EDITORS = Rendering("en", lambda emoji: emoticons.name(emoji, "en"))
READERS = Rendering("en", lambda emoji: emoticons.name(emoji, "fr"), nofollow=True, heading_shift=1)
HOSTILE_NAMES = Rendering("en", lambda emoji: '"><script>alert(1)</script>')

ALLOWED = {
    "a": {"href", "rel"},
    "span": {"role", "class", "aria-label", "title"},
    "label": {"class"},
    "input": {"type", "aria-label"},
    "ol": {"start"},
    **{tag: set() for tag in ("p", "b", "i", "s", "code", "pre", "br", "hr", "ul", "li", "blockquote")},
    **{f"h{level}": set() for level in range(1, 7)},
}
VOID = {"br", "hr", "input"}


def assert_harmless(markup: str) -> None:
    """Every tag and attribute is allowed, every tag is closed in order, every link leads somewhere safe."""
    stack = []
    for closing, tag in re.findall(r"<(/?)([a-z0-9]+)[^<>]*>", markup):
        if closing:
            assert stack.pop() == tag
        elif tag not in VOID:
            stack.append(tag)
    assert not stack
    assert markup.count("<") == len(re.findall(r"</?[a-z0-9]+[^<>]*>", markup))
    for element in lxml_html.fragment_fromstring(markup, create_parent="div").iterdescendants():
        assert set(element.attrib) <= ALLOWED[element.tag], etree.tostring(element)
        assert element.get("class") in (None, "emoji", "spoiler")
        href = element.get("href")
        assert href is None or re.match(r"(https?://|mailto:|/(?!/)|#)", href), href


def shown(markup: str) -> str:
    return lxml_html.fragment_fromstring(markup, create_parent="div").text_content()


@pytest.mark.parametrize("rendering", [EDITORS, READERS, HOSTILE_NAMES])
def test_every_attack_is_harmless_however_it_came_in(rendering):
    for text in samples.attacks():
        for blocks in (
            blocks_from_markdown(text),
            blocks_from_html(text),
            (plain(text),),
            (Block("code", text),),
        ):
            assert_harmless(html(blocks, rendering))
            for block in blocks:
                assert_harmless(inline(block, rendering))


class NoBarrier:
    def clean(self, markup: str) -> str:
        return markup


WILD = "<script>alert(1)</script> :smile: \u202e"
WILD_RANGES = (
    Range(-3, 99, "link", {"href": "javascript:alert(1)"}),
    Range(2, 8, "link", {"href": 'https://a.example/"onclick="x'}),
    Range(4, 3, "bold"),
    Range(0, 12, "blink", {}),
    Range(26, 30, "italic"),
    Range(5, 20, "code"),
    Range(0, 9, "spoiler", {"onclick": "x"}),
)
WILD_ATTRS = (
    {},
    {"depth": -4, "level": "x", "start": '"><b>'},
    {"depth": 10**9, "level": 10**9, "start": 10**30},
)
WILD_KINDS = ("paragraph", "heading", "list_item", "blockquote", "code", "divider", "unheard of")


@pytest.mark.parametrize("kind", WILD_KINDS)
@pytest.mark.parametrize("attrs", WILD_ATTRS)
def test_blocks_that_nobody_normalised_are_harmless(kind, attrs):
    assert_harmless(html([Block(kind, WILD, WILD_RANGES, attrs=attrs)] * 2, HOSTILE_NAMES))


def test_escaping_is_enough_without_the_barrier(monkeypatch):
    monkeypatch.setattr(render, "_BARRIER", NoBarrier())
    for kind in WILD_KINDS:
        for attrs in WILD_ATTRS:
            assert_harmless(html([Block(kind, WILD, WILD_RANGES, attrs=attrs)], HOSTILE_NAMES))
            assert_harmless(html([Block(kind, WILD, WILD_RANGES[1:], attrs=attrs)], HOSTILE_NAMES))
    for text in samples.attacks():
        assert_harmless(html(blocks_from_markdown(text), HOSTILE_NAMES))


def test_the_barrier_is_enough_without_escaping(monkeypatch):
    monkeypatch.setattr(render, "_escaped", lambda text: text)
    for text in samples.attacks():
        markup = html([Block("paragraph", text)], EDITORS)
        for element in lxml_html.fragment_fromstring(markup, create_parent="div").iterdescendants():
            assert element.tag in ALLOWED
            assert set(element.attrib) <= ALLOWED[element.tag]
            assert re.match(r"(https?:|mailto:|(?![a-z]+:))", element.get("href") or "", re.IGNORECASE)


@settings(max_examples=150)
@given(samples.normal_fields("paragraph", "heading", "list_item", "blockquote", "code", "divider"))
def test_generated_blocks_are_harmless_and_show_their_words(blocks):
    markup = html(blocks, READERS)
    assert_harmless(markup)
    plain_codes = all(
        emoticons.emoji_for(code) is None for b in blocks for code in re.findall(r":[^\s:]+:", b.text)
    )
    if plain_codes:
        expected = "".join("".join(b.text.split()) for b in blocks)
        assert "".join(shown(markup).split()) == expected


def test_structure():
    assert html(
        (
            Block("heading", "T", attrs={"level": 2}),
            Block("list_item", "a", attrs={"ordered": False, "depth": 0}),
            Block("list_item", "b", attrs={"ordered": True, "depth": 1, "start": 3}),
            Block("list_item", "c", attrs={"ordered": True, "depth": 1}),
            Block("list_item", "d", attrs={"ordered": False, "depth": 0}),
            Block("blockquote", "e", attrs={"depth": 1}),
            Block("blockquote", "f\ng", attrs={"depth": 2}),
            Block("code", "h\n  <i>", attrs={"quoted": 1}),
            Block("divider", ""),
        ),
        READERS,
    ) == (
        '<h3>T</h3><ul><li>a<ol start="3"><li>b</li><li>c</li></ol></li><li>d</li></ul>'
        "<blockquote><p>e</p><blockquote><p>f<br>g</p></blockquote><pre><code>h\n  &lt;i&gt;</code></pre>"
        "</blockquote><hr>"
    )


def test_inline_formatting_and_links():
    block = Block(
        "paragraph",
        "a b c d",
        (
            Range(0, 3, "bold"),
            Range(2, 5, "link", {"href": "https://a.example/?b&c"}),
            Range(6, 7, "spoiler"),
        ),
    )
    href = 'href="https://a.example/?b&amp;c"'
    assert inline(block, EDITORS) == (
        f"<b>a </b><a {href}><b>b</b> c</a> "
        '<label class="spoiler"><input type="checkbox" aria-label="spoiler"><span>d</span></label>'
    )
    assert f'<a {href} rel="nofollow ugc noopener">' in inline(block, READERS)


def test_emoji_and_codes_are_named_in_the_readers_language():
    french = emoticons.name("😄", "fr")
    picture = f'<span role="img" class="emoji" aria-label="{french}" title="{french}">😄</span>'
    assert sorted(re.split(r"[ >]", inline(plain(":smile: 😄"), READERS))) == sorted(
        re.split(r"[ >]", f"{picture} {picture}")
    )


def test_code_is_never_touched():
    assert (
        inline(Block("paragraph", ":smile: 😄", (Range(0, 9, "code"),)), EDITORS) == "<code>:smile: 😄</code>"
    )
    assert html([Block("code", ":smile: 😄 **a**")], EDITORS) == "<pre><code>:smile: 😄 **a**</code></pre>"


def test_a_joined_emoji_is_one_picture():
    family = "👩\u200d👩\u200d👧"
    assert f">{family}</span>" in inline(plain(f"a {family} b"), EDITORS)


def test_parts_of_something_else_are_left_to_the_caller():
    parts = [Block(kind, "x", attrs={"ref": "1.1.body.0.0-0"}) for kind in sorted(PLACED_BY_CALLER)]
    assert html([*parts, plain("y")], EDITORS) == "<p>y</p>"
    assert inline(Block("quotation", "a<b", ()), EDITORS) == "a&lt;b"


def test_right_to_left_words_pass_and_direction_controls_do_not_leak():
    assert html([Block("paragraph", "مرحبا\u200f \u202ebla\u2067")], EDITORS) == "<p>مرحبا\u200f bla</p>"


@pytest.mark.parametrize("between", ["", "\u200c", "\u200b", "\u034f", "\ufe0f"])
def test_a_flood_of_marks_is_cut(between):
    marks = ("\u0323" + between) * 40
    found = shown(html([Block("paragraph", f"a{marks}b")], EDITORS))
    assert sum(unicodedata.category(c)[0] == "M" for c in found) == MOST_MARKS
    assert unicodedata.normalize("NFD", found)[0] == "a"
    assert found.endswith("b")


def test_written_languages_keep_their_marks():
    for words in ("בְּרֵאשִׁ֖ית", "ཧཱུྃ", "क्षत्रियों", "กำลังใจ้", "Việt Nam"):
        assert shown(inline(plain(words), EDITORS)) == clean(words)


@pytest.mark.parametrize(
    "piece",
    ["<b>", ":smile: ", "😄", "a\u0301\u0323", "\u202e", "&", "**a** ", "> ", "https://a.example/ ", ": :"],
)
def test_long_hostile_texts_are_rendered_in_steps_in_proportion(piece):
    def run(text: str) -> None:
        assert_harmless(html(blocks_from_markdown(text), READERS))

    small, large = (samples.steps_of(run, piece * count) for count in (200, 800))
    assert large <= 5 * small + 20_000


def test_ten_thousand_levels_come_out_bounded():
    for source in (">" * 10_000 + "x", "- " * 10_000 + "x"):
        assert_harmless(html(blocks_from_markdown(source), READERS))
    for source in ("<blockquote>" * 10_000 + "x", "<ul><li>" * 10_000 + "x"):
        markup = html(blocks_from_html(source), READERS)
        assert_harmless(markup)
        assert len(markup) < 1000


def test_safe_href_is_one_function():
    assert exported is safe_href
