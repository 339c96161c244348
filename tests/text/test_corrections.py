"""What two corrections have in common."""

import pytest

from dragoman.text.corrections import Corrected, Replacement, in_common, replacements

ONE = Corrected(
    "О встрече в нормандском формате речи нет.",
    "Il n'est pas question d'une réunion au format normand.",
    "Il n'est pas question d'une réunion au format Normandie.",
)
OTHER = Corrected(
    "Германия ценит нормандский формат.",
    "L'Allemagne apprécie le format normand.",
    "L'Allemagne apprécie le format Normandie.",
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (ONE.before, ONE.after, [("normand", "Normandie")]),
        ("The man met him.", "The man met him!", []),
        ("The Man met him.", "The man met him.", []),
        ("The man met him.", "Yesterday everybody was at home again.", []),
        ("The man met him.", "The man met him today.", []),  # added, not replaced
        ("A b c d e f g.", "A x c y e z g.", []),  # too much at once
        ("他们达成停火。", "他们达成停战。", []),
        ("", "Words.", []),
    ],
)
def test_replaced_words(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    found = [(" ".join(each.replaced), " ".join(each.by)) for each in replacements(before, after)]
    assert found == expected


def test_source_words_and_neighbours_in_common() -> None:
    replacement = Replacement(("normand",), ("Normandie",))
    assert in_common(ONE, OTHER, replacement, "ru") == (
        "нормандском формате",
        "format normand",
        "format Normandie",
    )


def test_nothing_in_common_proposes_nothing() -> None:
    other = Corrected("Совсем другие слова.", OTHER.before, OTHER.after)
    assert in_common(ONE, other, Replacement(("normand",), ("Normandie",)), "ru") is None
