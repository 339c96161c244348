import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.blocks import Range
from dragoman.text.graphemes import is_boundary
from dragoman.text.spans import DESTROYED, KINDS, destroyed, find
from tests.text import corpus
from tests.text.markup import texts

Found = list[tuple[str, str]]
_RUSSIAN: Found = [("ordinal", "11-й"), ("ordinal", "112-го")]
_TELEPHONE: Found = [("number", "555"), ("number", "1234"), ("number", "99")]


def found(text: str, language: str = "und") -> Found:
    return [(span.kind, span.text) for span in find(text, language)]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://example.org/a_(b).", ["https://example.org/a_(b)"]),
        ("(see http://x.org/z)", ["http://x.org/z"]),
        ("www.example.org, and", ["www.example.org"]),
        ("écrit lemonde.fr/x?y=1 !", ["lemonde.fr/x?y=1"]),
        ("источник: kremlin.ru.", ["kremlin.ru"]),
        ("看 http://a.com。好", ["http://a.com"]),
        ("انظر http://a.com؟ نعم", ["http://a.com"]),
        ("«http://a.com»", ["http://a.com"]),
        ("ftp://a.b/c", ["ftp://a.b/c"]),
        ("I ran.Then it.was over", []),
        ("http:// nothing", []),
    ],
)
def test_addresses(text: str, addresses: list[str]) -> None:
    assert [told for kind, told in found(text) if kind == "url"] == addresses


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("write to a.b+c@example.co.uk.", [("email", "a.b+c@example.co.uk")]),
        ("почта: иван@пример.рф", [("email", "иван@пример.рф")]),
        ("Hi @bob_1, ok", [("mention", "@bob_1")]),
        ("Hi @a@b.social.", [("mention", "@a@b.social")]),
        ("@Мария!", [("mention", "@Мария")]),
        ("@ home", []),
        ("#tag", [("hashtag", "#tag")]),
        ("#2024год", [("hashtag", "#2024год")]),
        ("#हिन्दी है", [("hashtag", "#हिन्दी")]),
        ("#مرحبا بكم", [("hashtag", "#مرحبا")]),
        ("place #5", [("number", "5")]),
    ],
)
def test_people_and_tags(text: str, spans: Found) -> None:
    assert found(text) == spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("ok :smile:", [("emoticon", ":smile:")]),
        ("ok :+1::joy:", [("emoticon", ":+1:"), ("emoticon", ":joy:")]),
        ("a :nosuchcode: b", []),
        ("::smile:", [("emoticon", ":smile:")]),
        ("😀👍🏽", [("emoji", "😀"), ("emoji", "👍🏽")]),
        ("👨‍👩‍👧!", [("emoji", "👨‍👩‍👧")]),
        ("🇫🇷🇷🇺", [("emoji", "🇫🇷"), ("emoji", "🇷🇺")]),
        ("1️⃣", [("emoji", "1️⃣")]),
        ("I ❤️ it", [("emoji", "❤️")]),
        ("❤", [("emoji", "❤")]),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", [("emoji", "🏴󠁧󠁢󠁳󠁣󠁴󠁿")]),
        ("© Name™ ↔", []),
        ("©️", [("emoji", "©️")]),
    ],
)
def test_emoticons_and_emoji(text: str, spans: Found) -> None:
    assert found(text) == spans


@pytest.mark.parametrize(
    ("language", "text", "spans"),
    [
        ("en", "4,400 of 3.14", [("number", "4,400"), ("number", "3.14")]),
        ("en", "in 2020 500 people", [("number", "2020"), ("number", "500")]),
        ("en", "it won 2:1 at 11:40", [("score", "2:1"), ("time", "11:40")]),
        ("en", "at 5:30 p.m. sharp", [("time", "5:30 p.m.")]),
        ("en", "from -5 to +7.5 %", [("number", "-5"), ("percentage", "+7.5 %")]),
        ("en", "10-15 of 1/2", [("range", "10-15"), ("number", "1/2")]),
        ("en", "B2B, MP3, XQZ1", []),
        ("en", "$5bn, 5bn", [("quantity", "$5bn"), ("quantity", "5bn")]),
        ("en", "4.4 thousand sq. km. It", [("quantity", "4.4 thousand sq. km")]),
        (
            "fr",
            "4,4 mille km² le 1er novembre 2020",
            [("quantity", "4,4 mille km²"), ("date", "1er novembre 2020")],
        ),
        ("pt", "2,5 milhões de km² e 20 anos", [("quantity", "2,5 milhões de km²"), ("number", "20")]),
        ("ru", "8 ноября 2020 11: 40", [("date", "8 ноября 2020"), ("time", "11: 40")]),
        ("ru", "4,4 тыс. кв. км. Там", [("quantity", "4,4 тыс. кв. км")]),
        ("ar", "٤٬٤٠٠ كم²", [("quantity", "٤٬٤٠٠ كم²")]),
        ("en", "verse 3: 16 is read at 7 pm", [("number", "3"), ("number", "16"), ("time", "7 pm")]),
        ("fr", "1 234,5 km à 11h40", [("quantity", "1 234,5 km"), ("time", "11h40")]),
        ("fr", "12\u202f500 et 25\u00a0%", [("number", "12\u202f500"), ("percentage", "25\u00a0%")]),
        ("es", "1.234,5 y 50%", [("number", "1.234,5"), ("percentage", "50%")]),
        ("pt", "em 8.11.2020 às 14h05", [("date", "8.11.2020"), ("time", "14h05")]),
        ("ru", "4,4 тыс. и 10 000 чел.", [("quantity", "4,4 тыс"), ("number", "10 000")]),
        ("ar", "٤٬٤٠٠ و٣٫١٤٪ في ١١:٤٠", [("number", "٤٬٤٠٠"), ("percentage", "٣٫١٤٪"), ("time", "١١:٤٠")]),
        ("en", "the 11th of 21st", [("ordinal", "11th"), ("ordinal", "21st")]),
        ("fr", "le 1er et la 11e", [("ordinal", "1er"), ("ordinal", "11e")]),
        ("es", "el 11.º y la 2ª", [("ordinal", "11.º"), ("ordinal", "2ª")]),
        ("pt", "o 11º no número 2a", [("ordinal", "11º"), ("number", "2")]),
        ("ru", "11-й и 112-го, 3:1, 2010–2012", [*_RUSSIAN, ("score", "3:1"), ("range", "2010–2012")]),
        ("ar", "فاز ٣:١ بين ٢٠١٠–٢٠١٢", [("score", "٣:١"), ("range", "٢٠١٠–٢٠١٢")]),
        ("hi", "३:१ और २५%", [("score", "३:१"), ("percentage", "२५%")]),
        ("zh", "以3:1获胜，占25%", [("score", "3:1"), ("percentage", "25%")]),
        ("en", "call 555-1234-99 or 2020-11-08", [*_TELEPHONE, ("date", "2020-11-08")]),
        ("zh", "我有5个，1,234元", [("number", "5"), ("number", "1,234")]),
        ("hi", "१२३ लोग", [("number", "१२३")]),
        ("und", "2020-11-08, 11/08/20", [("date", "2020-11-08"), ("date", "11/08/20")]),
        (
            "und",
            "99:99 and 2020-13-40",
            [("score", "99:99"), ("number", "2020"), ("number", "13"), ("number", "40")],
        ),
    ],
)
def test_figures(language: str, text: str, spans: Found) -> None:
    assert found(text, language) == spans


_KINDS_IN_EVERY_SCRIPT = {
    "en": "Ask @bob at bob@a.org about https://a.org/x #tag :smile: 😀 on 3 May 2020 at 11:40, 25% of 4,400 km²",
    "fr": "Voir @bob, bob@a.org, https://a.org/x #étiquette :smile: 😀 le 3 mai 2020 à 11h40, 25 % de 4 400 km²",
    "es": "Mira @ñandú, bob@a.org, https://a.org/x #año :smile: 😀 el 3 de mayo de 2020 a las 11:40, 25 % de 4400 km²",
    "pt": "Veja @joão, bob@a.org, https://a.org/x #maçã :smile: 😀 em 3 de maio de 2020 às 11h40, 25% de 4.400 km²",
    "ru": "Смотри @Мария, иван@пример.рф, https://a.org/x #тег :smile: 😀 3 мая 2020 в 11:40, 25 % из 4,4 тыс. кв. км",
    "ar": "انظر @مريم و bob@a.org و https://a.org/x #وسم :smile: 😀 في 3 مايو 2020 الساعة ١١:٤٠، ٢٥٪ من ٤٬٤٠٠ كم²",
}


@pytest.mark.parametrize("language", _KINDS_IN_EVERY_SCRIPT)
def test_every_kind_is_found_in_every_script(language: str) -> None:
    kinds = [kind for kind, _ in found(_KINDS_IN_EVERY_SCRIPT[language], language)]
    assert kinds == [
        *("mention", "email", "url", "hashtag", "emoticon", "emoji"),
        *("date", "time", "percentage", "quantity"),
    ]


def test_code_comes_from_formatting_and_hides_what_is_in_it() -> None:
    text = "run a@b.com 5 now"
    spans = find(text, ranges=[Range(4, 13, "code"), Range(0, 3, "bold")])
    assert [(span.kind, span.text) for span in spans] == [("code", "a@b.com 5")]


@given(texts, st.sampled_from(["en", "fr", "ar", "und"]))
def test_spans_are_disjoint_and_tell_the_text(text: str, language: str) -> None:
    position = 0
    for span in find(text, language):
        assert position <= span.start < span.end
        assert span.text == text[span.start : span.end]
        assert span.kind in KINDS
        position = span.end


@given(texts, st.sampled_from(["en", "fr", "ru", "und"]))
def test_what_engines_destroy_is_found_without_the_rest(text: str, language: str) -> None:
    assert destroyed(text) == tuple(span for span in find(text, language) if span.kind in DESTROYED)


def test_what_engines_destroy_is_never_cut_inside_a_character() -> None:
    for language, text in corpus.texts():
        for span in find(text, language):
            if span.kind in DESTROYED:
                assert is_boundary(text, span.start), (text, span)
                assert is_boundary(text, span.end), (text, span)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "@",
        "a@",
        "#",
        "#1",
        ":",
        ":a",
        "1",
        "1 ",
        "1,",
        "a.",
        "-",
        "a-",
        "www.",
        "111 ",
        "x@a.",
        "1:",
        "%",
        "́",
        "é",
        "\x00",
        "\u200d",
        "😀\u200d",
        "🇦",
        "1️⃣",
        "\U000e0020",
        ")",
        "/",
    ],
    ids=repr,
)
@pytest.mark.parametrize("opening", ["", "http://a", "😀", "#", ":", "@"], ids=repr)
def test_hostile_length_is_survived(unit: str, opening: str) -> None:
    text = opening + unit * (150_000 // len(unit))
    assert all(text[span.start : span.end] == span.text for span in find(text, "fr"))
