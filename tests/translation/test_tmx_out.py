"""TMX out: the memory as a file, and back without losing anything."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.engines.fake import FakeEngine
from dragoman.people.models import User
from dragoman.text.blocks import clean
from dragoman.text.segments import normalise
from dragoman.translation.actions import MemoryRow, correct_target, import_memory
from dragoman.translation.errors import MalformedExchange
from dragoman.translation.exchange.tmx import export_tmx, import_tmx, read_tmx, write_tmx
from dragoman.translation.models import ANY_CONTEXT, Memory, Origin, Scope, Segment
from tests.translation.conftest import Write, edition

Jobs = Callable[[], int]
KEEPER = "The lighthouse keeper counts the ships every evening."

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=40).map(clean)
SHORT = st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=20)
ROWS = st.builds(
    MemoryRow,
    source_language=st.sampled_from(["en", "ru", "ar"]),
    target_language=st.sampled_from(["fr", "pt"]),
    source=TEXT.map(normalise),
    target=TEXT.map(str.strip),
    fragments=st.dictionaries(TEXT, TEXT, max_size=3).map(lambda found: tuple(found.items())),
    note=SHORT.filter(lambda note: note == clean(note)),
    origin=st.sampled_from(list(Origin)),
    context=st.just(ANY_CONTEXT) | st.binary(min_size=32, max_size=32),
    engine=SHORT,
    model=SHORT,
    terms=st.lists(TEXT, max_size=3).map(tuple),
    made_at=st.none()
    | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - the zone comes next
        lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
    ),
)


def there_and_back(rows: list[MemoryRow]) -> list[MemoryRow]:
    with TemporaryDirectory() as place:
        file = Path(place, "memory.tmx")
        file.write_text("".join(write_tmx(rows)), "utf-8", newline="")
        return list(read_tmx(file))


@given(st.lists(ROWS, max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_round_trip_loses_nothing(rows: list[MemoryRow]) -> None:
    assert there_and_back(rows) == rows


def stored() -> list[dict[str, object]]:
    names = [each.name for each in Memory._meta.fields if each.name not in ("id", "reviewer", "created_at")]
    rows = Memory.objects.order_by("source_language", "target_language", "key", "scope", "origin")
    return [
        {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
        for row in rows.values(*names)
    ]


@pytest.fixture
def memory(write: Write, fake_engine: FakeEngine, run_jobs: Jobs, reviewer: User) -> None:
    """Memory of every origin, of both scopes, with and without context."""
    document = write(f"{KEEPER} Right. {KEEPER.upper()}")
    write("A reader's words about the ships in the evening.", scope=Scope.DISCUSSION)
    run_jobs()
    import_memory(
        [
            MemoryRow(
                "en", "pt", "The boat sails.", "O barco parte.", (("boat", "barco"),), "demo translation"
            )
        ],
        scope=Scope.NEWSROOM,
    )
    correct_target(
        edition=edition(document),
        segment=Segment.objects.get(revision=document.current_id, position=0),
        text="Conta os navios.",
        reviewer=reviewer,
        everywhere=True,
    )


@pytest.fixture
def file(tmp_path: Path, memory: None) -> Path:
    path = tmp_path / "memory.tmx"
    path.write_text("".join(export_tmx()), "utf-8", newline="")
    return path


@pytest.mark.django_db
class TestMemory:
    def test_the_newsrooms_memory_comes_back_as_it_was(self, file: Path) -> None:
        before = [row for row in stored() if row["scope"] == Scope.NEWSROOM]
        assert {row["origin"] for row in before} == set(Origin)
        assert {row["context"] == ANY_CONTEXT for row in before} == {True, False}
        Memory.objects.filter(scope=Scope.NEWSROOM).delete()
        import_tmx(file, scope=Scope.NEWSROOM, as_exported=True)
        assert [row for row in stored() if row["scope"] == Scope.NEWSROOM] == before

    def test_the_discussion_is_left_out_unless_asked_for(self, file: Path) -> None:
        assert "A reader's words" not in file.read_text("utf-8")
        assert "A reader's words" in "".join(export_tmx(scope=Scope.DISCUSSION))

    def test_a_file_makes_nobody_a_person(self, file: Path) -> None:
        Memory.objects.all().delete()
        import_tmx(file, scope=Scope.NEWSROOM)
        assert set(Memory.objects.values_list("origin", flat=True)) == {Origin.IMPORTED, Origin.MACHINE}

    def test_what_a_person_wrote_since_stays(self, file: Path) -> None:
        Memory.objects.filter(origin=Origin.HUMAN).update(target="Melhor ainda.")
        import_tmx(file, scope=Scope.NEWSROOM, as_exported=True)
        assert Memory.objects.get(origin=Origin.HUMAN).target == "Melhor ainda."

    def test_who_reviewed_is_not_told(self, file: Path, reviewer: User) -> None:
        text = file.read_text("utf-8")
        assert reviewer.email not in text
        assert reviewer.display_name not in text

    @pytest.mark.parametrize("told", ["[", '["a"]', '{"a": 1}', "[" * 100_000])
    def test_properties_that_are_not_ours_are_refused(self, tmp_path: Path, told: str) -> None:
        file = tmp_path / "hostile.tmx"
        unit = (
            f'<tu><prop type="x-dragoman-fragments">{told}</prop>'
            '<tuv xml:lang="en"><seg>One.</seg></tuv><tuv xml:lang="pt"><seg>Um.</seg></tuv></tu>'
        )
        file.write_text(f"<tmx><body>{unit}</body></tmx>", "utf-8")
        with pytest.raises(MalformedExchange):
            import_tmx(file, scope=Scope.NEWSROOM)
        assert not Memory.objects.exists()
