"""The command line as others use it: what stands on standard output, one sentence for what is wrong, and status 2."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dragoman.engines.fake import FakeEngine, Quirks
from dragoman.engines.protocol import Pair
from dragoman.site import cli
from dragoman.translation import engines
from dragoman.translation.terms.actions import import_terms
from dragoman.translation.terms.entries import Entry, TargetEntry
from tests.conftest import ENGLISH_PAIRS
from tests.engines.weights_at_hand import installed_model
from tests.shared import ROOT, shared

PORTUGUESE = Pair("en", "pt")


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def refused(self) -> str:
        """The one sentence."""
        assert (self.status, self.out) == (2, "")
        assert self.err.count("\n") == 1
        return self.err.strip()


Run = Callable[..., Said]


@pytest.fixture
def dragoman(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`dragoman …`, in this process."""

    def run(*arguments: str, given: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "argv", ["dragoman", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Said(int(str(ended.value.code)), said.out, said.err)

    return run


def program(var: Path, *arguments: str, given: str = "", **environment: str) -> Said:
    """`dragoman …` in a process and a directory of its own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DRAGOMAN_", "DJANGO_"))
    }
    kept.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.site.cli", *arguments],
        cwd=var, input=given, capture_output=True, text=True, timeout=300, check=False,
        env=kept | {"DRAGOMAN_VAR": str(var), "PYTHONPATH": str(ROOT / "src")} | environment,
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def test_what_the_command_line_does_not_know_is_one_sentence(dragoman: Run) -> None:
    assert "nonsense" in dragoman("nonsense").refused()
    assert "--from" in dragoman("translate", "--to", "pt").refused()
    assert "99999" in dragoman("serve", "--port", "99999").refused()


def test_help_is_no_fault(dragoman: Run) -> None:
    said = dragoman("--help")
    assert said.status == 0
    for command in ("demo", "serve", "worker", "manage", "import", "engines", "translate", "fidelity"):
        assert f"\n  {command} " in said.out


def test_faults_of_the_configuration_end_every_command(tmp_path: Path) -> None:
    file = tmp_path / "faulty.toml"
    file.write_text('debag = true\n[publication]\ntime_zone = "Mars/Base"\n')
    for command in (["serve"], ["demo"], ["worker"], ["engines"], ["manage", "check"]):
        said = program(tmp_path, *command, DRAGOMAN_CONFIG=str(file))
        assert (said.status, said.out) == (2, "")
        assert said.err.splitlines() == [
            "The configuration has faults:",
            "publication.time_zone: 'Mars/Base' is not a time zone of the IANA database.",
            "debag: there is no such setting.",
        ]
    assert list(tmp_path.iterdir()) == [file]


class TestTranslate:
    """`dragoman translate`"""

    def test_text(self, dragoman: Run, fake_engine: FakeEngine) -> None:
        said = dragoman("translate", "--from", "en", "--to", "pt", given=b"The ferry leaves at noon.")
        assert (said.status, said.err) == (0, "")
        assert said.out == FakeEngine.expected(PORTUGUESE, "The ferry leaves at noon.") + "\n"

    def test_html_keeps_its_markup(self, dragoman: Run, fake_engine: FakeEngine) -> None:
        markup = b'<p>The ferry leaves <a href="https://example.org/">at noon</a>.</p>'
        said = dragoman("translate", "--from", "en", "--to", "pt", "--html", "--json", given=markup)
        (told,) = said.objects
        assert told["text"].startswith("<p>")
        assert '<a href="https://example.org/">' in told["text"]
        assert FakeEngine.expected(PORTUGUESE, "ferry") in told["text"]
        assert (told["engine"], told["refused"]) == ("fake", 0)

    def test_a_refused_sentence_stands_in_the_original_and_is_told(self, dragoman: Run) -> None:
        engine = FakeEngine(ENGLISH_PAIRS, quirks=Quirks(echo=True, only="noon"))
        with engines.use(engine):
            said = dragoman(
                "translate", "--from", "en", "--to", "pt", "--json",
                given=b"The old ferry leaves the harbour at noon. The keeper waits there.",
            )  # fmt: skip
        (told,) = said.objects
        assert told["refused"] == 1
        assert told["findings"]
        assert told["text"] == "The old ferry leaves the harbour at noon. " + FakeEngine.expected(
            PORTUGUESE, "The keeper waits there."
        )

    @pytest.mark.parametrize(
        ("arguments", "given", "why"),
        [
            (["--from", "en", "--to", "ja"], b"The ferry.", "No engine translates from en to ja."),
            (["--from", "en", "--to", "pt"], b"\xff\xfe", "The text is not UTF-8: byte 0 cannot be read."),
        ],
    )
    def test_bad_input(
        self, dragoman: Run, fake_engine: FakeEngine, arguments: Sequence[str], given: bytes, why: str
    ) -> None:
        assert dragoman("translate", *arguments, given=given).refused() == why
        assert fake_engine.ledger == []

    def test_with_the_real_engine(self, tmp_path: Path) -> None:
        installed_model(PORTUGUESE)
        said = program(
            tmp_path, "translate", "--from", "en", "--to", "pt", "--json", given="The boat is in the harbour."
        )
        (told,) = said.objects
        assert (said.status, said.err) == (0, "")
        assert (told["engine"], told["refused"], told["findings"]) == ("embedded", 0, [])
        assert "barco" in told["text"]


class TestTranslateWithTerms:
    """`dragoman translate --terms FILE`, `--glossary`"""

    CSV = "source_language,source,target_language,target\nen,ferry,pt-PT,balsa\nen,Skerrow Light,,\nfr,ferry,pt,bac\n"

    @pytest.fixture(autouse=True)
    def engine(self) -> Iterator[None]:
        with engines.use(FakeEngine([PORTUGUESE])):
            yield

    def told(self, dragoman: Run, *more: str, text: bytes = b"The ferry leaves.") -> str:
        said = dragoman("translate", "--from", "en", "--to", "pt", *more, given=text)
        assert said.status == 0, said.err
        return said.out.strip()

    def test_a_files_terms_are_honoured_without_a_database(
        self, dragoman: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cli, "with_database", lambda _command: pytest.fail("no database is needed"))
        file = tmp_path / "terms.csv"
        file.write_text(self.CSV, encoding="utf-8")
        assert "balsa" in self.told(dragoman, "--terms", str(file))
        assert "balsa" not in self.told(dragoman)
        assert "bac" not in self.told(dragoman, "--terms", str(file)).split()

    def test_a_term_that_is_kept_stays(self, dragoman: Run, tmp_path: Path) -> None:
        file = tmp_path / "terms.csv"
        file.write_text("source_language,source,keep,target_language,target\nen,Skerrow Light,yes,,\n")
        assert "Skerrow Light" in self.told(
            dragoman, "--terms", str(file), text=b"They saw the Skerrow Light."
        )

    def test_a_bad_file_is_refused_in_a_sentence(self, dragoman: Run, tmp_path: Path) -> None:
        file = tmp_path / "terms.csv"
        file.write_text("nothing,here\n1,2\n")
        arguments = ("translate", "--from", "en", "--to", "pt", "--terms")
        assert "terms.csv" in dragoman(*arguments, str(file), given=b"Hi").refused()
        assert "cannot be read" in dragoman(*arguments, str(tmp_path / "none"), given=b"Hi").refused()

    @pytest.mark.django_db
    def test_the_publications_terms_and_a_files_before_them(
        self, dragoman: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cli, "with_database", lambda command: command)
        entries = [
            Entry("en", source, targets=(TargetEntry("pt", target),))
            for source, target in (("ferry", "barco"), ("harbour", "cais"))
        ]
        import_terms(entries, editor=None)
        text = b"The ferry leaves the harbour."
        assert {"barco", "cais"} <= set(self.told(dragoman, "--glossary", text=text).strip(".").split())
        file = tmp_path / "terms.csv"
        file.write_text(self.CSV, encoding="utf-8")
        both = self.told(dragoman, "--glossary", "--terms", str(file), text=text).strip(".").split()
        assert {"balsa", "cais"} <= set(both)
        assert "barco" not in both


class TestEngines:
    """`dragoman engines`"""

    def test_list_and_verify(self, dragoman: Run) -> None:
        model = installed_model(PORTUGUESE)
        listed = {each["pair"]: each for each in dragoman("engines", "list", "--json").objects}
        assert listed["en-pt"] == {"pair": "en-pt", "model": model.name, "bytes": model.bytes}
        assert "en-pt" in dragoman("engines").out
        verified = dragoman("engines", "verify", "--json")
        assert verified.status == 0
        assert [each["problems"] for each in verified.objects] == [[]] * len(listed)

    def test_no_models(self, dragoman: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        from dragoman.engines.weights import WeightsSource

        monkeypatch.setattr(engines, "weights", lambda: WeightsSource([tmp_path], package=None))
        assert dragoman("engines", "list", "--json") == Said(0, "", "")
        assert dragoman("engines").err.startswith("No models are installed")


class TestFidelity:
    """`dragoman fidelity`"""

    OPTIONS = ("--source-language", "en", "--target-language", "pt", "--json")

    def table(self, folder: Path, text: str | bytes) -> str:
        file = folder / "rows.tsv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(file)

    def test_a_verdict_for_each_row(self, dragoman: Run, tmp_path: Path) -> None:
        file = self.table(tmp_path, "source\ttarget\nThe 12 boats\tOs 13 barcos\nA “good” day\tUm bom dia\n")
        said = dragoman("fidelity", file, *self.OPTIONS)
        first, second = said.objects
        assert said.status == 0
        assert (first["row"], first["verdict"], second["row"]) == (1, "refuse", 2)
        (finding,) = first["findings"]
        assert finding.keys() == {"check", "severity", "message", "source", "target"}
        assert (finding["check"], finding["source"], finding["target"]) == ("numbers", [[4, 6]], [[3, 5]])

    def test_columns_by_name_and_a_byte_order_mark(self, dragoman: Run, tmp_path: Path) -> None:
        file = self.table(tmp_path, "\ufeffmt\tid\tsrc\r\nOs 12 barcos\t7\tThe 12 boats\r\n")
        said = dragoman("fidelity", file, *self.OPTIONS, "--columns", "src,mt")
        assert [row["verdict"] for row in said.objects] == ["pass"]

    @pytest.mark.parametrize(
        ("text", "options", "why"),
        [
            ("a\tb\nx\ty\n", (), "The header (line 1) has no column “source”."),
            ("source\ttarget\n", ("--columns", "source"), "Name two columns: source,target."),
            ("source\ttarget\nonly one\n", (), "Line 2 has 1 columns, the header 2."),
            (b"source\ttarget\n", ("--source-language", "eng9"), "'eng9' is not a language tag."),
            (b"source\ttarget\nThe \xff boats\t\n", (), "byte 5 of line 2 cannot be read."),
        ],
    )
    def test_bad_input(
        self, dragoman: Run, tmp_path: Path, text: str | bytes, options: Sequence[str], why: str
    ) -> None:
        assert (
            dragoman("fidelity", self.table(tmp_path, text), *self.OPTIONS, *options).refused().endswith(why)
        )

    def test_a_file_that_is_not_there(self, dragoman: Run, tmp_path: Path) -> None:
        assert "does not exist" in dragoman("fidelity", str(tmp_path / "none.tsv"), *self.OPTIONS).refused()


class TestImport:
    """`dragoman import page`, from an empty directory"""

    @pytest.mark.db
    def test_the_model_page_twice(self, tmp_path: Path) -> None:
        page = ["import", "page", str(shared("seed/page.fr.txt")), "--language", "fr", "--json"]
        tried = program(tmp_path, *page, "--dry-run")
        (would,) = tried.objects
        assert (would["articles"], would["comments"], would["replies"]) == (1, 6, 1)
        first, again = program(tmp_path, *page), program(tmp_path, *page)
        assert (first.status, first.err) == (0, "")
        (told,) = first.objects
        assert {"articles", "comments", "replies", "skipped", "findings", "address"} <= told.keys()
        assert (told["articles"], told["comments"], told["replies"]) == (1, 6, 1)
        assert told["address"].startswith("/fr/")
        assert [each["address"] for each in again.objects] == [told["address"]]
        counted = "from dragoman.discussion.models import Comment as C; print(C.objects.count())"
        assert program(tmp_path, "manage", "shell", "--no-imports", "-c", counted).out == "6\n"

    @pytest.mark.parametrize(
        ("file", "language", "why"),
        [
            (b"Just a note.\n", "fr", "is not a page with its thread"),
            (b"\xff\xfe", "fr", "is not UTF-8"),
            (None, "fr", "cannot be read"),
        ],
    )
    def test_what_is_no_such_page_changes_nothing(
        self, tmp_path: Path, file: bytes | None, language: str, why: str
    ) -> None:
        if file is not None:
            (tmp_path / "page.txt").write_bytes(file)
        before = list(tmp_path.iterdir())
        said = program(tmp_path, "import", "page", str(tmp_path / "page.txt"), "--language", language)
        assert why in said.refused()
        assert list(tmp_path.iterdir()) == before

    def test_a_database_that_is_away_is_one_sentence(self, tmp_path: Path) -> None:
        page = ["import", "page", str(shared("seed/page.fr.txt")), "--language", "fr"]
        said = program(tmp_path, *page, DATABASE_URL="postgresql://127.0.0.1:1/news")
        assert said.refused().startswith("The database of DATABASE_URL cannot be reached: ")
