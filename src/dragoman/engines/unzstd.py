"""Unpacks a zstd file in a process of its own: `python -m dragoman.engines.unzstd FROM TO LIMIT`.

The unpacker is fxtranslate's, which works in memory and asks for no limit, so the process has one (bytes): a small file
that would fill the machine ends this process and nothing else. Exit status 0, or 1.
"""

import resource
import sys
from pathlib import Path

_OWN = 1 << 30  # bytes of address space that the interpreter and the unpacker's threads reserve
_SECONDS = 60


def main(source: str, target: str, limit: int) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_OWN + 3 * limit, _OWN + 3 * limit))
    try:
        from fxtranslate import discovery

        unpacked = discovery.verify_and_decompress(Path(source).read_bytes())
        if len(unpacked) > limit:
            return 1
        Path(target).write_bytes(unpacked)
    except BaseException:  # a panic of the unpacker is not an Exception
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
