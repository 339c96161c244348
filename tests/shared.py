"""Where the shared material lies (it never enters the repository), and how tests reach it."""

import gzip
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def shared(path: str) -> Path:
    """The shared file or folder at `path`; skips the calling test with a sentence when it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"needs ../shared/{path}, which is not beside this checkout")
    return found


def shared_text(path: str) -> str:
    """The text of a shared file, unpacked when its name ends in .gz."""
    found = shared(path)
    if found.suffix == ".gz":
        return gzip.decompress(found.read_bytes()).decode("utf-8")
    return found.read_text(encoding="utf-8")
