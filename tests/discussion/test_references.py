"""References to sentences: an exact inverse, and nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.discussion.references import Reference

numbers = st.integers(1, 10**8)
places = st.integers(0, 99_999)


@given(numbers, numbers, st.from_regex(r"\A[a-z][a-z_]{0,10}\Z"), places, places, places)
def test_written_and_read_back(
    document: int, revision: int, field: str, block: int, one: int, other: int
) -> None:
    reference = Reference(document, revision, field, block, min(one, other), max(one, other))
    assert Reference.parse(str(reference)) == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "17.3.body.4.2-1",
        "17.3.body.4.1",
        "0.3.body.4.1-2",
        "17.3.Body.4.1-2",
        "17.3.body.04.1-2",
        "17.3.body.4.1-2 ",
        "17.3.body.4.١-2",
        "-1.3.body.4.1-2",
        "9999999999999999999.3.body.4.1-2",
    ],
)
def test_what_is_no_reference(text: str) -> None:
    assert Reference.parse(text) is None
