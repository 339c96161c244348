import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dragoman.text.blocks import DEEPEST, Block, Range, clean, quote_depth
from dragoman.text.markdown import (
    LONGEST,
    blocks_from_markdown,
    markdown_from_blocks,
    reference_markdown,
)
from tests.text import markup as samples

KINDS = ("paragraph", "list_item", "blockquote", "code", "divider")
REF = "17.3.body.4.1-2"

markdown = st.lists(
    st.sampled_from(
        [
            *(
                "**",
                "*",
                "_",
                "__",
                "~~",
                "||",
                "`",
                "``",
                "\n",
                "\n\n",
                "\n> ",
                "\n>> ",
                "\n- ",
                "\n  - ",
                "\n1. ",
                "\n7) ",
            ),
            *(
                "\n```\n",
                "\n```py\n",
                "    ",
                "# ",
                "\n---\n",
                "[a](https://a.example/)",
                "![b](https://b.example/c)",
                "[",
                "]",
            ),
            *(
                "](",
                ")",
                "https://c.example/d_e.",
                "<https://f.example>",
                "&amp;",
                "&#x202e;",
                "\\",
                "a",
                " b ",
                "«c»",
                "中文。",
            ),
            *(f"\n> g\n> [↑{REF}]\n", f"[↑{REF}]", "<b>", "x@y.example", ":smile:", "!", "  \n", "\u00a0"),
        ]
    )
    | st.text(alphabet=samples.ALPHABET, max_size=4),
    max_size=25,
).map("".join)


def paragraph(source: str) -> Block:
    (found,) = blocks_from_markdown(source)
    return found


@settings(max_examples=200)
@given(markdown)
@example("***a** b*")
@example('**"a"**b')
@example("1. a\n1) b")
@example("- a\n  5. b")
def test_what_was_read_is_written_so_that_it_reads_the_same(source):
    blocks = blocks_from_markdown(source)
    assert blocks_from_markdown(markdown_from_blocks(blocks)) == blocks


@settings(max_examples=200)
@given(samples.normal_fields(*KINDS))
def test_generated_blocks_are_written_so_that_they_read_the_same(blocks):
    on_this_site = any(str(r.attrs.get("href", "")).startswith(("/", "#")) for b in blocks for r in b.ranges)
    assert not on_this_site
    assert blocks_from_markdown(markdown_from_blocks(blocks)) == blocks


def test_a_threads_comments_read_the_same_and_lose_nothing():
    for body in samples.thread_bodies():
        blocks = blocks_from_markdown(body)
        assert blocks_from_markdown(markdown_from_blocks(blocks)) == blocks
        shown = "".join(block.text for block in blocks) + "".join(
            str(r.attrs.get("href", "")) for block in blocks for r in block.ranges
        )
        numbered = any(block.attrs.get("ordered") for block in blocks)
        assert {c for c in clean(body) if c.isalpha() or (c.isdigit() and not numbered)} <= set(shown)


def test_every_attack_reads_the_same_and_links_nowhere_unsafe():
    for source in samples.attacks():
        blocks = blocks_from_markdown(source)
        assert blocks_from_markdown(markdown_from_blocks(blocks)) == blocks
        for href in (str(r.attrs["href"]) for b in blocks for r in b.ranges if r.kind == "link"):
            assert href.startswith(("http://", "https://", "mailto:"))


def test_the_subset():
    assert blocks_from_markdown(
        "Hi **a *b*** ~~c~~ ||d|| `e*f`\nnext\n\n- g\n  1. h\n- i\n\n> j\n> > k\n\n```py\nl\n  m\n```\n---"
    ) == (
        Block(
            "paragraph",
            "Hi a b c d e*f\nnext",
            (
                Range(3, 6, "bold"),
                Range(5, 6, "italic"),
                Range(7, 8, "strike"),
                Range(9, 10, "spoiler"),
                Range(11, 14, "code"),
            ),
        ),
        Block("list_item", "g", attrs={"ordered": False, "depth": 0}),
        Block("list_item", "h", attrs={"ordered": True, "depth": 1}),
        Block("list_item", "i", attrs={"ordered": False, "depth": 0}),
        Block("blockquote", "j", attrs={"depth": 1}),
        Block("blockquote", "k", attrs={"depth": 2}),
        Block("code", "l\n  m", attrs={"syntax": "py"}),
        Block("divider", ""),
    )


@pytest.mark.parametrize(
    ("source", "text", "ranges"),
    [
        ("<b>a</b>", "<b>a</b>", ()),
        ("# a", "a", (Range(0, 1, "bold"),)),
        ("a\n===", "a\n===", ()),
        ("    a", "a", ()),
        (
            "[a]: https://a.example",
            "[a]: https://a.example",
            (Range(5, 22, "link", {"href": "https://a.example"}),),
        ),
        ("![a](https://a.example/b)", "a", (Range(0, 1, "link", {"href": "https://a.example/b"}),)),
        (
            "![](https://a.example)",
            "https://a.example",
            (Range(0, 17, "link", {"href": "https://a.example"}),),
        ),
        ("<https://a.example>", "https://a.example", (Range(0, 17, "link", {"href": "https://a.example"}),)),
        ("<a@b.example>", "a@b.example", (Range(0, 11, "link", {"href": "mailto:a@b.example"}),)),
        (
            "(https://a.example/(b)).",
            "(https://a.example/(b)).",
            (Range(1, 22, "link", {"href": "https://a.example/(b)"}),),
        ),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))", ()),
        ("[a](/b)", "[a](/b)", ()),
        ("a||||b", "a||||b", ()),
        ("a | b || c", "a | b || c", ()),
        ("a\u202e**b**", "ab", (Range(1, 2, "bold"),)),
        ("1986\\. A year", "1986. A year", ()),
        ("a_b_c :smile_cat:", "a_b_c :smile_cat:", ()),
        ("&lt;b&gt; &copy;", "<b> ©", ()),
    ],
)
def test_one_paragraph(source, text, ranges):
    assert paragraph(source) == Block("paragraph", text, ranges)


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("```two words\na\n```", (Block("code", "two words\na"),)),
        ("~~~ never closed", (Block("paragraph", "never closed"),)),
        ("> ~~~ x", (Block("blockquote", "x", attrs={"depth": 1}),)),
        ("```\n```", ()),
    ],
)
def test_what_stands_beside_a_fence_is_not_lost(source, blocks):
    assert blocks_from_markdown(source) == blocks


def test_a_year_that_looks_like_a_list_keeps_its_number():
    assert blocks_from_markdown("1986. A year") == (
        Block("list_item", "A year", attrs={"ordered": True, "depth": 0, "start": 1986}),
    )


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (Block("paragraph", "a_b *c* 1 < 2 & 3 | 4"), "a_b \\*c\\* 1 < 2 & 3 | 4"),
        (
            Block(
                "paragraph",
                "See https://a.example/b.",
                (Range(4, 23, "link", {"href": "https://a.example/b"}),),
            ),
            "See https://a.example/b.",
        ),
        (Block("paragraph", "http://a.example"), "http\\://a.example"),
        (Block("paragraph", '"a"b', (Range(0, 3, "bold"),)), '**"a"**&#98;'),
        (Block("paragraph", "a\n- b\n\n> c"), "a\n\\- b\\\n\\\n\\> c"),
        (
            Block(
                "paragraph",
                "a bcd",
                (Range(0, 3, "bold"), Range(2, 5, "link", {"href": "https://a.example"})),
            ),
            "**a&#32;**[**&#98;**&#99;d](https://a.example)",
        ),
        (Block("heading", "T", attrs={"level": 2}), "**T**"),
        (Block("caption", "T"), "T"),
        (Block("code", "a```b"), "````\na```b\n````"),
    ],
)
def test_what_is_written_is_plain(block, written):
    assert markdown_from_blocks([block]) == written


def test_a_quotation_by_reference():
    source = reference_markdown("The *bridge*\nis open.", REF)
    assert source == f"> The *bridge*\n> is open.\n> [↑{REF}]"
    blocks = blocks_from_markdown(f"Before\n\n{source}\n\nAfter")
    assert blocks == (
        Block("paragraph", "Before"),
        Block("reference", "", attrs={"ref": REF, "wording": "The *bridge*\nis open."}),
        Block("paragraph", "After"),
    )
    assert markdown_from_blocks(blocks) == f"Before\n\n{source}\n\nAfter"


def test_an_answer_right_below_a_quotation_and_two_quotations_in_a_row():
    one, two = reference_markdown("a", REF), reference_markdown("b", "18.1.headline.0.0-0")
    assert [b.kind for b in blocks_from_markdown(f"{one}\n{two}\nanswer")] == [
        "reference",
        "reference",
        "paragraph",
    ]


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "17.3.body.4.1",
        "17.3.Body.4.1-2",
        "x.3.body.4.1-2",
        "17.3.body.4.1-2 ",
        "17.3.body.4.1-2]",
        "٣.3.body.4.1-2",
    ],
)
def test_what_is_no_reference_is_a_quotation(ref):
    assert blocks_from_markdown(f"> a\n> [↑{ref.strip() or '-'}x]")[0].kind == "blockquote"
    with pytest.raises(ValueError, match="not a reference"):
        reference_markdown("a", ref)


def test_a_reference_in_quoted_code_is_code():
    source = f"> ```\n> [↑{REF}]\n> a\n> ```"
    assert blocks_from_markdown(source) == (Block("code", f"[↑{REF}]\na", attrs={"quoted": 1}),)


def test_a_reference_must_be_the_last_line_and_stand_alone():
    for source in (f"> a [↑{REF}]", f"[↑{REF}]", f"> > [↑{REF}]", f"- > [↑{REF}]"):
        assert "reference" not in {b.kind for b in blocks_from_markdown(source)}
    assert blocks_from_markdown(f"> [↑{REF}]") == (Block("reference", "", attrs={"ref": REF, "wording": ""}),)


@given(st.text(alphabet=samples.ALPHABET + "↑", max_size=60))
@example(f"a\n[↑{REF}]\nb")
@example("```\na")
@example("")
def test_a_wording_is_kept_as_the_quoter_left_it(wording):
    (found,) = blocks_from_markdown(reference_markdown(wording, REF))
    assert (found.kind, found.attrs["ref"]) == ("reference", REF)
    again = str(found.attrs["wording"])
    assert "".join(again.replace("\\", "").split()) == "".join(clean(wording).replace("\\", "").split())
    assert blocks_from_markdown(reference_markdown(again, REF)) == (found,)


HOSTILE = (
    ">",
    "> ",
    "- ",
    "1. ",
    "[",
    "![",
    "](",
    "**a ",
    "*",
    "_a",
    "~~",
    "||",
    "`",
    "``a ",
    "&",
    "<",
    "\\",
    "```\n",
)
HOSTILE += (
    "> a\n",
    "[a](",
    "[a](<b",
    "<https://",
    "\u0301\u0323",
    "a\u202e",
    "https://a)",
    f"> a\n> [↑{REF}]\n",
    "\n",
    "- a\n",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_thousand_of_anything_are_read_written_and_lose_nothing(piece):
    blocks = blocks_from_markdown(piece * 10_000 + "end")
    assert "end" in (blocks[-1].text or str(blocks[-1].attrs))
    for block in blocks:
        assert quote_depth(block) <= DEEPEST + 1


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_takes_steps_in_proportion_to_its_input(piece):
    small, large = (samples.steps_of(blocks_from_markdown, piece * count + "end") for count in (300, 1200))
    assert large <= 5 * small + 20_000


def test_beyond_the_limit_a_text_is_plain_paragraphs():
    source = "**a**\n\n" * (LONGEST // 7 + 1)
    blocks = blocks_from_markdown(source)
    assert {(b.kind, b.text, b.ranges) for b in blocks} == {("paragraph", "**a**", ())}


def test_deep_lists_that_grow_by_lines_keep_their_words():
    source = "\n".join("  " * level + f"- word{level}" for level in range(60))
    shown = " ".join(block.text for block in blocks_from_markdown(source))
    assert all(f"word{level}" in shown for level in range(60))
