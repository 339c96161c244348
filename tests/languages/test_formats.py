"""Dates, zones and numbers as each language writes them."""

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from dragoman.languages import formats

SUMMER, WINTER = datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 1, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "language", "name"),
    [
        ("Europe/Lisbon", SUMMER, "en", "GMT+1"),
        ("Europe/Lisbon", SUMMER, "fr", "UTC+1"),
        ("Europe/Lisbon", SUMMER, "ru", "GMT+1"),
        ("Europe/Lisbon", SUMMER, "ar", "غرينتش+1"),
        ("Europe/Lisbon", WINTER, "en", "GMT"),
        ("Europe/Lisbon", WINTER, "fr", "UTC"),
        ("Asia/Kathmandu", SUMMER, "fr", "UTC+5:45"),
        ("America/St_Johns", WINTER, "en", "GMT−3:30"),
        ("America/New_York", WINTER, "pt", "GMT−5"),
    ],
)
def test_zones_read_as_people_name_them(
    settings: Settings, zone: str, moment: datetime, language: str, name: str
) -> None:
    settings.PUBLICATION_TIME_ZONE = zone
    assert formats.zone_name(moment, language) == name


def test_zones_use_the_digits_of_the_publication(settings: Settings) -> None:
    settings.PUBLICATION_TIME_ZONE = "Europe/Lisbon"
    settings.PUBLICATION_LANGUAGES = (("en", True, "latn"), ("ar", True, "arab"))
    assert formats.zone_name(SUMMER, "ar") == "غرينتش+١"
    assert formats.date(SUMMER, "ar").startswith("١")


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "−1,200"),
        ("fr", "−1\u202f200"),
        ("es", "−1.200"),
        ("pt", "−1.200"),
        ("ru", "−1\u00a0200"),
        ("ar", "\u200e−1,200"),
    ],
)
def test_scores_have_a_minus_not_a_hyphen(language: str, written: str) -> None:
    """In Arabic after a left-to-right mark, without which "−1" is shown as "1−"."""
    assert formats.signed(-1200, language) == written
    assert formats.signed(3, language) == "3"
    assert formats.signed(0, language) == "0"


def test_a_minus_before_arabic_digits_follows_the_arabic_text(settings: Settings) -> None:
    settings.PUBLICATION_LANGUAGES = (("en", True, "latn"), ("ar", True, "arab"))
    assert formats.signed(-12, "ar") == "\u061c−١٢"


def test_numbers_have_the_digits_of_the_publication(settings: Settings) -> None:
    settings.PUBLICATION_LANGUAGES = (("en", True, "latn"), ("ar", True, "arab"))
    assert formats.number(1234.5, "ar") == "١٬٢٣٤٫٥"
    assert formats.number(1234.5, "en") == "1,234.5"
