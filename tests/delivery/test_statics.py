"""Collected static files have compressed twins."""

import gzip
from pathlib import Path

import brotli
import pytest
from django.core.files import File
from django.core.files.storage import FileSystemStorage

from dragoman.delivery.statics import CompressedStaticFilesStorage


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    made = tmp_path / "sources"
    made.mkdir()
    (made / "large.js").write_text("// words that repeat\n" * 5_000)
    (made / "site.css").write_text("body { margin: 0; }\n" * 40)
    (made / "small.css").write_text("b{}")
    (made / "dot.png").write_bytes(bytes(1_000))
    return made


def test_twins_hold_what_the_file_holds(sources: Path, tmp_path: Path) -> None:
    storage = CompressedStaticFilesStorage(location=tmp_path / "static", base_url="/static/")
    source = FileSystemStorage(location=sources)
    paths = {}
    for path in sources.iterdir():
        with path.open("rb") as file:
            storage.save(path.name, File(file))
        paths[path.name] = (source, path.name)
    made = {name: Path(storage.path(hashed)) for name, hashed, _ in storage.post_process(paths)}
    for name in ("large.js", "site.css"):
        body = made[name].read_bytes()
        dense = made[name].with_name(made[name].name + ".br").read_bytes()
        assert brotli.decompress(dense) == body
        assert len(dense) < len(body) / 3
        assert gzip.decompress(made[name].with_name(made[name].name + ".gz").read_bytes()) == body
    for name in ("small.css", "dot.png"):
        assert not list(made[name].parent.glob(f"{made[name].name}.*"))
