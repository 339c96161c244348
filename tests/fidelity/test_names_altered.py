"""A name corrected in somebody's mouth is noticed; one that is only respelled is not."""

import pytest

from dragoman.fidelity.findings import Pairing, Severity
from dragoman.fidelity.gate import examine


def found(source: str, target: str, languages: str) -> list[Severity]:
    one, other = languages.split("-")
    findings = examine(Pairing(source, target, one, other))
    return [finding.severity for finding in findings if finding.check == "names"]


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("Этот Endogan опять всех насмешил.", "Cet Erdogan a encore fait rire tout le monde.", "ru-fr"),
        ("Вчера Эндоган снова выступил.", "Hier, Erdogan a encore parlé.", "ru-fr"),
        ("Yesterday Endogan spoke again.", "Ayer Erdogan habló otra vez.", "en-es"),
    ],
)
def test_a_name_that_was_put_right_is_doubted(source: str, target: str, languages: str) -> None:
    assert found(source, target, languages) == [Severity.DOUBTFUL]


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("Вчера Путин снова выступил.", "Hier, Poutine a encore parlé.", "ru-fr"),
        ("Вчера Эндоган снова выступил.", "Hier, Endogan a encore parlé.", "ru-fr"),
        ("Yesterday Erdogan spoke again.", "Вчера Эрдоган снова выступил.", "en-ru"),
        ("Yesterday Erdogan spoke again.", "تحدث أردوغان أمس مرة أخرى.", "en-ar"),
    ],
)
def test_a_name_that_was_only_respelled_is_not(source: str, target: str, languages: str) -> None:
    assert found(source, target, languages) == []
