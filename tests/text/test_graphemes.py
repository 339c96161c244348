import re

import pytest
from hypothesis import given

from dragoman.text.graphemes import (
    WORD_CHARACTERS,
    boundary_at_or_after,
    boundary_at_or_before,
    is_boundary,
)
from tests.text.markup import texts


@pytest.mark.parametrize(
    "character",
    ["e\u0301", "👨‍👩‍👧", "👍🏽", "❤️", "🇫🇷", "1️⃣", "हि", "कि", "กำ", "\r\n", "한", "ב\u05bc"],
)
def test_one_character_is_never_cut(character: str) -> None:
    text = f"a{character}b"
    assert [index for index in range(len(text) + 1) if is_boundary(text, index)] == [
        0,
        1,
        len(text) - 1,
        len(text),
    ]


def test_flags_are_pairs() -> None:
    text = "🇫🇷🇷🇺"
    assert [index for index in range(len(text) + 1) if is_boundary(text, index)] == [0, 2, 4]


@given(texts)
def test_the_nearest_boundaries_enclose(text: str) -> None:
    for index in range(len(text) + 1):
        before, after = boundary_at_or_before(text, index), boundary_at_or_after(text, index)
        assert before <= index <= after
        assert is_boundary(text, before)
        assert is_boundary(text, after)


@pytest.mark.parametrize("word", ["word", "été", "слово", "مَرْحَبًا", "हिन्दी", "ภาษาไทย", "می\u200cروم"])
def test_words_of_all_scripts_are_whole(word: str) -> None:
    assert re.findall(f"[{WORD_CHARACTERS}]+", f"({word})") == [word]
