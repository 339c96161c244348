"""One process that owns all others: starts them, starts again what dies, stops all within seconds.

A single thread around one selector: signals, deaths and what the children say arrive there. Children are tied
to this process (`tether`), each leads a process group of its own, and orphans come back to us (subreaper):
nothing outlives the supervisor, even on kill -9. No Django, and of the standard library as little as there need be: it
stays in memory.
"""

import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, Self

from dragoman.delivery.children import LONGEST_DELAY, Child, Deaths, Speak
from dragoman.delivery.logs import Console, LogFile
from dragoman.delivery.postgres import PostgresError
from dragoman.delivery.tether import adopt_orphans

POSTGRES = "postgres"
RUN_ID = "DRAGOMAN_RUN_ID"  # in the environment of everything we start: who belongs to this run

_STOP_SECONDS = 1.8  # from SIGTERM to SIGKILL for services; PostgreSQL gets the rest of the 3 s
_POSTGRES_STOP_SECONDS = 0.7
_BUSY_SECONDS = 0.05
_IDLE_SECONDS = 1.0
_TRIM_SECONDS = 60.0
_TOLD_LINES = 20
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Database(Protocol):
    """What the supervisor needs of PostgreSQL; `postgres.EmbeddedPostgres` is one."""

    @property
    def pid(self) -> int | None: ...
    def start(self, *, abandon: Callable[[], bool] = ...) -> None: ...
    def stop(self, seconds: float = ...) -> None: ...
    def trim_log(self) -> None: ...


class Service(NamedTuple):
    """A process that is to run for ever; standard output is for the console, standard error for its log.

    `ready` is asked often and must not wait; None means ready when started. `needs` names services, or
    "postgres", that must be ready before it starts, and after a death before it starts again. `before` is
    called before each start, to clear away what a killed predecessor left. `fork_server` is the socket of the
    process that can become it.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = _NOTHING
    ready: Callable[[], bool] | None = None
    needs: tuple[str, ...] = ()
    before: Callable[[], None] = lambda: None
    fork_server: str = ""


class Step(NamedTuple):
    """A command that must succeed before the services start.

    `sentence` tells people what happens; `line` gets each line of its standard output; `done` is called after
    it.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = _NOTHING
    sentence: str = ""
    line: Callable[[str], None] = lambda _: None
    done: Callable[[], None] = lambda: None


class Supervisor:
    """Runs `services`, after `steps`, on `postgres` (None: the database is somebody else's).

    `log`: the directory for NAME.log files; None throws away what is for logs. `announce` is called once,
    when everything is ready for the first time. Use it from the main thread.
    """

    def __init__(
        self,
        services: Sequence[Service],
        postgres: Database | None,
        log: Path | None,
        *,
        steps: Sequence[Step] = (),
        announce: Callable[[], None] = lambda: None,
        console: Console | None = None,
    ) -> None:
        self._keepers = {service.name: _Keeper(service) for service in services}
        self._postgres = postgres
        self._log = log
        self._steps = steps
        self._announce: Callable[[], None] | None = announce
        self._console = console or Console()
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, Child] = {}
        self._logs: dict[str, LogFile] = {}
        self._stopping = False
        self._failure: str | None = None
        self._database_deaths = Deaths()
        self._database_since = time.monotonic()
        self._trimmed = time.monotonic()

    def run(self) -> int:
        """Until SIGINT, SIGTERM or SIGHUP (0), or until something does not stay alive (1, with a sentence)."""
        os.environ.setdefault(RUN_ID, os.urandom(8).hex())
        os.environ["SPT_NOENV"] = (
            "1"  # setproctitle: titles do not write over the environment, which says whose they are
        )
        adopt_orphans()
        with _Signals(self._selector, self._ask_to_stop):
            try:
                self._start_database()
                self._take_steps()
                self._watch()
            finally:
                self._stop_everything()
        if self._failure is not None:
            self._console.say(self._failure)
        return 0 if self._failure is None else 1

    def _watch(self) -> None:
        while not self._stopping:
            self._keep_database()
            for keeper in self._keepers.values():
                self._keep(keeper)
            self._announce_once()
            self._trim_log()
            self._wait(_IDLE_SECONDS if self._settled() else _BUSY_SECONDS)

    def _wait(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            key.data()
        self._reap()

    def _settled(self) -> bool:
        return all(keeper.ready for keeper in self._keepers.values())

    def _announce_once(self) -> None:
        if self._announce is not None and self._settled():
            announce, self._announce = self._announce, None
            announce()

    def _ask_to_stop(self) -> None:
        self._stopping = True

    def _give_up(self, sentence: str) -> None:
        self._failure, self._stopping = sentence, True

    @property
    def _serving(self) -> bool:
        """Once everything was ready, what is stored is read on, whatever becomes of the database and who needs it.

        A full disk is emptied, an overwhelmed machine recovers. The front alone ends the run.
        """
        return self._announce is None

    # The database

    def _start_database(self) -> None:
        if self._postgres is None or self._stopping:
            return
        try:
            self._postgres.start(abandon=self._asked_to_stop)
        except PostgresError as fault:
            if self._serving:
                self._console.say(f"{fault} It is tried again; what is stored can be read.")
            elif not self._asked_to_stop():
                self._give_up(str(fault))
        self._database_since = time.monotonic()

    def _asked_to_stop(self) -> bool:
        """Looks at the signals, too: for those who keep the loop waiting."""
        for key, _ in self._selector.select(0):
            key.data()
        return self._stopping

    def _keep_database(self) -> None:
        """Starts it again when it is dead; in that fraction of a second nothing else could work anyhow."""
        if self._postgres is None or self._postgres.pid is not None:
            return
        delay = self._database_deaths.another(time.monotonic() - self._database_since)
        if delay is None and not self._serving:
            self._give_up("PostgreSQL does not stay alive; its log says why.")
            return
        if delay is not None:
            self._console.say("PostgreSQL ended unexpectedly; starting it again.")
        self._wait(LONGEST_DELAY if delay is None else delay)
        self._start_database()

    def _trim_log(self) -> None:
        if self._postgres is not None and time.monotonic() - self._trimmed > _TRIM_SECONDS:
            self._trimmed = time.monotonic()
            self._postgres.trim_log()

    # Steps

    def _take_steps(self) -> None:
        for step in self._steps:
            if not self._stopping:
                self._take(step)

    def _take(self, step: Step) -> None:
        if step.sentence:
            self._console.say(step.sentence)
        told: deque[bytes] = deque(maxlen=_TOLD_LINES)
        log = self._log_of(step.name)

        def note(line: bytes) -> None:
            told.append(line)
            log(line)

        child = self._start(step, lambda line: step.line(line.decode(errors="replace")), note)
        while child.status is None and not self._stopping:
            self._wait(_BUSY_SECONDS)
        self._end(child)
        if child.status == 0:
            step.done()
        elif not self._stopping:
            said = b"\n".join(told).decode(errors="replace")
            self._give_up(f"{said}\nThe step “{step.name}” failed ({child.how_it_ended()}).".lstrip())

    # Services

    def _keep(self, keeper: "_Keeper") -> None:
        if keeper.child is None:
            if keeper.due() and all(self._is_ready(name) for name in keeper.service.needs):
                keeper.service.before()
                note = self._log_of(keeper.service.name)
                keeper.child = self._start(keeper.service, self._console.say_bytes, note)
        elif keeper.child.status is None:
            keeper.look()
        else:
            self._mourn(keeper, keeper.child)

    def _is_ready(self, name: str) -> bool:
        if name == POSTGRES:
            return self._postgres is None or self._postgres.pid is not None
        return self._keepers[name].ready

    def _mourn(self, keeper: "_Keeper", child: Child) -> None:
        self._end(child)  # what it started must not go on without it
        ending = f"{keeper.service.name} ended ({child.how_it_ended()})"
        if keeper.lost(child):
            self._console.say(f"{ending}; starting it again.")
        elif self._serving and POSTGRES in keeper.service.needs:
            keeper.put_off(LONGEST_DELAY)
        else:
            self._give_up(f"{ending}, and does not stay alive; its log says why.")

    def _start(self, what: Service | Step, say: Speak, note: Speak) -> Child:
        server = what.fork_server if isinstance(what, Service) else ""
        child = Child(self._selector, what.command, what.environment, say=say, note=note, fork_server=server)
        self._children[child.pid] = child
        return child

    def _end(self, child: Child) -> None:
        child.bury()
        self._children.pop(child.pid, None)

    def _log_of(self, name: str) -> Speak:
        if self._log is None:
            return lambda _: None
        if name not in self._logs:
            self._logs[name] = LogFile(self._log / f"{name}.log")
        return self._logs[name].write

    def _reap(self) -> None:
        """Takes leave of dead orphans that came to us; the dead of ours keep their status for who asks."""
        while (pid := self._next_dead()) is not None:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)

    def _next_dead(self) -> int | None:
        for child in self._children.values():
            _ = child.status
        _ = self._postgres.pid if self._postgres is not None else None
        try:
            dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return None
        return None if dead is None or dead.si_pid in self._children else dead.si_pid

    # The end

    def _stop_everything(self) -> None:
        limit = time.monotonic() + _STOP_SECONDS
        for child in self._children.values():
            child.terminate()
        while time.monotonic() < limit and any(child.status is None for child in self._children.values()):
            self._wait(0.02)
        for child in list(self._children.values()):
            self._end(child)
        if self._postgres is not None:
            self._postgres.stop(_POSTGRES_STOP_SECONDS)
        self._reap()


class _Keeper:
    """A service and its present process."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.child: Child | None = None
        self.ready = False
        self._deaths = Deaths()
        self._not_before = 0.0

    def due(self) -> bool:
        return time.monotonic() >= self._not_before

    def look(self) -> None:
        if not self.ready:
            self.ready = self.service.ready is None or self.service.ready()

    def lost(self, child: Child) -> bool:
        """Whether to start it again, when it is `due`."""
        delay = self._deaths.another(child.age)
        self.child, self.ready = None, False
        self.put_off(delay or 0.0)
        return delay is not None

    def put_off(self, seconds: float) -> None:
        """Not to be started before."""
        self._not_before = time.monotonic() + seconds


class _Signals:
    """Makes signals wake the selector, for the duration of a block."""

    def __init__(self, selector: selectors.BaseSelector, stop: Callable[[], None]) -> None:
        self._selector, self._stop = selector, stop
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def __enter__(self) -> Self:
        self._selector.register(self._reading, selectors.EVENT_READ, self._read)
        self._wakeup = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, _ignored) for number in self._taken()}
        return self

    def __exit__(self, *_: object) -> None:
        for number, action in self._before.items():
            signal.signal(number, action)
        signal.set_wakeup_fd(self._wakeup)
        self._selector.unregister(self._reading)
        os.close(self._reading)
        os.close(self._writing)

    def _taken(self) -> list[signal.Signals]:
        hung_up = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]  # nohup
        return [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, *hung_up]

    def _read(self) -> None:
        with suppress(BlockingIOError):
            if any(number != signal.SIGCHLD for number in os.read(self._reading, 4096)):
                self._stop()


def _ignored(number: int, frame: object) -> None:
    """Python needs a handler for the wake-up descriptor to be written."""
