"""A model on disk: its files, and what they should be."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dragoman.engines.protocol import Pair

MANIFEST = "SHA256SUMS.json"  # {"<file name>": "<sha256, hexadecimal>"}, beside the files it speaks of


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of one pair's model. A shared vocabulary is named twice. `bytes` is the size of all files."""

    pair: Pair
    model: Path
    vocab_source: Path
    vocab_target: Path
    shortlist: Path | None
    name: str
    bytes: int

    def by_role(self) -> dict[str, str]:
        """What an engine process is told; a model without shortlist has "" for it."""
        return {
            "model": str(self.model),
            "vocab_source": str(self.vocab_source),
            "vocab_target": str(self.vocab_target),
            "shortlist": str(self.shortlist or ""),
        }

    def paths(self) -> tuple[Path, ...]:
        """Each file once."""
        named = (self.model, self.vocab_source, self.vocab_target, self.shortlist)
        return tuple(dict.fromkeys(path for path in named if path))


def recorded_sums(files: ModelFiles) -> Mapping[str, str]:
    """Path → sha256 of the model's files that a manifest beside them names; empty without a manifest.

    Raises ValueError when the manifest cannot be read: damage, not absence.
    """
    manifest = files.model.parent / MANIFEST
    if not manifest.exists():
        return {}
    sums = _manifest(manifest)
    return {str(path): sums[path.name].lower() for path in files.paths() if path.name in sums}


def record_sums(files: ModelFiles) -> Path:
    """Writes the manifest for the files as they are now, and returns where."""
    manifest = files.model.parent / MANIFEST
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files.paths()}
    unfinished = manifest.with_name(f"{MANIFEST}.part")
    unfinished.write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return unfinished.replace(manifest)


def _manifest(path: Path) -> dict[str, str]:
    try:
        sums = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {error}.") from error
    if not isinstance(sums, dict) or not all(isinstance(value, str) for value in sums.values()):
        raise ValueError(f"{path} is not an object of file names and sha256 sums.")
    return sums
