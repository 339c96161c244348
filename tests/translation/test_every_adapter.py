"""The whole path over every adapter, with what is behind it misbehaving: what readers get is whole, or the original."""

import html
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from dragoman.engines.chat import ChatEngine
from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.libretranslate import LibreTranslate
from dragoman.engines.model_files import ModelFiles
from dragoman.engines.protocol import Engine
from dragoman.engines.routing import Router
from dragoman.text.richtext import html_from_blocks
from dragoman.translation.asking import Asked, ask
from tests.engines.servers import KEY, ChatServer, LibreServer
from tests.engines.test_quirks import _SCRIPT, QUIRKS
from tests.engines.test_spelling import vocabulary
from tests.translation.test_asking import (
    PAIR,
    Balanced,
    asked,
    attributes,
    destroyed,
    shown,
)

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\"'.,:;!?()-/&%"
_PLACEHOLDER = re.compile(r"xqz|<\s*/?\s*x\b|translate=", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z]+|#\d+|#x[0-9a-f]+);")
Misbehaving = tuple[Engine, Callable[[str], None]]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Misbehaving]:
    """With a vocabulary of plain letters only, as the real one nearly has."""
    place = tmp_path_factory.mktemp("behind")
    (place / "child.py").write_text(_SCRIPT)
    (place / "vocab.spm").write_bytes(vocabulary(*((letter, 1) for letter in LETTERS)))
    files = ModelFiles(PAIR, place / "model.bin", *[place / "vocab.spm"] * 2, None, "behind", 0)
    here = str(Path(__file__).parents[2])
    start = f"import sys, runpy; sys.path.insert(0, {here!r}); runpy.run_path({str(place / 'child.py')!r})"
    engine = EmbeddedEngine([files], processes=1, command=(sys.executable, "-c", start))
    yield engine, lambda quirk: (place / "quirk").write_text(quirk) and None
    engine.close()


@pytest.fixture(scope="module")
def libretranslate() -> Iterator[Misbehaving]:
    with LibreServer().running() as server:
        engine = LibreTranslate(server.url, languages=("en", "pt"), key=KEY)
        yield engine, lambda quirk: setattr(server, "mangle", QUIRKS[quirk])
        engine.close()


@pytest.fixture(scope="module")
def chat() -> Iterator[Misbehaving]:
    with ChatServer().running() as server:
        engine = ChatEngine(f"{server.url}/v1", model="small", languages=("en", "pt"), key=KEY)
        yield engine, lambda quirk: setattr(server, "mangle", QUIRKS[quirk])
        engine.close()


@pytest.mark.parametrize("quirk", QUIRKS)
@pytest.mark.parametrize("adapter", ["embedded", "libretranslate", "chat"])
def test_no_reader_gets_a_placeholder_a_lost_span_or_a_broken_tag(
    adapter: str, quirk: str, request: pytest.FixtureRequest
) -> None:
    engine, misbehave = request.getfixturevalue(adapter)
    misbehave(quirk)

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(asked())
    def holds(sentence: Asked) -> None:
        (told,) = ask([sentence], PAIR, Router([engine]).translate, 20.0)
        block = shown(sentence, told)
        assert not _PLACEHOLDER.search(block.text)
        assert destroyed(block.text) == destroyed(sentence.text)
        assert not set(_ENTITY.findall(block.text)) - set(_ENTITY.findall(sentence.text))
        for kind in ("link", "code"):
            assert attributes(block.ranges, kind) == attributes(sentence.ranges, kind)
        written = html_from_blocks([block])
        assert Balanced(written).open == []
        assert html.unescape(re.sub(r"<[^>]+>", "", written)).strip() == block.text.strip()

    holds()
