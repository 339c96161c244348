"""The glossary: who changes it, what a change makes anew, and what it leaves alone."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib.auth.models import Permission

from dragoman.engines.errors import Unavailable
from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.people.models import User
from dragoman.translation import engines
from dragoman.translation.actions import correct_target, revise
from dragoman.translation.errors import InvalidTerm, MayNotEditTerms
from dragoman.translation.models import (
    Memory,
    Origin,
    Progress,
    Scope,
    Segment,
    Target,
    TargetState,
    TargetStatus,
    Term,
    TermChange,
    TermStatus,
)
from dragoman.translation.queries import board
from dragoman.translation.readings import ReadingState
from dragoman.translation.terms.actions import import_terms, remove_term, save_term
from dragoman.translation.terms.entries import Entry, TargetEntry, entry_of
from dragoman.translation.terms.queries import glossary
from dragoman.translation.terms.redoing import apply_change
from tests.conftest import ENGLISH_PAIRS
from tests.translation.conftest import Write, body, edition, read

pytestmark = pytest.mark.django_db
Jobs = Callable[[], int]
KEEPER = "The lighthouse keeper counts the ships every evening."
STEPS = "The tower has 184 steps and one very small kitchen."
EN_PT = Pair("en", "pt")
HONOURED = FakeEngine.expected(EN_PT, KEEPER).replace(
    FakeEngine.expected(EN_PT, "lighthouse keeper"), "guarda do farol"
)


@pytest.fixture
def editor(reviewer: User) -> User:
    reviewer.user_permissions.add(Permission.objects.get(codename="edit_terms"))
    return User.objects.get(pk=reviewer.pk)


def entry(*targets: TargetEntry, source: str = "lighthouse keeper", **rest: object) -> Entry:
    own = targets or (TargetEntry("pt", "guarda do farol"),)
    return Entry("en", source, targets=own, **rest)  # type: ignore[arg-type]


def asked(engine: FakeEngine) -> list[tuple[str, tuple[str, ...]]]:
    return [(request.pair.target, request.texts) for request in engine.ledger]


def target(document, place: int = 0, language: str = "pt") -> Target:  # type: ignore[no-untyped-def]
    return Target.objects.get(edition=edition(document, language), segment__position=place)


def test_new_work_honours_terms_and_records_them(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    save_term(entry(), editor=editor)
    document = write(KEEPER, STEPS)
    run_jobs()
    assert read(document).blocks("body")[0].block.text == HONOURED
    assert len(target(document).terms) == 1
    assert target(document, 1).terms == target(document, 0, "fr").terms == []
    assert Memory.objects.get(source=KEEPER, target_language="pt").terms == target(document).terms


def test_a_change_makes_anew_what_it_touches_and_only_that(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    article = write(f"{STEPS} {KEEPER}", "Quite another paragraph about bread.")
    comment = write("Both lighthouse keepers are my neighbours.", scope=Scope.DISCUSSION)
    other = write(STEPS)
    run_jobs()
    before = {each.pk: each.changed_at for each in Target.objects.all()}
    fake_engine.ledger.clear()
    save_term(entry(TargetEntry("pt", "guarda do farol", ("guardas do farol",))), editor=editor)
    run_jobs()
    assert asked(fake_engine) == [
        (
            "pt",
            (
                KEEPER,
                "lighthouse keeper",
                "Both lighthouse keepers are my neighbours.",
                "lighthouse keeper",
                "lighthouse keepers",
            ),
        ),
    ]
    changed = {
        each.segment.position for each in Target.objects.all() if each.changed_at != before.get(each.pk)
    }
    assert changed == {0, 1}
    assert HONOURED in read(article).text("body")
    assert read(comment).state is ReadingState.READY
    assert edition(other).progress == Progress.DONE
    change = TermChange.objects.get()
    assert (change.redone, change.flagged, change.by) == (2, 0, editor)
    assert change.applied_at is not None
    assert change.wordings == ["lighthouse keeper"]


def test_the_old_is_served_until_the_new_passes(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    document = write(KEEPER)
    run_jobs()
    old = read(document).text("body")
    save_term(entry(), editor=editor)
    broken = FakeEngine(ENGLISH_PAIRS, quirks=Quirks(failures=tuple(Unavailable("away") for _ in range(20))))
    with engines.use(broken):
        run_jobs()
    reading = read(document)
    assert (reading.text("body"), reading.state) == (old, ReadingState.READY)
    assert target(document).redo
    revise(document, fields={"body": body(KEEPER, STEPS)})  # still to be made anew in the next revision
    run_jobs()
    assert HONOURED in read(document).text("body")
    assert not target(document).redo


def test_what_does_not_pass_leaves_the_old_in_place_and_says_so(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    document = write(KEEPER)
    run_jobs()
    old = read(document).text("body")
    save_term(entry(), editor=editor)
    with engines.use(FakeEngine(ENGLISH_PAIRS, quirks=Quirks(empty=True))):
        run_jobs()
    kept = target(document)
    assert read(document).text("body") == kept.text == old
    assert (kept.state, kept.redo) == (TargetState.DOUBTFUL, False)
    assert kept.findings[-1]["code"] == "term_not_redone"


def test_a_persons_target_is_flagged_and_never_overwritten(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    document = write(KEEPER)
    run_jobs()
    segment = Segment.objects.get(revision=document.current_id)
    correct_target(edition=edition(document), segment=segment, text="O faroleiro conta.", reviewer=editor)
    fake_engine.ledger.clear()
    term = save_term(entry(), editor=editor)
    run_jobs()
    flagged = target(document)
    assert (flagged.text, flagged.origin, flagged.by_term, flagged.redo) == (
        "O faroleiro conta.",
        Origin.HUMAN,
        True,
        False,
    )
    assert [finding["code"] for finding in flagged.findings] == ["term_missing"]
    assert fake_engine.ledger == []
    assert TermChange.objects.get().flagged == 1
    assert board(ids=[document.pk]).get(language="pt").outdated_count == 1  # type: ignore[attr-defined]
    save_term(entry(TargetEntry("pt", "faroleiro")), editor=editor, term=term)
    run_jobs()
    agreed = target(document)
    assert (agreed.by_term, agreed.findings, agreed.text) == (False, [], "O faroleiro conta.")


def test_imported_memory_stays_too(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    from dragoman.translation.actions import MemoryRow, import_memory

    import_memory([MemoryRow("en", "pt", KEEPER, "O faroleiro conta os navios.")], scope=Scope.NEWSROOM)
    save_term(entry(), editor=editor)
    document = write(KEEPER)
    run_jobs()
    assert (target(document).text, target(document).by_term) == ("O faroleiro conta os navios.", True)


def test_old_and_new_wordings_are_both_touched(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    term = save_term(entry(), editor=editor)
    one, other = write(KEEPER), write(STEPS)
    run_jobs()
    save_term(entry(TargetEntry("pt", "pequena cozinha"), source="small kitchen"), editor=editor, term=term)
    run_jobs()
    assert read(one).text("body") == FakeEngine.expected(EN_PT, KEEPER)
    assert "pequena cozinha" in read(other).text("body")


def test_removing_a_term_makes_anew_what_was_made_with_it(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    term = save_term(entry(), editor=editor)
    document = write(KEEPER)
    run_jobs()
    remove_term(term, editor=editor)
    run_jobs()
    assert read(document).text("body") == FakeEngine.expected(EN_PT, KEEPER)
    assert target(document).terms == []


def test_machine_memory_of_other_terms_is_not_recalled(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    write(KEEPER)
    run_jobs()
    save_term(entry(), editor=editor)
    later = write(KEEPER)
    fake_engine.ledger.clear()
    run_jobs()
    assert read(later).text("body") == HONOURED
    assert (
        len([texts for language, texts in asked(fake_engine) if language == "pt"]) == 1
    )  # the other recalls it


def test_what_changes_no_translation_makes_nothing_anew(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    term = save_term(entry(), editor=editor)
    document = write(KEEPER)
    run_jobs()
    fake_engine.ledger.clear()
    save_term(entry(note="As the harbour office says."), editor=editor, term=term)
    save_term(
        entry(*entry().targets, TargetEntry("fr", "gardien", status=TargetStatus.PROPOSED)),
        editor=editor,
        term=term,
    )
    save_term(entry(source="tower", status=TermStatus.PROPOSED), editor=editor)
    assert run_jobs() == 0
    assert fake_engine.ledger == []
    assert TermChange.objects.count() == 1
    assert not target(document).redo


def test_a_term_that_changes_while_the_engine_works_is_not_missed(
    write: Write, run_jobs: Jobs, editor: User
) -> None:
    class Slow(FakeEngine):
        changed = False

        def translate(self, request: Request) -> Answer:
            if request.pair.target == "pt" and not self.changed:
                self.changed = True
                save_term(entry(), editor=editor)
                change = TermChange.objects.get()
                apply_change(change.pk)  # before there is anything to find
            return super().translate(request)

    with engines.use(Slow(ENGLISH_PAIRS)):
        document = write(KEEPER)
        run_jobs()
    assert read(document).text("body") == HONOURED


def test_what_a_change_marks_beside_an_engine_at_work_is_not_left(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    document = write(KEEPER)
    run_jobs()

    class Slow(FakeEngine):
        def translate(self, request: Request) -> Answer:
            if request.pair.target == "pt" and not TermChange.objects.exists():
                save_term(entry(), editor=editor)
                apply_change(
                    TermChange.objects.get().pk
                )  # the edition is queued already: by the job that asks
            return super().translate(request)

    revise(document, fields={"body": body(KEEPER, STEPS)})
    with engines.use(Slow(ENGLISH_PAIRS)):
        run_jobs()
    assert HONOURED in read(document).text("body")
    assert not Target.objects.filter(redo=True).exists()


def test_never_translated_whatever_the_language(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    document = write("We asked the Harbour Times about it yesterday.")
    run_jobs()
    shown = Target.objects.exclude(state=TargetState.REFUSED).count()
    save_term(Entry("en", "Harbour Times", keep=True, match_case=True), editor=editor)
    run_jobs()
    for language in ("fr", "es", "pt"):
        made = target(document, 0, language)
        assert "Harbour Times" in made.text
        assert "terms" not in [finding["check"] for finding in made.findings]
    assert TermChange.objects.get().redone == shown >= 3


def test_a_glossary_that_has_not_changed_is_read_once(
    editor: User, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    term = save_term(entry(), editor=editor)
    assert [each.targets for each in glossary("en-GB", "pt-BR").terms] == [("guarda do farol",)]
    with django_assert_num_queries(1):
        assert len(glossary("en", "pt").terms) == 1
    remove_term(term, editor=editor)
    assert glossary("en", "pt").terms == ()


def test_applied_twice_is_applied_once(
    write: Write, fake_engine: FakeEngine, run_jobs: Jobs, editor: User
) -> None:
    write(KEEPER)
    run_jobs()
    save_term(entry(), editor=editor)
    change = TermChange.objects.get()
    apply_change(change.pk)
    apply_change(change.pk)
    change.refresh_from_db()
    assert change.redone == 1


class TestRefusals:
    def test_only_those_who_may_change_the_glossary(self, reviewer: User) -> None:
        with pytest.raises(MayNotEditTerms):
            save_term(entry(), editor=reviewer)
        with pytest.raises(MayNotEditTerms):
            import_terms([entry()], editor=reviewer)
        assert not Term.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            entry(source=" \n"),
            entry(source="x" * 201),
            entry(TargetEntry("pt", " ")),
            entry(TargetEntry("not a language", "x")),
            entry(TargetEntry("pt", "x"), TargetEntry("pt", "x")),
            entry(TargetEntry("pt", "x", status="?")),
            entry(status="?"),
            entry(variants=tuple(f"w{number}" for number in range(60))),
        ],
    )
    def test_what_is_no_term(self, editor: User, wrong: Entry) -> None:
        with pytest.raises(InvalidTerm) as refusal:
            save_term(wrong, editor=editor)
        assert refusal.value.sentence
        assert not Term.objects.exists()

    def test_a_term_once(self, editor: User) -> None:
        save_term(entry(), editor=editor)
        with pytest.raises(InvalidTerm, match="already"):
            save_term(entry(), editor=editor)


class TestImporting:
    def test_what_the_file_names_is_replaced_and_the_rest_stays(self, editor: User) -> None:
        save_term(entry(TargetEntry("pt", "um"), TargetEntry("fr", "un")), editor=editor)
        report = import_terms([entry(TargetEntry("pt", "dois"), TargetEntry("pt", "um"))], editor=None)
        assert (report.added, report.changed, report.unchanged) == (0, 1, 0)
        stored = [(each.language, each.text) for each in entry_of(Term.objects.get()).targets]
        assert stored == [("fr", "un"), ("pt", "dois"), ("pt", "um")]
        assert import_terms([entry(TargetEntry("fr", "un"))], editor=None).unchanged == 1

    def test_a_dry_run_changes_nothing(self, editor: User) -> None:
        assert import_terms([entry()], editor=editor, dry_run=True).added == 1
        assert not Term.objects.exists()
        assert not TermChange.objects.exists()
