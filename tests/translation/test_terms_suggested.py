"""Terms proposed when editors correct the same thing twice."""

from collections.abc import Callable

import pytest

from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Pair
from dragoman.people.models import User
from dragoman.translation.actions import correct_target, erase
from dragoman.translation.models import (
    Correction,
    Document,
    Scope,
    Segment,
    TargetStatus,
    Term,
    TermChange,
    TermStatus,
    TermTarget,
)
from dragoman.translation.terms.queries import glossary
from tests.translation.conftest import Write, edition, read

pytestmark = pytest.mark.django_db
Jobs = Callable[[], int]
ONE = "The lighthouse keeper counts the ships every evening."
OTHER = "Nobody in town knows our lighthouse keeper very well."
MACHINE = FakeEngine.expected(Pair("en", "pt"), "lighthouse keeper")


@pytest.fixture
def correct(fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User) -> Callable[[Document, str, str], None]:
    def corrected(document: Document, replaced: str, by: str) -> None:
        run_jobs()
        text = read(document).text("body")
        assert replaced in text
        segment = Segment.objects.get(revision=document.current_id)
        correct_target(
            edition=edition(document), segment=segment, text=text.replace(replaced, by), reviewer=reviewer
        )

    return corrected


def test_the_second_time_a_term_is_proposed_with_its_evidence(
    write: Write, correct: Callable[..., None]
) -> None:
    correct(write(ONE), MACHINE, "guarda do farol")
    assert not Term.objects.exists()
    correct(write(OTHER), MACHINE, "guarda do farol")
    term, target = Term.objects.get(), TermTarget.objects.get()
    assert (term.source_language, term.source, term.status) == (
        "en",
        "lighthouse keeper",
        TermStatus.PROPOSED,
    )
    assert (target.language, target.text, target.status) == ("pt", "guarda do farol", TargetStatus.PROPOSED)
    assert {each.source for each in target.evidence.all()} == {ONE, OTHER}


def test_a_proposal_is_never_used(
    write: Write, correct: Callable[..., None], fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    correct(write(ONE), MACHINE, "guarda do farol")
    correct(write(OTHER), MACHINE, "guarda do farol")
    later = write("Our lighthouse keeper is on holiday this week.")
    run_jobs()
    assert MACHINE in read(later).text("body")
    assert glossary("en", "pt").terms == ()
    assert not TermChange.objects.exists()


@pytest.mark.parametrize(("source", "by"), [(ONE, "guarda do farol"), (OTHER, "faroleiro")])
def test_the_same_sentence_again_or_other_words_propose_nothing(
    write: Write, correct: Callable[..., None], source: str, by: str
) -> None:
    correct(write(ONE), MACHINE, "guarda do farol")
    correct(write(source), MACHINE, by)
    assert not Term.objects.exists()


def test_the_discussion_is_no_evidence(write: Write, correct: Callable[..., None]) -> None:
    correct(write(ONE, scope=Scope.DISCUSSION), MACHINE, "guarda do farol")
    correct(write(OTHER, scope=Scope.DISCUSSION), MACHINE, "guarda do farol")
    assert not Correction.objects.exists()
    assert not Term.objects.exists()


def test_what_was_dismissed_is_not_proposed_again(write: Write, correct: Callable[..., None]) -> None:
    correct(write(ONE), MACHINE, "guarda do farol")
    correct(write(OTHER), MACHINE, "guarda do farol")
    TermTarget.objects.update(status=TargetStatus.DISMISSED)
    correct(write("A lighthouse keeper sleeps by day, as a rule."), MACHINE, "guarda do farol")
    assert [each.status for each in TermTarget.objects.all()] == [TargetStatus.DISMISSED]


def test_a_known_term_gets_the_proposed_translation(write: Write, correct: Callable[..., None]) -> None:
    known = Term.objects.create(source_language="en", source="Lighthouse keepers")
    correct(write(ONE), MACHINE, "guarda do farol")
    correct(write(OTHER), MACHINE, "guarda do farol")
    assert TermTarget.objects.get().term == known
    assert Term.objects.get().status == TermStatus.APPROVED


def test_evidence_goes_with_its_text(write: Write, correct: Callable[..., None]) -> None:
    document = write(ONE)
    correct(document, MACHINE, "guarda do farol")
    erase(document)
    assert not Correction.objects.exists()
