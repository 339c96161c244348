import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.blocks import Range
from dragoman.text.localise import localise
from dragoman.text.spans import DESTROYED, find
from tests.text import corpus
from tests.text.markup import texts

_ = "\u00a0"
N = "\u202f"


def written(pair: str, source: str, target: str) -> str:
    one, _, other = pair.partition(">")
    text = localise(source, target, one, other).text
    assert localise(source, text, one, other).text == text
    return text


@pytest.mark.parametrize(
    ("pair", "source", "target", "after"),
    [
        ("en>pt", "4,400 people", "4,400 pessoas", "4.400 pessoas"),
        ("en>pt", "4,400 people", "4.400 pessoas", "4.400 pessoas"),
        ("en>pt-PT", "14,400 people", "14,400 pessoas", f"14{_}400 pessoas"),
        ("en>fr", "4,400.5 m", "4,400.5 m", f"4{N}400,5 m"),
        ("en>fr", "4,400 people", "4 400 personnes", f"4{N}400 personnes"),
        ("en>es", "4,400 and 14,400", "4,400 y 14,400", "4400 y 14.400"),
        ("en>de", "1,234.5 and 2020", "1,234.5 und 2020", "1.234,5 und 2020"),
        ("en>hi", "1,234,567", "1,234,567", "1,234,567"),
        ("ru>en", "1 234,5 м", "1 234,5 m", "1,234.5 m"),
        ("en>ar", "4,400 people", "٤,٤٠٠ شخص", "٤,٤٠٠ شخص"),
        ("fr>ar", "4 400,5 m", "٤ ٤٠٠,٥ م", "٤٬٤٠٠٫٥ م"),
        ("ar>fr", "٤٬٤٠٠ شخص", "4,400 personnes", f"4{N}400 personnes"),
        # not certain: two values are written alike, or none is
        ("en>pt", "1,500 and 1.5", "1,500 e 1,5", "1,500 e 1,5"),
        ("en>pt", "4,400 people", "4,401 pessoas", "4,401 pessoas"),
        ("en>pt", "it won 2:1 on 1/2", "venceu 2:1 em 1/2", "venceu 2:1 em 1/2"),
        # names and versions keep theirs
        ("en>pt", "Web 2.0 and version 3.5", "Web 2.0 e versão 3.5", "Web 2.0 e versão 3.5"),
        # telephone numbers, times with a full stop, and what may be thousands or decimals
        ("tr>en", "+44 7624 800 100", "+44 7624 800 100", "+44 7624 800 100"),
        ("en>tr", "at 20.00 today, 5.25 metres", "bugün 20.00'de, 5.25 metre", "bugün 20.00'de, 5,25 metre"),
        ("fr>en", "500 milles objets", "500,000 artefacts", "500,000 artefacts"),
        ("fr>en", "soit 22,900 euros", "that is 22,900 euros", "that is 22,900 euros"),
        ("xx>yy", "4,400", "4,400", "4,400"),
    ],
)
def test_numbers(pair: str, source: str, target: str, after: str) -> None:
    assert written(pair, source, target) == after


@pytest.mark.parametrize(
    ("pair", "source", "target", "after"),
    [
        ("en>pt", "the 11th of 21st", "o 11o de 21a", "o 11º de 21ª"),
        ("en>pt-PT", "the 11th", "o 11o", "o 11.º"),
        ("en>es", "the 11th", "el 11o", "el 11.º"),
        ("en>es", "the 1st floor", "el 1er piso", "el 1er piso"),
        ("en>fr", "the 1st and the 11th", "le 1er et le 11ème", "le 1er et le 11e"),
        ("en>fr", "the 11th", "le 11th", "le 11e"),
        ("fr>en", "le 2e et le 11e", "the 2e and the 11th", "the 2nd and the 11th"),
        ("ru>en", "112-й и 3-я", "the 112-й and 3-я", "the 112th and 3rd"),
        ("en>pt", "the 11th", "o 11th", "o 11th"),  # of which gender?
        ("en>pt", "at number 2", "no número 2a", "no número 2a"),  # no ordinal is meant
        ("en>pt", "the 80th", "os 80os", "os 80os"),
        ("en>ar", "the 11th", "الـ11th", "الـ11th"),
    ],
)
def test_ordinals(pair: str, source: str, target: str, after: str) -> None:
    assert written(pair, source, target) == after


@pytest.mark.parametrize(
    ("pair", "source", "target", "after"),
    [
        ("en>fr", "It won 2:1", "Il a gagné 2 : 1", "Il a gagné 2:1"),
        ("en>ru", "It won 2:1 on Monday", "Он выиграл 2: 1 в понедельник", "Он выиграл 2:1 в понедельник"),
        ("en>ar", "It won 2:1 on Monday", "فاز ٢ : ١ يوم الاثنين", "فاز ٢:١ يوم الاثنين"),
        ("en>pt", "It won 2-1", "Venceu por 2 - 1", "Venceu por 2-1"),
        ("en>es", "10–15 in 2010–2012", "10 - 15 en 2010 — 2012", "10–15 en 2010–2012"),
        ("en>pt", "It won 2:1", "Venceu por 1: 2", "Venceu por 1: 2"),  # another score is for the gate
        ("en>pt", "10 - 15 is less", "10 - 15 é menos", "10 - 15 é menos"),
    ],
)
def test_scores_and_ranges(pair: str, source: str, target: str, after: str) -> None:
    assert written(pair, source, target) == after


@pytest.mark.parametrize(
    ("pair", "source", "target", "after"),
    [
        ("en>pt", "“It is late. Not so.”", "“É tarde.Não é.”", "“É tarde. Não é.”"),
        ("en>pt", "“Who? Me! Now…”", "“Quem?Eu não!Agora…”", "“Quem? Eu não! Agora…”"),
        ("en>ru", "Stop. Go.", "Стой.Иди.", "Стой. Иди."),
        ("en>pt", "He uses Node.js.", "Ele usa Node.Js.", "Ele usa Node.Js."),
        ("en>pt", "See example.org. Now.", "Veja example.org. Agora.", "Veja example.org. Agora."),
        ("en>pt", "rebuilt in 323 BCE.", "reconstruído em 323 a.C..", "reconstruído em 323 a.C."),
        ("en>pt", "Well...", "Bem...", "Bem…"),
        ("en>pt", "Hm..", "Hum..", "Hum.."),
        ("en>pt", "B&Bs and AT&T", "B & Bs e AT & T", "B&Bs e AT&T"),
        ("en>pt", "B & B", "B & B", "B & B"),
    ],
)
def test_what_stands_between_sentences_and_words(pair: str, source: str, target: str, after: str) -> None:
    assert written(pair, source, target) == after


def test_the_broken_unit_of_the_model_page() -> None:
    """ "4,4 тыс. кв. км" came out as "4,4 mille mètres carrés. km"."""
    source = "Под контролем 4,4 тыс. кв. км."
    assert (
        written("ru>fr", source, "Sous contrôle 4,4 mille mètres carrés. km.")
        == f"Sous contrôle 4{N}400{N}km²."
    )


def test_the_broken_time_of_the_model_page() -> None:
    assert written("ru>fr", "8 ноября 2020 11: 40", "8 novembre 2020 11: 40") == "8 novembre 2020 11:40"
    assert written("ru>fr", "8 ноября 2020 11:40", "8 novembre 2020 11: 40") == "8 novembre 2020 11:40"


@pytest.mark.parametrize(
    ("pair", "source", "target", "after"),
    [
        ("ru>en", "4,4 тыс. кв. км", "4,4 тыс. кв. км", f"4,400{_}km²"),
        ("ru>pt", "4,4 млн кв. км и", "4,4 млн кв. км e", f"4,4{_}milhões de km² e"),
        ("ru>fr", "4,4 млн кв. км", "4,4 млн кв. км", f"4,4{_}millions de km²"),
        ("en>ru", "4,400 sq km", "4,400 sq km", f"4{_}400{_}км²"),
        ("en>ar", "4,400 sq km", "4,400 sq km", f"4,400{_}كم²"),
        ("en>pt", "4.4 thousand sq. km", "4,4 mil sq. km", f"4.400{_}km²"),
        ("en>pt", "4.4 thousand sq. km", "4,4 mil km2", "4,4 mil km²"),
        ("en>pt", "4.4 thousand sq. km", "4,4 mil quilômetros quadrados", "4,4 mil quilômetros quadrados"),
        ("uk>en", "755 688 кв. км", "755,688 sq mi. km", f"755,688{_}km²"),
        ("en>de", "winds of 14 mph", "Wind mit 14 mph", "Wind mit 14 mph"),
        ("en>pt", "winds of 64 kph", "ventos de 64 kph", f"ventos de 64{_}km/h"),
        # nothing is converted, and what became another unit is the gate's to see
        ("en>pt", "4 km away", "4 milhas de distância", "4 milhas de distância"),
        ("en>pt", "4 km and 4 kg", "4 км e 4 кг", "4 км e 4 кг"),
    ],
)
def test_quantities(pair: str, source: str, target: str, after: str) -> None:
    assert written(pair, source, target) == after


@pytest.mark.parametrize(
    ("pair", "source", "target", "after"),
    [
        ("en>pt", "about £20", "cerca de US $ 20", f"cerca de £{_}20"),
        ("en>pt", "$5bn and $3,000", "US $ 5bn e $3,000", f"US${_}5{_}bilhões e $3.000"),
        ("en>fr", "for €3.50", "pour €3.50", f"pour 3,50{_}€"),
        ("en>fr", "for €3.5m", "pour €3,5 millions", "pour €3,5 millions"),
        ("en>es", "for $20", "por $20", "por $20"),
        ("en>ru", "$300,000-$400,000", "$300,000-$400,000", f"$300{_}000-$400{_}000"),
        ("en>ru", "nearly £3,000", "почти £3,000", f"почти 3{_}000{_}£"),
        ("en>pt", "about £20", "cerca de 20 euros", f"cerca de £{_}20"),
        ("en>pt", "about £20", "cerca de 20 libras", "cerca de 20 libras"),
        ("en>pt", "for €3.5m", "por 3,5 milhões de dólares", f"por €{_}3,5 milhões"),
        ("en>fr", "about £20", "environ 20 euros.", f"environ 20{_}£."),
        ("en>fr", "for $20", "pour 20 euros", "pour 20 euros"),
        ("fr>en", "pour 1,37 €", "for $1.37 €", "for $1.37 €"),
        ("fr>en", "pour 20 €", "for 20 pounds", "for €20"),
        ("en>pt", "$20 and €20", "US$20 e US$20", "US$20 e US$20"),
    ],
)
def test_currencies(pair: str, source: str, target: str, after: str) -> None:
    assert written(pair, source, target) == after


@pytest.mark.parametrize(
    ("pair", "source", "target", "after"),
    [
        ("en>fr", "at 7:30 p.m. sharp", "à 7:30 p.m. pile", f"à 19{_}h{_}30 pile"),
        ("en>pt", "at 7:30 p.m.", "às 7:30", "às 19h30"),
        ("en>pt", "at 7:30 p.m.", "às 7:30 da noite", "às 7:30 da noite"),
        ("en>pt", "7:30 a.m. to 7:30 p.m.", "das 7:30 às 7:30", "das 7:30 às 7:30"),
        ("en>pt", "from 1.15pm", "a partir de 1.15pm", "a partir de 13h15"),
        ("en>pt", "7:30 p.m.", "19h30", "19h30"),
        ("fr>en", "à 19 h 30", "at 19:30", f"at 7:30{_}PM"),
        ("fr>en-GB", "à 19 h 30", "at 19h30", "at 19:30"),
        ("fr>en", "à 19 h 30", "by train 19:30 GMT", "by train 19:30 GMT"),
        ("fr>ru", "à 19 h 30", "в 19h30", "в 19:30"),
        ("fr>en", "pendant 1h30", "for 1h30", "for 1h30"),
        ("en>es", "at 11:10 a.m.", "a las 11:10 a. m.", "a las 11:10 a. m."),
        ("en>ar", "at 7:30 p.m.", "في 7:30 p.m.", "في 7:30 م"),
        ("en>fr", "in verse 3: 16", "au verset 3: 16", "au verset 3: 16"),
    ],
)
def test_times(pair: str, source: str, target: str, after: str) -> None:
    assert written(pair, source, target) == after


@pytest.mark.parametrize(
    ("pair", "source", "target", "after"),
    [
        ("ru>fr", "8.11.2020", "le 8.11.2020", "le 08/11/2020"),
        ("ru>en", "8.11.2020", "on 8.11.2020", "on November 8, 2020"),
        ("ru>de", "8.11.2020", "am 8.11.2020", "am 8.11.2020"),
        ("en>fr", "11/25/2020", "le 11/25/2020", "le 25/11/2020"),
        ("en>fr", "11/8/2020", "le 11/8/2020", "le 11/8/2020"),
        ("en-US>fr", "11/8/2020", "le 11/8/2020", "le 08/11/2020"),
        ("en>pt", "November 8, 2020", "em novembro 8, 2020", "em 8 de novembro de 2020"),
        ("en>fr", "on November 8, 2020", "le November 8, 2020", "le 8 novembre 2020"),
        ("pt>es", "8 de novembro de 2020", "el 8 de novembro de 2020", "el 8 de noviembre de 2020"),
        ("en>ru", "2020-11-08", "2020-11-08", "2020-11-08"),
    ],
)
def test_dates(pair: str, source: str, target: str, after: str) -> None:
    assert written(pair, source, target) == after


def test_entities_are_read_unless_the_source_is_about_them() -> None:
    assert written("en>pt", 'It\'s "so"', "Est&#39;a &quot;assim&amp;quot;") == "Est’a “assim”"
    assert written("en>pt", "write &amp; here", "escreva &amp; aqui") == "escreva &amp; aqui"
    assert written("en>pt", "a", "&#0; &#x202e;") == "&#0; &#x202e;"


def test_code_addresses_and_what_is_kept_stay() -> None:
    source = 'run x = "4,400" at https://a.org/?n=4,400&q="a" for 4,400'
    told = localise(source, source, "en", "pt", ['x = "4,400"'])
    assert told.text == 'run x = "4,400" at https://a.org/?n=4,400&q="a" for 4.400'


def test_formatting_moves_along() -> None:
    target = 'Ele disse "4,400 sq km" hoje'
    told = localise('He said "4,400 sq km" today', target, "en", "pt")
    assert told.text == f"Ele disse “4.400{_}km²” hoje"
    [bold, link] = told.moved([Range(0, 3, "bold"), Range(11, 22, "link")])
    assert (told.text[bold.start : bold.end], told.text[link.start : link.end]) == ("Ele", f"4.400{_}km²")


_FACTS = (
    "4,400",
    "1.5",
    "11: 40",
    "7:30 p.m.",
    "8.11.2020",
    "€5",
    "4.4 thousand sq. km",
    "25 %",
    "£3.5m",
    "a",
    "не",
    "@bob",
    "https://a.org/1,5",
    "—",
    '"',
    ",",
    "...",
    "\n",
)
_made = st.lists(st.sampled_from(_FACTS), max_size=8).map(" ".join)
_PAIRS = ("en>pt", "en>fr", "ru>en", "en>ru", "fr>es", "en>ar", "de>ja")


@given(st.one_of(_made, texts), st.one_of(_made, texts), st.sampled_from(_PAIRS))
def test_twice_is_once_and_addresses_stay(source: str, target: str, pair: str) -> None:
    text = written(pair, source, target)
    kept = [html.unescape(span.text) for span in find(target) if span.kind in DESTROYED]
    assert [html.unescape(span.text) for span in find(text) if span.kind in DESTROYED] == kept


@given(st.one_of(_made, texts), st.sampled_from(_PAIRS))
def test_letters_of_a_target_without_figures_stay(text: str, pair: str) -> None:
    bare = "".join(sign for sign in text if not sign.isdecimal() and sign not in "&$€£")
    assert [sign for sign in written(pair, text, bare) if sign.isalnum()] == [s for s in bare if s.isalnum()]


def test_corpora_in_their_own_language_are_left_alone_twice() -> None:
    for language, text in corpus.texts()[::4]:
        other = "fr" if language != "fr" else "pt"
        written(f"{language}>{other}", text, text)


@pytest.mark.parametrize("unit", ["4,400 ", "11: 40 ", "1 000 ", "a. ", '"', "&#39;", "€5 ", "km ", "A", "?"])
def test_hostile_length_is_survived(unit: str) -> None:
    text = unit * (4_000 // len(unit))
    written("en>es", text, text)
