"""Where a pasted text was taken from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.recognise import Passage, Shelf, recognise

KEEPER = Passage(
    (
        "The keeper of the old lighthouse counts the ships that pass before dark.",
        "Last winter he counted four hundred and twelve of them in a single week.",
        "Nobody in the town believed the number until the harbour office confirmed it.",
    )
)
BAKER = Passage(
    (
        "The baker lights her oven when the tide turns, whatever the hour may be.",
        "Her bread is sold before the first boat comes in.",
    )
)
RUSSIAN = Passage(("Смотритель старого маяка считает корабли, которые проходят до темноты.",))
CHINESE = Passage(("老灯塔的看守人每天天黑之前数一数经过的船只。", "镇上没有人相信这个数字。"))
ALL = [Shelf((KEEPER, BAKER, RUSSIAN, CHINESE))]


@pytest.mark.parametrize(
    ("pasted", "place"),
    [
        ("The baker lights her oven when the tide turns, whatever the hour may be.", (1, 0, 0)),
        ("the baker lights her oven when the tide turns whatever the hour may be", (1, 0, 0)),
        (" ".join(KEEPER.sentences), (0, 0, 2)),
        (" ".join(KEEPER.sentences[1:]), (0, 1, 2)),
        # cut
        ("counted four hundred and twelve of them", (0, 1, 1)),
        ("The keeper of the old lighthouse […] before dark.", (0, 0, 0)),
        # altered
        ("The baker starts her oven when the tide turns, whatever the hour is.", (1, 0, 0)),
        ("Nobody in this town believed the figure until the harbour office had confirmed it.", (0, 2, 2)),
        # other scripts
        ("Смотритель старого маяка считает корабли, которые идут до темноты", (2, 0, 0)),
        ("镇上没有人相信这个数字", (3, 1, 1)),
    ],
)
def test_what_was_taken(pasted: str, place: tuple[int, int, int]) -> None:
    found = recognise(pasted, ALL)
    assert found is not None
    assert (found.passage, found.first, found.last) == place


@pytest.mark.parametrize(
    "own",
    [
        "I have lived opposite that lighthouse for thirty years and never saw a keeper.",
        "The harbour office is never right about ships, and everybody in the town knows it.",
        "My own bread is better than hers, I bake it when I please.",
        "before dark",
        "Я не верю ни одному слову смотрителя.",
        "",
        "???",
    ],
)
def test_words_of_one_s_own(own: str) -> None:
    assert recognise(own, ALL) is None


def test_the_first_of_equals_wins() -> None:
    found = recognise(BAKER.sentences[0], [Shelf((KEEPER,)), Shelf((RUSSIAN, BAKER, BAKER)), Shelf((BAKER,))])
    assert found is not None
    assert (found.shelf, found.passage) == (1, 1)


def test_a_better_one_wins_wherever_it_stands() -> None:
    cut = Passage((BAKER.sentences[0][: len(BAKER.sentences[0]) * 3 // 4],))
    found = recognise(BAKER.sentences[0], [Shelf((cut, KEEPER)), Shelf((RUSSIAN,)), Shelf((KEEPER, BAKER))])
    assert found is not None
    assert (found.shelf, found.passage, found.share) == (2, 1, 1.0)


@given(st.text(max_size=200), st.lists(st.lists(st.text(max_size=60), max_size=4), max_size=4))
def test_any_text_is_compared(pasted: str, passages: list[list[str]]) -> None:
    found = recognise(pasted, [Shelf([Passage(tuple(sentences)) for sentences in passages])])
    if found is not None:
        assert 0 <= found.first <= found.last < len(passages[found.passage])
        assert 0 < found.share <= 1


WORDS = st.lists(st.sampled_from("abc"), max_size=6).map(" ".join)


@given(st.lists(st.lists(WORDS, max_size=3), max_size=4), WORDS, st.integers(1, 3))
def test_a_shelf_knows_what_holds_pairs_of_words(texts: list[list[str]], pasted: str, fewest: int) -> None:
    passages = [Passage(tuple(sentences)) for sentences in texts]
    pairs = Passage((pasted,)).neighbours
    wanted = [index for index, each in enumerate(passages) if len(each.neighbours & pairs) >= fewest]
    assert Shelf(passages).near(pairs, fewest) == wanted
