"""Whatever an engine does to what it was sent: what leaves its adapter is faithful, or refused with a typed error.

The fake is what misbehaves here, behind each adapter: as a process, as a LibreTranslate server, as a language model.
"""

import html
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.engines.chat import ChatEngine
from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.errors import EngineError
from dragoman.engines.fake import FakeEngine, Quirks, _mangle_placeholders
from dragoman.engines.libretranslate import LibreTranslate
from dragoman.engines.model_files import ModelFiles
from dragoman.engines.protocol import Engine, Request
from tests.engines.contract import PAIR
from tests.engines.servers import KEY, ChatServer, LibreServer

_NUMBER = re.compile(r"XQZ(\d+)")
_ENTITY = re.compile(r"&(?:[A-Za-z]+|#\d+|#x[0-9a-f]+);")
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def _spaced(text: str) -> str:
    return _NUMBER.sub(r"XQZ \1", text)


def _tagged(text: str) -> str:
    return f"<p>{text}</p>"


QUIRKS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "drop": lambda text: _mangle_placeholders(text, "drop"),
    "double": lambda text: _mangle_placeholders(text, "double"),
    "reorder": lambda text: _mangle_placeholders(text, "reorder"),
    "recase": lambda text: _mangle_placeholders(text, "recase"),
    "space": _spaced,
    "renumber": lambda text: _NUMBER.sub(lambda found: f"XQZ{int(found[1]) + 1}", text),
    "invent": lambda text: text + " XQZ77",
    "escape": html.escape,
    "escape twice": lambda text: html.escape(html.escape(text)),
    "tag": _tagged,
    "babble": lambda text: (text + " and so on ") * 40,
    "nothing": lambda text: "",
    "white": lambda text: "\n ",
    "bell": lambda text: text + "\x07",
}
# What an adapter can mend with certainty, it does mend.
MENDED = {"none", "recase", "space", "escape", "bell"}

_SCRIPT = """
import socket
import sys
from pathlib import Path
from dragoman.engines.embedded_child import run
from dragoman.engines.protocol import Pair
from dragoman.engines.fake import FakeEngine
from dragoman.engines.wire import Reader, packed
from tests.engines.test_quirks import QUIRKS
def live():
    sock = socket.socket(fileno=0)
    reader = Reader(sock)
    while True:
        message = reader.wait()
        said = FakeEngine.expected(Pair(*message["pair"].split("-")), message["translate"])
        sock.sendall(packed({"text": QUIRKS[Path(__file__).with_name("quirk").read_text()](said)}))
run(int(sys.argv[1]), lambda message: {"loaded": message["load"]}, live)
"""


class Quirky:
    """An adapter, and the quirk of what is behind it."""

    def __init__(self, engine: Engine, misbehave: Callable[[str], None]) -> None:
        self.engine = engine
        self.misbehave = misbehave


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quirky]:
    place = tmp_path_factory.mktemp("quirky")
    (place / "child.py").write_text(_SCRIPT)
    model = place / "model.bin"
    files = ModelFiles(PAIR, model, model, model, None, "quirky", 0)
    here = str(Path(__file__).parents[2])
    start = f"import sys, runpy; sys.path.insert(0, {here!r}); runpy.run_path({str(place / 'child.py')!r})"
    engine = EmbeddedEngine([files], processes=1, command=(sys.executable, "-c", start))
    yield Quirky(engine, lambda quirk: (place / "quirk").write_text(quirk) and None)
    engine.close()


@pytest.fixture(scope="module")
def libretranslate() -> Iterator[Quirky]:
    with LibreServer().running() as server:
        engine = LibreTranslate(server.url, languages=("en", "pt"), key=KEY)
        yield Quirky(engine, lambda quirk: setattr(server, "mangle", QUIRKS[quirk]))
        engine.close()


@pytest.fixture(scope="module")
def chat() -> Iterator[Quirky]:
    with ChatServer().running() as server:
        engine = ChatEngine(f"{server.url}/v1", model="small", languages=("en", "pt"), key=KEY)
        yield Quirky(engine, lambda quirk: setattr(server, "mangle", QUIRKS[quirk]))
        engine.close()


@pytest.fixture(params=["embedded", "libretranslate", "chat"], scope="module")
def adapter(request: pytest.FixtureRequest) -> Quirky:
    quirky: Quirky = request.getfixturevalue(request.param)
    return quirky


_words = st.sampled_from(
    [
        "boat",
        "the",
        "it’s",
        "Größe",
        "Москва",
        "مرحبا",
        "今日",
        "12",
        "1,234.5",
        "AT&T",
        "a<b",
        "&amp;",
        "<b>",
        '"so"',
        "—",
    ]
)
_pieces = st.lists(_words | st.just("\0"), min_size=1, max_size=12)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """Words of many scripts, some markup that somebody wrote, and placeholders numbered as the text layer does."""
    pieces = draw(_pieces)
    number = 0
    for place, piece in enumerate(pieces):
        if piece == "\0":
            number += 1
            pieces[place] = f"XQZ{number}"
    return " ".join(pieces)


def _require_faithful(source: str, target: str) -> None:
    assert target.strip()
    assert Counter(_NUMBER.findall(target)) == Counter(_NUMBER.findall(source))
    assert len(re.findall("xqz", target, re.IGNORECASE)) == source.count("XQZ")
    assert set(_ENTITY.findall(target)) <= set(_ENTITY.findall(source))
    assert len(_TAG.findall(target)) <= len(_TAG.findall(source))
    assert len(target) <= 4 * len(source) + 80
    assert target.isprintable()


@pytest.mark.parametrize("quirk", QUIRKS)
def test_what_leaves_an_adapter_is_faithful_or_refused(adapter: Quirky, quirk: str) -> None:
    adapter.misbehave(quirk)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(sentences(), min_size=1, max_size=4))
    def holds(texts: list[str]) -> None:
        try:
            answer = adapter.engine.translate(Request(PAIR, tuple(texts)))
        except EngineError:
            return
        refused = {refusal.place for refusal in answer.refusals}
        assert all(isinstance(refusal.error, EngineError) for refusal in answer.refusals)
        for place, (source, target) in enumerate(zip(texts, answer.texts, strict=True)):
            if place in refused:
                assert target == ""
            elif any(map(str.isalnum, source)):
                _require_faithful(source, target)
            else:
                assert target == source

    holds()


@pytest.mark.parametrize("quirk", sorted(MENDED))
def test_what_is_certain_is_mended(adapter: Quirky, quirk: str) -> None:
    adapter.misbehave(quirk)
    texts = ("It’s “so”, AT&T: 12 boats.", "Read XQZ1 before XQZ2, not 'XQZ3'.")
    answer = adapter.engine.translate(Request(PAIR, texts))
    assert answer.texts == tuple(FakeEngine.expected(PAIR, text) for text in texts)
    assert answer.refusals == ()


@pytest.mark.parametrize(
    "quirk", ["drop", "double", "renumber", "invent", "babble", "nothing", "white", "tag"]
)
def test_what_is_lost_is_refused_for_that_text_alone(adapter: Quirky, quirk: str) -> None:
    adapter.misbehave(quirk)
    answer = adapter.engine.translate(Request(PAIR, ("Read XQZ1 now.", "...")))
    assert answer.texts == ("", "...")
    assert [refusal.place for refusal in answer.refusals] == [0]
    assert answer.refusals[0].error.code == "malformed_answer"


def test_the_quirks_of_the_fake_are_all_here() -> None:
    assert {"drop", "double", "reorder", "recase"} <= set(QUIRKS)
    assert FakeEngine([PAIR], quirks=Quirks(escape=True)).translate(Request(PAIR, ("a & b",))).texts == (
        QUIRKS["escape"](FakeEngine.expected(PAIR, "a & b")),
    )
    assert json.dumps(sorted(MENDED - set(QUIRKS))) == "[]"
