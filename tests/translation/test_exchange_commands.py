"""`dragoman export | import xliff | tmx`, as one calls them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dragoman.engines.fake import FakeEngine
from dragoman.exchange.commands import export_group, import_group
from dragoman.people.models import User
from dragoman.translation.models import Document, Memory, Origin, Target
from tests.translation.conftest import Write

pytestmark = pytest.mark.django_db
Jobs = Callable[[], int]
KEEPER = "The lighthouse keeper counts the ships every evening."


def run(group: object, *arguments: str) -> Result:
    return CliRunner().invoke(group, arguments)  # type: ignore[arg-type]


@pytest.fixture
def document(write: Write, fake_engine: FakeEngine, run_jobs: Jobs) -> Document:
    written = write(KEEPER)
    run_jobs()
    return written


@pytest.fixture
def file(document: Document, tmp_path: Path) -> Path:
    done = run(export_group, "xliff", "--document", str(document.pk), "--language", "pt")
    assert done.exit_code == 0, done.output
    path = tmp_path / "work.xlf"
    path.write_text(done.stdout.replace('state="translated"', 'state="final"'), "utf-8")
    return path


def test_xliff_out_and_in(file: Path, reviewer: User) -> None:
    done = run(import_group, "xliff", str(file), "--by", reviewer.email, "--json")
    report = json.loads(done.stdout)
    assert (report["applied"], report["skipped"], report["left"]) == (1, 0, [])
    assert Target.objects.get(edition__language="pt").reviewer == reviewer
    assert run(import_group, "xliff", str(file)).stdout.startswith("Imported 0 sentences, 1 as before")


def test_a_dry_run_of_xliff_changes_nothing(file: Path) -> None:
    assert run(import_group, "xliff", str(file), "--dry-run").stdout.startswith("Would import 1 sentences")
    assert Target.objects.get(edition__language="pt").origin == Origin.MACHINE


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["xliff", "nowhere.xlf"], "cannot be read"),
        (
            ["xliff", "{file}", "--by", "nobody@example.org"],
            "Nobody here has the address nobody@example.org.",
        ),
        (["xliff", "{broken}"], "Line 2: "),
        (["tmx", "{broken}"], "is not a TMX file"),
    ],
)
def test_bad_input_is_a_sentence_and_status_2(
    file: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text("<xliff\n<", "utf-8")
    done = run(import_group, *(each.format(file=file, broken=broken) for each in arguments))
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_tmx_out_and_in(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx"
    path.write_bytes(run(export_group, "tmx").stdout_bytes)
    count = Memory.objects.count()
    assert json.loads(run(import_group, "tmx", str(path), "--dry-run", "--json").stdout)["pairs"] == count
    Memory.objects.all().delete()
    assert run(import_group, "tmx", str(path)).stdout == f"Imported {count} pairs.\n"
    assert Memory.objects.filter(source=KEEPER).count() == count
