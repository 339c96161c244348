"""Checks of what is said: negation, names, wording, parts left untranslated; in every script."""

import pytest

from dragoman.fidelity.findings import Finding, Pairing, Severity, Verdict, verdict
from dragoman.fidelity.gate import examine
from dragoman.fidelity.sounds import skeleton, sound_alike


def found(source: str, target: str, languages: str) -> dict[str, Finding]:
    one, other = languages.split("-")
    return {each.code: each for each in examine(Pairing(source, target, one, other))}


def alarmed(source: str, target: str, languages: str) -> set[str]:
    each = found(source, target, languages)
    return {code for code, finding in each.items() if finding.severity is not Severity.MINOR}


# --- negation ---


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("en-fr", "The keeper saw the ship.", "Le gardien n'a pas vu le navire."),
        ("fr-en", "Le gardien a vu le navire.", "The keeper did not see the ship."),
        ("es-en", "El farero vio el barco.", "The keeper didn't see the ship."),
        ("ru-en", "Смотритель видел корабль.", "The keeper did not see the ship."),
        ("de-en", "Der Wärter sah das Schiff.", "The keeper did not see the ship."),
        ("zh-en", "守塔人看见了船。", "The keeper did not see the ship."),
        ("en-ar", "The keeper saw the ship.", "لم يرَ الحارس السفينة."),
        ("en-ru", "The keeper saw the ship.", "Смотритель не видел корабля."),
        ("en-tr", "The keeper is a sailor.", "Bekçi denizci değil."),
        ("en-uk", "The keeper saw the ship.", "Доглядач не бачив корабля."),
    ],
)
def test_a_denial_more_is_doubted(languages: str, source: str, target: str) -> None:
    assert "negation_added" in alarmed(source, target, languages)


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("en-fr", "The keeper did not see the ship.", "Le gardien a vu le navire."),
        ("ru-en", "Смотритель не видел корабля.", "The keeper saw the ship."),
        ("ar-en", "لم يرَ الحارس السفينة.", "The keeper saw the ship."),
        ("en-pt", "The keeper never sleeps here.", "O faroleiro dorme aqui."),
    ],
)
def test_a_denial_less_is_doubted_in_short_sentences(languages: str, source: str, target: str) -> None:
    assert "negation_lost" in alarmed(source, target, languages)


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("en-fr", "The keeper did not see it.", "Le gardien ne l'a pas vu."),
        ("fr-en", "Il n'y a que trois portes.", "There are only three doors."),
        ("en-es", "It is impossible to see it.", "No es posible verlo."),
        ("en-ru", "He came without his brother.", "Он пришёл без брата."),
        ("de-en", "Nicht nur Maria kam.", "Not only Maria came."),
        ("es-en", "No dijo nada a nadie.", "He said nothing to anybody."),
        ("ru-en", "Никто ничего не сказал.", "Nobody said anything."),
        ("en-fr", "Isn't it lovely here?", "C'est beau, ici ?"),
        ("cs-en", "Nikdo to neviděl.", "Nobody saw it."),
    ],
)
def test_languages_deny_in_their_own_ways(languages: str, source: str, target: str) -> None:
    assert not {"negation_added", "negation_lost"} & alarmed(source, target, languages)


# --- names ---


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Путин", "Putin"),
        ("Путина", "Poutine"),
        ("بوتين", "Putin"),
        ("トランプ", "Trump"),
        ("मोदी", "Modi"),
        ("Зеленський", "Zelensky"),
        ("Хрущёв", "Khrushchev"),
        ("Μητσοτάκης", "Mitsotakis"),
        ("Джон", "John"),
        ("Brně", "Brno"),
    ],
)
def test_names_meet_across_scripts(one: str, other: str) -> None:
    assert sound_alike(one, other)
    assert sound_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("Путин", "Macron"), ("Trump", "Huber"), ("Merkel", "Erdogan"), ("", "Anna")]
)
def test_other_names_do_not(one: str, other: str) -> None:
    assert not sound_alike(one, other)


def test_a_skeleton_has_no_vowels_but_the_first() -> None:
    assert skeleton("Anna") == "an"
    assert skeleton("42") == ""


def test_another_name_is_doubted() -> None:
    told = found(
        "La lettre de Donald Trump venait de Ohio.", "The letter of Erwin Huber came from Ohio.", "fr-en"
    )
    assert told["names_replaced"].params == {"lost": "Donald, Trump", "added": "Erwin, Huber"}
    assert told["names_replaced"].severity is Severity.DOUBTFUL


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("ru-en", "Вчера приехал Владимир Путин.", "Yesterday Vladimir Putin arrived."),
        ("en-ru", "Yesterday Emmanuel Macron arrived.", "Вчера приехал Эммануэль Макрон."),
        ("fr-en", "Il vit en Allemagne avec Marie.", "He lives in Germany with Marie."),
        ("es-en", "Habló el Tribunal Supremo ayer.", "Yesterday the Supreme Court spoke."),
        ("ja-en", "昨日、トランプが来た。", "Yesterday Mr Trump came."),
    ],
)
def test_the_same_names_pass(languages: str, source: str, target: str) -> None:
    assert "names_replaced" not in found(source, target, languages)


# --- wording ---


@pytest.mark.parametrize(
    ("languages", "source", "target", "code"),
    [
        ("fr-en", "Le gardien compte.", "The keeper counts counts.", "doubled"),
        ("en-ru", "The keeper counts ships.", "Смотритель считает считает корабли.", "doubled"),
        ("fr-en", "Le toit de la maison est bleu.", "The of the house is blue.", "broken_off"),
        ("de-en", "Beide wohnen in Sendai.", "Both live in .", "broken_off"),
        ("en-fr", "She gave it to the keeper.", "Elle l'a donné au.", "broken_off"),
        ("es-en", "Los de Europa vinieron ayer.", "The sailors of, came yesterday.", "broken_off"),
        ("it-en", "Silva disse che le vendite crescono.", "Said sales were growing.", "broken_off"),
        ("fr-en", "Il garde le toit de la maison.", "He keeps the of the house.", "broken_off"),
        ("ru-en", "Уровень флота растёт.", "The level of is growing.", "broken_off"),
        ("en-pt", "The keeper, Maria, came.", "O guarda,, chegou.", "broken_off"),
        ("en-ar", "The keeper, Maria, came.", "الحارس، ، جاء.", "broken_off"),
        ("en-es", "The ship of the keepers, said she.", "El barco de los, dijo ella.", "broken_off"),
    ],
)
def test_broken_wording_is_doubted(languages: str, source: str, target: str, code: str) -> None:
    assert code in alarmed(source, target, languages)


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("fr-en", "Je sais qu'il avait eu peur.", "I know that he had had fear."),
        ("en-tr", "He walks slowly.", "Yavaş yavaş yürüyor."),
        ("en-de", "The ones who came stayed.", "Die, die kamen, blieben."),
        ("fr-en", "Le service de vol est bon.", "The in-flight service is good."),
        ("fr-fr", "Nous nous levons.", "Nous nous levons."),
        ("fr-en", "La vitamine A est bonne.", "Vitamin A is good."),
        ("en-pt", "One of the keepers sleeps.", "Um dos faroleiros dorme."),
        ("en-ru", "We know what we went through.", "Мы знаем, через что прошли."),
        ("fr-en", "Est-il vrai qu'il dort ?", "Is he asleep?"),
        ("fr-en", "Avez-vous tout vu ?", "Has everything been seen?"),
        ("fr-en", "Si je l'avais su !", "Had I known!"),
        ("fr-en", "Une sorte de port, dit-elle.", "A harbour of a kind, or sort of, she said."),
        ("fr-en", "Avec ou sans lui.", "With or without him."),
    ],
)
def test_sound_wording_passes(languages: str, source: str, target: str) -> None:
    assert not {"doubled", "broken_off"} & alarmed(source, target, languages)


# --- the right language, all of it, nothing else ---


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("zh-en", "守塔人知道这件事。", "The keeper 知道 about it."),
        ("hi-en", "उसने विशाल जहाज़ देखा।", "She saw the विशाल ship."),
        ("ru-en", "Он видел корабль ночью.", "He saw the корабль at night."),
        ("pl-en", "Popełnił samobójstwo w porcie.", "He committed samobójstwo in the port."),
        ("de-en", "Die Regierung sieht die Schiffe.", "The Regierung sees the ships."),
        ("en-fr", "The keeper counts the ships.", "Le gardien counts the ships."),
        ("en-es", "The keeper counts because they are late.", "El farero cuenta because they are late."),
    ],
)
def test_what_is_left_untranslated_is_noticed(languages: str, source: str, target: str) -> None:
    assert "untranslated" in alarmed(source, target, languages)


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("en-fr", "We saw The Lord of the Rings.", "Nous avons vu The Lord of the Rings."),
        ("fr-en", "Le café est fermé.", "The café is closed."),
        ("en-ru", "Ask at https://example.org/a/b", "Спросите на https://example.org/a/b"),
        ("es-en", "El hotel es caro.", "The hotel is expensive."),
    ],
)
def test_what_is_the_same_everywhere_may_stay(languages: str, source: str, target: str) -> None:
    assert "untranslated" not in alarmed(source, target, languages)


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        (
            "en-fr",
            "The keeper counts the ships of the town.",
            "El farero cuenta los barcos de la ciudad por la noche.",
        ),
        ("en-ru", "The keeper counts the ships.", "The keeper is counting all ships."),
        ("ru-en", "Смотритель считает корабли.", "Доглядач рахує кораблі."),
        ("en-ar", "The keeper counts the ships.", "Le gardien compte les navires."),
    ],
)
def test_another_language_is_refused(languages: str, source: str, target: str) -> None:
    assert found(source, target, languages)["wrong_language"].severity is Severity.REFUSE


@pytest.mark.parametrize(
    "target",
    [
        "Here is the translation: Le gardien dort.",
        "Traduction : Le gardien dort.",
        "Sure! Here's the translated text: Le gardien dort.",
        "I'm sorry, but I can't translate this.",
        "Вот перевод: смотритель спит.",
    ],
)
def test_an_engine_that_talks_is_refused(target: str) -> None:
    assert found("The keeper sleeps.", target, "en-fr")["explained"].severity is Severity.REFUSE


def test_a_text_about_translation_may_speak_of_it() -> None:
    assert "explained" not in found("The translation: a trade.", "La traduction : un métier.", "en-fr")


def test_findings_are_the_same_every_time() -> None:
    pairing = Pairing("Der Wärter sah 12 Schiffe.", "The the keeper did not see 21 Schiffe.", "de", "en")
    assert examine(pairing) == examine(pairing)
    assert verdict(examine(pairing)) is Verdict.REFUSE


# --- the same sentence ---


def test_the_translation_of_another_sentence_is_refused() -> None:
    source = "La mairie de Porto a compté 184 navires en 2019 (deux fois plus qu'en 2011) : « un record », dit-elle."
    told = found(source, "Is the keeper asleep?", "fr-en")
    assert told["unrelated"].severity is Severity.REFUSE


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("en-fr", "Nobody came.", "Personne n'est venu."),
        (
            "en-ru",
            "The harbour was closed at night, said Maria.",
            "«Порт был закрыт ночью», — сказала Мария.",
        ),
        ("ja-en", "守塔人は夜に船を数える。", "The keeper counts the ships at night."),
        ("en-ar", "In 2019, 184 ships called at the port.", "في عام ٢٠١٩ رست ١٨٤ سفينة في الميناء."),
        ("en-es", "Why?", "¿Por qué?"),
    ],
)
def test_short_and_free_translations_are_related(languages: str, source: str, target: str) -> None:
    assert "unrelated" not in found(source, target, languages)


# --- units, dates, quotation marks ---


@pytest.mark.parametrize(
    ("languages", "source", "target", "code"),
    [
        ("en-fr", "It is 12 km long.", "Il est long de 12 miles.", "unit_changed"),
        ("ru-en", "Площадь 40 га.", "Its area is 40 km².", "unit_changed"),
        ("en-es", "It weighs 5 kilograms.", "Pesa 5 toneladas.", "unit_changed"),
        ("en-fr", "It opened on 8 November 2020.", "Il a ouvert le 8 décembre 2020.", "date_changed"),
        ("ru-en", "Это было 8 ноября 2020 года.", "It was on 8 October 2020.", "date_changed"),
    ],
)
def test_another_unit_or_day_is_noticed(languages: str, source: str, target: str, code: str) -> None:
    assert code in alarmed(source, target, languages)


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("ru-en", "Площадь 4,4 тыс. кв. км.", "Its area is 4,400 km²."),
        ("en-fr", "It is 12 km long.", "Il est long de 12 kilomètres."),
        ("en-pt", "It opened on 8 November 2020.", "Abriu a 8 de novembro de 2020."),
        ("en-ru", "It opened on 8 November 2020.", "Он открылся 08.11.2020."),
    ],
)
def test_the_same_units_and_days_pass(languages: str, source: str, target: str) -> None:
    assert not {"unit_changed", "date_changed"} & set(found(source, target, languages))


def test_lost_quotation_marks_are_noted() -> None:
    told = found('She said: "Come in."', "Elle a dit : entrez.", "en-fr")
    assert told["quotation_marks"].severity is Severity.MINOR
    assert "quotation_marks" not in found('She said: "Come in."', "Elle a dit : « Entrez. »", "en-fr")
