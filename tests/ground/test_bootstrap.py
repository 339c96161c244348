"""`./run` on machines of all kinds: a small checkout of its own, whose commands say how they were called."""

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from tests.shared import ROOT

SAYS = "import os, sys\nprint(os.getcwd(), *sys.argv[1:])\n"
OLD_PYTHON = (
    '#!/bin/sh\n# as a Python that is too old answers\ncase "$1" in -c) exit 1;; esac\necho started >&2\n'
)
WITHOUT_VENV = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "ensurepip" else find(name, package)
"""


class Checkout:
    """A checkout without dependencies, and a machine (`programs`: all that is on its PATH)."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "checkout"
        self.programs = directory / "programs"
        self.programs.mkdir()
        for name in ("dirname", "sh"):
            found = shutil.which(name)
            assert found is not None
            (self.programs / name).symlink_to(found)
        (self.root / "tools").mkdir(parents=True)
        shutil.copy(ROOT / "run", self.root / "run")
        shutil.copy(ROOT / "tools" / "bootstrap.py", self.root / "tools" / "bootstrap.py")
        (self.root / "requirements").mkdir()
        for level in ("runtime", "demo", "dev"):
            (self.root / "requirements" / f"{level}.txt").write_text("# nothing\n")
        package = self.root / "src" / "dragoman" / "site"
        package.mkdir(parents=True)
        for folder in (package.parent, package):
            (folder / "__init__.py").touch()
        (package / "cli.py").write_text(SAYS + "def main():\n    print('launched')\n")

    def program(self, name: str, text: str) -> None:
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def python(self, name: str = "python3", **environment: str) -> None:
        """A Python of this name that is new enough."""
        told = " ".join(f"{key}='{value}'" for key, value in environment.items())
        self.program(name, f'#!/bin/sh\n{told} exec {sys.executable} "$@"\n')

    def run(self, *arguments: str, directory: Path | None = None) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "HOME"))}
        return subprocess.run(
            [self.root / "run", *arguments], cwd=directory or self.root, timeout=300,
            env=kept | {"PATH": str(self.programs)}, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    tmp_path.chmod(0o700)
    return Checkout(tmp_path)


def modes(directory: Path) -> dict[Path, tuple[int, int, int]]:
    return {
        path: (stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid)
        for path in [directory, *directory.rglob("*")]
        if (state := path.lstat())
    }


def without_paths() -> dict[str, str]:
    """The environment of somebody who did not come through this very checkout's ./run."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_the_first_run_sets_up_and_the_second_only_runs(checkout: Checkout, tmp_path: Path) -> None:
    checkout.python()
    before = modes(tmp_path)
    first = checkout.run("worker", "--once", "two words", directory=tmp_path)
    assert (first.returncode, first.stdout) == (0, f"{checkout.root} worker --once two words\n"), first.stderr
    assert "Installing" in first.stderr
    assert before.items() <= modes(tmp_path).items()
    second = checkout.run("worker")
    assert (second.returncode, second.stdout, second.stderr) == (0, f"{checkout.root} worker\n", "")
    launched = subprocess.run(
        [checkout.root / ".venv/bin/dragoman"],
        env=without_paths(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert launched.stdout.endswith("launched\n")


def test_it_installs_again_only_when_something_changed(checkout: Checkout) -> None:
    checkout.python()
    assert "Installing" in checkout.run("serve").stderr
    assert "Installing" in checkout.run("demo").stderr  # needs more than `serve` does
    assert "Installing" not in checkout.run("serve").stderr
    assert "Installing" not in checkout.run("demo").stderr
    (checkout.root / "requirements" / "runtime.txt").write_text("# another lock\n")
    assert "Installing" in checkout.run("demo").stderr
    assert "Installing" not in checkout.run("serve").stderr


def test_a_damaged_environment_is_made_again(checkout: Checkout) -> None:
    checkout.python()
    checkout.run("serve")
    environment = checkout.root / ".venv"
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("/nowhere/python3")
    mended = checkout.run("serve")
    assert (mended.returncode, mended.stdout) == (0, f"{checkout.root} serve\n"), mended.stderr
    (environment / "dragoman-stamp").write_bytes(b"\xff nonsense\n\nruntime\n")
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").write_text("no program")
    mended = checkout.run("serve")
    assert (mended.returncode, mended.stdout) == (0, f"{checkout.root} serve\n"), mended.stderr


def test_a_checkout_that_was_moved_works_on(checkout: Checkout, tmp_path: Path) -> None:
    checkout.python()
    checkout.run("serve")
    checkout.root = checkout.root.rename(tmp_path / "elsewhere")
    moved = checkout.run("serve")
    assert (moved.returncode, moved.stdout) == (0, f"{tmp_path / 'elsewhere'} serve\n"), moved.stderr
    launched = subprocess.run(
        [checkout.root / ".venv/bin/dragoman"],
        env=without_paths(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert launched.stdout.endswith("launched\n")


def test_two_first_runs_at_once_do_not_disturb_each_other(checkout: Checkout) -> None:
    checkout.python()
    with ThreadPoolExecutor(2) as both:
        one, other = both.map(checkout.run, ["serve", "worker"])
    assert (one.returncode, one.stdout) == (0, f"{checkout.root} serve\n"), one.stderr
    assert (other.returncode, other.stdout) == (0, f"{checkout.root} worker\n"), other.stderr


def test_help_needs_nothing(checkout: Checkout) -> None:
    checkout.python()
    for arguments in (["--help"], ["-h"], []):
        helped = checkout.run(*arguments)
        assert (helped.returncode, helped.stderr) == (0, "")
        assert "./run COMMAND" in helped.stdout
    assert not (checkout.root / ".venv").exists()


def test_a_python_that_is_too_old_is_one_sentence(checkout: Checkout) -> None:
    checkout.program("python3", OLD_PYTHON)
    refused = checkout.run("demo")
    assert refused.returncode == 2
    assert refused.stderr.startswith("Dragoman needs Python 3.11 or newer")
    assert refused.stderr.count("\n") == 1
    assert not (checkout.root / ".venv").exists()


def test_no_python_at_all_is_the_same_sentence(checkout: Checkout) -> None:
    refused = checkout.run("demo")
    assert refused.returncode == 2
    assert refused.stderr.startswith("Dragoman needs Python 3.11 or newer")
    assert refused.stderr.count("\n") == 1


def test_a_newer_python_beside_an_old_one_is_taken(checkout: Checkout) -> None:
    checkout.program("python3", OLD_PYTHON)
    checkout.python("python3.12")
    assert checkout.run("serve").stdout == f"{checkout.root} serve\n"


def test_no_venv_module_is_one_sentence(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "poor").mkdir()
    (tmp_path / "poor" / "sitecustomize.py").write_text(WITHOUT_VENV)
    checkout.python(PYTHONPATH=str(tmp_path / "poor"))
    refused = checkout.run("demo")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert refused.returncode == 2
    assert f"`apt-get install python{version}-venv`" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (checkout.root / ".venv").exists()


# --- what cannot be had in a small checkout: the module itself ------------------------------------------------------


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / "venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / "venv" / "bin" / "python")
    return module


def free(module: ModuleType, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    usage = shutil.disk_usage("/")._replace(free=size)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: usage)


def test_no_space_is_one_sentence(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    free(bootstrap, monkeypatch, 300_000_000)
    with pytest.raises(SystemExit) as refusal:
        bootstrap.set_up("demo")
    assert refusal.value.code == 2
    said = capsys.readouterr().err
    assert said == (
        "Dragoman needs 1.2 GB of free disk space here and there are 0.3 GB: please make some room.\n"
    )
    assert not bootstrap.VENV.exists()


def test_a_disk_that_fills_up_is_told_from_a_missing_network(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "install_file", lambda path: False)
    for size, word in ((1_000_000, "full"), (10_000_000_000, "network")):
        free(bootstrap, monkeypatch, size)
        with pytest.raises(SystemExit):
            bootstrap.install("runtime")
        assert word in capsys.readouterr().err


def test_without_weights_for_this_machine_the_demo_still_starts(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "install_file", lambda path: path.name == "runtime.txt")
    bootstrap.install("demo")
    assert "no engine weights for this machine" in capsys.readouterr().err
