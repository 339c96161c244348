"""Lists of words find inflections and disguises, and leave ordinary words alone."""

import gzip
import json
import random
import re

import pytest

from dragoman.discussion import actions, errors
from dragoman.discussion.models import Act, Decision, HeldFor, ListedWord, WordKind
from dragoman.discussion.moderation.folding import folded, script_of, visible
from dragoman.discussion.moderation.words import Hit, compiled
from dragoman.people.models import User
from tests.discussion.conftest import Say
from tests.shared import SHARED

WORD_LISTS = SHARED / "corpora/attacks/badwords/ldnoobw_by_language.json"
CONFUSABLES = SHARED / "corpora/attacks/unicode/unicode_confusables.json.gz"


def found(text: str, *entries: str, language: str = "en") -> list[str]:
    listed = compiled([(entry, WordKind.SUSPECT) for entry in entries], language)
    return list(dict.fromkeys(hit.entry for hit in listed.find(text)))


@pytest.mark.parametrize(
    "text",
    [
        "The mayor is a turnip.",
        "TURNIPS everywhere",
        "turnip’s",
        "turn\u0456\u0440",  # Cyrillic і and р
        "ｔｕｒｎｉｐ",
        "𝓽𝓾𝓻𝓷𝓲𝓹",
        "tu\u200brn\u00adip",
        "tur\u202enip",
        "t\u0301u\u0308r\u0323nip",
        "turn1p",
        "tu₹nip".replace("₹", "r"),
        "turn!p",
        "7urnip",
        "turrrrniiip",
        "t u r n i p",
        "t.u.r.n.i.p",
        "t-u-r-n-i-p!",
        "t*u*r*n*i*p",
        "tur.nip",
        "*turnip*, he said",
        "(turnip)",
        "re-turnip",
        "ΤURNIP",  # Greek Τ
    ],
)
def test_disguises(text: str) -> None:
    assert found(text, "turnip") == ["turnip"]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Scunthorpe and Essex", "sex"),
        ("He passed the class.", "ass"),
        ("In 1984 there were 455 of them.", "ass"),
        ("a s he said", "ash"),
        ("as you like", "ass"),
        ("turnipseed", "turnip"),
        ("I turn. I pay.", "turnip"),
        ("overturn it", "turn"),
    ],
)
def test_ordinary_words(text: str, entry: str) -> None:
    assert found(text, entry) == []


@pytest.mark.parametrize(
    ("language", "entry", "texts"),
    [
        ("ru", "репа", ["репы", "репой", "РЕПУ", "peпa", "р е п а", "реееепа", "рéпа"]),
        ("pt", "nabo", ["nabos", "NABO", "n4bo", "nаbo", "nabo"]),
        ("fr", "navet", ["navets", "nàvet", "n@vet", "l’navet"]),
        ("es", "nabo", ["nabos", "nab0"]),
        ("ar", "لفت", ["اللفت", "لِفْت", "لفـــت", "وباللفت"]),
        ("de", "Rübe", ["Rüben", "rube", "R ü b e"]),
        ("ja", "かぶ", ["それはかぶです", "ｶﾌﾞ".replace("ｶﾌﾞ", "かぶ")]),
        ("uk", "ріпа", ["ріпи", "pіпа"]),
    ],
)
def test_languages(language: str, entry: str, texts: list[str]) -> None:
    for text in texts:
        assert found(text, entry, language=language) == [entry], text


def test_phrases_wildcards_and_exact_forms() -> None:
    assert found("Those  rotten\nturnips!", "rotten turnip") == ["rotten turnip"]
    assert found("rotten old turnip", "rotten turnip") == []
    assert found("Turnipseed, superturnip, superturnips", "turnip*", "*turnip", "*turnip*") == [
        "turnip*",
        "*turnip*",
        "*turnip",
    ]
    assert found("turnips", '"turnip"') == []
    assert found("Turnip", '"turnip"') == ['"turnip"']
    assert found("anything", "", "*", "  ") == []


def test_scripts_of_languages() -> None:
    assert [
        script_of(each) for each in ("en", "pt-BR", "ru", "sr-Latn", "ar", "uk", "el", "und", "", "xx-yy-zz")
    ] == [
        "Latn",
        "Latn",
        "Cyrl",
        "Latn",
        "Arab",
        "Cyrl",
        "Grek",
        "Latn",
        "Latn",
        "Latn",
    ]


def test_folding_twice_is_folding_once() -> None:
    for word in ("Türkei", "МОСКВА", "ﷺ", "ﬁn", "İstanbul", "हिन्दी", "ไทย", "ñ", "\u200d", "𝕏"):
        assert visible(visible(word)) == visible(word)
        assert folded(folded(word, "en"), "en") == folded(word, "en")


@pytest.mark.skipif(not WORD_LISTS.exists(), reason="needs the shared corpora")
def test_every_word_of_the_corpus_is_found_plain_and_disguised() -> None:
    """The corpus is for tests only: each of its words, in its language, plain and in three disguises."""
    dice = random.Random(4)
    missed, asked = [], 0
    for language, words in json.loads(WORD_LISTS.read_text("utf-8")).items():
        for word in dice.sample(words, min(40, len(words))):
            if not re.fullmatch(r"[^\W\d_]{4,}", word):
                continue
            for disguised in (word.upper(), "\u200b".join(word), " ".join(word), word + word[-1] * 3):
                asked += 1
                if not found(f"So {disguised}, then", word, language=language):
                    missed.append((language, word, disguised))
    assert asked > 500
    assert len(missed) <= asked * 0.02, missed[:20]


@pytest.mark.skipif(not CONFUSABLES.exists(), reason="needs the shared corpora")
def test_look_alikes_of_the_corpus_are_read_as_the_letters_they_pass_for() -> None:
    table = json.loads(gzip.decompress(CONFUSABLES.read_bytes()))
    letters = "abcdefghijkmnopqrstuvwxyz"
    asked, missed = 0, []
    for letter in letters:
        for other in table.get(letter, []):
            alike = other["c"]
            if len(alike) == 1 and alike.isalpha() and len(visible(alike)) == 1:
                asked += 1
                if folded(alike, "en") != letter:
                    missed.append((letter, alike, other["n"]))
    assert asked > 300
    assert len(missed) <= asked * 0.05, missed[:40]


def test_banned_words_are_refused_and_suspects_wait(say: Say, moderator: User, ana: User) -> None:
    chief = User.objects.create_superuser("chief@example.org", display_name="Chief")
    listed = [
        ("en", "turnip", WordKind.BANNED),
        ("", "casino", WordKind.SUSPECT),
        ("pt", "nabo", WordKind.BANNED),
    ]
    with pytest.raises(errors.NotPermitted):
        actions.add_words(listed, by=moderator)
    assert actions.add_words(listed, by=chief) == 3
    assert actions.add_words(listed, by=chief) == 0
    with pytest.raises(errors.BannedWords, match="“TURN1PS”"):
        say("You **TURN1PS**")
    held = say("Best c.a.s.i.n.o in town: https://online-casino.example/")
    assert (held.state, held.held_for, held.held_note) == ("held", HeldFor.SUSPECT, "casino")
    assert say("O nabo é bom.").state == "live"  # an English comment meets no Portuguese list
    with pytest.raises(errors.BannedWords):
        say("O nabo é bom.", language="pt")
    assert say("Turnip.", author=moderator).state == "live"
    assert actions.add_words([("en", "turnip", WordKind.SUSPECT)], by=chief) == 1
    assert say("Turnip soup.").held_for == HeldFor.SUSPECT
    turnip = ListedWord.objects.get(text="turnip")
    assert actions.remove_words([turnip.pk, 999_999], by=chief) == 1
    assert say("Turnip soup again.").state == "live"
    assert Decision.objects.filter(act=Act.WORDS).count() == 3


def test_what_everybody_read_waits_when_an_edit_makes_it_suspect(say: Say, ana: User) -> None:
    from dragoman.languages.view import View

    chief = User.objects.create_superuser("chief@example.org", display_name="Chief")
    actions.add_words([("", "casino", WordKind.SUSPECT)], by=chief)
    comment = say("Harmless.")
    actions.edit(comment, author=ana, source="Visit the casino!", view=View("en"))
    comment.refresh_from_db()
    assert (comment.state, comment.held_for, comment.held_note) == ("held", HeldFor.SUSPECT, "casino")
    assert Decision.objects.get(act=Act.HOLD).detail == "casino"


def test_hits_tell_how_it_was_written() -> None:
    listed = compiled([("turnip", WordKind.BANNED)], "en")
    assert next(listed.find("You turnip!")) == Hit("banned", "turnip", "turnip!")
