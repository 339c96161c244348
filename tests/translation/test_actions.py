"""Documents, revisions and people's corrections: what is kept, what goes, what is asked of engines."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from dragoman.engines.errors import TimedOut
from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Pair
from dragoman.people.models import User
from dragoman.translation import engines
from dragoman.translation.actions import (
    ask_again,
    correct_language,
    correct_target,
    create_document,
    erase,
    forget_unused_memory,
    request_editions,
    revise,
    set_visibility,
)
from dragoman.translation.errors import EmptyTarget, NotPermitted, Superseded
from dragoman.translation.models import (
    Document,
    Edition,
    EditionState,
    LedgerEntry,
    Memory,
    Origin,
    Progress,
    Scope,
    Segment,
    Target,
)
from dragoman.translation.readings import ReadingState, Why
from tests.conftest import ENGLISH_PAIRS
from tests.translation.conftest import Write, body, edition, read

pytestmark = pytest.mark.django_db
Jobs = Callable[[], int]
EN_PT = Pair("en", "pt")
LIGHT = "The lighthouse keeper counts the ships every evening."
STEPS = "The tower has 184 steps and one very small kitchen."
BREAD = "Fresh bread arrives by boat on Tuesday morning."


def segment_of(document: Document, position: int = 0) -> Segment:
    return Segment.objects.get(revision=document.current_id, position=position)


def test_a_document_is_translated_to_every_language_ahead(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    document = write(f"{LIGHT} {STEPS}")
    run_jobs()
    languages = set(Edition.objects.filter(state=EditionState.READY).values_list("language", flat=True))
    assert languages == {"fr", "es", "pt", "ru", "ar"}
    expected = " ".join(FakeEngine.expected(EN_PT, sentence) for sentence in (LIGHT, STEPS))
    assert read(document).text("body") == expected
    assert read(document).origin == Origin.MACHINE


def test_one_logical_request_per_language(write: Write, fake_engine: FakeEngine, run_jobs: Jobs) -> None:
    document = write(f"{LIGHT} {STEPS}", BREAD)
    run_jobs()
    fake_engine.ledger.clear()
    revise(
        document, fields={"body": body(f"{LIGHT} The tower has 190 steps and a rather large kitchen.", BREAD)}
    )
    run_jobs()
    asked = [(request.pair.target, request.texts) for request in fake_engine.ledger]
    assert sorted(language for language, _ in asked) == ["ar", "es", "fr", "pt", "ru"]
    assert {texts for _, texts in asked} == {("The tower has 190 steps and a rather large kitchen.",)}
    entries = LedgerEntry.objects.filter(revision_id=edition(document).revision_id)
    assert sorted(entries.values_list("language", "segments")) == [
        (language, 1) for language in ("ar", "es", "fr", "pt", "ru")
    ]


def test_rule_2_a_removed_sentence_leaves_every_edition_at_once(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    document = write(f"{LIGHT} {STEPS}", BREAD)
    run_jobs()
    revise(document, fields={"body": body(LIGHT, BREAD)})
    for language in ("fr", "es", "pt", "ru", "ar"):
        gone = FakeEngine.expected(Pair("en", language), STEPS)
        kept = FakeEngine.expected(Pair("en", language), LIGHT)
        assert gone not in read(document, language).text("body")
        assert kept in read(document, language).text("body")


def test_rule_2_a_revised_text_is_read_in_its_last_edition_marked_and_at_most_ten_minutes(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, settings: pytest.FixtureRequest
) -> None:
    document = write(f"{LIGHT} {STEPS}")
    run_jobs()
    revise(document, fields={"body": body(f"{LIGHT} The tower has 190 steps and one very small kitchen.")})
    reading = read(document)
    assert reading.state is ReadingState.UPDATING
    assert FakeEngine.expected(EN_PT, STEPS) in reading.text("body")
    settings.TRANSLATION_UPDATING_MINUTES = 0  # type: ignore[attr-defined]
    late = read(document)
    assert late.state is ReadingState.ORIGINAL
    assert late.why is Why.PENDING


def test_rule_2_correct_now_withdraws_old_editions_immediately(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    document = write(LIGHT, STEPS)
    run_jobs()
    revise(
        document, fields={"body": body("Nobody has ever counted any ship from here.", STEPS)}, at_once=True
    )
    reading = read(document)
    assert [block.language for block in reading.blocks("body")] == ["en", "pt"]
    assert "Nobody has ever counted" in reading.text("body")


def test_revising_without_a_change_changes_nothing(write: Write, fake_engine: FakeEngine) -> None:
    document = write(LIGHT)
    assert revise(document, fields={"body": body(LIGHT)}) is None
    assert document.revisions.count() == 1


def test_a_human_target_survives_an_authors_spelling_fix(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User
) -> None:
    document = write("The lighthouse keeper counts the shps every evening.", STEPS)
    run_jobs()
    correct_target(
        edition=edition(document),
        segment=segment_of(document),
        text="O faroleiro conta os navios.",
        reviewer=reviewer,
    )
    revise(document, fields={"body": body(LIGHT, STEPS)})
    run_jobs()
    target = Target.objects.get(edition=edition(document), segment=segment_of(document))
    assert (target.text, target.origin, target.carried) == (
        "O faroleiro conta os navios.",
        Origin.HUMAN,
        True,
    )


def test_a_human_target_of_a_changed_sentence_is_kept_beside_as_outdated(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User
) -> None:
    document = write(f"{LIGHT} {STEPS}")
    run_jobs()
    correct_target(
        edition=edition(document), segment=segment_of(document, 1), text="São 184.", reviewer=reviewer
    )
    changed = "The tower has 190 steps and one very small kitchen."
    revise(document, fields={"body": body(f"{LIGHT} {changed}")})
    run_jobs()
    target = Target.objects.get(edition=edition(document), segment=segment_of(document, 1))
    assert target.text == FakeEngine.expected(EN_PT, changed)
    assert (target.origin, target.outdated, target.outdated_source) == (Origin.MACHINE, "São 184.", STEPS)


def test_a_machine_never_overwrites_a_human(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User
) -> None:
    document = write(LIGHT)
    run_jobs()
    correct_target(
        edition=edition(document), segment=segment_of(document), text="Dito por gente.", reviewer=reviewer
    )
    ask_again(edition(document), reviewer=reviewer)
    run_jobs()
    assert read(document).text("body") == "Dito por gente."
    assert read(document).origin == Origin.HUMAN


def test_everywhere_corrects_other_texts_and_new_ones(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User
) -> None:
    one, other = write(LIGHT), write(LIGHT, scope=Scope.DISCUSSION)
    run_jobs()
    count = correct_target(
        edition=edition(one),
        segment=segment_of(one),
        text="Melhor assim.",
        reviewer=reviewer,
        everywhere=True,
    )
    later = write(LIGHT)
    run_jobs()
    assert count == 2
    assert {read(each).text("body") for each in (one, other, later)} == {"Melhor assim."}


def test_a_correction_applies_where_it_was_made_only(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User
) -> None:
    one, other = write(LIGHT), write(LIGHT)
    run_jobs()
    correct_target(edition=edition(one), segment=segment_of(one), text="Só aqui.", reviewer=reviewer)
    assert read(one).text("body") == "Só aqui."
    assert read(other).text("body") == FakeEngine.expected(EN_PT, LIGHT)


def test_corrections_are_refused_with_a_code(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User
) -> None:
    document = write(LIGHT)
    run_jobs()
    old, segment = edition(document), segment_of(document)
    reader = User.objects.create_user("reader@example.org", display_name="R")
    with pytest.raises(NotPermitted):
        correct_target(edition=old, segment=segment, text="x", reviewer=reader)
    with pytest.raises(EmptyTarget):
        correct_target(edition=old, segment=segment, text=" \n", reviewer=reviewer)
    revise(document, fields={"body": body(STEPS)})
    with pytest.raises(Superseded):
        correct_target(edition=old, segment=segment, text="x", reviewer=reviewer)


def test_the_discussion_reads_newsroom_memory_and_never_the_other_way(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    write(LIGHT)
    write(STEPS, scope=Scope.DISCUSSION)
    run_jobs()
    fake_engine.ledger.clear()
    write(LIGHT, scope=Scope.DISCUSSION)
    run_jobs()
    assert fake_engine.ledger == []
    write(STEPS)
    run_jobs()
    assert len(fake_engine.ledger) == 5


def test_erasing_forgets_the_memory_nobody_else_holds(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    document = write(LIGHT, STEPS, scope=Scope.DISCUSSION)
    other = write(STEPS, scope=Scope.DISCUSSION)
    run_jobs()
    erase(document)
    assert set(Memory.objects.values_list("source", flat=True)) == {STEPS}
    erase(other)
    assert not Memory.objects.exists()
    assert not Document.objects.exists()


def test_the_daily_round_forgets_what_slipped_through(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    write(LIGHT, scope=Scope.DISCUSSION)
    run_jobs()
    Segment.objects.all().delete()
    Memory.objects.update(created_at="2020-01-01T00:00:00Z")
    assert forget_unused_memory() == 5
    assert not Memory.objects.exists()


def test_what_is_withdrawn_is_nowhere(write: Write, fake_engine: FakeEngine, run_jobs: Jobs) -> None:
    document = write(LIGHT)
    run_jobs()
    set_visibility(document, visible=False)
    assert all(read(document, language).is_withdrawn for language in ("en", "pt", "ar"))
    set_visibility(document, visible=True)
    assert read(document).text("body") == FakeEngine.expected(EN_PT, LIGHT)


def test_without_an_engine_the_original_is_shown_and_translated_when_one_appears(
    write: Write, run_jobs: Jobs
) -> None:
    from dragoman.translation.tasks import requeue_waiting

    document = write(LIGHT)
    with engines.use():
        run_jobs()
        assert edition(document).progress == Progress.WAITING
        assert read(document).text("body") == LIGHT
        assert read(document).why is Why.UNAVAILABLE
        assert requeue_waiting() == 0
    with engines.use(FakeEngine(ENGLISH_PAIRS)):
        assert requeue_waiting() == 5
        run_jobs()
    assert read(document).text("body") == FakeEngine.expected(EN_PT, LIGHT)


def test_a_passing_failure_is_tried_again_and_a_lasting_one_is_set_aside(
    write: Write, run_jobs: Jobs
) -> None:
    from dragoman.translation import work

    document = write(LIGHT)
    failing = FakeEngine(ENGLISH_PAIRS, quirks=Quirks(failures=(TimedOut("Too slow."),) * 20))
    with engines.use(failing):
        for _ in range(work.ATTEMPTS_AT_MOST - 1):
            with pytest.raises(TimedOut):
                work.work_on([edition(document).pk])
            assert edition(document).progress == Progress.QUEUED
        work.work_on([edition(document).pk])
    assert edition(document).progress == Progress.PARKED
    assert read(document).text("body") == LIGHT


def test_a_superseded_revision_is_not_worked_on(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs
) -> None:
    from dragoman.translation import work

    document = write(LIGHT)
    old = edition(document).pk
    revise(document, fields={"body": body(STEPS)})
    fake_engine.ledger.clear()
    work.work_on([old])
    assert fake_engine.ledger == []


def test_queueing_twice_makes_one_edition_and_one_job(write: Write, fake_engine: FakeEngine) -> None:
    document = write(LIGHT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        before = cursor.fetchone()
        request_editions([document.pk], language="pt")
        request_editions([document.pk], language="pt")
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == before
    assert Edition.objects.filter(document=document, language="pt").count() == 1


def test_a_write_that_is_rolled_back_queues_nothing(db: None) -> None:
    with transaction.atomic():
        create_document(kind="article", scope=Scope.NEWSROOM, language="en", fields={"body": body(LIGHT)})
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (0,)


def test_the_first_job_finds_out_the_language(write: Write, fake_engine: FakeEngine, run_jobs: Jobs) -> None:
    words = "Eu gosto muito desta cidade e da comida que se faz aqui no inverno."
    document = write(words, scope=Scope.DISCUSSION, detect=True)
    run_jobs()
    document.refresh_from_db()
    assert (document.source_language, document.declared_language) == ("pt", "en")
    assert read(document, "en").is_translated
    assert read(document, "pt").why is Why.OWN_LANGUAGE


def test_a_person_corrects_the_language(write: Write, fake_engine: FakeEngine, run_jobs: Jobs) -> None:
    document = write(LIGHT, language="fr", scope=Scope.DISCUSSION)
    run_jobs()
    correct_language(document, language="en")
    run_jobs()
    assert read(document, "en").why is Why.OWN_LANGUAGE
    assert read(document).text("body") == FakeEngine.expected(EN_PT, LIGHT)


def test_rule_4_a_comment_is_read_wholly_in_one_language(write: Write, run_jobs: Jobs) -> None:
    document = write(LIGHT, BREAD, scope=Scope.DISCUSSION)
    with engines.use(FakeEngine(ENGLISH_PAIRS, quirks=Quirks(empty=True, only="bread"))):
        run_jobs()
    assert [block.language for block in read(document).blocks("body")] == ["en", "en"]


def test_rule_4_an_article_falls_back_by_whole_block(write: Write, run_jobs: Jobs) -> None:
    document = write(f"{LIGHT} {BREAD}", STEPS)
    with engines.use(FakeEngine(ENGLISH_PAIRS, quirks=Quirks(empty=True, only="bread"))):
        run_jobs()
    reading = read(document)
    assert [block.language for block in reading.blocks("body")] == ["en", "pt"]
    assert reading.state is ReadingState.PARTIAL


def test_readings_take_one_query_whatever_the_number(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, django_assert_num_queries: Callable[..., object]
) -> None:
    from dragoman.languages.view import View
    from dragoman.translation.queries import readings

    documents = [write(LIGHT).pk for _ in range(12)]
    run_jobs()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        readings(documents, View("pt"))
