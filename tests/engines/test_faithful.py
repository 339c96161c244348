"""What is mended, what is refused, and that mending twice is mending once."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dragoman.engines.errors import MalformedAnswer, Refused
from dragoman.engines.faithful import mended, settled, wordless
from dragoman.engines.protocol import Answer, Refusal


@pytest.mark.parametrize(
    ("source", "target", "whole"),
    [
        ("Tom's", "Toms&#39;", "Toms'"),
        ("a & b", "a &amp; b", "a & b"),
        ("a & b", "a &amp;amp; b", "a & b"),
        ("a &amp; b", "c &amp; d", "c &amp; d"),
        ("a &amp; b", "c &amp; d &quot;", 'c &amp; d "'),
        ("See XQZ1.", "Voir xqz1.", "Voir XQZ1."),
        ("See XQZ1.", "Voir Xqz 1.", "Voir XQZ1."),
        ("XQZ1 or XQZ2", "XQZ2 ou XQZ1", "XQZ2 ou XQZ1"),
        ("See XQZ1.", "Voir &#88;QZ1.", "Voir XQZ1."),
        ("a < b", "c < d", "c < d"),
        ("a <b> c", "d <b> e", "d <b> e"),
        ("Hello", "Bon\x00jour\x1b", "Bonjour"),
        ("Hello", "\u202eBonjour", "Bonjour"),
        ("\u202bHello\u202c", "\u202bBonjour\u202c", "\u202bBonjour\u202c"),
        ("一" * 100, "x" * 800, "x" * 800),
        ("Line\nline", "Ligne\nligne", "Ligne\nligne"),
    ],
)
def test_mended(source: str, target: str, whole: str) -> None:
    assert mended(source, target) == whole
    assert mended(source, whole) == whole


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("See XQZ1.", "Voir."),
        ("See XQZ1.", "Voir XQZ1 XQZ1."),
        ("See XQZ1.", "Voir XQZ2."),
        ("See XQZ1.", "XQZ1"),
        ("See.", "Voir XQZ1."),
        ("Hello", ""),
        ("Hello", "…"),
        ("Hello", "<b>Bonjour</b>"),
        ("Hello", "&lt;script&gt;Bonjour"),
        ("Hello", "Bonjour " * 50),
        ("Hello", "Bon\ud800jour"),
    ],
)
def test_refused(source: str, target: str) -> None:
    with pytest.raises(MalformedAnswer) as raised:
        mended(source, target)
    assert "Bonjour" not in str(raised.value)


@given(st.text(max_size=60), st.text(max_size=60))
def test_mending_twice_is_mending_once(source: str, target: str) -> None:
    assume(not wordless(source))
    try:
        once = mended(source, target)
    except MalformedAnswer:
        return
    assert mended(source, once) == once


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), max_size=5))
def test_a_text_said_as_it_was_is_faithful(texts: list[str]) -> None:
    answer = settled(Answer(tuple(texts), "x", "m"), texts)
    assert answer.texts == tuple(texts)
    assert answer.refusals == ()


def test_what_was_refused_before_stays_refused() -> None:
    already = Refusal(1, Refused("No."))
    answer = settled(Answer(("Un.", "Deux.", ""), "x", "m"), ("One.", "Two.", "Three."), [already])
    assert answer.texts == ("Un.", "", "")
    assert [(each.place, each.error.code) for each in answer.refusals] == [
        (1, "refused"),
        (2, "malformed_answer"),
    ]
