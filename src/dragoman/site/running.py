"""The supervisor's process: what `serve` and `demo` become when everything that was asked is checked.

A program of its own, so that what reads configurations and command lines stays in memory nowhere.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn, Self

from dragoman.delivery.forkserver import Listening
from dragoman.delivery.memory import give_back
from dragoman.delivery.servers import (
    WORKER,
    Answering,
    clear_socket,
    fork_server_command,
    front_command,
    web_command,
)
from dragoman.delivery.sockets import make_socket_directory
from dragoman.delivery.supervisor import POSTGRES, Service, Supervisor
from dragoman.site.prepared import Account, Prepared, embedded

FORK_SERVER = "fork-server"
_PLAN = "DRAGOMAN_PLAN"


class Plan(NamedTuple):
    """What is to be served, checked: `front` is the front's environment, `database_url` empty for the embedded one."""

    var: Path
    database_url: str
    host: str
    port: int
    demo: bool
    front: dict[str, str]

    def carry_out(self) -> NoReturn:
        """Becomes the supervisor."""
        os.environ[_PLAN] = json.dumps(self._asdict() | {"var": str(self.var)})
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "dragoman.site.running"])  # noqa: S606 - as said

    @classmethod
    def told(cls) -> Self:
        """What `carry_out` said; nobody else hears it."""
        said = json.loads(os.environ.pop(_PLAN))
        return cls(**said | {"var": Path(said["var"])})


def main() -> None:
    """Until it is asked to stop."""
    sys.exit(run(Plan.told()))


def run(plan: Plan) -> int:
    """The exit status."""
    prepared = Prepared(plan.var, plan.database_url)
    steps = [*prepared.steps(), *(prepared.demo_steps() if plan.demo else [])]

    def announce() -> None:
        _say_address(plan.host, plan.port)
        if plan.demo:
            _say_accounts(prepared.accounts)
        give_back()

    postgres = None if plan.database_url else embedded(plan.var)
    return Supervisor(_services(plan), postgres, plan.var / "log", steps=steps, announce=announce).run()


def _services(plan: Plan) -> list[Service]:
    sockets = make_socket_directory(plan.var / "run")
    upstream = str(sockets / "web.sock")
    forks = str(sockets / "forks.sock") if sys.platform == "linux" else ""
    front = plan.front | {"DRAGOMAN_FRONT_UPSTREAM": upstream}
    needs = (POSTGRES, FORK_SERVER) if forks else (POSTGRES,)
    server = Service(FORK_SERVER, fork_server_command(forks), ready=Listening(forks), needs=(POSTGRES,))
    return [
        *([server] if forks else []),
        Service(
            "web",
            web_command(upstream),
            ready=Answering(upstream, "/readyz"),
            needs=needs,
            before=clear_socket(upstream),
            fork_server=forks,
        ),
        Service("front", front_command(plan.host, plan.port), front, ready=Answering((plan.host, plan.port))),
        Service("worker", WORKER, needs=needs, fork_server=forks),
    ]


def _say_address(host: str, port: int) -> None:
    name = f"[{host}]" if ":" in host else host
    _say(f"The publication is served at http://{name}:{port}/")


def _say_accounts(accounts: Sequence[Account]) -> None:
    for account in accounts:
        _say(f"  {account['role']:<10} {account['email']:<32} {account['password']}")
    _say("Ctrl-C stops everything.")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
