"""Django's server as a process: `python -m dragoman.delivery.web SOCKET MODULE:APPLICATION`.

Granian's main process only starts again the worker that serves, which the supervisor does for all of us: here the
worker is the process itself.
"""

import gc
import json
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server import MPServer

_THREADS = 32  # comments that arrive together are stored together (ADR 20): so many at most
_COLLECTED_AT = (10_000, 20, 20)  # objects, and times: fourteen times as seldom as Python does
_LOG = Path(__file__).with_name("granian-log.json")


class _Server(MPServer):
    """Granian without a second process; the supervisor says how long it may take to end."""

    def _spawn_workers(self, spawn_target: Callable[..., None], target_loader: Callable[..., Any]) -> None:
        """Serves, until it is asked to stop, in the place of who would wait for it."""
        self.process_name = None  # which is said already
        self._spawn_worker(0, spawn_target, target_loader).inner.run()
        self.signal_handler_interrupt()


def main(arguments: list[str]) -> None:
    """Serves until it is asked to stop."""
    unix_socket, application = arguments
    server = _Server(
        application,
        uds=Path(unix_socket),
        uds_permissions=0o600,
        interface=Interfaces.WSGI,
        blocking_threads=_THREADS,
        http=HTTPModes.http1,
        websockets=False,
        loop=Loops.asyncio,
        log_level=LogLevels.warning,
        log_dictconfig=json.loads(_LOG.read_text(encoding="utf-8")),
        log_access=False,
        process_name=f"{sys.executable} -m dragoman.delivery.web {unix_socket}",
    )
    server.serve(target_loader=partial(_load, application), wrap_loader=False)


def _load(application: str) -> Callable[..., Any]:
    module, _, name = application.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    _settle()
    return found


def _settle() -> None:
    """What was loaded stays: it is not searched for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AT)


if __name__ == "__main__":
    main(sys.argv[1:])
