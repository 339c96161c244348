import nh3
import pytest
from hypothesis import example, given, settings

from dragoman.text import blocks as normal_form
from dragoman.text.blocks import Block, Range, clean, normal_blocks
from dragoman.text.richtext import blocks_from_html, canonical, html_from_blocks
from tests.text import markup as samples

KINDS = ("paragraph", "heading", "list_item", "blockquote", "code", "divider")
DROPPED = {"script", "style", "template"}


def letters_an_html_parser_shows(markup: str) -> str:
    import html

    shown = html.unescape(nh3.clean(markup, tags=set(), clean_content_tags=DROPPED))
    return "".join(clean(shown).split())


def is_subsequence(few: str, many: str) -> bool:
    rest = iter(many)
    return all(character in rest for character in few)


def paragraph(markup: str) -> Block:
    (found,) = blocks_from_html(markup)
    return found


@settings(max_examples=200)
@given(samples.normal_fields(*KINDS))
def test_blocks_written_and_read_are_the_same(blocks):
    assert blocks_from_html(html_from_blocks(blocks)) == blocks


@settings(max_examples=200)
@given(samples.markup)
@example("<p><b>a <i>b</b> c</i></p>")
def test_canonical_markup_is_canonical(markup):
    once = canonical(markup)
    assert canonical(once) == once
    assert blocks_from_html(once) == blocks_from_html(markup)


@pytest.mark.parametrize("source", ["attacks", "naughty_strings", "bleach_cases", "thread_bodies"])
def test_canonical_is_idempotent_and_loses_no_visible_character(source):
    for markup in getattr(samples, source)():
        once = canonical(markup)
        assert canonical(once) == once
        assert is_subsequence(letters_an_html_parser_shows(markup), samples.visible(once)), markup


def test_a_threads_words_pass_unchanged():
    import html

    for body in samples.thread_bodies():
        shown = samples.visible(canonical(html.escape(body)))
        assert shown == "".join(clean(body).split())


def test_editors_elements():
    assert blocks_from_html(
        "<h2>T</h2><p>a <strong>b</strong><br/>c <em>d</em> <a href='https://e.example/'>f</a></p>"
        "<ol><li>g<ul><li>h</li></ul></li><li>i</li></ol><blockquote>j</blockquote><hr/>"
        "<p><s>k</s> <code>l</code></p>"
    ) == (
        Block("heading", "T", attrs={"level": 2}),
        Block(
            "paragraph",
            "a b\nc d f",
            (Range(2, 3, "bold"), Range(6, 7, "italic"), Range(8, 9, "link", {"href": "https://e.example/"})),
        ),
        Block("list_item", "g", attrs={"ordered": True, "depth": 0}),
        Block("list_item", "h", attrs={"ordered": False, "depth": 1}),
        Block("list_item", "i", attrs={"ordered": True, "depth": 0}),
        Block("blockquote", "j", attrs={"depth": 1}),
        Block("divider", ""),
        Block("paragraph", "k l", (Range(0, 1, "strike"), Range(2, 3, "code"))),
    )


def test_crossing_formatting_keeps_its_extent():
    assert paragraph("<b>bo<i>th</b> it</i>").ranges == (Range(0, 4, "bold"), Range(2, 7, "italic"))


def test_script_and_style_lose_their_content_and_the_unknown_is_unwrapped():
    assert paragraph("a<script>x</script><STYLE>y</style ><blink onclick=z>b</blink>").text == "ab"
    assert paragraph("a<script>never closed").text == "a"


def test_what_never_ends_is_text():
    assert paragraph("a < b <c d='").text == "a < b <c d='"
    assert paragraph("a<!-- b").text == "a<!-- b"


def test_only_safe_links_survive():
    assert paragraph("<a href='javascript:x'>a</a> <a href='/b/'>b</a> <a>c</a>").ranges == (
        Range(2, 3, "link", {"href": "/b/"}),
    )


def test_an_items_paragraphs_are_its_lines():
    found = blocks_from_html("<ul><li><p>a</p><p>b</p></li><li>c</li></ul>")
    assert [(b.kind, b.text) for b in found] == [("list_item", "a\nb"), ("list_item", "c")]


def test_a_list_in_a_quotation_keeps_its_signs():
    found = blocks_from_html("<blockquote><ol start=3><li>a</ol><ul><li>b</ul></blockquote><p>c")
    assert [(b.kind, b.text) for b in found] == [
        ("blockquote", "3. a"),
        ("blockquote", "• b"),
        ("paragraph", "c"),
    ]


def test_code_keeps_its_lines_and_spaces():
    assert paragraph("<pre>\n a\n  <b>b</b>\r\n</pre>") == Block("code", " a\n  b")


def test_references_of_absurd_length_are_one_sign():
    assert paragraph("&#" + "9" * 5000 + ";").text == "\ufffd"
    assert paragraph("&#" + "0" * 5000 + "65;").text == "A"
    assert paragraph("&#x" + "0" * 5000 + "41;").text == "A"


def test_right_to_left_text_and_joined_emoji_pass():
    words = "مرحبا \u200fبالعالم 👩\u200d👩\u200d👧 किताब"
    assert paragraph(f"<p><b>{words}</b></p>") == Block("paragraph", words, (Range(0, len(words), "bold"),))


HOSTILE = (
    "<a",
    "<b>",
    '<a href="',
    "<blockquote>",
    "<ul><li>",
    "<p><b id=x>",
    "&#",
    "\u0301\u0323",
    "<b>\u0301</b>",
)
HOSTILE += (
    "<!--",
    "<pre>",
    "<span class=spoiler>x",
    "<a b=",
    "</p",
    "<script></script ",
    "\u202e",
    "<![CDATA[",
    "<?",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_of_anything_is_read_with_bounded_depth(piece):
    found = blocks_from_html("x" + piece * (1_000_000 // len(piece)) + "y")
    assert found
    for block in found:
        assert normal_form.quote_depth(block) <= normal_form.DEEPEST + 1
        assert len(block.ranges) <= len(block.text)
    assert html_from_blocks(found).count("<blockquote>") <= normal_form.DEEPEST + 1


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_takes_steps_in_proportion_to_its_input(piece):
    small, large = (samples.steps_of(canonical, "x" + piece * count + "y") for count in (500, 2000))
    assert large <= 5 * small + 5000


@pytest.mark.parametrize("kind", ["quotation", "caption", "attribution", "alt"])
def test_other_kinds_become_paragraphs(kind):
    assert html_from_blocks([Block(kind, "a<b")]) == "<p>a&lt;b</p>"
    assert html_from_blocks([Block("reference", "", attrs={"ref": "1.1.body.0.0-0"})]) == ""


def test_ten_thousand_levels():
    deep = 10_000
    for opening in (
        "<blockquote>",
        "<ul><li>",
        "<ol><li><blockquote>",
        "<b><i>",
        "<div>",
        "<a href=https://a.example>",
    ):
        assert [b.text.lstrip("• 1.") for b in blocks_from_html(opening * deep + "x")] == ["x"]


def test_a_document_put_together_by_hand_is_normalised():
    assert (
        html_from_blocks((Block("paragraph", " a\u202e ", (Range(0, 9, "link", {"href": "javascript:x"}),)),))
        == "<p>a</p>"
    )
    assert normal_blocks(()) == ()
