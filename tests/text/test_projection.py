import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dragoman.text.blocks import Range, continues_character
from dragoman.text.graphemes import is_boundary
from dragoman.text.projection import NEVER_LOST, project
from tests.text import corpus
from tests.text.markup import texts


def marked(source: str, kind: str, words: str, href: str = "https://example.org/") -> Range:
    start = source.index(words)
    return Range(start, start + len(words), kind, {"href": href} if kind == "link" else {})


def placed_words(source: str, ranges: list[Range], target: str, fragments: dict[str, str]) -> list[str]:
    return [target[each.start : each.end] for each in project(source, ranges, target, fragments)[0]]


@pytest.mark.parametrize(
    ("source", "words", "target", "fragments", "expected"),
    [
        (
            "The old house burnt.",
            "old house",
            "La vieille maison a brûlé.",
            {"old house": "vieille maison"},
            "vieille maison",
        ),
        (
            "The old house burnt.",
            "old house",
            "La vieille maison a brûlé.",
            {"old house": "Vieille maison."},
            "vieille maison",
        ),
        ("The friends came.", "friends", "Vinieron los amigos.", {"friends": "amigo"}, "amigos"),
        (
            "The big city sleeps.",
            "big city",
            "Большой город спит.",
            {"big city": "большого города"},
            "Большой город",
        ),
        ("Maria came.", "Maria", "Chegou a Maria.", {}, "Maria"),
        ("It cost 5 euros.", "5", "Il a coûté 5 euros.", {}, "5"),
        ("In Ankara it rains.", "Ankara", "Ankarada yağmur yağıyor.", {}, "Ankarada"),
        ("The book is here.", "book", "الكتاب هنا.", {"book": "الكتاب"}, "الكتاب"),
        ("I like the sea.", "the sea", "我喜欢大海。", {"the sea": "大海"}, "大海"),
    ],
)
def test_words_are_found_again(
    source: str, words: str, target: str, fragments: dict[str, str], expected: str
) -> None:
    for kind in ("bold", "link", "spoiler"):
        assert placed_words(source, [marked(source, kind, words)], target, fragments) == [expected]


def test_a_range_over_the_whole_sentence_covers_the_whole_target() -> None:
    assert placed_words("All of it.", [Range(0, 10, "bold")], "Tudo isto.", {}) == ["Tudo isto."]


def test_what_is_not_found_is_lost_unless_it_may_not_be() -> None:
    source, target = "A quite other thing here.", "Une chose tout autre ici."
    bold, link = marked(source, "bold", "other thing"), marked(source, "link", "other thing")
    assert project(source, [bold], target, {}) == ((), (bold,))
    placed, lost = project(source, [link], target, {})
    assert lost == ()
    assert placed[0].attrs == link.attrs
    words = target[placed[0].start : placed[0].end].split()
    assert set(words) <= set(target.rstrip(".").split())


def test_a_fragment_is_not_found_inside_a_word() -> None:
    source = "An ant ran."
    bold = marked(source, "bold", "ant")
    assert project(source, [bold], "Ein Elefant rannte.", {"ant": "fan"}) == ((), (bold,))


def test_of_several_places_the_nearest_in_proportion_is_taken() -> None:
    source = "Paris is big and I love Paris."
    last = Range(source.rindex("Paris"), source.rindex("Paris") + 5, "bold")
    placed, _ = project(source, [last], "Paris est grande et j’aime Paris.", {})
    assert placed[0].start == len("Paris est grande et j’aime ")


def test_two_links_on_the_same_word_find_two_places() -> None:
    source = "here and here"
    ranges = [
        Range(0, 4, "link", {"href": "https://a.org/"}),
        Range(9, 13, "link", {"href": "https://b.org/"}),
    ]
    placed, lost = project(source, ranges, "ici et ici", {"here": "ici"})
    assert [(each.start, each.attrs["href"]) for each in placed] == [
        (0, "https://a.org/"),
        (7, "https://b.org/"),
    ]
    assert lost == ()


def test_more_links_than_words_share_the_characters() -> None:
    ranges = [Range(i * 2, i * 2 + 1, "link", {"href": f"https://{i}.org/"}) for i in range(3)]
    placed, lost = project("a b c", ranges, "Non", {})
    assert [each.attrs["href"] for each in placed] == ["https://0.org/", "https://1.org/", "https://2.org/"]
    assert lost == ()


def test_an_empty_target_has_no_place() -> None:
    link = Range(0, 1, "link", {"href": "https://a.org/"})
    assert project("a b", [link], "", {}) == ((), (link,))


def test_code_keeps_its_place_verbatim() -> None:
    source = "Run make all now."
    assert placed_words(source, [marked(source, "code", "make all")], "Lancez make all maintenant.", {}) == [
        "make all"
    ]


def test_impossible_ranges_are_lost() -> None:
    assert project("ab", [Range(1, 9, "bold"), Range(1, 1, "bold")], "cd", {})[0] == ()


kinds = st.sampled_from(["bold", "italic", "strike", "code", "link", "spoiler"])


@st.composite
def ranges_of(draw: st.DrawFn, text: str) -> list[Range]:
    """Ranges as blocks have them: between characters, those of one kind apart."""
    found: list[Range] = []
    for _ in range(draw(st.integers(0, 5))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        kind = draw(kinds)
        apart = all(end <= each.start or each.end <= start for each in found if each.kind == kind)
        if (
            start < end
            and apart
            and not continues_character(text, start)
            and not continues_character(text, end)
        ):
            found.append(Range(start, end, kind, {"href": "https://a.org/"} if kind == "link" else {}))
    return found


@given(st.data(), texts, texts)
def test_nothing_is_cut_and_no_link_is_lost(data: st.DataObject, source: str, target: str) -> None:
    assume(target.strip())
    ranges = data.draw(ranges_of(source))
    fragments = data.draw(
        st.dictionaries(st.sampled_from([source[r.start : r.end] for r in ranges] or [""]), texts)
    )
    assert_laid_out(source, ranges, target, fragments)


def assert_laid_out(source: str, ranges: list[Range], target: str, fragments: dict[str, str]) -> None:
    placed, lost = project(source, ranges, target, fragments)
    assert len(placed) + len(lost) == len(ranges)
    for each in placed:
        assert 0 <= each.start < each.end <= len(target)
        if source != target:
            assert is_boundary(target, each.start)
            assert is_boundary(target, each.end)
    for kind in NEVER_LOST:
        own = [each for each in placed if each.kind == kind]
        assert all(one.end <= other.start for one, other in itertools.pairwise(own))
    characters = sum(
        is_boundary(target, index) and not target[index].isspace() for index in range(len(target))
    )
    for kind in NEVER_LOST:
        wanted = sum(each.kind == kind for each in ranges)
        lacking = sum(each.kind == kind for each in lost)
        assert lacking <= max(0, wanted - characters) or "://" in target or "@" in target


@given(st.data(), texts)
def test_the_source_itself_as_target_keeps_all(data: st.DataObject, source: str) -> None:
    ranges = data.draw(ranges_of(source))
    placed, lost = project(source, ranges, source, {})
    assert set(placed) == set(ranges)
    assert lost == ()


def test_links_survive_from_news_to_news() -> None:
    sentences = [text for _, text in corpus.news()]
    for source, target in zip(sentences[::7], sentences[1::7], strict=False):
        words = source.split()
        link = marked(source, "link", words[len(words) // 2])
        placed, lost = project(source, [link], target, {})
        assert lost == ()
        assert target[placed[0].start : placed[0].end].strip()


@pytest.mark.parametrize("unit", ["a", "a ", "\u0301", "😀", "中", "XQZ1 ", "http://a "], ids=repr)
def test_hostile_length_is_survived(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    link = Range(2, 5, "link", {"href": "https://a.org/"})
    placed, lost = project("one two", [link, Range(0, 1, "bold")], text, {"e t": unit * 3})
    assert len(placed) + len(lost) == 2
    assert link not in lost
