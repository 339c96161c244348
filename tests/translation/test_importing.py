"""Memory from outside: TMX in, whatever its sentences hold, as often as one likes."""

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.engines.fake import FakeEngine
from dragoman.text.blocks import Block, Range
from dragoman.text.segments import normalise
from dragoman.translation.actions import MemoryRow, import_memory
from dragoman.translation.errors import MalformedExchange
from dragoman.translation.exchange.tmx import import_tmx, read_tmx
from dragoman.translation.models import Memory, Origin, Scope

from .conftest import Write, edition, read

pytestmark = pytest.mark.django_db
AWKWARD = [
    '"quoted"',
    "back\\slash",
    "{braces, and commas}",
    "NULL",
    "l'apostrophe",
    "100 % %s %(x)s",
    "🐸 \u202f«»",
]


def row(source: str, target: str, *, note: str = "", **rest: object) -> MemoryRow:
    return MemoryRow("en", "pt", source, target, note=note, **rest)  # type: ignore[arg-type]


def tmx(path: Path, *units: str) -> Path:
    header = (
        '<header creationtool="t" segtype="sentence" adminlang="en" srclang="*all*" datatype="plaintext"/>'
    )
    path.write_text(f'<tmx version="1.4">{header}<body>{"".join(units)}</body></tmx>', encoding="utf-8")
    return path


def unit(**wordings: str) -> str:
    variants = "".join(
        f'<tuv xml:lang="{language}"><seg>{words}</seg></tuv>' for language, words in wordings.items()
    )
    return f"<tu>{variants}</tu>"


def stored() -> dict[str, str]:
    return dict(Memory.objects.values_list("source", "target"))


def test_every_sentence_is_kept_letter_for_letter() -> None:
    assert (
        import_memory([row(f"Say {words}.", f"Diz {words}.") for words in AWKWARD], scope=Scope.NEWSROOM) == 7
    )
    assert stored() == {normalise(f"Say {words}."): f"Diz {words}." for words in AWKWARD}
    assert set(Memory.objects.values_list("origin", flat=True)) == {Origin.IMPORTED}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
        st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    )
)
def test_whatever_they_hold(found: dict[str, str]) -> None:
    Memory.objects.all().delete()
    rows = {normalise(source): row(source, target) for source, target in found.items()}
    assert import_memory(rows.values(), scope=Scope.NEWSROOM) == len(rows)
    assert set(stored()) == set(rows)


def test_a_sentence_imported_again_gets_the_new_target_and_what_is_the_same_is_not_written() -> None:
    import_memory([row("One.", "Um."), row("Two.", "Dois.")], scope=Scope.NEWSROOM)
    before = written()
    assert import_memory([row("One.", "Um."), row("Two.", "Duas.", note="demo")], scope=Scope.NEWSROOM) == 2
    assert stored() == {"One.": "Um.", "Two.": "Duas."}
    assert Memory.objects.get(source="Two.").note == "demo"
    after = written()
    assert before["One."] == after["One."]
    assert before["Two."] != after["Two."]


def written() -> dict[str, str]:
    """Which transaction and statement wrote each row last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, ctid::text FROM translation_memory")
        return dict(cursor.fetchall())


def test_the_last_of_two_equal_sentences_wins() -> None:
    assert import_memory([row("One.", "Um."), row("One. ", "Uma.")], scope=Scope.NEWSROOM) == 1
    assert stored() == {"One.": "Uma."}


def test_scopes_and_human_memory_are_left_alone() -> None:
    import_memory([row("One.", "Um.")], scope=Scope.NEWSROOM)
    Memory.objects.update(origin=Origin.HUMAN)
    import_memory([row("One.", "Uma.")], scope=Scope.NEWSROOM)
    import_memory([row("One.", "Algum.")], scope=Scope.DISCUSSION)
    assert sorted(Memory.objects.values_list("scope", "origin", "target")) == [
        ("discussion", "imported", "Algum."),
        ("newsroom", "human", "Um."),
        ("newsroom", "imported", "Uma."),
    ]


def test_one_statement_for_thousands() -> None:
    rows = [row(f"Sentence number {number}.", f"Frase número {number}.") for number in range(6000)]
    with CaptureQueriesContext(connection) as found:
        assert import_memory(rows, scope=Scope.NEWSROOM) == 6000
    assert len([query for query in found if "INSERT" in query["sql"]]) == 2
    assert import_memory([], scope=Scope.NEWSROOM) == 0


def test_a_file_goes_every_way_and_is_recalled_with_its_formatting(
    tmp_path: Path, write: Write, fake_engine: FakeEngine, run_jobs: object
) -> None:
    file = tmx(
        tmp_path / "demo.tmx",
        unit(
            en='The <hi x="1" type="bold">lamp</hi> turns.',
            pt='A <hi x="1" type="bold">lâmpada</hi> gira.',
            fr="La lampe tourne.",
        ),
    )
    assert import_tmx(file, scope=Scope.NEWSROOM) == 6
    pairs = set(Memory.objects.values_list("source_language", "target_language"))
    assert pairs == {
        (one, other) for one in ("en", "pt", "fr") for other in ("en", "pt", "fr") if one != other
    }
    document = write()
    from dragoman.translation.actions import revise

    revise(document, fields={"body": (Block("paragraph", "The lamp turns.", (Range(4, 8, "bold"),)),)})
    run_jobs()  # type: ignore[operator]
    (block,) = read(document).blocks("body")
    assert (block.block.text, block.block.ranges) == ("A lâmpada gira.", (Range(2, 9, "bold"),))
    assert edition(document).origin == Origin.IMPORTED


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<tmx>",
        "not XML",
        '<!DOCTYPE x [<!ENTITY a "b">]><tmx><body>&a;</body></tmx>',
        f"<tmx><body>{escape('<tu>')}",
    ],
)
def test_what_is_no_tmx_file_is_a_sentence_and_changes_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "broken.tmx"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(MalformedExchange, match=r"broken\.tmx"):
        import_tmx(file, scope=Scope.NEWSROOM)
    assert not Memory.objects.exists()


def test_a_unit_without_language_is_refused(tmp_path: Path) -> None:
    file = tmx(tmp_path / "bare.tmx", unit(en="One.", pt="Um."), "<tu><tuv><seg>Two.</seg></tuv></tu>")
    with pytest.raises(MalformedExchange):
        list(read_tmx(file))
    with pytest.raises(MalformedExchange):
        import_tmx(file, scope=Scope.NEWSROOM)
    assert not Memory.objects.exists()
