"""Numbers as values: what two languages write differently and mean alike, and what they do not."""

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from dragoman.fidelity.findings import Pairing, Severity
from dragoman.fidelity.gate import examine
from dragoman.fidelity.numerals.figures import decimal_sign, figures
from dragoman.fidelity.numerals.lexicon import knows, lexicon
from dragoman.fidelity.numerals.matching import compare
from dragoman.fidelity.numerals.words import spelled
from dragoman.text.identify import LANGUAGES

DEMO = ("en", "fr", "es", "pt", "ru", "ar")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


def numbers(source: str, target: str, languages: str) -> list[tuple[Severity, str]]:
    one, other = languages.split("-")
    found = examine(Pairing(source, target, one, other))
    return [(finding.severity, finding.code) for finding in found if finding.check == "numbers"]


# --- the same ---


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        # separators
        ("en-fr", "It has 1,234,567.89 km.", "Il fait 1 234 567,89 km."),
        ("en-de", "It has 1,234,567.89 km.", "Es hat 1.234.567,89 km."),
        ("de-en", "Es hat 3.000 Stufen.", "It has 3,000 steps."),
        ("en-ru", "It has 4,400 km² of marsh.", "Площадь болот составляет 4400 км²."),
        ("en-es", "It costs 3.5 euros.", "Cuesta 3,5 euros."),
        # scores, ranges, ordinals
        ("en-pt", "They won 2:1 at home.", "Venceram por 2:1 em casa."),
        ("en-fr", "They won 2-1 at home.", "Ils ont gagné 2 à 1 à domicile."),
        ("en-es", "From 1990-95 it was shut.", "De 1990 a 1995 estuvo cerrado."),
        ("ru-en", "С 10–12 мая закрыто.", "Closed from 10 to 12 May."),
        ("en-fr", "The 21st time is the best.", "La 21e fois est la meilleure."),
        ("en-es", "It was her 3rd book.", "Fue su tercer libro."),
        ("fr-en", "Au XIXe siècle, rien ne changea.", "In the 19th century nothing changed."),
        # scale words
        ("pt-en", "Cabem 12 mil pessoas.", "It holds 12,000 people."),
        ("ru-en", "Там 4,4 тыс. домов.", "There are 4.4 thousand houses there."),
        ("en-ru", "It cost 4.4 thousand roubles.", "Это стоило 4,4 тыс. рублей."),
        ("es-en", "Costó 1,5 mil millones.", "It cost 1.5 billion."),
        ("en-es", "It cost 2 billion.", "Costó 2000 millones."),
        ("en-fr", "It cost 3 million.", "Cela a coûté 3 millions."),
        # words
        ("en-fr", "It has 7 doors.", "Il y a sept portes."),
        ("fr-en", "Il a douze ans.", "He is 12."),
        ("en-ru", "It has 3 doors.", "Здесь три двери."),
        ("en-ar", "It has 5 doors.", "فيه خمسة أبواب."),
        ("en-pt", "I saw two of 25 ships.", "Vi 2 de vinte e cinco navios."),
        # digits of other scripts
        ("en-ar", "It opened in 2019 at 4:30.", "افتُتح في ٢٠١٩ في ٤:٣٠."),
        ("ar-en", "مساحته ٤٬٤٠٠ كم.", "Its area is 4,400 km."),
        ("en-fa", "It has 128 pages.", "۱۲۸ صفحه دارد."),
        ("en-hi", "It has 128 pages.", "इसमें १२८ पृष्ठ हैं।"),
        # times and dates
        ("ru-en", "Это было 8.11.2020 утром.", "It was on 8 November 2020 in the morning."),
        ("en-ru", "It was on 8.11.2020.", "Это было 8 ноября 2020 года."),
        ("en-pt", "It was on 8 November 2020.", "Foi em 08/11/2020."),
        ("en-fr", "The ferry leaves at 7 p.m. sharp.", "Le bac part à 19 h précises."),
        ("en-fr", "The ferry leaves at 7:30 p.m. sharp.", "Le bac part à 19 h 30 précises."),
        ("en-es", "It closed in the 1980s.", "Cerró en los años 80."),
        # negative
        ("en-fr", "It was -4 degrees.", "Il faisait −4 degrés."),
        ("en-ru", "It was −12.5 degrees.", "Было -12,5 градуса."),
        # no numbers where digits are part of something else
        (
            "en-fr",
            "Ask @anna42 at https://example.org/2020/08",
            "Demandez à @anna42 https://example.org/2020/08",
        ),
        ("en-fr", "Nobody came.", "Personne n'est venu."),
    ],
)
def test_alike(languages: str, source: str, target: str) -> None:
    assert not [found for found in numbers(source, target, languages) if found[0] is not Severity.MINOR]


# --- not the same ---


@pytest.mark.parametrize(
    ("languages", "source", "target", "code"),
    [
        ("en-fr", "It has 184 steps.", "Il a 148 marches.", "numbers_replaced"),
        ("en-fr", "It has 184 steps.", "Il a des marches.", "numbers_lost"),
        ("en-pt", "They won 2:1 at home.", "Venceram por 1:3 em casa.", "numbers_replaced"),
        ("en-es", "It cost 4,400 euros.", "Costó 44.000 euros.", "numbers_replaced"),
        ("pt-en", "Cabem 12 mil pessoas.", "It holds 13,000 people.", "numbers_replaced"),
        (
            "ru-en",
            "Это было 8.11.2020 утром.",
            "It was on 9 November 2020 in the morning.",
            "numbers_replaced",
        ),
        ("ru-en", "Это было 8.11.2020 утром.", "It was on 8 December 2020.", "numbers_replaced"),
        ("en-ar", "It opened in 2019.", "افتُتح في ٢٠١٨.", "numbers_replaced"),
        ("en-fr", "The ferry leaves at 7 p.m. sharp.", "Le bac part à 20 h précises.", "numbers_replaced"),
    ],
)
def test_different(languages: str, source: str, target: str, code: str) -> None:
    assert (Severity.REFUSE, code) in numbers(source, target, languages)


@pytest.mark.parametrize(
    ("languages", "source", "target", "code"),
    [
        ("en-fr", "It has steps.", "Il a 184 marches.", "numbers_added"),
        ("en-fr", "It has 7 doors.", "Il y a des portes.", "numbers_lost"),
        ("en-fr", "It has 7 doors.", "Il y a huit portes.", "numbers_replaced"),
        ("pl-en", "Trzech marynarzy utonęło.", "Five sailors drowned.", "numbers_replaced"),
        ("hi-en", "उसने तीन जहाज़ देखे।", "She saw four ships.", "numbers_replaced"),
        ("zh-en", "他看见五个人。", "He saw seven people.", "numbers_replaced"),
        ("en-ar", "It has five doors.", "فيه سبعة أبواب.", "numbers_replaced"),
        ("ru-en", "Он назвал пять причин.", "He named three reasons.", "numbers_replaced"),
    ],
)
def test_what_a_translator_may_have_reworded_is_doubted(
    languages: str, source: str, target: str, code: str
) -> None:
    assert (Severity.DOUBTFUL, code) in numbers(source, target, languages)
    assert Severity.REFUSE not in dict(numbers(source, target, languages))


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("zh-en", "他看见五个人。", "He saw five people."),
        ("ja-en", "三人が来た。", "Three people came."),
        ("hi-en", "उसने तीन जहाज़ देखे।", "She saw three ships."),
        ("pl-en", "Trzech marynarzy utonęło.", "Three sailors drowned."),
        ("de-en", "Fünfundzwanzig Schiffe kamen.", "Twenty-five ships came."),
        ("fr-en", "Quatre-vingts personnes sont venues.", "Eighty people came."),
        ("en-ru", "She has two sisters.", "У неё две сестры."),
    ],
)
def test_number_words_meet(languages: str, source: str, target: str) -> None:
    assert not numbers(source, target, languages)


def test_another_scale_is_doubted() -> None:
    assert numbers("It cost 4 million.", "Cela a coûté 4 milliards.", "en-fr") == [
        (Severity.DOUBTFUL, "number_scale")
    ]


def test_another_sign_is_doubted() -> None:
    assert numbers("It was -4 degrees.", "Il faisait 4 degrés.", "en-fr") == [
        (Severity.DOUBTFUL, "number_sign")
    ]


def test_separators_of_another_language_are_noted() -> None:
    assert numbers("It has 3,000 steps.", "Il a 3,000 marches.", "en-fr") == [
        (Severity.MINOR, "number_format")
    ]


def test_a_language_whose_number_words_are_unknown_is_doubted_not_refused() -> None:
    assert not knows("ka")
    assert numbers("It has 7 doors.", "მას შვიდი კარი აქვს.", "en-ka") == [
        (Severity.DOUBTFUL, "numbers_lost")
    ]
    assert numbers("It has 731 doors.", "მას კარი აქვს.", "en-ka") == [(Severity.REFUSE, "numbers_lost")]


def test_places_are_those_of_the_numbers() -> None:
    source, target = "In 2019 it had 184 steps.", "En 2019, il avait 148 marches."
    (finding,) = [each for each in examine(Pairing(source, target, "en", "fr")) if each.check == "numbers"]
    assert [source[start:end] for start, end in finding.source] == ["184"]
    assert [target[start:end] for start, end in finding.target] == ["148"]
    assert finding.params == {"lost": "184", "added": "148"}


# --- properties ---

values = st.integers(0, 10**9)
languages = st.sampled_from(DEMO)
CARRIERS = {
    "en": "We saw {} birds there.",
    "fr": "Nous y avons vu {} oiseaux.",
    "es": "Allí vimos {} pájaros.",
    "pt": "Vimos ali {} pássaros.",
    "ru": "Мы видели там {} птиц.",
    "ar": "رأينا هناك {} طائرًا.",
}


def written(value: float, language: str) -> str:
    """The number as CLDR writes it, in a sentence of the language."""
    return CARRIERS[language].format(format_decimal(value, locale=language))


@given(values, languages, languages)
def test_a_number_is_itself_in_every_language(value: int, one: str, other: str) -> None:
    assert numbers(written(value, one), written(value, other), f"{one}-{other}") == []


@given(st.decimals(0, 10**6, places=2), languages, languages)
def test_decimals_too(value: float, one: str, other: str) -> None:
    found = numbers(written(value, one), written(value, other), f"{one}-{other}")
    assert all(severity is Severity.MINOR for severity, _ in found)


@given(values, values, languages, languages)
def test_no_number_is_another(value: int, another: int, one: str, other: str) -> None:
    found = numbers(written(value, one), written(another, other), f"{one}-{other}")
    assert (value == another) is (not any(severity is Severity.REFUSE for severity, _ in found))


@given(
    st.lists(st.integers(20, 10**6), min_size=1, max_size=6, unique=True), st.randoms(use_true_random=False)
)
def test_order_makes_no_difference(found: list[int], random: object) -> None:
    mixed = list(found)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = (", then ".join(map(str, each)) for each in (found, mixed))
    assert numbers(f"We saw {one}.", f"Nous avons vu {other}.", "en-fr") == []


@given(values, st.sampled_from([ARABIC, PERSIAN, DEVANAGARI]))
def test_digits_of_every_script_are_the_same(value: int, digits: dict[int, int]) -> None:
    text = f"There are {value} of them."
    (plain,) = figures(text, "en")
    (other,) = figures(text.translate(digits), "en")
    assert (plain.strict, plain.start, plain.end) == (other.strict, other.start, other.end)


@given(st.text(max_size=300), st.text(max_size=300), languages, languages)
def test_comparing_is_symmetrical_and_never_fails(one: str, other: str, left: str, right: str) -> None:
    there, back = compare(one, other, left, right), compare(other, one, right, left)
    assert [f.start for f in compare(one, one, left, left).lost] == []
    assert all(0 <= each.start < each.end <= len(one) for each in there.lost)
    assert all(0 <= each.start < each.end <= len(other) for each in there.added)
    assert bool(there.lost or there.added) == bool(back.lost or back.added)


@given(st.integers(0, 100))
def test_what_is_equal_is_found_whatever_stands_around(value: int) -> None:
    assert numbers(f"({value})", f"« {value} »", "en-fr") == []


# --- spelled out ---


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "twenty-five", 25),
        ("en", "one hundred and five", 105),
        ("en", "two hundred thousand", 200_000),
        ("fr", "deux cent mille", 200_000),
        ("fr", "quatre-vingts", 80),
        ("fr", "soixante-dix-sept", 77),
        ("es", "veinticinco", 25),
        ("pt", "vinte e cinco", 25),
        ("ru", "двадцать пять", 25),
        ("de", "zwanzig", 20),
        ("ar", "أحد عشر", 11),
        ("ar", "اثنا عشر", 12),
        ("ar", "اثنتي عشرة", 12),
        ("ar", "خمسة وعشرون", 25),
    ],
)
def test_number_words_make_numbers(language: str, text: str, value: int) -> None:
    assert value in {each for number in spelled(text, language) for each in number.values}


@pytest.mark.parametrize(("text", "value"), [("Louis XIV", 14), ("le XXe siècle", 20), ("chapter IX", 9)])
def test_roman_numerals(text: str, value: int) -> None:
    assert value in {each for number in spelled(text, "fr") for each in number.values}


def test_the_english_pronoun_is_no_numeral() -> None:
    assert spelled("I know", "en") == ()


@pytest.mark.parametrize("language", DEMO)
def test_every_small_number_has_a_word(language: str) -> None:
    known = lexicon(language)
    values = {value for found in (*known.words.values(), *known.stems.values()) for value in found}
    assert {float(value) for value in (*range(11), 20, 30, 40, 50, 100, 1000, 10**6)} <= values


def test_decimal_signs_are_those_of_cldr() -> None:
    assert {language: decimal_sign(language) for language in ("en", "fr", "es", "pt", "ru", "pt-BR")} == {
        "en": ".",
        "fr": ",",
        "es": ",",
        "pt": ",",
        "ru": ",",
        "pt-BR": ",",
    }
    assert decimal_sign("tlh") == "."
    assert all(decimal_sign(language) in ".," for language in LANGUAGES)


def test_hostile_numbers_are_survived() -> None:
    for text in (
        "9" * 100_000,
        "1," * 50_000,
        "1 " * 50_000,
        "-" * 50_000 + "1",
        "½" * 20_000,
        "XIV " * 20_000,
    ):
        assert compare(text, text, "en", "fr").lost == ()


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("en-es", "They reached the last 16 with ease.", "Llegaron con facilidad a los octavos de final."),
        ("fr-en", "Ils jouent les 8es de finale.", "They play in the round of 16."),
        ("en-de", "It is the last 16, said Anna.", "Es ist das Achtelfinale, sagte Anna."),
        ("en-ru", "They are in the last 16.", "Они вышли в 1/8 финала."),
        ("en-cs", "They are in the last 16.", "Jsou v osmifinále."),
        ("en-fr", "He is 6'7\" tall.", "Il est très grand."),
    ],
)
def test_rounds_and_heights_are_counted_in_other_ways(languages: str, source: str, target: str) -> None:
    one, other = languages.split("-")
    assert not [each for each in examine(Pairing(source, target, one, other)) if each.check == "numbers"]


def test_the_last_sixteen_years_are_sixteen() -> None:
    told = examine(Pairing("In the last 16 years it rained.", "Ces dernières années, il a plu.", "en", "fr"))
    assert [each.code for each in told if each.check == "numbers"] == ["numbers_lost"]
