"""What a translated text from outside shows to be broken, and where it stands in what was imported."""

from collections.abc import Iterable, Iterator
from typing import Any

from dragoman.exchange.page import ImportedComment, ImportedPage
from dragoman.fidelity.lint import lint

Placed = tuple[str, str]
"""Where a text stands ("headline", "comment 4"), and the text."""


def findings_in(texts: Iterable[Placed], language: str) -> list[dict[str, Any]]:
    """The findings of `fidelity.lint`, each with the place it stands at.

    `target` counts code points of the text that stands there: of the paragraph, or of the date line.
    """
    return [
        {
            "check": finding.check,
            "code": finding.code,
            "severity": str(finding.severity),
            "message": finding.message,
            "where": where,
            "source": [],
            "target": [list(place) for place in finding.target],
            "text": finding.params["written"],
        }
        for where, text in texts
        for finding in lint(text, language)
    ]


def texts_of(page: ImportedPage) -> Iterator[Placed]:
    """All that is imported of a page as words, and the times its comments say."""
    yield "headline", page.headline
    for number, piece in enumerate(page.body, 1):
        yield f"paragraph {number}", piece.text
        if piece.attribution is not None:
            yield f"attribution of paragraph {number}", piece.attribution
    for number, comment in enumerate(page.comments, 1):
        yield from _texts_of_comment(f"comment {number}", comment)


def _texts_of_comment(name: str, comment: ImportedComment) -> Iterator[Placed]:
    yield f"time of {name}", comment.date_line
    if len(comment.paragraphs) == 1:
        yield name, comment.paragraphs[0]
        return
    for number, paragraph in enumerate(comment.paragraphs, 1):
        yield f"{name}, paragraph {number}", paragraph
