"""Static files as they are collected: with a hash in their name, and compressed twins that the front sends."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

_TEXTS = frozenset({".css", ".js", ".json", ".svg"})
_SMALLEST = 256
_OF_THE_ADMIN = ("wagtail", "admin/")
"""Large, and read by a few: not worth the seconds that the densest coding of them takes."""


class CompressedStaticFilesStorage(ManifestStaticFilesStorage):
    """Writes `.br` and `.gz` beside each hashed text: once at collecting, for every reader after."""

    def post_process(self, *arguments: Any, **options: Any) -> Iterator[Any]:
        """As Django's; a file's twins lie there before it is named in the manifest."""
        for name, hashed, processed in super().post_process(*arguments, **options):
            wanted = not name.startswith(_OF_THE_ADMIN) and Path(name).suffix in _TEXTS
            if wanted and processed and isinstance(hashed, str):
                _write_twins(Path(self.path(hashed)))
            yield name, hashed, processed


def _write_twins(file: Path) -> None:
    body = file.read_bytes()
    if len(body) < _SMALLEST:
        return
    file.with_name(f"{file.name}.br").write_bytes(brotli.compress(body, mode=brotli.MODE_TEXT))
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(body, 9, mtime=0))
