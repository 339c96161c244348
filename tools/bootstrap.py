"""Sets up what a command needs, then runs it. Standard library only; called by ./run."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("DRAGOMAN_VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
SPACE_NEEDED = 1_200_000_000  # bytes: the environment, PostgreSQL's data and some room
REQUIREMENTS = {
    "runtime": ROOT / "requirements" / "runtime.txt",
    "demo": ROOT / "requirements" / "demo.txt",
    "dev": ROOT / "requirements" / "dev.txt",
}
LEVEL = {"demo": "demo", "test": "dev", "check": "dev", "lock": "dev", "bench": "dev"}
CONTAINS = {"runtime": {"runtime"}, "demo": {"runtime", "demo"}, "dev": {"runtime", "demo", "dev"}}
USAGE = """Usage: ./run COMMAND [ARGUMENTS]

  demo [--port N] [--fresh]   the demo publication: everything set up, loaded and served
  test [ARGUMENTS]            all tests, or those that pytest's arguments name
  check                       format, lint, types, import order, migrations, messages
  lock                        resolve the dependencies anew
  serve | worker | manage …   the pieces of a publication
  import | translate | …      everything `dragoman` can do: ./run COMMAND --help says how
"""
FULL = 50_000_000  # bytes: less than this is a full disk
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-color-emoji")


def main() -> int:
    command, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("--help", [])
    if command in ("--help", "-h", "help"):
        sys.stdout.write(USAGE)
        return 0
    set_up(LEVEL.get(command, "runtime"))
    if command == "test":
        provide_browser()
        return call([str(PYTHON), "-m", "pytest", "-n", "logical", *arguments], mode="exec")
    if command == "check":
        return check()
    if command == "lock":
        return lock()
    return call([str(PYTHON), "-m", "dragoman.site.cli", command, *arguments], mode="exec")


def refuse(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(2)


def say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def call(command: "list[str]", mode: str = "wait") -> int:
    """Run a command in the checkout; `exec` replaces this process."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "src"))
    if mode == "exec":
        sys.stderr.flush()
        os.chdir(ROOT)
        os.execve(command[0], command, environment)
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


# --- the environment -------------------------------------------------------------------------------------------------


def set_up(level: str) -> None:
    """The virtual environment with what `level` needs; nothing to do when its stamp says so."""
    with one_at_a_time():
        if not is_set_up(level):
            require_space()
            make_environment()
            install(level)
            link_project()
            stamp().write_text("".join("%s %s\n" % (each, digest()) for each in [*levels_set_up(), level]))
        compile_messages_once()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands on a new checkout would make the environment over each other."""
    directory = os.open(ROOT / "requirements", os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def is_set_up(level: str) -> bool:
    return PYTHON.exists() and any(level in CONTAINS.get(each, ()) for each in levels_set_up())


def levels_set_up() -> "list[str]":
    """What the environment was made for, as long as it was made from what is here now."""
    if not stamp().exists():
        return []
    lines = (line.split() for line in stamp().read_text(errors="replace").splitlines())
    return [line[0] for line in lines if line[1:] == [digest()]]


def stamp() -> Path:
    return VENV / "dragoman-stamp"


def digest() -> str:
    """Of this Python, the locked packages, and the places: a checkout that was moved is linked anew."""
    found = hashlib.sha256("\0".join((sys.version, str(ROOT), str(VENV))).encode())
    for path in REQUIREMENTS.values():
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def require_space() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < SPACE_NEEDED:
        refuse(
            "Dragoman needs %.1f GB of free disk space here and there are %.1f GB: please make some room."
            % (SPACE_NEEDED / 1e9, free / 1e9)
        )


def make_environment() -> None:
    if works():
        return
    if not shutil.which("uv") and importlib.util.find_spec("ensurepip") is None:
        version = "%d.%d" % sys.version_info[:2]
        refuse(
            "This Python has no venv module (ensurepip is missing): please install it, "
            "on Debian with `apt-get install python%s-venv`." % version
        )
    say("Making the environment …")
    if shutil.which("uv"):
        made = subprocess.run(
            ["uv", "venv", "-q", "--clear", "--python", sys.executable, str(VENV)], check=False
        )
    else:
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode:
        refuse("The virtual environment in %s cannot be made; the reason stands above." % VENV.name)


def works() -> bool:
    """Whether there is an environment whose Python runs and, where it is needed, has pip."""
    if not PYTHON.exists():
        return False
    needed = "" if shutil.which("uv") else "import pip"
    try:
        return subprocess.run([str(PYTHON), "-c", needed], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install(level: str) -> None:
    say("Installing the locked packages …")
    if install_file(REQUIREMENTS[level]):
        return
    if level == "demo" and install_file(REQUIREMENTS["runtime"]):
        say("There are no engine weights for this machine: texts without memory are shown in the original.")
        return
    if shutil.disk_usage(ROOT).free < FULL:
        refuse("The packages could not be installed: the disk is full.")
    refuse("The packages could not be installed (is the network there?); the reason stands above.")


def install_file(path: Path) -> bool:
    if shutil.which("uv"):
        command = ["uv", "pip", "install", "-q", "-p", str(PYTHON), "--require-hashes", "-r", str(path)]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        command += ["--require-hashes", "-r", str(path)]
    return subprocess.run(command, check=False).returncode == 0


def link_project() -> None:
    """The project itself, by a path file and a launcher: no build, works offline."""
    site = subprocess.run(
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(site, "dragoman-checkout.pth").write_text(str(ROOT / "src") + "\n")
    launcher = VENV / "bin" / "dragoman"
    launcher.write_text("#!%s\nfrom dragoman.site.cli import main\nmain()\n" % PYTHON)
    launcher.chmod(0o755)


def compile_messages_once() -> None:
    """Catalogues that are newer than what was compiled of them."""
    catalogues = list((ROOT / "src/dragoman/site/locale").glob("*/LC_MESSAGES/*.po"))
    stale = [
        po for po in catalogues if not po.with_suffix(".mo").exists() or newer(po, po.with_suffix(".mo"))
    ]
    if stale and call([str(PYTHON), "-m", "dragoman.site.messages", "compile"]):
        refuse("The message catalogues cannot be compiled; the reason stands above.")


def newer(one: Path, other: Path) -> bool:
    return one.stat().st_mtime > other.stat().st_mtime


# --- commands --------------------------------------------------------------------------------------------------------


def provide_browser() -> None:
    """Chromium for browser tests: the installed one, or Debian's where it may be installed."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the browser tests …")
        quiet = subprocess.DEVNULL
        subprocess.run(["apt-get", "update", "-qq"], stdout=quiet, check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *BROWSER_PACKAGES],
            stdout=quiet,
            check=False,
        )
    if not any(shutil.which(name) for name in BROWSERS):
        say("No Chromium: browser tests are skipped.")


CHECKS = (
    ("format", ["-m", "ruff", "format", "--check", "-q", "."]),
    ("lint", ["-m", "ruff", "check", "-q", "."]),
    ("types", ["-m", "mypy"]),
    ("imports", ["-c", "from importlinter.cli import lint_imports_command as c; c()"]),
    ("migrations", ["-m", "dragoman.site.cli", "manage", "makemigrations", "--check", "--dry-run"]),
    ("messages", ["-m", "dragoman.site.messages", "check"]),
)


def check() -> int:
    """Every check, each named; the exit status is 1 when any failed."""
    failed = []
    for name, command in CHECKS:
        say("— %s" % name)
        if call([str(PYTHON), *command]):
            failed.append(name)
    say("All checks passed." if not failed else "Failed: %s." % ", ".join(failed))
    return 1 if failed else 0


def lock() -> int:
    """Resolve the dependencies anew: versions and hashes, no addresses."""
    for level, extras in (
        ("runtime", ("lexicons",)),
        ("demo", ("lexicons", "weights")),
        ("dev", ("lexicons", "weights", "dev")),
    ):
        command = ["uv", "pip", "compile", "-q", "--upgrade", "--universal", "--python-version", "3.11"]
        command += [
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-annotate",
            "--no-header",
            "pyproject.toml",
        ]
        command += [part for extra in extras for part in ("--extra", extra)]
        command += ["-c", str(REQUIREMENTS["runtime"])] if level != "runtime" else []
        if subprocess.run([*command, "-o", str(REQUIREMENTS[level])], cwd=ROOT, check=False).returncode:
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
