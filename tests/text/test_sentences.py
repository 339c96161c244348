import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.sentences import clauses, join, split
from tests.text import corpus
from tests.text.markup import texts

LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar", "zh", "ja", "hi", "hy", "de", "und", "xx", "pt-BR", "")

# One sentence each: none of the full stops inside ends it.
WHOLE = [
    ("en", "J. R. R. Tolkien wrote it in 1937."),
    ("en", "John F. Kennedy met Dr. Smith on Jan. 5 in St. Louis."),
    ("en", "Pi is 3.14, see p. 5 and fig. 2 for more, e.g. this."),
    ("en", "“Hello!” she said."),
    ("en", '"Why?" he asked.'),
    ("en", "See https://example.com/a.b?c=d.e for more."),
    ("en", "I… I think so."),
    ("en", "wow... ok then"),
    ("en", '... " Then it ended.'),
    ("fr", "M. Dupont est né le 5 janv. 1990."),
    ("fr", "Mme Durand et MM. Martin habitent av. Foch, env. 5 km plus loin."),
    ("fr", "J.-P. Sartre est mort en 1980 apr. J.-C. environ."),
    ("fr", "« Bonjour ! » dit-il."),
    ("es", "El Sr. López y la Sra. Pérez viven en EE. UU. desde ene. 1990."),
    ("es", "Véase la pág. 5, p. ej. esto."),
    ("es", "—¡Hola! —dijo ella."),
    ("pt", "O Sr. Silva e a Sra. Costa moram na Av. Paulista."),
    ("pt", "V. Exa. sabe, p. ex. isto, no séc. XX."),
    ("ru", "Это т. е. так, а т. к. он тут, то и т. д."),
    ("ru", "4,4 тыс. кв. км земли в г. Москва."),
    ("ru", "А. С. Пушкин и проф. И.И. Иванов жили на ул. Ленина."),
    ("ru", "В 1990 г. Иванов уехал, см. рис. 5."),
    ("ru", "«Кто?» — спросил он."),
    ("ar", "قال د. أحمد ذلك في ص. 5 من الكتاب."),
    ("ja", "「行こう。」と言った。"),
    ("hi", "डॉ. सिंह आए।"),
    ("hy", "Պրն. Գրիգորյան եկավ։"),
    ("de", "Am 5. Januar kam Hr. Müller, z. B. so."),
]

# The bar stands where one sentence ends and the next begins.
DIVIDED = [
    ("en", "We met at 5 p.m. | Then we left."),
    ("en", "He said “Go.” | Then he left."),
    ("en", "I take vitamin C. | It is good."),
    ("en", "No. | I do not."),
    ("en", "i like it. | it is nice."),
    ("en", "I do not know… | Perhaps."),
    ("en", "Go to example.com. | Then wait."),
    ("en", "What?! | Yes!!"),
    ("fr", "Je ne sais pas… | Peut-être."),
    ("fr", "Il dit : « Oui. » | Puis il part."),
    ("fr", "Qui ? | Moi, M. Martin. | Ah !"),
    ("es", "¿Qué? | ¡No! | ¿Y tú? | Sí."),
    ("es", "La Sra. Pérez no. | Ud. sabe."),
    ("pt", "Eu não. | Ele sim… | Talvez."),
    ("ru", "Он жил там с весны до лета 1990 г. | Потом уехал."),
    ("ru", "Купили хлеб, соль и т. д. | Потом ушли."),
    ("ru", "Да… | Нет."),
    ("ar", "هل أنت هنا؟ | نعم. | جملة أخرى۔ | ثم."),
    ("zh", "你好。|我是谁？|是我！"),
    ("ja", "これは本です。|はい！"),
    ("hi", "यह है। | वह है। | क्या?"),
    ("hy", "Սա է։ | Նա է։"),
    ("xx", "Hello. | World."),
]


def pieces(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in split(text, language)]


def assert_lossless(text: str, ranges: tuple[tuple[int, int], ...]) -> None:
    position = 0
    for start, end in ranges:
        assert position <= start < end
        assert text[position:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        position = end
    assert text[position:].strip() == ""


@pytest.mark.parametrize(("language", "text"), WHOLE)
def test_full_stops_that_end_nothing(language: str, text: str) -> None:
    assert pieces(text, language) == [text]


@pytest.mark.parametrize(("language", "text"), DIVIDED)
def test_ends_of_sentences(language: str, text: str) -> None:
    expected = [part.strip() for part in text.split("|")]
    assert pieces(text.replace("| ", "").replace("|", ""), language) == expected


@pytest.mark.parametrize("end", ["\n", "\n\n", "\r\n", "\u2028"])
def test_no_sentence_crosses_a_line_break(end: str) -> None:
    assert pieces(f"One line{end}and its rest", "en") == ["One line", "and its rest"]


@pytest.mark.parametrize("blank", ["", " ", "\n \n", "\u00a0"])
def test_blank_text_has_no_sentences(blank: str) -> None:
    assert split(blank, "en") == ()


@given(texts, st.sampled_from(LANGUAGES))
def test_splitting_loses_white_space_only(text: str, language: str) -> None:
    found = split(text, language)
    assert_lossless(text, found)
    assert not any("\n" in text[start:end] for start, end in found)


@given(texts, st.sampled_from(LANGUAGES))
def test_joining_the_own_sentences_is_the_identity(text: str, language: str) -> None:
    found = split(text, language)
    assert join(text, found, [text[start:end] for start, end in found]) == (text, found)


def test_corpora_split_without_loss() -> None:
    for language, text in corpus.texts():
        found = split(text, language)
        assert_lossless(text, found)
        assert join(text, found, [text[start:end] for start, end in found]) == (text, found)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "A. " * 300_000,
        "." * 1_000_000,
        "…" * 500_000,
        "“" * 150_000,
        '"' * 500_000,
        "e\u0301" * 300_000,
        "\u0301" * 500_000,
        "\0" * 500_000,
        "№ г. Б" * 30_000,
        " " * 1_000_000,
        "x" * 100_000 + ". " + "y" * 100_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_hostile_length_is_survived(text: str) -> None:
    assert_lossless(text, split(text, "ru"))


def test_a_sentence_longer_than_a_window_is_not_cut() -> None:
    long = "word " * 5_000 + "end."
    assert pieces(f"First. {long} Last.", "en") == ["First.", long, "Last."]


def test_lone_surrogates_are_survived() -> None:
    assert pieces("One \ud800. Two.", "en") == ["One \ud800.", "Two."]


# --- joining ---


def test_gaps_are_kept() -> None:
    text = "  One.  Two.\nThree. "
    joined, ranges = join(text, split(text, "en"), ["Un.", "Deux longues.", "Trois."])
    assert joined == "  Un.  Deux longues.\nTrois. "
    assert [joined[start:end] for start, end in ranges] == ["Un.", "Deux longues.", "Trois."]


def test_scripts_without_spaces_gain_and_lose_them() -> None:
    chinese, english = "你好。我是谁？", "Hello. Who am I?"
    assert join(chinese, split(chinese, "zh"), ["Hello.", "Who am I?"])[0] == english
    assert join(english, split(english, "en"), ["你好。", "我是谁？"])[0] == chinese


def test_as_many_targets_as_sentences() -> None:
    with pytest.raises(ValueError, match="2 sentences cannot take 1 targets"):
        join("A. B.", ((0, 2), (3, 5)), ["A."])


# --- clauses ---


def test_clauses_end_at_strong_marks_first() -> None:
    text = "We came, all of us; we saw, as ever, the sea and all that."
    assert [text[a:b] for a, b in clauses(text, 40)] == [
        "We came, all of us;",
        "we saw, as ever, the sea and all that.",
    ]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, ["short"]),
        ("one two three", 7, ["one two", "three"]),
        ("one, two three", 9, ["one,", "two three"]),
        ("مرحبا، كيف الحال", 9, ["مرحبا،", "كيف الحال"]),
        ("我来了，我看见了，我走了", 6, ["我来了，", "我看见了，", "我走了"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("e\u0301e\u0301", 3, ["e\u0301", "e\u0301"]),
    ],
)
def test_clauses(text: str, limit: int, expected: list[str]) -> None:
    assert [text[a:b] for a, b in clauses(text, limit)] == expected


@given(texts, st.integers(1, 30))
def test_clauses_lose_nothing_and_keep_the_limit(text: str, limit: int) -> None:
    found = clauses(text, limit)
    assert_lossless(text, found)
    assert all(end - start <= limit for start, end in found)


def test_clauses_of_corpora() -> None:
    for _, text in corpus.texts()[::5]:
        found = clauses(text, 60)
        assert_lossless(text, found)
        assert all(end - start <= 60 for start, end in found)


@pytest.mark.parametrize("text", ["x" * 1_000_000, ", " * 300_000, "\u0301" * 500_000, "a\u0301" * 300_000])
def test_clauses_of_hostile_texts(text: str) -> None:
    found = clauses(text, 500)
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", "".join(text[a:b] for a, b in found))


def test_clauses_need_a_limit() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        clauses("text", 0)
