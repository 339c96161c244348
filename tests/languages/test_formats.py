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


def test_scores_have_a_minus_not_a_hyphen() -> None:
    assert formats.signed(-1200, "en") == "−1,200"
    assert formats.signed(3, "en") == "3"
