"""Display names nobody may have."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.people.errors import UnfitName
from dragoman.people.models import DISPLAY_NAME_LONGEST
from dragoman.people.names import checked_name, initials, skeleton
from tests.text.markup import steps_of


@pytest.mark.parametrize(
    "name",
    [
        "Ana",
        "Жанна д'Арк",
        "مريم",
        "Nguyễn Thị Ánh",
        "שָׁלוֹם",
        "李小龍",
        "Анна 7",
        "O’Brien-Smith",
        "نرگس\u200cخانم",
        "Editor's cat",
        "Supporter",
        "Badminton",
        "Dr. Dr. h.c. Müller",
        "Ana 🚲",
        "Ελένη",
    ],
)
def test_ordinary_names(name: str) -> None:
    assert checked_name(f"  {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "\u3164",
        "\u2800\u2800",
        "...",
        "🚲",
        "Ana\u202eanA",
        "Ana\u2066",
        "Ana\x00",
        "Ana\x1b[31m",
        "Ana\u200b",
        "A\u00adna",
        "Ana\ufeff",
        "An\ue000a",
        "A" * (DISPLAY_NAME_LONGEST + 1),
        "Z" + "\u0335" * 20,
        "Admin",
        "admin",
        "ADMIN",
        "@dmin",
        "Adm1n",
        "A d m i n",
        "Ａｄｍｉｎ",
        "аdmin",
        "admin2",
        "Admin Team",
        "admin_team",
        "Ádmin",
        "ad\u200dmin",
        "Moderator",
        "Anna (moderator)",
        "Модератор",
        "مشرف",
        "Editor",
        "The Editors",
        "Support",
        "Dragoman",
        "deleted account",
        "Аnn",
    ],
)
def test_unfit_names(name: str) -> None:
    with pytest.raises(UnfitName) as refusal:
        checked_name(name)
    assert str(refusal.value).endswith(".")


def test_the_names_of_those_who_run_the_place_are_taken() -> None:
    for name in ("Maria Silva", "MARIA  SILVA", "Mária Silva", "María Si1va"):
        with pytest.raises(UnfitName):
            checked_name(name, ["Maria Silva"])
    assert checked_name("Maria", ["Maria Silva"]) == "Maria"


@given(st.text(max_size=80))
def test_what_passes_passes_again(name: str) -> None:
    try:
        once = checked_name(name)
    except UnfitName:
        return
    assert checked_name(once) == once
    assert once == once.strip()
    assert skeleton(once) == skeleton(once.upper().lower()) or not once.isascii()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ana", "A"),
        ("Maud Ferriby", "MF"),
        ("Ludwig van Beethoven", "LB"),
        ("Жанна д'Арк", "ЖА"),
        ("dunlin_at_dusk", "DD"),
        ("سلمى الموج", "س"),
        ("李小龍", "李"),
        ("ßeta", "ß"),
        ("7 Samurai", "7"),
        ("", ""),
        ("…", ""),
        ("e\u0301ric", "É"),
    ],
)
def test_initials(name: str, shown: str) -> None:
    assert initials(name) == shown


@given(st.text())
def test_initials_are_short_whatever_the_name(name: str) -> None:
    assert len(initials(name)) <= 2


# --- names that imitate ---

STAFF = "Rosalind Dawn"
DISGUISES = {
    "circled": lambda letter: chr(ord("ⓐ") + ord(letter) - ord("a")),
    "filled circles": lambda letter: chr(0x1F150 + ord(letter) - ord("a")),
    "filled squares": lambda letter: chr(0x1F170 + ord(letter) - ord("a")),
    "flags": lambda letter: chr(0x1F1E6 + ord(letter) - ord("a")),
    "full width": lambda letter: chr(ord("ａ") + ord(letter) - ord("a")),
    "bold": lambda letter: chr(0x1D41A + ord(letter) - ord("a")),
    "monospace": lambda letter: chr(0x1D68A + ord(letter) - ord("a")),
    "double-struck": lambda letter: chr(0x1D552 + ord(letter) - ord("a")),
    "small capitals": lambda letter: dict(
        zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True)
    ).get(letter, letter),
    "accents": lambda letter: f"{letter}\u0301",
    "capitals": str.upper,
    "signs between": lambda letter: f"{letter}.",
    "joiners": lambda letter: f"{letter}\u200d",
    "zero width": lambda letter: f"{letter}\u200b",
    "turned round": lambda letter: f"\u202e{letter}\u202c",
    "isolated": lambda letter: f"\u2066{letter}\u2069",
    "soft hyphens": lambda letter: f"{letter}\u00ad",
    "tags": lambda letter: letter + chr(0xE0000 + ord(letter)),
    "variation": lambda letter: f"{letter}\ufe0f",
    "enclosed": lambda letter: f"{letter}\u20dd",
    "Cyrillic": lambda letter: dict(zip("aeopcyxisjh", "аеорсухіѕјһ", strict=True)).get(letter, letter),
    "Greek": lambda letter: dict(zip("aoiuv", "αοιυν", strict=True)).get(letter, letter),
    "digits": lambda letter: dict(zip("oieastb", "0134578", strict=True)).get(letter, letter),
    "strokes": lambda letter: dict(zip("li", "1|", strict=True)).get(letter, letter),
    "pairs": lambda letter: dict(zip("mwd", ("rn", "vv", "cl"), strict=True)).get(letter, letter),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", ["moderator", "admin", STAFF.lower(), "dragoman"])
def test_nobody_passes_for_those_who_run_the_place(name: str, disguise: str) -> None:
    change = DISGUISES[disguise]
    disguised = "".join(change(letter) if letter.isalpha() else letter for letter in name)
    with pytest.raises(UnfitName):
        checked_name(disguised, [STAFF])


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("place", range(len("moderator")))
def test_one_letter_in_disguise_is_enough(disguise: str, place: int) -> None:
    word = "moderator"
    with pytest.raises(UnfitName):
        checked_name(word[:place] + DISGUISES[disguise](word[place]) + word[place + 1 :])


@pytest.mark.parametrize(
    "name", ["Claudia", "Bernard", "Marcl", "Vivienne", "Rosalind", "Dawn 🇵🇹", "Ⓐna", "Оксана"]
)
def test_likeness_alone_is_no_fault(name: str) -> None:
    assert checked_name(name, [STAFF]) == name


@given(st.text(max_size=4_000))
def test_a_name_of_any_length_is_judged_in_steps_in_proportion(name: str) -> None:
    def judge(text: str) -> None:
        with suppress(UnfitName):
            checked_name(text, [STAFF])

    small, large = steps_of(judge, name), steps_of(judge, name * 4)
    assert large <= 5 * small + 20_000
