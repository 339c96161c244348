"""Display names nobody may have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.people.errors import UnfitName
from dragoman.people.models import DISPLAY_NAME_LONGEST
from dragoman.people.names import checked_name, initials, skeleton


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
