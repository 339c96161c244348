"""Where Unix sockets lie."""

import hashlib
import os
import stat
from pathlib import Path

# sun_path holds 104 bytes on the narrowest system, and PostgreSQL adds "/.s.PGSQL.5432" to its directory.
_LONGEST = 86
_TEMPORARY = Path("/tmp")  # noqa: S108 - not TMPDIR: every command must come to the same answer


class UnsafeDirectory(Exception):
    """The directory for sockets belongs to somebody else, or is open to others."""

    code = "unsafe-directory"


def socket_directory(directory: Path) -> Path:
    """Where the sockets of `directory` lie: there, or in a private place when its path is too long for one.

    The same for every command on the machine. Nothing is created: see `make_socket_directory`.
    """
    path = directory.absolute()
    if len(os.fsencode(path)) <= _LONGEST:
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return _TEMPORARY / f"dragoman-{os.geteuid()}-{digest}"


def make_socket_directory(directory: Path, owner: int | None = None) -> Path:
    """The same, made where it is missing. Raises UnsafeDirectory when somebody else made the private one."""
    place = socket_directory(directory)
    if place == directory.absolute():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place
    expected = os.geteuid() if owner is None else owner
    try:
        place.mkdir(mode=0o700)
        if owner is not None:
            os.chown(place, owner, -1)
    except FileExistsError:
        _verify(place, expected)
    return place


def _verify(place: Path, owner: int) -> None:
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise UnsafeDirectory(f"{place} is not a private directory of ours: remove it.")
