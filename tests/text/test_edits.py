from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.blocks import Range
from dragoman.text.edits import Edit, applied, disjoint, moved


def test_formatting_moves_with_the_text() -> None:
    text = "a 4,400 km b"
    edits = [Edit(0, 0, "¿"), Edit(2, 7, "4 400"), Edit(7, 8, "\u00a0")]
    assert applied(text, edits) == "¿a 4 400\u00a0km b"
    assert moved([Range(0, 1, "bold"), Range(2, 7, "link"), Range(8, 12, "italic")], edits) == (
        Range(1, 2, "bold"),
        Range(3, 8, "link"),
        Range(9, 13, "italic"),
    )


def test_a_range_that_began_inside_takes_the_whole_replacement() -> None:
    edits = [Edit(2, 6, "XYZXYZ")]
    assert moved([Range(0, 4, "bold"), Range(4, 8, "link")], edits) == (
        Range(0, 8, "bold"),
        Range(2, 10, "link"),
    )


def test_what_is_put_in_at_an_edge_stays_outside() -> None:
    edits = [Edit(1, 1, "--"), Edit(3, 3, "++")]
    assert moved([Range(1, 3, "bold")], edits) == (Range(3, 5, "bold"),)
    assert applied("abcd", edits) == "a--bc++d"


def test_a_range_of_which_nothing_is_left_is_gone() -> None:
    assert moved([Range(1, 2, "bold")], [Edit(1, 2, "")]) == ()


_edits = st.lists(
    st.builds(
        lambda a, b, text: Edit(min(a, b), max(a, b), text),
        *[st.integers(0, 20)] * 2,
        st.text("xy", max_size=3),
    )
)


@given(st.text("abc", min_size=20, max_size=20), _edits, st.integers(0, 19), st.integers(1, 20))
def test_an_untouched_range_keeps_its_text(text: str, edits: list[Edit], start: int, length: int) -> None:
    end = min(20, start + length)
    free = disjoint(edit for edit in edits if edit.end <= start or edit.start >= end)
    [each] = moved([Range(start, end, "bold")], free)
    assert applied(text, free)[each.start : each.end] == text[start:end]
