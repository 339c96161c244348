"""The reviewed phrases that ship with Dragoman: every promise of their README, checked file by file."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

import dragoman
from dragoman.text.sentences import split

PHRASES = Path(dragoman.__file__).parent / "translation" / "phrases"
LANGUAGES = ("ar", "es", "fr", "pt", "ru")
DIRECTIONS = {"both", "from-en", "to-en"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MOST_WORDS = 8
FEWEST_SOURCES = 200
FEWEST_ENGLISH = 220

# Words that give away whether the writer is a man or a woman: English does not say, so no target may.
GENDERED_SPEAKER = {
    "ar": r"\b(?:آسفة?|متأكدة?|موافقة?|مسرورة?|أنا سعيدة?)\b",
    "es": r"\b(?:encantad[oa]|segur[oa] de|agradecid[oa]|contento|contenta|sorprendid[oa])\b",
    "fr": r"\b(?:désolée?|ravie?|choquée?|content|contente|navrée?)\b",
    "pt": r"\b(?:obrigad[oa]|grat[oa]|chocad[oa]|surpres[oa])\b",
    "ru": r"\b(?:не)?(?:соглас(?:ен|на)|рада?|уверена?|готова?|поняла?|ошиб(?:ся|лась)|посмеял(?:ся|ась))\b",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One source sentence and its one target, as the memory will hold them."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One `tu` of a file."""

    english: str
    other: str
    direction: str
    origin: str


def root(language: str) -> Element:
    tree: Element = fromstring((PHRASES / f"{language}.tmx").read_bytes(), forbid_dtd=True)
    return tree


def prop(unit: Element, kind: str) -> str:
    values = [found.text or "" for found in unit.findall("prop") if found.get("type") == kind]
    assert len(values) == 1, f"{kind}: {values}"
    return values[0]


def read_unit(unit: Element, language: str) -> Unit:
    variants = {tuv.get(LANG): tuv.findtext("seg") or "" for tuv in unit.findall("tuv")}
    assert set(variants) == {"en", language}
    assert len(unit.findall("tuv")) == 2
    return Unit(
        variants["en"],
        variants[language],
        prop(unit, "x-dragoman-direction"),
        prop(unit, "x-dragoman-origin"),
    )


@cache
def units(language: str) -> tuple[Unit, ...]:
    return tuple(read_unit(unit, language) for unit in root(language).iter("tu"))


def from_english(language: str) -> list[Phrase]:
    return [Phrase(u.english, u.other) for u in units(language) if u.direction != "to-en"]


def to_english(language: str) -> list[Phrase]:
    return [Phrase(u.other, u.english) for u in units(language) if u.direction != "from-en"]


def collapsed(text: str) -> str:
    """What the memory's key keeps of white space."""
    return " ".join(text.split())


def wording(text: str) -> str:
    """The words alone: two spellings of punctuation, case or accents are one wording."""
    letters = unicodedata.normalize("NFD", text).casefold()
    return " ".join(re.findall(r"[\w+-]+", "".join(c for c in letters if not unicodedata.combining(c))))


def digits(text: str) -> Counter[int]:
    return Counter(unicodedata.digit(character) for character in text if character.isdigit())


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Every text of a file with its language."""
    for unit in units(language):
        yield "en", unit.english
        yield language, unit.other


def failing(language: str, bad: Callable[[str, str], object]) -> list[str]:
    return [text for of, text in texts(language) if bad(of, text)]


def test_a_file_for_every_demo_language_and_no_other() -> None:
    assert sorted(path.stem for path in PHRASES.glob("*.tmx")) == list(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
class TestFormat:
    def test_is_tmx_without_a_document_type(self, language: str) -> None:
        found = root(language)
        header = found.find("header")
        assert (found.tag, found.get("version")) == ("tmx", "1.4")
        assert header is not None
        assert {name: header.get(name) for name in ("creationtool", "srclang", "segtype", "datatype")} == {
            "creationtool": "dragoman",
            "srclang": "*all*",
            "segtype": "sentence",
            "datatype": "plaintext",
        }
        assert header.get("adminlang") == "en"
        assert header.get("o-tmf")
        assert header.get("creationtoolversion")

    def test_every_pair_names_its_origin_and_direction(self, language: str) -> None:
        assert {unit.origin for unit in units(language)} == {"reviewed phrase"}
        assert {unit.direction for unit in units(language)} == DIRECTIONS

    def test_no_pair_twice(self, language: str) -> None:
        pairs = Counter((unit.english, unit.other) for unit in units(language))
        assert [pair for pair, count in pairs.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("direction", [from_english, to_english])
class TestDirections:
    def test_enough_distinct_wordings(self, language: str, direction: Callable[[str], list[Phrase]]) -> None:
        found = {wording(phrase.source) for phrase in direction(language)}
        assert len(found) >= FEWEST_SOURCES

    def test_one_target_per_source(self, language: str, direction: Callable[[str], list[Phrase]]) -> None:
        sources = Counter(collapsed(phrase.source) for phrase in direction(language))
        assert [source for source, count in sources.items() if count > 1] == []

    def test_digits_are_kept(self, language: str, direction: Callable[[str], list[Phrase]]) -> None:
        changed = [p for p in direction(language) if digits(p.source) != digits(p.target)]
        assert changed == []

    def test_a_question_stays_a_question(
        self, language: str, direction: Callable[[str], list[Phrase]]
    ) -> None:
        asks = re.compile("[?؟]")
        turned = [
            p for p in direction(language) if bool(asks.search(p.source)) != bool(asks.search(p.target))
        ]
        assert turned == []


@pytest.mark.parametrize("language", LANGUAGES)
class TestTexts:
    def test_none_is_blank_or_has_blanks_around_it(self, language: str) -> None:
        assert failing(language, lambda _, text: not text or text != text.strip()) == []

    def test_all_are_nfc(self, language: str) -> None:
        assert failing(language, lambda _, text: not unicodedata.is_normalized("NFC", text)) == []

    def test_none_has_invisible_controls_or_double_blanks(self, language: str) -> None:
        def bad(_: str, text: str) -> bool:
            return bool(re.search(r"\s\s", text)) or any(unicodedata.category(c)[0] == "C" for c in text)

        assert failing(language, bad) == []

    def test_none_is_longer_than_eight_words(self, language: str) -> None:
        assert failing(language, lambda _, text: len(text.split()) > MOST_WORDS) == []

    def test_each_is_one_sentence(self, language: str) -> None:
        assert failing(language, lambda of, text: split(text, of) != ((0, len(text)),)) == []


def test_english_has_enough_sentences_with_a_target_in_every_language() -> None:
    everywhere = set.intersection(*({p.source for p in from_english(code)} for code in LANGUAGES))
    assert len({wording(source) for source in everywhere}) >= FEWEST_ENGLISH
    assert everywhere == {p.source for p in from_english("fr")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_targets_do_not_guess_the_writers_gender(language: str) -> None:
    gendered = re.compile(GENDERED_SPEAKER[language], re.IGNORECASE)
    assert [p for p in from_english(language) if gendered.search(p.target)] == []


def test_french_targets_have_no_plain_blank_before_high_punctuation() -> None:
    targets = [phrase.target for phrase in from_english("fr")]
    high = re.compile(r"(?<!\u202f)(?<![!?])[!?]|[ \u00a0][!?;:](?!\))|[^\u202f]%|'")
    assert [target for target in targets if high.search(target)] == []


def test_spanish_targets_open_what_they_close() -> None:
    for target in (phrase.target for phrase in from_english("es")):
        assert (target.count("¿"), target.count("¡")) == (target.count("?"), target.count("!")), target


def test_arabic_targets_use_arabic_marks() -> None:
    assert [
        p.target for p in from_english("ar") if re.search("[?,;]|[A-Za-z]", p.target.replace(";)", ""))
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_english_targets_use_the_apostrophe(language: str) -> None:
    assert [phrase.target for phrase in to_english(language) if "'" in phrase.target] == []


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("fr", "Thank you!", "Merci\u202f!"),
        ("fr", "Source?", "Source\u202f?"),
        ("es", "Source?", "¿Fuente?"),
        ("es", "Happy birthday!", "¡Feliz cumpleaños!"),
        ("pt", "Good article, thanks.", "Bom artigo, valeu."),
        ("ru", "I disagree.", "Не могу согласиться."),
        ("ru", "+1", "+1"),
        ("ar", "Really?", "حقًا؟"),
        ("ar", "Well said.", "أحسنت القول."),
    ],
)
def test_known_answers_from_english(language: str, source: str, target: str) -> None:
    assert {p.source: p.target for p in from_english(language)}[source] == target


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("fr", "C'est n'importe quoi.", "Nonsense."),
        ("fr", "Merci!", "Thank you!"),
        ("es", "Totalmente de acuerdo!", "Totally agree!"),
        ("es", "¡Totalmente de acuerdo!", "Totally agree!"),
        ("pt", "kkkk", "Haha"),
        ("pt", "Obrigada!", "Thank you!"),
        ("ru", "Согласна.", "I agree."),
        ("ru", "Спасибо!", "Thank you!"),
        ("ar", "شكرا جزيلا", "Thank you very much"),
        ("ar", "شكرًا جزيلًا", "Thank you very much"),
    ],
)
def test_known_answers_to_english(language: str, source: str, target: str) -> None:
    key = collapsed(source)
    assert {collapsed(p.source): p.target for p in to_english(language)}[key] == target
