import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.edits import applied
from dragoman.text.spans import DESTROYED, find
from dragoman.text.typography import typeset
from tests.text import corpus
from tests.text.markup import texts

LANGUAGES = (
    "en",
    "fr",
    "fr-CA",
    "es",
    "pt",
    "pt-PT",
    "ru",
    "ar",
    "de",
    "it",
    "uk",
    "tr",
    "pl",
    "hu",
    "sv",
    "zh",
    "ja",
    "ur",
    "xx",
)


def set_in(language: str, text: str) -> str:
    locked = [(span.start, span.end) for span in find(text, language) if span.kind in (*DESTROYED, "time")]
    for edits in typeset(text, language, locked):
        text = applied(text, edits)
    return text


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", 'He said "yes".', "He said “yes”."),
        ("en", "« Oui », he said: “no”.", "“Oui”, he said: “no”."),
        ("en", 'One "two «three» four" five', "One “two ‘three’ four” five"),
        ("fr", 'Il dit “l\'ami "oui" là”.', "Il dit «\u00a0l’ami “oui” là\u00a0»."),
        ("es", 'Dijo "sí".', "Dijo «sí»."),
        ("pt", '"Sim", disse "ele".', "“Sim”, disse “ele”."),
        ("pt-PT", '"Sim"', "«Sim»"),
        ("ru", 'Он сказал: "Да, "Ромео" тут".', "Он сказал: «Да, „Ромео“ тут»."),
        ("ar", 'قال "نعم".', "قال «نعم»."),
        ("de", '"Gut", sagte er.', "„Gut“, sagte er."),
        ("hu", '"Jó"', "„Jó”"),
        ("sv", '"Ja"', "”Ja”"),
        ("ja", '彼は"はい"と', "彼は「はい」と"),
        ("zh", '他说"好"', "他说“好”"),
        ("en", '5\'10" tall and "x"', '5\'10" tall and "x"'),
        ("en", 'a " b', 'a " b'),
        ("en", 'He said: "One.', "He said: “One."),
        ("fr", 'Deux", dit-il à "Paris".', "Deux\u00a0», dit-il à «\u00a0Paris\u00a0»."),
        ("pt", 'Um "dois" três", disse.', "Um ‘dois’ três”, disse."),
        ("en", '"One "two "three.', '"One "two "three.'),
        ("en", 'a 5" nail', 'a 5" nail'),
        ("xx", '"a"', '"a"'),
    ],
)
def test_quotation_marks(language: str, before: str, after: str) -> None:
    assert set_in(language, before) == after


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("fr", "Quoi ? Non! Ah: oui; «mot»", "Quoi\u202f? Non\u202f! Ah\u00a0: oui\u202f; «\u00a0mot\u00a0»"),
        ("fr", "Quoi?!", "Quoi\u202f?!"),
        ("fr", "à 11:40, 2:1, http://a.org/?b=1;c", "à 11:40, 2:1, http://a.org/?b=1;c"),
        ("fr", "25% et 30 %", "25\u00a0% et 30\u00a0%"),
        ("fr-CA", "Non ! Ah : oui", "Non ! Ah\u00a0: oui"),
        ("en", "Hello ! 25 % , ok :)", "Hello! 25%, ok :)"),
        ("de", "25%", "25\u00a0%"),
        ("ru", "25%", "25\u00a0%"),
        ("es", "25%", "25\u00a0%"),
        ("tr", "%25", "%25"),
    ],
)
def test_spaces(language: str, before: str, after: str) -> None:
    assert set_in(language, before) == after


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "Well... no - yes", "Well… no – yes"),
        ("en", "it's 'x'", "it’s 'x'"),
        ("ru", "Он - врач", "Он\u00a0— врач"),
        ("pt", "Ele - ela", "Ele — ela"),
        ("en", "5 - 3, 10-15, well-known, ....", "5 - 3, 10-15, well-known, ...."),
        ("fr", "l'ami", "l’ami"),
    ],
)
def test_dashes_ellipses_and_apostrophes(language: str, before: str, after: str) -> None:
    assert set_in(language, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Hola! Qué tal?", "¡Hola! ¿Qué tal?"),
        ("Entonces, qué hacemos?", "Entonces, ¿qué hacemos?"),
        ("Si llueve, por qué no vamos?", "Si llueve, ¿por qué no vamos?"),
        ('"Vienes?" dijo.', "«¿Vienes?» dijo."),
        ("¿Vienes? ¡Ya!", "¿Vienes? ¡Ya!"),
        ("5?", "5?"),
        ("Qué?!", "Qué?!"),
    ],
)
def test_spanish_openings(before: str, after: str) -> None:
    assert set_in("es", before) == after


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("ar", "نعم, هل جاء? لا; 5, ثم 1,000", "نعم، هل جاء؟ لا؛ 5، ثم 1,000"),
        ("ur", "جی ہاں.", "جی ہاں۔"),
        ("zh", "好,走了.", "好，走了。"),
        ("ja", "はい,そう.", "はい、そう。"),
        ("ar", "http://a.org/ب,ت?ث", "http://a.org/ب,ت?ث"),
    ],
)
def test_marks_of_other_scripts(language: str, before: str, after: str) -> None:
    assert set_in(language, before) == after


_SIGNS = st.text(alphabet="ab5é Дنが\"'«»“”„.,:;!?…-—%\u00a0\u202f()¿\n", max_size=40)


@given(st.one_of(_SIGNS, texts), st.sampled_from(LANGUAGES))
def test_twice_is_once_and_nothing_is_lost(text: str, language: str) -> None:
    done = set_in(language, text)
    assert set_in(language, done) == done
    assert [sign for sign in done if sign.isalnum()] == [sign for sign in text if sign.isalnum()]


@given(_SIGNS, _SIGNS, st.sampled_from(LANGUAGES))
def test_what_is_locked_stays(before: str, after: str, language: str) -> None:
    code = 'x = "a" - b...  ; y?'
    text = before + code + after
    for edits in typeset(text, language, [(len(before), len(before) + len(code))]):
        text = applied(text, edits)
    assert code in text


def test_corpora_keep_their_letters_and_addresses() -> None:
    for number, (_, text) in enumerate(corpus.texts()):
        language = LANGUAGES[number % len(LANGUAGES)]
        done = set_in(language, text)
        assert [sign for sign in done if sign.isalnum()] == [sign for sign in text if sign.isalnum()]
        assert [span.text for span in find(done) if span.kind in DESTROYED] == [
            span.text for span in find(text) if span.kind in DESTROYED
        ]
