"""A process that ends when the one that started it ends, even on kill -9 (Linux: PR_SET_PDEATHSIG).

Run as a file, it ties itself to its parent and becomes the given command:
`python -I -S tether.py ACCOUNT SIGNAL PARENT COMMAND…`. An exec in a process of its own, and not a
`preexec_fn`: code between fork and exec may lock up in a parent that has threads. The standard library only,
because `-S` starts it in a fiftieth of a second.

The kernel sends the signal when the *thread* that forked ends: start tethered commands from a main thread.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

PARENT_GONE = 96
NO_NAMESPACE = 97
CANNOT_EXECUTE = 126

SAME_ACCOUNT = "same"
NAMESPACE = "namespace"

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CLONE_NEWUSER = 0x10000000
_NOBODY = 65534


def tether(parent: int, ending: signal.Signals = signal.SIGKILL) -> None:
    """Asks the kernel to send `ending` to this process when `parent` ends; ends it now when it has."""
    _prctl(_PR_SET_PDEATHSIG, ending)
    if os.getppid() != parent:
        os._exit(PARENT_GONE)


def adopt_orphans() -> None:
    """Makes this process the parent of descendants who lose theirs, so that it can end and reap them."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def tethered(
    command: Sequence[str], *, ending: signal.Signals = signal.SIGKILL, account: str = SAME_ACCOUNT
) -> list[str]:
    """The command line that runs `command` tied to the calling process.

    For root only: `account` is "uid:gid", or NAMESPACE to stay root in a user namespace where root is called
    nobody (PostgreSQL refuses uid 0). Such a process exits with NO_NAMESPACE where the machine forbids it.
    """
    python = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    return [*python, account, str(int(ending)), str(os.getpid()), *command]


@cache
def namespaces_allowed() -> bool:
    """Whether root may run a command in a NAMESPACE here; some containers forbid it."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    probe = tethered([sys.executable, "-I", "-S", "-c", "pass"], account=NAMESPACE)
    return subprocess.run(probe, capture_output=True, timeout=30, check=False).returncode == 0


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _become(account: str) -> None:
    if account == NAMESPACE:
        _enter_namespace()
    elif account != SAME_ACCOUNT:
        user, group = account.split(":")
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))


def _enter_namespace() -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER) != 0:
        os._exit(NO_NAMESPACE)
    try:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        for table in ("uid_map", "gid_map"):
            Path("/proc/self", table).write_text(f"{_NOBODY} 0 1", encoding="ascii")
    except OSError:
        os._exit(NO_NAMESPACE)


def _main(arguments: list[str]) -> None:
    account, ending, parent, *command = arguments
    _become(account)
    tether(int(parent), signal.Signals(int(ending)))  # not before: a change of credentials clears it
    try:
        os.execvp(command[0], command)  # noqa: S606 - becoming the command is the purpose
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be executed: {error.strerror}.\n")
        os._exit(CANNOT_EXECUTE)


if __name__ == "__main__":
    _main(sys.argv[1:])
