import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.emoticons import COMMON, emoji_for, name, named_codes


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (":smile:", "😄"),
        (":SMILE:", "😄"),
        (":grinning_face:", "😀"),
        (":+1:", "👍"),
        (":heart:", "❤️"),
        (":visage_rieur:", None),
        ("smile", None),
        (":smile", None),
        (":smile::wink:", None),
        (":smile: x", None),
        (":no_such_code:", None),
        ("::", None),
        ("😄", None),
    ],
)
def test_codes(code, found):
    assert emoji_for(code) == found


@given(st.text(max_size=30))
def test_no_text_is_half_a_code(text):
    found = emoji_for(text)
    assert found is None or not found.startswith(":")


def test_the_pickers_codes_are_codes_and_differ():
    found = [emoji_for(code) for code in COMMON]
    assert None not in found
    assert len(set(found)) == len(COMMON)
    assert 30 <= len(COMMON) <= 50


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "ru", "ar", "pt-BR", "xx", ""])
def test_every_common_emoji_has_a_name(language):
    for code in COMMON:
        found = name(emoji_for(code), language)
        assert found
        assert ":" not in found
        assert "_" not in found


def test_names_are_in_the_readers_language():
    assert name("😀", "en") == "grinning face"
    assert name("😀", "fr") == name("😀", "fr-CA") != "grinning face"
    assert len({name("😀", language) for language in ("en", "fr", "es", "pt", "ru", "ar")}) == 6
    assert name("😀", "xx") == "grinning face"


def test_sequences_have_names():
    assert "family" in name("👨\u200d👩\u200d👧", "en")
    assert name("👍🏽", "en")
    assert name("\u2764", "en") == name("\u2764\ufe0f", "en")
    assert name("😀\u200d😀", "en") == "grinning face"
    assert name("", "en")


def test_every_code_of_a_picker_can_be_typed() -> None:
    for code, shown, _ in named_codes("ar"):
        assert emoji_for(code) == shown
