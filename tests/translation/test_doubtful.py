"""What a check doubts is shown, and said: in the reading, in its label, until a person has looked."""

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from dragoman.engines.fake import FakeEngine
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import plain
from dragoman.translation import actions
from dragoman.translation.compose import recompose
from dragoman.translation.models import Document, Edition, Scope, Target, TargetState
from dragoman.translation.queries import readings
from dragoman.translation.readings import Reading

RunJobs = Callable[[], int]


@pytest.fixture
def document(db: None, fake_engine: FakeEngine, run_jobs: RunJobs) -> Document:
    """Two paragraphs in English; a check doubts the Portuguese of the second."""
    fields = {"body": (plain("The lamp turns."), plain("It has turned since the war."))}
    made = actions.create_document(kind="article", scope=Scope.NEWSROOM, language="en", fields=fields)
    run_jobs()
    edition = Edition.objects.get(document=made, language="pt")
    Target.objects.filter(edition=edition, segment__block=1).update(state=TargetState.DOUBTFUL)
    assert made.current is not None
    recompose(edition, document=made, revision=made.current)
    return made


def read(document: Document, language: str = "pt") -> Reading:
    return readings([document.pk], View(language))[document.pk]


def label(reading: Reading, language: str = "pt") -> str:
    with override(language):
        return render_to_string("translation/label.html", {"reading": reading, "language": language})


def test_the_reading_says_so_block_by_block(document: Document) -> None:
    assert [block.doubtful for block in read(document).blocks("body")] == [False, True]
    assert read(document).is_doubtful
    assert not read(document, "fr").is_doubtful


def test_the_label_says_so_in_the_reader_s_language(document: Document) -> None:
    assert "incerta" in label(read(document))
    assert "incertaine" not in label(read(document, "fr"), "fr")


def test_a_person_s_words_are_beyond_doubt(document: Document) -> None:
    edition = Edition.objects.get(document=document, language="pt")
    target = Target.objects.get(edition=edition, segment__block=1)
    editor = User.objects.create_superuser("editor@example.org", "secret-words", display_name="Ottoline")
    actions.correct_target(
        edition=edition,
        segment=target.segment,
        text="Gira desde a guerra.",
        reviewer=editor,
        everywhere=False,
    )
    assert not read(document).is_doubtful
