import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.align import Match, align, is_spelling_only
from dragoman.text.sentences import split
from tests.text import corpus
from tests.text.markup import texts

SPELLING = [
    ("I definately like teh idea.", "I definitely like the idea."),
    ("It occured twice", "It occurred twice."),
    ("alot of rain", "A lot of rain!"),
    ("it cant be so", "It can’t be so."),
    ("We saw the the cat.", "We saw the cat."),
    ("He flew to Washingtn today.", "He flew to Washington today."),
    ("Seperate rooms, please", "Separate rooms, please."),
    ("C’est tres bien", "C’est très bien !"),
    ("Il a recu la lettre", "Il a reçu la lettre."),
    ("El arbol esta aqui", "El árbol está aquí."),
    ("A eleiçao foi ontem", "A eleição foi ontem."),
    ("Превет, дорогие друзья", "Привет, дорогие друзья!"),
    ("Он пришел.", "Он пришёл."),
    ("ذهبت الى المدرسه", "ذهبت إلى المدرسة"),
    ("你好,世界", "你好，世界。"),
]

CHANGED = [
    ("It costs 5 euros.", "It costs 6 euros."),
    ("It costs 1,000 euros.", "It costs 10,00 euros."),
    ("We meet at 11:40.", "We meet at 11:45."),
    ("He is here.", "He is not here."),
    ("He can come.", "He can't come."),
    ("I do now agree.", "I do not agree."),
    ("We met Maria today.", "We met Mario today."),
    ("He flew to Iran today.", "He flew to Iraq today."),
    ("They visit Austria now.", "They visit Australia now."),
    ("The house burnt down.", "The horse burnt down."),
    ("The friend came.", "The friends came."),
    ("See http://a.org/x now.", "See http://a.org/y now."),
    ("Ask @bob please.", "Ask @rob please."),
    ("Good :smile:", "Good :cry:"),
    ("Great 😀", "Great 😡"),
    ("Je ne l’aime pas.", "Je l’aime."),
    ("Il n’aime rien.", "Il aime rien."),
    ("Él vino ayer.", "Él no vino ayer."),
    ("Ele veio ontem.", "Ele não veio ontem."),
    ("Он пришёл вчера.", "Он не пришёл вчера."),
    ("Это возможно.", "Это невозможно."),
    ("هو هنا اليوم.", "هو ليس هنا اليوم."),
    ("ذهب أحمد", "لم ذهب أحمد"),
    ("我喜欢猫。", "我喜欢狗。"),
    ("The minister agreed.", "The prime minister agreed."),
]


@pytest.mark.parametrize(("old", "new"), SPELLING)
def test_spelling_only(old: str, new: str) -> None:
    assert is_spelling_only(old, new)
    assert align([old], [new]) == (Match(0, 0, "spelling"),)


@pytest.mark.parametrize(("old", "new"), CHANGED)
def test_more_than_spelling(old: str, new: str) -> None:
    assert not is_spelling_only(old, new)
    assert not is_spelling_only(new, old)
    assert "spelling" not in {match.kind for match in align([old], [new])}


def test_a_word_that_still_stands_elsewhere_was_no_typo() -> None:
    old = ["A desert is hot.", "The dessert was sweet."]
    new = ["A dessert is hot.", "The dessert was sweet.", "A desert it is."]
    assert is_spelling_only(old[0], new[0])
    assert not is_spelling_only(old[0], new[0], frozenset({"desert"}))
    assert align(old, new)[0] == Match(0, 0, "changed")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("abc", "abc", "0=0 1=1 2=2"),
        ("abc", "ac", "0=0 1- 2=1"),
        ("ac", "abc", "0=0 +1 1=2"),
        ("abc", "cab", "2=0 0=1 1=2"),
        ("aaa", "aa", "0=0 1=1 2-"),
        ("", "a", "+0"),
        ("a", "", "0-"),
        ("", "", ""),
    ],
)
def test_moves_insertions_and_removals(old: str, new: str, expected: str) -> None:
    wording = {
        "a": "The ferry leaves at dawn.",
        "b": "Bread is baked twice a week.",
        "c": "Nobody remembers the old bridge.",
    }
    matches = align([wording[letter] for letter in old], [wording[letter] for letter in new])
    assert sorted(told(match) for match in matches) == sorted(expected.split())


def told(match: Match) -> str:
    if match.new is None:
        return f"{match.old}-"
    return f"+{match.new}" if match.old is None else f"{match.old}={match.new}"


def test_a_changed_sentence_is_paired_with_its_successor_not_with_its_neighbour() -> None:
    old = ["The ferry leaves at dawn.", "Bread is baked twice a week."]
    new = ["A quite new beginning stands here.", "The ferry leaves at noon.", "Bread is baked twice a week."]
    assert align(old, new) == (Match(None, 0, "added"), Match(0, 1, "changed"), Match(1, 2, "same"))


def test_white_space_and_composition_make_no_difference() -> None:
    assert align(["Un  cafe\u0301."], ["Un café. "]) == (Match(0, 0, "same"),)


def assert_covered(old: list[str], new: list[str], matches: tuple[Match, ...]) -> None:
    assert sorted(match.old for match in matches if match.old is not None) == list(range(len(old)))
    assert [match.new for match in matches if match.new is not None] == list(range(len(new)))
    for match in matches:
        assert (match.kind == "added") == (match.old is None)
        assert (match.kind == "removed") == (match.new is None)


lists = st.lists(texts | st.sampled_from(["One thing.", "One think.", "Two things!", "No."]), max_size=8)


@given(lists, lists)
def test_each_index_is_covered_once(old: list[str], new: list[str]) -> None:
    assert_covered(old, new, align(old, new))


@given(lists)
def test_identical_lists_are_the_same_in_order(sentences: list[str]) -> None:
    assert align(sentences, sentences) == tuple(
        Match(index, index, "same") for index in range(len(sentences))
    )


@given(st.permutations(["One thing.", "Two things!", "No.", "Three is a crowd, they say."]))
def test_moved_sentences_are_the_same(new: list[str]) -> None:
    assert {match.kind for match in align(sorted(new), new)} == {"same"}


def test_corpora_without_their_middle() -> None:
    sentences = [text[start:end] for text in corpus.comments() for start, end in split(text, "en")]
    cut = sentences[: len(sentences) // 3] + sentences[len(sentences) // 2 :]
    matches = align(sentences, cut)
    assert_covered(sentences, cut, matches)
    assert {match.kind for match in matches} == {"same", "removed"}


def test_different_sentences_of_news_are_never_spelling() -> None:
    sentences = [text for _, text in corpus.news()]
    assert not any(
        is_spelling_only(one, other) for one, other in itertools.pairwise(sentences) if one != other
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([f"a{i} b c" for i in range(10_000)], [f"a{i} b d" for i in range(10_000)]),
        (["x"] * 30_000, ["x", "y"] * 20_000),
        (["a" * 500_000], ["a" * 500_000 + "b"]),
        (["a b " * 100_000], ["a c " * 100_000]),
        (["\u0301\u0323" * 100_000], ["\u0301\u0323" * 100_001]),
        (["1" * 100_000], ["1" * 100_001]),
    ],
    ids=["many", "equal", "word", "words", "marks", "figures"],
)
def test_hostile_length_is_survived(old: list[str], new: list[str]) -> None:
    assert_covered(old, new, align(old, new))
