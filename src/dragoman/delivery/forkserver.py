"""A fork server: a process that imported everything once, and forks those that need it.

What they have in common is in memory once, and they start in a fiftieth of a second. The server keeps to one
thread, holds no connection and does nothing else. Whom it forks belongs to the supervisor at once, as if it had
been started by its command line: a session of its own, tied to the supervisor, its pipes, its environment. When
the server dies they live on. Linux only (subreaper); elsewhere the same command lines are simply started.

No Django here: what is imported is said by who runs the server.
"""

import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path

from dragoman.delivery.memory import give_back
from dragoman.delivery.tether import tether

_ANSWER_SECONDS = 2.0  # to fork takes some milliseconds
_LONGEST_REQUEST = 1 << 18
_BACKLOG = 8
_MODULE = "-m"


class Forked:
    """A process that the fork server made for us, with the methods of a Popen that the supervisor uses."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """None while it runs; as in `subprocess`, negative for a signal."""
        return self._ask(os.WNOHANG)

    def wait(self) -> int:
        """Until it has ended."""
        status = self._ask(0)
        assert status is not None
        return status

    def send_signal(self, number: int) -> None:
        """Nothing, when it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _ask(self, options: int) -> int | None:
        if self._status is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status


def fork(
    server: str, command: Sequence[str], environment: Mapping[str, str], output: int, errors: int
) -> Forked | None:
    """Has the fork server at the socket `server` become `command` (PYTHON -m MODULE ARGUMENTS…).

    `output` and `errors` are the descriptors of its standard streams. None: there is no such server now. The
    caller must have adopted orphans (`tether.adopt_orphans`).
    """
    request = {"command": [*command], "environment": {**environment}, "parent": os.getpid()}
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
        line.settimeout(_ANSWER_SECONDS)
        try:
            line.connect(server)
            socket.send_fds(line, [json.dumps(request).encode()], [output, errors])
            answer = line.recv(32)
        except OSError:
            return None
    return Forked(int(answer)) if answer else None


class Listening:
    """Whether a fork server listens: a service's `ready`. It listens when it has imported everything."""

    def __init__(self, server: str) -> None:
        self._server = server

    def __call__(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
            line.settimeout(_ANSWER_SECONDS)
            try:
                line.connect(self._server)
            except OSError:
                return False
        return True


def serve(server: str) -> list[str]:
    """Forks whoever is asked for, for ever; returns in the forked process, with its command line."""
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads > 1:  # a lock that one of them holds would be held for ever
        raise RuntimeError(f"A fork server has one thread; this one has {threads}.")
    from setproctitle import getproctitle  # here: who only asks needs none of what it loads

    getproctitle()  # finds where titles go, which is beside the environment as it was at the start
    gc.collect()
    gc.freeze()  # the collector writes into every object it looks at: that page would be nobody's but the writer's
    give_back()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        Path(server).unlink(missing_ok=True)
        listener.bind(server)
        listener.listen(_BACKLOG)
        while True:
            line, _ = listener.accept()
            with line:
                command = _answer(line, listener)
            if command is not None:
                return command


def become(command: Sequence[str]) -> None:
    """Runs `main(ARGUMENTS)` of the command's module, as the interpreter would run the module."""
    name, *arguments = command[list(command).index(_MODULE) + 1 :]
    sys.argv = [name, *arguments]
    import_module(name).main(arguments)


def _answer(line: socket.socket, listener: socket.socket) -> list[str] | None:
    """None in the server; in the process that was asked for, its command line."""
    line.settimeout(_ANSWER_SECONDS)
    try:
        told, streams, _, _ = socket.recv_fds(line, _LONGEST_REQUEST, 2)
    except OSError:
        return None
    if not told:  # somebody only looked whether we are there
        return None
    request = json.loads(told)
    reading, writing = os.pipe()
    between = os.fork()
    if not between:
        os.close(reading)
        between = os.getpid()
        born = os.fork()
        if born:
            os.write(writing, str(born).encode())
            os._exit(0)  # the process that was born is an orphan now, and the supervisor's
        for descriptor in (writing, line.detach(), listener.detach()):
            os.close(descriptor)
        _settle(streams, request["environment"], request["parent"], between)
        from setproctitle import setproctitle

        command: list[str] = request["command"]
        setproctitle(" ".join(command))
        return command
    os.close(writing)
    for descriptor in streams:
        os.close(descriptor)
    with closing(os.fdopen(reading, "rb")) as pipe:
        pid = pipe.read()
    os.waitpid(between, 0)
    with suppress(OSError):
        line.sendall(pid)
    return None


def _settle(streams: Sequence[int], environment: Mapping[str, str], parent: int, between: int) -> None:
    """As a process that the supervisor started itself."""
    os.setsid()
    for number, descriptor in enumerate(streams, start=1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    while os.getppid() == between:
        time.sleep(0.001)
    tether(parent, signal.SIGKILL)
