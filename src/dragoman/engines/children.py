"""The processes of the embedded engine: born in one thread, leased to one caller at a time, killed at once.

Whoever leases a child owns it until it is released or discarded. Those who wait get children in the order in
which they came, so that a long batch does not starve a short comment (see `Pool.contended`).
"""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress

from dragoman.engines.errors import TimedOut, Unavailable
from dragoman.engines.protocol import Pair
from dragoman.engines.wire import BrokenWire, Message, Reader, packed

COMMAND: tuple[str, ...] = (sys.executable, "-P", "-m", "dragoman.engines.embedded_child")
# An engine process reads hostile text with native code: it is told where Python is, and no secret.
_ENVIRONMENT = (
    "PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
)
_SEND_SECONDS = 5.0  # a process that does not read within it hangs


def _environment() -> dict[str, str]:
    told = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return told | {"RUST_BACKTRACE": "0"}


class Child:
    """One engine process and the socket to it. Not for two threads at once."""

    def __init__(self, command: Sequence[str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process: subprocess.Popen[bytes] = subprocess.Popen(
                    [*command, str(os.getpid())],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                )
            except OSError as error:
                ours.close()
                raise Unavailable(f"No engine process can be started: {error.strerror}.") from error
        ours.settimeout(_SEND_SECONDS)
        self._sock = ours
        self._reader = Reader(ours)
        self.loaded: OrderedDict[Pair, int] = OrderedDict()  # bytes in memory; least recently used first
        self.idle_since = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid

    def fileno(self) -> int:
        return self._sock.fileno()

    def send(self, message: Message) -> None:
        """Raises BrokenWire when the process is gone or hangs."""
        try:
            self._sock.sendall(packed(message))
        except OSError as error:
            raise BrokenWire(str(error)) from error

    def receive(self) -> Message | None:
        """What it has said, when that is a whole message; to be called when `fileno()` is readable."""
        return self._reader.receive()

    def kill(self) -> None:
        """Ends the process and waits for its end; the socket stays, for whoever listens to it."""
        with suppress(OSError):
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        self.kill()
        self._sock.close()


class Nursery:
    """The one thread that starts children, for as long as this process lives.

    A child is killed by the kernel when the *thread* that started it ends (PR_SET_PDEATHSIG), so the threads
    that ask for translations, which come and go, must not start any.
    """

    def __init__(self, command: Sequence[str], tick: Callable[[], None], tick_seconds: float) -> None:
        self._command = command
        self._tick = tick
        self._tick_seconds = tick_seconds
        self._orders: queue.SimpleQueue[Future[Child] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="dragoman-engine-nursery", daemon=True)
        self._started = threading.Lock()

    def start_child(self) -> Child:
        """Raises Unavailable when the machine gives no process."""
        with self._started:
            if self._thread.ident is None:
                self._thread.start()
        order: Future[Child] = Future()
        self._orders.put(order)
        return order.result()

    def close(self) -> None:
        """To be called when its children have ended."""
        self._orders.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                order = self._orders.get(timeout=self._tick_seconds)
            except queue.Empty:
                self._tick()
                continue
            if order is None:
                return
            self._fulfil(order)

    def _fulfil(self, order: Future[Child]) -> None:
        try:
            order.set_result(Child(self._command))
        except BaseException as error:
            order.set_exception(error)


class Pool:
    """At most `size` children, started when first needed, ended after `idle_seconds` without work."""

    def __init__(self, size: int, idle_seconds: float, command: Sequence[str] = COMMAND) -> None:
        self._size = size
        self._idle_seconds = idle_seconds
        self._nursery = Nursery(command, lambda: self.end_idle(time.monotonic()), idle_seconds)
        self._changed = threading.Condition()
        self._idle: list[Child] = []
        self._leased: set[Child] = set()
        self._starting = 0
        self._waiting: deque[object] = deque()
        self._closed = False
        self._owner = os.getpid()

    @property
    def contended(self) -> bool:
        """Whether someone waits for a child."""
        return bool(self._waiting)

    @property
    def closed(self) -> bool:
        return self._closed

    def pids(self) -> tuple[int, ...]:
        """The processes that live now."""
        with self._changed:
            return tuple(sorted(child.pid for child in (*self._idle, *self._leased)))

    def lease(self, pair: Pair, until: float) -> Child:
        """A child, waited for until the monotonic time `until`; preferably one that has `pair` loaded.

        Raises TimedOut, and Unavailable after close() or in a fork of the process that made the pool.
        """
        self._require_open()
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                self._changed.wait_for(lambda: self._may_take(ticket), max(0.0, until - time.monotonic()))
                self._require_open()
                if not self._may_take(ticket):
                    raise TimedOut("All engine processes were busy until the deadline.")
                child = self._take(pair)
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        return child or self._start()

    def lease_spare(self, pair: Pair) -> Child | None:
        """A child that is free at this moment and that nobody waits for."""
        with self._changed:
            if self._waiting or self._closed or not self._has_room():
                return None
            child = self._take(pair)
        return child or self._start()

    def release(self, child: Child) -> None:
        """Gives back a child that has answered all it was asked."""
        with self._changed:
            if not self._closed:
                child.idle_since = time.monotonic()
                self._leased.discard(child)
                self._idle.append(child)
                self._changed.notify_all()
                return
        self.discard(child)

    def discard(self, child: Child) -> None:
        """Ends a leased child; its place is free for another."""
        child.end()
        with self._changed:
            self._leased.discard(child)
            self._changed.notify_all()

    def end_idle(self, now: float) -> None:
        """Ends the children that have had no work for `idle_seconds` at the monotonic time `now`."""
        with self._changed:
            tired = [child for child in self._idle if now - child.idle_since >= self._idle_seconds]
            self._idle = [child for child in self._idle if child not in tired]
        for child in tired:
            child.end()

    def close(self) -> None:
        """Ends all children. Whoever leases one sees it die and is told Unavailable."""
        if self._owner != os.getpid():
            return
        with self._changed:
            already, self._closed = self._closed, True
            idle, self._idle = self._idle, []
            leased = tuple(self._leased)
            self._changed.notify_all()
        for child in idle:
            child.end()
        for child in leased:
            child.kill()
        with self._changed:
            self._changed.wait_for(lambda: not self._starting and not self._leased, _SEND_SECONDS)
        if not already:
            self._nursery.close()

    def _may_take(self, ticket: object) -> bool:
        return self._closed or (self._waiting[0] is ticket and self._has_room())

    def _has_room(self) -> bool:
        return bool(self._idle) or len(self._leased) + self._starting < self._size

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("The embedded engine is closed.")
        if self._owner != os.getpid():
            raise Unavailable("The embedded engine belongs to the process that this one was forked from.")

    def _take(self, pair: Pair) -> Child | None:
        """An idle child, or None and a place kept for one that is to be started."""
        if not self._idle:
            self._starting += 1
            return None
        child = next((child for child in self._idle if pair in child.loaded), self._idle[-1])
        self._idle.remove(child)
        self._leased.add(child)
        return child

    def _start(self) -> Child:
        started: list[Child] = []
        try:
            started.append(self._nursery.start_child())
        finally:
            with self._changed:
                self._starting -= 1
                self._leased.update(started)
                self._changed.notify_all()
        child = started[0]
        if self._closed:
            self.discard(child)
            self._require_open()
        return child
