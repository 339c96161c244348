import pytest
from hypothesis import given

from dragoman.text.placeholders import PlaceholderLost, Protected, pieces, protect, restore
from dragoman.text.spans import find
from tests.text import corpus
from tests.text.markup import texts


def protected(text: str) -> Protected:
    return protect(text, find(text))


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Hi @bob, see https://a.org :smile:", "Hi XQZ1, see XQZ2 XQZ3"),
        ("Salut @Мария 😀 !", "Salut XQZ1 XQZ2 !"),
        ("مرحبا 😀 انظر http://a.com؟", "مرحبا XQZ1 انظر XQZ2؟"),
        ("5 euros at 11:40", "5 euros at 11:40"),
        ("I❤you", "I XQZ1 you"),
        ("😀😀5", "XQZ1 5"),
        ("say XQZ1 and xqz 2", "say XQZ1 and XQZ2"),
    ],
)
def test_protecting(text: str, sent: str) -> None:
    shielded = protected(text)
    assert shielded.text == sent
    assert restore(shielded.text, shielded) == text


def test_engines_may_move_recase_and_space_placeholders() -> None:
    shielded = protected("Look @bob, https://a.org!")
    assert restore("Регарде xqz 2, Xqz1 !", shielded) == "Регарде https://a.org, @bob !"


def test_padding_is_taken_away_where_it_survived() -> None:
    shielded = protected("I❤you")
    assert restore("Eu XQZ1 você", shielded) == "Eu❤você"
    assert restore("XQZ1.", shielded) == "❤."


def test_originals_that_look_like_placeholders_are_not_restored_twice() -> None:
    text = "XQZ2 and XQZ1 and @XQZ3"
    shielded = protected(text)
    assert restore(shielded.text, shielded) == text


@pytest.mark.parametrize(
    ("answer", "missing", "doubled", "invented"),
    [
        ("nothing", (1, 2), (), ()),
        ("XQZ1", (2,), (), ()),
        ("XQZ1 XQZ2 XQZ2", (), (2,), ()),
        ("XQZ1 XQZ2 XQZ7", (), (), (7,)),
        ("XQZ12", (1, 2), (), (12,)),
    ],
)
def test_lost_placeholders_are_told(
    answer: str, missing: tuple[int, ...], doubled: tuple[int, ...], invented: tuple[int, ...]
) -> None:
    with pytest.raises(PlaceholderLost) as lost:
        restore(answer, protected("@a and @b"))
    assert (lost.value.missing, lost.value.doubled, lost.value.invented) == (missing, doubled, invented)
    assert "XQZ" in str(lost.value)


def test_a_text_without_placeholders_may_not_gain_one() -> None:
    with pytest.raises(PlaceholderLost):
        restore("XQZ1", protect("plain", ()))


def test_pieces_cut_around_what_is_protected() -> None:
    text = "Hi @bob, it costs 5 :smile:"
    cut = pieces(text, find(text))
    assert [(piece.text, piece.span.kind if piece.span else None) for piece in cut] == [
        ("Hi ", None),
        ("@bob", "mention"),
        (", it costs 5 ", None),
        (":smile:", "emoticon"),
    ]


@given(texts)
def test_restoring_what_was_protected_is_the_identity(text: str) -> None:
    shielded = protected(text)
    assert restore(shielded.text, shielded) == text
    assert (
        restore(shielded.text.lower(), Protected(shielded.text, shielded.originals, shielded.padding))
        is not None
    )


@given(texts)
def test_pieces_make_the_text_again(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text, find(text))) == text


def test_corpora_survive_protection() -> None:
    for language, text in corpus.texts():
        spans = find(text, language)
        shielded = protect(text, spans)
        assert restore(shielded.text, shielded) == text
        assert "".join(piece.text for piece in pieces(text, spans)) == text


@pytest.mark.parametrize("text", ["XQZ1" * 200_000, "😀 " * 100_000, "xqz" * 300_000, "XQZ" + "1" * 500_000])
def test_hostile_length_is_survived(text: str) -> None:
    shielded = protected(text)
    assert restore(shielded.text, shielded) == text
