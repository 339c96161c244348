"""Date lines."""
# ruff: noqa: DTZ001 - what is parsed is naive; the publication's zone comes later

from datetime import datetime

import pytest

from dragoman.exchange.moments import moment

NOON = datetime(2020, 11, 8, 12, 0)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("8 novembre 2020 12:00", "fr"),
        ("8 nov. 2020 à 12h00", "fr"),
        ("dimanche 8 novembre 2020, 12:00", "fr"),
        ("8 November 2020 12:00", "en"),
        ("November 8th, 2020 at 12:00 PM", "en"),
        ("Nov 8, 2020 12: 00", "en"),
        ("8 de noviembre de 2020, 12:00", "es"),
        ("8 de novembro de 2020 às 12:00", "pt"),
        ("8 ноября 2020 г., 12:00", "ru"),
        ("8 ноября 2020 в 12:00:59", "ru"),
        ("8 نوفمبر 2020 12:00", "ar"),
    ],
)
def test_read(line: str, language: str) -> None:
    assert moment(line, language) == NOON


def test_midnight_and_noon_of_twelve_hours() -> None:
    assert moment("November 8, 2020 12:30 AM", "en") == datetime(2020, 11, 8, 0, 30)
    assert moment("November 8, 2020 12:30 PM", "en") == datetime(2020, 11, 8, 12, 30)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "8 novembre 2020",
        "31 février 2020 12:00",
        "8 novembre 2020 25:00",
        "Le 8 novembre 2020, il y avait foule à 12:00",
        "8 noviembre 2020 12:00",
        "8 9 novembre 2020 12:00",
        "12:00",
        "8 novembre 2020 12:00 " + "x" * 100,
    ],
)
def test_anything_else_is_no_date_line(line: str) -> None:
    assert moment(line, "fr") is None
