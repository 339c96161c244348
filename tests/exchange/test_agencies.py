"""Agencies named in running text."""

import pytest

from dragoman.exchange.agencies import agencies


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("écrit l'agence turque Anadolu.", "fr", ("Anadolu",)),
        ("selon l’agence de presse Bigorneau Presse, la mer", "fr", ("Bigorneau Presse",)),
        ("informa la agencia de noticias Marea Alta ayer", "es", ("Marea Alta",)),
        ("segundo a agência portuguesa Lusitânia, o mar", "pt", ("Lusitânia",)),
        ("as the news agency Tidewire writes", "en", ("Tidewire",)),
        ("according to Anadolu Agency today", "en", ("Anadolu Agency",)),
        ("пишет турецкое агентство «Анадолу».", "ru", ("Анадолу",)),
        ("قالت وكالة أنباء المدّ إن البحر", "ar", ("المدّ",)),
    ],
)
def test_named(text: str, language: str, names: tuple[str, ...]) -> None:
    assert agencies(text, language) == names


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("l'agence a fermé ses portes.", "fr"),
        ("Turkish news agency reports", "en"),
        ("agentur Anadolu", "de"),
        ("", "fr"),
    ],
)
def test_not_named(text: str, language: str) -> None:
    assert agencies(text, language) == ()


def test_each_once() -> None:
    assert agencies("l'agence Anadolu, puis l'agence Anadolu", "fr") == ("Anadolu",)
