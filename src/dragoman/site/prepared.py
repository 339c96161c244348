"""What has to be done before serving, and the memory of having done it. No Django."""

import hashlib
import json
import sys
import sysconfig
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from dragoman.delivery.postgres import EmbeddedPostgres
from dragoman.delivery.supervisor import Step

PACKAGE = Path(__file__).resolve().parent.parent

Account = dict[str, str]


class _Done(NamedTuple):
    """What was done, named by digests of what it was made from; `database` tells which database had it."""

    database: str = ""
    migrations: str = ""
    static: str = ""
    phrases: str = ""
    demo: str = ""
    accounts: Sequence[Account] = ()


class Prepared:
    """Migrations, static files, phrases and the demo: each done again only when what it is made from changed.

    So a second start takes the time of starting the processes. Kept in `var`/prepared.json.
    """

    def __init__(self, var: Path, database_url: str) -> None:
        """`database_url`: empty for the embedded one of `var`."""
        self._var = var
        self._database_url = database_url
        self._file = self._var / "prepared.json"
        self._done = self._remembered()
        self._loaded: list[Account] = []
        packages = installed()
        self._migrations = packages + digest(PACKAGE.glob("*/migrations/*.py"))
        self._static = packages + digest(PACKAGE.glob("*/static/**/*"))
        self._phrases = digest(PACKAGE.glob("translation/phrases/*.tmx"))
        self._demo = digest(PACKAGE.glob("site/demo/**/*"))

    @property
    def accounts(self) -> list[Account]:
        """The demo's accounts, once it is loaded."""
        return [*self._done.accounts]

    def steps(self) -> list[Step]:
        """What has to be done before serving."""
        done, steps = self._done, []
        if done.migrations != self._migrations:
            steps.append(self._migrate())
        if done.static != self._static or not (self._var / "static" / "staticfiles.json").exists():
            steps.append(self._collect_static())
        if done.phrases != self._phrases:
            steps.append(self._load_phrases())
        return steps

    def demo_steps(self) -> list[Step]:
        """What has to be done for the demo, after `steps`."""
        if self._done.demo == self._demo:
            return []
        load = _command("load-demo", "--json")
        sentence = "Loading the demo publication …"
        return [Step("load-demo", load, sentence=sentence, line=self._hear_account, done=self._remember_demo)]

    def _migrate(self) -> Step:
        command = _command("manage", "migrate", "--verbosity", "0", "--no-input")
        done = self._remember(migrations=self._migrations)
        return Step("migrate", command, sentence="Preparing the database …", done=done)

    def _collect_static(self) -> Step:
        command = _command("manage", "collectstatic", "--verbosity", "0", "--no-input")
        done = self._remember(static=self._static)
        return Step("collectstatic", command, sentence="Collecting static files …", done=done)

    def _load_phrases(self) -> Step:
        done = self._remember(phrases=self._phrases)
        return Step(
            "load-phrases", _command("load-phrases"), sentence="Loading reviewed phrases …", done=done
        )

    def _hear_account(self, line: str) -> None:
        if line.startswith("{"):
            self._loaded.append(json.loads(line))

    def _remember_demo(self) -> None:
        self._done = self._done._replace(accounts=self._loaded)
        self._remember(demo=self._demo)()

    def _remember(self, **digests: str) -> Callable[[], None]:
        def note() -> None:
            self._done = _Done(**self._done._asdict() | digests | {"database": self._database()})
            unfinished = self._file.with_suffix(".new")
            unfinished.write_text(json.dumps(self._done._asdict()), encoding="utf-8")
            unfinished.replace(self._file)

        return note

    def _remembered(self) -> _Done:
        """Nothing, when the file is damaged or speaks of another database."""
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            done = _Done(**{name: told[name] for name in _Done._fields})
        except (OSError, ValueError, KeyError, TypeError):
            return _Done()
        return done if done.database == self._database() else _Done()

    def _database(self) -> str:
        """Which database: its address, or for the embedded one, when the cluster was made."""
        if self._database_url:
            return hashlib.sha256(self._database_url.encode()).hexdigest()
        return embedded(self._var).made()


def digest(paths: Iterable[Path]) -> str:
    """Of names, sizes and times of change."""
    found = hashlib.sha256()
    for path in sorted(paths):
        state = path.stat()
        if path.suffix != ".pyc" and path.is_file():
            found.update(f"{path}:{state.st_mtime_ns}:{state.st_size}\n".encode())
    return found.hexdigest()


def installed() -> str:
    """Which packages, in which versions."""
    names = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def embedded(var: Path) -> EmbeddedPostgres:
    """The embedded database of a directory."""
    return EmbeddedPostgres(var / "postgres", log=var / "log" / "postgres.log")


def _command(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "dragoman.site.cli", *arguments)
