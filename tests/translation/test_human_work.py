"""What a person wrote or approved stays, whatever machines, imports, the glossary and authors do meanwhile."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission

from dragoman.engines.fake import FakeEngine
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.exchange.actions import import_page
from dragoman.people.models import User
from dragoman.translation import engines
from dragoman.translation.actions import (
    MemoryRow,
    ask_again,
    correct_language,
    correct_target,
    import_memory,
    revise,
)
from dragoman.translation.desk.actions import (
    approve_target,
    close_report,
    lock_target,
    report_translation,
    unlock_target,
)
from dragoman.translation.errors import (
    EmptyTarget,
    MayNotReport,
    NotPermitted,
    ReportedTooOften,
    Superseded,
)
from dragoman.translation.models import Document, Edition, Origin, Scope, Segment, Target
from dragoman.translation.terms.actions import save_term
from dragoman.translation.terms.entries import Entry, TargetEntry
from tests.conftest import ENGLISH_PAIRS
from tests.exchange.pages import FRENCH
from tests.translation.conftest import Write, body, edition, read

pytestmark = pytest.mark.django_db
Jobs = Callable[[], int]
EN_PT = Pair("en", "pt")
KEEPER = "The lighthouse keeper counts the ships every evening."
STEPS = "The tower has 184 steps and one very small kitchen."
WORDS = "Ao cair da noite, o faroleiro conta os navios."


def segment_of(document: Document, position: int = 0) -> Segment:
    return Segment.objects.get(revision=document.current_id, position=position)


def target_of(document: Document, position: int = 0, language: str = "pt") -> Target:
    return Target.objects.get(edition=edition(document, language), segment__position=position)


def correct(document: Document, reviewer: User, text: str = WORDS, position: int = 0, **more: bool) -> None:
    correct_target(
        edition=edition(document),
        segment=segment_of(document, position),
        text=text,
        reviewer=reviewer,
        **more,
    )


@pytest.fixture
def corrected(write: Write, fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User) -> Document:
    """A text whose first sentence a person corrected."""
    document = write(f"{KEEPER} {STEPS}")
    run_jobs()
    correct(document, reviewer)
    return document


def stays(document: Document, run_jobs: Jobs) -> None:
    run_jobs()
    document.refresh_from_db()
    target = target_of(document)
    assert (target.text, target.origin) == (WORDS, Origin.HUMAN)
    assert read(document).text("body").startswith(WORDS)


class TestACorrectionSurvives:
    def test_asking_again(self, corrected: Document, run_jobs: Jobs, reviewer: User) -> None:
        ask_again(edition(corrected), reviewer=reviewer)
        stays(corrected, run_jobs)

    def test_being_made_while_the_engine_works(
        self, write: Write, reviewer: User, run_jobs: Jobs, fake_engine: FakeEngine
    ) -> None:
        document = write(KEEPER)

        class WhileItWorks(FakeEngine):
            def translate(self, request: Request) -> Answer:
                if request.pair == EN_PT:
                    correct(document, reviewer)
                return super().translate(request)

        with engines.use(WhileItWorks(ENGLISH_PAIRS)):
            stays(document, run_jobs)

    def test_another_engine(self, corrected: Document, run_jobs: Jobs, reviewer: User) -> None:
        class Other(FakeEngine):
            def translate(self, request: Request) -> Answer:
                answer = super().translate(request)
                return Answer(tuple(f"{text} Ok." for text in answer.texts), "other", "2")

        with engines.use(Other(ENGLISH_PAIRS, name="other")):
            ask_again(edition(corrected), reviewer=reviewer)
            stays(corrected, run_jobs)
        assert target_of(corrected, 1).engine == "other"

    def test_memory_brought_in_later(self, corrected: Document, run_jobs: Jobs, reviewer: User) -> None:
        import_memory([MemoryRow("en", "pt", KEEPER, "Importado.")], scope=Scope.NEWSROOM)
        ask_again(edition(corrected), reviewer=reviewer)
        stays(corrected, run_jobs)

    def test_a_correction_everywhere_is_recalled_before_what_was_imported(
        self, corrected: Document, write: Write, run_jobs: Jobs, reviewer: User
    ) -> None:
        correct(corrected, reviewer, everywhere=True)
        import_memory([MemoryRow("en", "pt", KEEPER, "Importado.")], scope=Scope.NEWSROOM)
        later = write(KEEPER)
        stays(later, run_jobs)

    def test_importing_its_page_again(
        self, tmp_path: Path, run_jobs: Jobs, reviewer: User, fake_engine: FakeEngine
    ) -> None:
        page = tmp_path / "page.txt"
        page.write_text(FRENCH, "utf-8")
        import_page(page, "fr")
        run_jobs()
        article = Edition.objects.get(document__kind="article", language="en")
        segment = Segment.objects.filter(revision=article.revision_id, field="body").earliest("position")
        correct_target(edition=article, segment=segment, text="On May 3, a tide.", reviewer=reviewer)
        import_page(page, "fr")
        run_jobs()
        assert read(article.document, "en").text("body").startswith("On May 3, a tide.")

    def test_a_change_of_the_glossary_which_flags_it(
        self, corrected: Document, run_jobs: Jobs, reviewer: User
    ) -> None:
        reviewer.user_permissions.add(Permission.objects.get(codename="edit_terms"))
        editor = User.objects.get(pk=reviewer.pk)
        term = Entry("en", "lighthouse keeper", targets=(TargetEntry("pt", "guarda do farol"),))
        save_term(term, editor=editor)
        stays(corrected, run_jobs)
        assert target_of(corrected).by_term
        approve_target(edition=edition(corrected), segment=segment_of(corrected), reviewer=editor)
        assert not target_of(corrected).by_term

    def test_an_authors_spelling_fix(self, corrected: Document, run_jobs: Jobs) -> None:
        fixed = KEEPER.replace("lighthouse", "Lighthouse")
        revise(corrected, fields={"body": body(f"{fixed} {STEPS}")})
        stays(corrected, run_jobs)
        assert target_of(corrected).carried

    def test_being_moved(self, corrected: Document, run_jobs: Jobs) -> None:
        revise(corrected, fields={"body": body("Something new stands first here now.", f"{KEEPER} {STEPS}")})
        run_jobs()
        assert target_of(corrected, 1).text == WORDS

    def test_being_shown_and_withdrawn(self, corrected: Document, run_jobs: Jobs) -> None:
        from dragoman.translation.actions import set_visibility

        set_visibility(corrected, visible=False)
        set_visibility(corrected, visible=True)
        stays(corrected, run_jobs)

    def test_a_change_of_meaning_beside_what_the_machine_says(
        self, corrected: Document, run_jobs: Jobs
    ) -> None:
        changed = "The lighthouse keeper no longer counts any of the ships."
        revise(corrected, fields={"body": body(f"{changed} {STEPS}")})
        run_jobs()
        target = target_of(corrected)
        assert (target.origin, target.outdated, target.outdated_source) == (Origin.MACHINE, WORDS, KEEPER)


class TestApprove:
    def test_the_machines_words_become_a_persons(
        self, corrected: Document, run_jobs: Jobs, reviewer: User
    ) -> None:
        said = target_of(corrected, 1).text
        approve_target(edition=edition(corrected), segment=segment_of(corrected, 1), reviewer=reviewer)
        target = target_of(corrected, 1)
        assert (target.text, target.origin, target.reviewer) == (said, Origin.HUMAN, reviewer)
        assert read(corrected).origin == Origin.HUMAN

    def test_only_what_the_person_saw(self, corrected: Document, reviewer: User) -> None:
        with pytest.raises(Superseded):
            approve_target(
                edition=edition(corrected), segment=segment_of(corrected, 1), reviewer=reviewer, text="Outra."
            )
        assert target_of(corrected, 1).origin == Origin.MACHINE

    def test_not_without_words(self, corrected: Document, reviewer: User) -> None:
        Target.objects.filter(pk=target_of(corrected, 1).pk).update(text="")
        with pytest.raises(EmptyTarget):
            approve_target(edition=edition(corrected), segment=segment_of(corrected, 1), reviewer=reviewer)

    def test_a_person_keeps_the_name_on_their_words(self, corrected: Document, reviewer: User) -> None:
        other = User.objects.create_superuser("other@example.org", display_name="Other")
        approve_target(edition=edition(corrected), segment=segment_of(corrected), reviewer=other)
        assert target_of(corrected).reviewer == reviewer


class TestLock:
    def test_locking_approves(self, corrected: Document, reviewer: User) -> None:
        lock_target(edition=edition(corrected), segment=segment_of(corrected, 1), reviewer=reviewer)
        target = target_of(corrected, 1)
        assert (target.locked, target.origin) == (True, Origin.HUMAN)

    def test_unlocking_leaves_the_words(self, corrected: Document, reviewer: User) -> None:
        lock_target(edition=edition(corrected), segment=segment_of(corrected), reviewer=reviewer)
        unlock_target(edition=edition(corrected), segment=segment_of(corrected), reviewer=reviewer)
        target = target_of(corrected)
        assert (target.locked, target.text, target.origin) == (False, WORDS, Origin.HUMAN)

    def test_a_lock_survives_a_spelling_fix_and_ends_with_the_meaning(
        self, corrected: Document, reviewer: User, run_jobs: Jobs
    ) -> None:
        lock_target(edition=edition(corrected), segment=segment_of(corrected), reviewer=reviewer)
        revise(corrected, fields={"body": body(f"{KEEPER.replace('lighthouse', 'Lighthouse')} {STEPS}")})
        run_jobs()
        assert target_of(corrected).locked
        revise(corrected, fields={"body": body(f"The keeper counts no ships at all any more. {STEPS}")})
        run_jobs()
        assert not target_of(corrected).locked
        assert target_of(corrected).outdated in ("", WORDS)

    @pytest.mark.parametrize("act", [approve_target, lock_target, unlock_target])
    def test_only_with_the_permission(self, corrected: Document, act: Callable[..., None]) -> None:
        reader = User.objects.create_user("reader@example.org", display_name="R")
        with pytest.raises(NotPermitted):
            act(edition=edition(corrected), segment=segment_of(corrected), reviewer=reader)

    def test_nothing_happens_to_a_superseded_edition(self, corrected: Document, reviewer: User) -> None:
        old, segment = edition(corrected), segment_of(corrected)
        revise(corrected, fields={"body": body(STEPS)})
        for act in (approve_target, lock_target, unlock_target):
            with pytest.raises(Superseded):
                act(edition=old, segment=segment, reviewer=reviewer)


class TestAskOneAgain:
    def test_only_that_sentence(
        self, corrected: Document, run_jobs: Jobs, reviewer: User, fake_engine: FakeEngine
    ) -> None:
        fake_engine.ledger.clear()
        ask_again(edition(corrected), reviewer=reviewer, segment=segment_of(corrected, 1))
        run_jobs()
        assert [request.texts for request in fake_engine.ledger] == [(STEPS,)]

    def test_a_persons_sentence_is_not_asked_again(
        self, corrected: Document, run_jobs: Jobs, reviewer: User, fake_engine: FakeEngine
    ) -> None:
        fake_engine.ledger.clear()
        ask_again(edition(corrected), reviewer=reviewer, segment=segment_of(corrected))
        run_jobs()
        assert fake_engine.ledger == []


class TestReports:
    def test_a_report_is_open_until_the_desk_closes_it(self, corrected: Document, reviewer: User) -> None:
        reader = User.objects.create_user("reader@example.org", display_name="R")
        told = report_translation(
            corrected,
            language="pt",
            reporter=reader,
            key=bytes(segment_of(corrected).key),
            note=" Wrong verb. ",
        )
        assert (told.note, told.settled_at) == ("Wrong verb.", None)
        again = report_translation(corrected, language="pt", reporter=reader, key=bytes(told.key))
        assert again.pk == told.pk
        close_report(told, reviewer=reviewer)
        told.refresh_from_db()
        assert told.settled_at is not None
        assert told.settled_by == reviewer
        later = report_translation(corrected, language="pt", reporter=reader, key=bytes(told.key))
        assert later.pk != told.pk

    def test_readers_do_not_close_reports(self, corrected: Document) -> None:
        reader = User.objects.create_user("reader@example.org", display_name="R")
        told = report_translation(corrected, language="pt", reporter=reader)
        with pytest.raises(NotPermitted):
            close_report(told, reviewer=reader)

    def test_who_may_not_write_may_not_report(self, corrected: Document, write: Write) -> None:
        from django.utils import timezone

        suspended = User.objects.create_user("s@example.org", display_name="S", suspended_at=timezone.now())
        reader = User.objects.create_user("reader@example.org", display_name="R")
        with pytest.raises(MayNotReport):
            report_translation(corrected, language="pt", reporter=suspended)
        with pytest.raises(MayNotReport):
            report_translation(write("Hidden words.", visible=False), language="pt", reporter=reader)

    def test_not_too_many_an_hour(self, corrected: Document, settings) -> None:  # type: ignore[no-untyped-def]
        settings.DISCUSSION_REPORTS_PER_HOUR = 2
        reader = User.objects.create_user("reader@example.org", display_name="R")
        for language in ("pt", "fr"):
            report_translation(corrected, language=language, reporter=reader)
        with pytest.raises(ReportedTooOften):
            report_translation(corrected, language="es", reporter=reader)


class TestAnotherLanguage:
    """The author, a moderator or an editor says what language the words are really in."""

    def test_another_region_keeps_everything(
        self, write: Write, reviewer: User, fake_engine: FakeEngine, run_jobs: Jobs
    ) -> None:
        document = write(f"{KEEPER} {STEPS}", language="en-GB")
        run_jobs()
        correct(document, reviewer)
        before, asked = target_of(document, 1).text, len(fake_engine.ledger)
        correct_language(document, language="en")
        document.refresh_from_db()
        assert (target_of(document).text, target_of(document).origin) == (WORDS, Origin.HUMAN)
        assert target_of(document, 1).text == before
        assert read(document).text("body").startswith(WORDS)  # at once, without a job
        run_jobs()
        assert target_of(document).text == WORDS
        assert len(fake_engine.ledger) == asked

    def test_another_language_keeps_what_a_person_wrote(
        self, write: Write, reviewer: User, fake_engine: FakeEngine, run_jobs: Jobs
    ) -> None:
        document = write(f"{KEEPER} {STEPS}", language="fr")
        run_jobs()
        correct(document, reviewer)
        machine = target_of(document, 1).text
        correct_language(document, language="en")
        document.refresh_from_db()
        assert (target_of(document).text, target_of(document).origin) == (WORDS, Origin.HUMAN)
        assert not Target.objects.filter(edition=edition(document), segment__position=1).exists()
        run_jobs()
        assert (target_of(document).text, target_of(document).reviewer) == (WORDS, reviewer)
        assert target_of(document, 1).text == FakeEngine.expected(EN_PT, STEPS) != machine

    def test_there_is_no_edition_in_its_own_language(
        self, write: Write, reviewer: User, fake_engine: FakeEngine, run_jobs: Jobs
    ) -> None:
        document = write(KEEPER, language="fr")
        run_jobs()
        correct_language(document, language="pt")
        run_jobs()
        assert not Edition.objects.filter(document=document, language="pt").exists()
