"""What a fork server forks in tests: tells who it is, and waits."""

import json
import os
import signal
import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """The first argument says what to do: "wait", or end with that status."""
    told = {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "session": os.getsid(0),
        "argv": sys.argv,
        "mine": os.environ.get("MINE"),
        "servers": os.environ.get("SERVERS"),
        "command": Path("/proc/self/cmdline").read_bytes().replace(b"\0", b" ").decode().strip(),
        "standard input": Path("/proc/self/fd/0").resolve().name,
    }
    print(json.dumps(told), flush=True)
    print("a line for the log", file=sys.stderr, flush=True)
    if arguments[0] != "wait":
        sys.exit(int(arguments[0]))
    signal.pause()


if __name__ == "__main__":
    main(sys.argv[1:])
