"""Django's server as a process: `python -m dragoman.delivery.web SOCKET MODULE:APPLICATION`."""

import json
import multiprocessing
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from dragoman.delivery.tether import tether_to_spawner

_WORKERS = 1
_THREADS = 32  # comments that arrive together are stored together (ADR 20): so many at most
_KILL_SECONDS = 1  # the supervisor gives all of us 1.8
_LOG = Path(__file__).with_name("granian-log.json")


def main(arguments: list[str]) -> None:
    """Serves until it is asked to stop."""
    unix_socket, application = arguments
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)  # so that the worker shares what is loaded here
    server = Granian(
        application,
        uds=Path(unix_socket),
        uds_permissions=0o600,
        interface=Interfaces.WSGI,
        workers=_WORKERS,
        blocking_threads=_THREADS,
        http=HTTPModes.http1,
        websockets=False,
        loop=Loops.asyncio,
        respawn_failed_workers=True,
        workers_kill_timeout=_KILL_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=json.loads(_LOG.read_text(encoding="utf-8")),
        log_access=False,
        process_name=f"{sys.executable} -m dragoman.delivery.web {unix_socket}",
    )
    server.serve(target_loader=partial(_load, application), wrap_loader=False)


def _load(application: str) -> Callable[..., Any]:
    """In Granian's worker, which must not outlive Granian."""
    tether_to_spawner()
    module, _, name = application.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
