import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.casing import in_capitals, in_sentence_case, is_shouted
from tests.text.markup import texts


@pytest.mark.parametrize(
    ("text", "shouted"),
    [
        ("WATER PRICES RISE", True),
        ("ЦЕНЫ НА ВОДУ РАСТУТ", True),
        ("L’ÉTÉ ARRIVE À PARIS !", True),
        ("NATO, UN", False),
        ("WATER PRICES rise", False),
        ("GPS", False),
        ("ارتفاع أسعار المياه اليوم", False),
        ("水价今日上涨", False),
    ],
)
def test_what_is_in_capitals(text: str, shouted: bool) -> None:
    assert is_shouted(text) is shouted


def test_what_is_kept_does_not_count() -> None:
    text = "WATER PRICES RISE https://a.org"
    assert is_shouted(text, [(18, len(text))])
    assert not is_shouted(text)


@pytest.mark.parametrize(
    ("language", "text", "lowered"),
    [
        ("en", "WATER PRICES RISE. WHO PAYS?", "Water prices rise. Who pays?"),
        ("en", "“WE WON,” SAYS U.S. TEAM AT G7", "“We won,” says U.S. team at G7"),
        ("tr", "IŞIK VE İNSAN", "Işık ve insan"),
        ("el", "Ο ΚΟΣΜΟΣ", "Ο κοσμος"),
    ],
)
def test_sentence_case(language: str, text: str, lowered: str) -> None:
    assert in_sentence_case(text, language) == lowered


@pytest.mark.parametrize(
    ("language", "text", "raised"),
    [
        ("pt", "Preço da água", "PREÇO DA ÁGUA"),
        ("de", "Straße", "STRAẞE"),
        ("tr", "ılık iğne", "ILIK İĞNE"),
        ("el", "ο κόσμος", "Ο ΚΟΣΜΟΣ"),
        ("ru", "Цены", "ЦЕНЫ"),
        ("ar", "سعر", "سعر"),
    ],
)
def test_capitals(language: str, text: str, raised: str) -> None:
    assert in_capitals(text, language) == raised


@given(texts, st.sampled_from(["en", "tr", "el", "de"]), st.integers(0, 20), st.integers(0, 20))
def test_places_stay_and_what_is_kept_is_untouched(text: str, language: str, start: int, length: int) -> None:
    kept = [(start, min(len(text), start + length))]
    for change in (in_sentence_case, in_capitals):
        done = change(text, language, kept)
        assert len(done) == len(text)
        assert done[kept[0][0] : kept[0][1]] == text[kept[0][0] : kept[0][1]]
