import json
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.blocks import (
    Block,
    BlocksError,
    Range,
    clean,
    continues_character,
    fields_from_json,
    fields_to_json,
    normal,
    normal_blocks,
    plain,
    safe_href,
    safe_link,
    walk,
    with_sentences,
)
from tests.text.markup import raw_blocks, texts

ALL_KINDS = ("paragraph", "heading", "list_item", "blockquote", "code", "divider", "quotation", "caption")


def stretches(text: str) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    cuts = st.lists(st.integers(0, len(text)), max_size=6).map(sorted)
    return cuts.map(lambda places: tuple(zip(places[::2], places[1::2], strict=False)))


@given(
    st.dictionaries(st.text(max_size=5), st.lists(raw_blocks(kinds=ALL_KINDS), max_size=4).map(tuple)),
    st.data(),
)
def test_json_round_trip_is_an_identity(fields, data):
    fields = {
        name: tuple(
            Block(
                b.kind,
                b.text,
                b.ranges,
                data.draw(stretches(b.text)),
                {**b.attrs, "anchor": "x", "new": None},
            )
            for b in blocks
        )
        for name, blocks in fields.items()
    }
    assert fields_from_json(json.loads(json.dumps(fields_to_json(fields)))) == fields


@pytest.mark.parametrize(
    "broken",
    [
        [],
        {"body": {}},
        {"body": [1]},
        {"body": [{"kind": "poem", "text": ""}]},
        {"body": [{"kind": "paragraph", "text": 3}]},
        {"body": [{"kind": "paragraph", "text": "ab", "ranges": [[0, 3, "bold", {}]]}]},
        {"body": [{"kind": "paragraph", "text": "ab", "ranges": [[0, 1, "blink", {}]]}]},
        {"body": [{"kind": "paragraph", "text": "ab", "ranges": [[0, True, "bold", {}]]}]},
        {"body": [{"kind": "paragraph", "text": "ab", "ranges": [[0, 1]]}]},
        {"body": [{"kind": "paragraph", "text": "ab", "sentences": [[1, 0]]}]},
        {"body": [{"kind": "paragraph", "text": "ab", "sentences": 7}]},
        {"body": [{"kind": "paragraph", "text": "ab", "attrs": {"a": []}}]},
    ],
)
def test_json_of_another_shape_is_refused_with_one_sentence(broken):
    with pytest.raises(BlocksError, match=r"^[^\n]+$"):
        fields_from_json(broken)


def test_blocks_are_values():
    block = Block(
        "paragraph", "a", (Range(0, 1, "link", {"href": "https://a.example"}),), attrs={"anchor": "x"}
    )
    assert hash(block) == hash(Block("paragraph", "a", block.ranges, attrs={"anchor": "x"}))
    assert block != Block("paragraph", "a", block.ranges, attrs={"anchor": "y"})


@given(raw_blocks(kinds=ALL_KINDS))
def test_the_normal_form_is_normal(block):
    found = normal(block)
    assert normal(found) == found
    assert unicodedata.is_normalized("NFC", found.text)
    for r in found.ranges:
        assert 0 <= r.start < r.end <= len(found.text)
        assert not continues_character(found.text, r.start)
        assert not found.text[r.start].isspace()
        assert not found.text[r.end - 1].isspace()
    by_kind = {kind: [r for r in found.ranges if r.kind == kind] for kind in {r.kind for r in found.ranges}}
    for ranges in by_kind.values():
        assert all(before.end <= after.start for before, after in pairwise(ranges))


@given(st.lists(raw_blocks(kinds=ALL_KINDS), max_size=8))
def test_a_field_in_normal_form_stays_as_it_is(blocks):
    found = normal_blocks(blocks)
    assert normal_blocks(found) == found


@given(texts)
def test_cleaning_is_idempotent_and_loses_nothing_visible(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    kept = [c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] in "LNPS"]
    assert [c for c in cleaned if unicodedata.category(c)[0] in "LNPS" and c != "\ufffd"] == kept


def test_unbalanced_direction_controls_go_and_local_marks_stay():
    assert clean("a\u202eb\u2066c\u2069\u202cd\u200fe\u061cf") == "abcd\u200fe\u061cf"


def test_what_a_database_or_a_terminal_cannot_hold_goes():
    assert clean("a\x00b\x1bc\x7fd\ud800e\ufffef\ufeff\r\ng\u2028h\x0bi") == "abcd\ufffdef\ng\nh i"


def test_a_flood_of_marks_is_broken_up_and_none_is_lost():
    flood = "a" + "\u0323\u0301" * 50_000
    cleaned = clean(flood)
    assert clean(cleaned) == cleaned
    runs = unicodedata.normalize("NFD", cleaned).split("\u034f")
    assert sorted("".join(runs)) == sorted(flood)
    assert max(map(len, runs)) <= 31


def test_composing_across_a_range_moves_the_range():
    assert normal(Block("paragraph", "e\u0301a", (Range(1, 3, "bold"),))) == Block(
        "paragraph", "éa", (Range(1, 2, "bold"),)
    )


@pytest.mark.parametrize(
    "cluster",
    ["👩\u200d👩\u200d👧", "👍🏽", "ก\u0e33"[:1] + "\u0e34", "x\u0301\u0323", "🏴\U000e0067\U000e007f"],
)
def test_a_range_never_cuts_a_character(cluster):
    for cut in range(1, len(clean(cluster))):
        block = normal(Block("paragraph", f"{cluster}b", (Range(cut, len(cluster) + 1, "bold"),)))
        assert [block.text[r.start : r.end] for r in block.ranges] == ["b"]


def test_ranges_are_trimmed_merged_and_made_disjoint():
    block = Block(
        "paragraph",
        "one two  three four",
        (
            Range(0, 4, "bold"),
            Range(4, 9, "bold"),
            Range(3, 4, "italic"),
            Range(0, 7, "link", {"href": "https://a.example/"}),
            Range(4, 14, "link", {"href": "https://b.example/", "title": "x"}),
            Range(9, 14, "link", {"href": "javascript:alert(1)"}),
            Range(-5, 99, "blink"),
        ),
    )
    assert normal(block) == Block(
        "paragraph",
        "one two three four",
        (
            Range(0, 7, "link", {"href": "https://a.example/"}),
            Range(0, 7, "bold"),
            Range(8, 13, "link", {"href": "https://b.example/"}),
        ),
    )


def test_a_link_that_leads_nowhere_safe_is_text():
    for href in ("javascript:alert(1)", "", None, "data:text/html,x", 7):
        assert normal(Block("paragraph", "a", (Range(0, 1, "link", {"href": href}),))) == Block(
            "paragraph", "a"
        )


def test_trimming_steps_over_a_mark_on_a_space():
    block = normal(Block("paragraph", "0 \u0301 0", (Range(1, 5, "bold"),)))
    assert block.ranges == (Range(4, 5, "bold"),)


def test_what_touches_code_covers_it():
    block = normal(
        Block("paragraph", "a code b", (Range(2, 6, "code"), Range(0, 4, "bold"), Range(3, 4, "italic")))
    )
    assert block.ranges == (Range(0, 6, "bold"), Range(2, 6, "italic"), Range(2, 6, "code"))


def test_sentences_go_when_the_text_changes():
    assert normal(Block("paragraph", "A. B.", sentences=((0, 2), (3, 5)))).sentences == ((0, 2), (3, 5))
    assert normal(Block("paragraph", "A.  B.", sentences=((0, 2), (4, 6)))).sentences == ()


def test_list_depths_have_no_gaps_and_numbers_only_where_they_say_something():
    def item(text, depth, start=None, ordered=True):
        return Block(
            "list_item",
            text,
            attrs={"ordered": ordered, "depth": depth} | ({} if start is None else {"start": start}),
        )

    found = normal_blocks(
        [item("a", 5, 1), item("b", 7, 4), item("c", 0, 2), item("d", 0, 1), item("e", 0, 9, False)]
    )
    assert [dict(b.attrs) for b in found] == [
        {"ordered": True, "depth": 0},
        {"ordered": True, "depth": 1, "start": 4},
        {"ordered": True, "depth": 0},
        {"ordered": True, "depth": 0, "start": 1},
        {"ordered": False, "depth": 0},
    ]


@given(raw_blocks(kinds=("paragraph",)))
def test_walking_is_properly_nested_gives_every_character_once_and_never_splits_a_link(block):
    for walked in (block, normal(block)):
        stack, shown, links = [], "", []
        for step in walk(walked):
            if step.action == "open":
                stack.append(step.range)
                links += [step.range] * (step.range.kind == "link")
            elif step.action == "close":
                assert stack.pop() == step.range
            else:
                shown += walked.text[step.start : step.end]
                open_here = {r.kind for r in stack}
                assert open_here == {r.kind for r in walked.ranges if r.start <= step.start < r.end}
        assert not stack
        assert shown == walked.text
        assert len(links) == len(set(links))


def test_plain_text_is_one_paragraph():
    assert plain(" a\r\nb ") == Block("paragraph", "a\nb")


def test_sentences_are_filled_where_there_are_words_to_translate():
    assert with_sentences(plain("One. Two."), "en").sentences == ((0, 4), (5, 9))
    assert with_sentences(Block("code", "One. Two."), "en").sentences == ()
    assert with_sentences(Block("paragraph", "  "), "en").sentences == ()


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("HTTP://example.org", "http://example.org"),
        (" ht\ntps://example.org/\u202ex\u200b ", "https://example.org/x"),
        ("https://example.org/\"<x>'", "https://example.org/%22%3Cx%3E'"),
        ("https://пример.example/я", "https://пример.example/я"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("mailto:nobody", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("//example.org", None),
        ("/path", None),
        ("https:", None),
        ("https:///x", None),
        ("https://[x", None),
        ("https://a:99999999/", None),
        ("", None),
        ("https://example.org/" + "x" * 3000, None),
    ],
)
def test_safe_href(url, href):
    assert safe_href(url) == href
    assert href is None or safe_href(href) == href


def test_editors_may_link_within_the_site():
    assert safe_link("/en/city/1-x/") == "/en/city/1-x/"
    assert safe_link("#c12") == "#c12"
    assert safe_link("https://example.org/") == "https://example.org/"
    for unsafe in (
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:x",
        "x",
    ):
        assert safe_link(unsafe) is None
