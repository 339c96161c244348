import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from dragoman.text.blocks import Block, Range
from dragoman.text.identify import LANGUAGES, THRESHOLD, Identified, identify, own_words
from tests.text import corpus

DEMO = ("en", "fr", "es", "pt", "ru", "ar")
SAID = [
    ("en", "This is a nice day and I like it very much."),
    ("fr", "Bonjour les amis, comment allez-vous aujourd’hui ?"),
    ("es", "¿Qué piensan ustedes de todo esto, señores?"),
    ("pt", "Isto não faz sentido nenhum, pois não?"),
    ("ru", "Какой сегодня прекрасный день, правда же?"),
    ("ar", "هذا يوم جميل حقا، أليس كذلك؟"),
]


@pytest.mark.parametrize(("language", "text"), SAID)
def test_sentences_of_the_demo_languages(language: str, text: str) -> None:
    found = identify(text, DEMO)
    assert found.language == language
    assert THRESHOLD <= found.confidence <= 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nb", "Jeg vet ikke hva du mener med det, og jeg bryr meg ikke om det heller."),
        ("zh", "今天天气很好，我们去公园吧。"),
        ("ja", "今日はとても良い天気ですね。"),
        ("hi", "आज मौसम बहुत अच्छा है।"),
        ("hy", "Այսօր շատ լավ եղանակ է։"),
        ("en", "THIS IS A NICE DAY AND I LIKE IT VERY MUCH."),
    ],
)
def test_among_all_languages(language: str, text: str) -> None:
    assert identify(text).language == language


@pytest.mark.parametrize("text", ["", " ", "ok", "😀 👍", "123 45", "?!", "\0", "\ud800", "\u0301" * 1000])
def test_too_little_to_tell(text: str) -> None:
    assert identify(text).language is None


def test_candidates_may_be_variants_and_unknown_ones_are_passed_over() -> None:
    assert identify("Isto não faz sentido nenhum, pois não?", ["pt-BR", "en_US", "tlh"]).language == "pt"
    assert identify("Jeg vet ikke hva du mener", ["nn", "en"]).language == "nb"
    assert identify("Hello there, how are you?", ["tlh"]) == Identified(None, 0.0)
    assert identify("Hello there, how are you?", []) == Identified(None, 0.0)


def test_languages_are_enough_and_each_can_be_told() -> None:
    assert len(LANGUAGES) == len(set(LANGUAGES)) >= 40
    assert set(DEMO) <= set(LANGUAGES)
    assert not {"no", "nn"} & set(LANGUAGES)
    assert all(identify("Hello there, my friend", [language]).confidence > 0 for language in LANGUAGES)


def test_news_is_told_rightly_or_not_at_all() -> None:
    sentences = [(language, text) for language, text in corpus.news() if len(text) > 60][::9]
    told = [(language, identify(text).language) for language, text in sentences]
    decided = [(language, found) for language, found in told if found is not None]
    assert len(decided) > 0.9 * len(told)
    assert sum(language == found for language, found in decided) >= 0.99 * len(decided)


def test_expected_languages_weigh_more_and_exclude_none() -> None:
    short = "Muito bom dia"
    assert identify(short).language is None
    assert identify(short, expected=DEMO).language == "pt"
    assert identify("Доброго ранку, друзі, як ваші справи?", expected=DEMO).language == "uk"
    assert identify("Guten Morgen, liebe Freunde, wie geht es euch?", expected=DEMO).language == "de"
    assert identify(short, expected=["tlh"]) == identify(short)


def test_short_news_in_expected_languages_is_told_more_often_and_still_rightly() -> None:
    cut = [(language, text[:24]) for language, text in corpus.news() if language in DEMO][::3]
    plainly = [identify(text).language for _, text in cut]
    weighed = [(language, identify(text, expected=DEMO).language) for language, text in cut]
    told = [(language, found) for language, found in weighed if found is not None]
    assert len(told) > 1.2 * sum(found is not None for found in plainly)
    assert sum(language == found for language, found in told) >= 0.99 * len(told)


def test_threads_do_not_disturb_each_other() -> None:
    wanted = [(text, (language, "zh", "ja")) for language, text in SAID] * 20
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: identify(*one).language, wanted))
    assert found == [language for language, _ in SAID] * 20


def test_importing_does_not_load_the_model() -> None:
    code = (
        "import sys, dragoman.text.identify; sys.exit('py3langid' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_hostile_length_is_survived() -> None:
    assert identify("\u0301\u0323" * 500_000).language is None
    assert identify(" ".join(corpus.comments()) * 20).language == "en"


def test_own_words_leave_out_what_others_wrote_and_what_is_no_language() -> None:
    blocks = [
        Block(
            "paragraph",
            "Regarde @bob https://a.org :smile: 😀 ce beau make install jour",
            (Range(37, 49, "code"),),
        ),
        Block("blockquote", "What he said"),
        Block("reference", "", attrs={"ref": "1.1.body.0.0-0", "wording": "As he said"}),
        Block("code", "import this"),
        Block("list_item", "et  ça\naussi"),
    ]
    start = blocks[0].text.index("make")
    blocks[0] = Block("paragraph", blocks[0].text, (Range(start, start + len("make install"), "code"),))
    assert own_words(blocks) == "Regarde ce beau jour\net ça aussi"
    assert own_words([]) == ""
