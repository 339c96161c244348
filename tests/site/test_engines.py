"""`dragoman engines`: models from a store, servers that are configured, and one sentence for what is wrong."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dragoman.engines import downloads
from dragoman.engines.protocol import Pair
from dragoman.engines.weights import WeightsSource
from dragoman.site.config import EngineConfig
from dragoman.translation import engines
from tests.engines.servers import KEY, Asked, ChatServer, LibreServer, Reply
from tests.engines.stores import Store
from tests.engines.weights_at_hand import installed_model
from tests.shared import ROOT
from tests.site.test_cli import Run, dragoman

__all__ = ["dragoman"]


@pytest.fixture
def store(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store with models that nobody tries, and a place for them."""
    place = tmp_path / "engines"
    settings.TRANSLATION_WEIGHTS_DIRECTORY = place
    monkeypatch.setattr(engines, "weights", lambda: WeightsSource([place], package=None))
    monkeypatch.setitem(downloads.Downloader.__init__.__kwdefaults__, "check", lambda files: [])  # type: ignore[index]
    store = Store()
    store.offer_models("en-fr")
    store.offer_models("fr-en")
    settings.TRANSLATION_MODELS_URL = store.url
    with store.running():
        yield store


def test_add_list_and_remove(dragoman: Run, store: Store) -> None:
    added = dragoman("engines", "add", "en-fr", "fr-en", "--json")
    assert (added.status, added.err) == (0, "")
    assert [(each["pair"], each["added"], each["unlisted"]) for each in added.objects] == [
        ("en-fr", True, []),
        ("fr-en", True, []),
    ]
    assert [each["pair"] for each in dragoman("engines", "list", "--json").objects] == ["en-fr", "fr-en"]
    assert not dragoman("engines", "add", "en-fr", "--json").objects[0]["added"]
    assert "was there already" in dragoman("engines", "add", "en-fr").out
    assert dragoman("engines", "remove", "fr-en").out.endswith("removed\n")
    assert [each["pair"] for each in dragoman("engines", "list", "--json").objects] == ["en-fr"]


def test_another_store(dragoman: Run, store: Store, settings: Any) -> None:
    settings.TRANSLATION_MODELS_URL = "http://127.0.0.1:1"
    assert dragoman("engines", "add", "en-fr", "--from", store.offer_records()).status == 0


def test_nothing_is_shown_of_progress_in_a_pipe(dragoman: Run, store: Store) -> None:
    assert dragoman("engines", "add", "en-fr").err == ""


def test_progress_is_shown_on_a_terminal(
    dragoman: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    said = dragoman("engines", "add", "en-fr")
    assert said.status == 0
    assert "model.enfr" in said.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("add", "en"), "bad_pair", "“en” is not a pair of languages"),
        (("add", "en-en"), "bad_pair", "en-en"),
        (("add", "../../etc-passwd"), "bad_pair", "etc-passwd"),
        (("add", "en-xx"), "not_offered", "offers no model for en-xx"),
        (("add", "en-fr", "--architecture", "huge"), "not_offered", "“huge”"),
        (("add", "en-fr", "--from", "ftp://x"), "bad_store", "ftp://x"),
        (("add", "en-fr", "--from", "http://127.0.0.1:1"), "store_unreachable", "http://127.0.0.1:1"),
        (("add", "fr-en", "en-fr", "english"), "bad_pair", "“english”"),
        (("remove", "en-fr"), "not_installed", "en-fr"),
    ],
)
def test_what_is_refused_is_one_sentence_and_changes_nothing(
    dragoman: Run, store: Store, arguments: tuple[str, ...], code: str, words: str
) -> None:
    assert words in dragoman("engines", *arguments).refused()
    said = dragoman("engines", *arguments, "--json")
    assert (said.status, said.err.count("\n")) == (2, 1)
    [told] = said.objects
    assert (told["error"], told["message"]) == (code, said.err.strip())
    assert dragoman("engines", "list", "--json").out == ""


def test_what_a_package_brought_is_not_removed(dragoman: Run, store: Store) -> None:
    installed_model()
    assert "package" in dragoman("engines", "remove", "en-pt").refused()


def test_servers_are_listed_without_their_keys_and_tried(dragoman: Run, store: Store, settings: Any) -> None:
    with LibreServer().running() as libre, ChatServer().running() as chat:
        settings.TRANSLATION_ENGINES = [
            EngineConfig(kind="libretranslate", url=libre.url, key=KEY),  # type: ignore[arg-type]
            EngineConfig(kind="chat", name="house", url=f"{chat.url}/v1", model="small", key="wrong"),  # type: ignore[arg-type]
        ]
        listed = dragoman("engines", "list", "--json")
        tried = dragoman("engines", "verify", "--json")
    assert [(each["engine"], each["kind"], each["confidential"]) for each in listed.objects] == [
        ("libretranslate", "libretranslate", False),
        ("house", "chat", False),
    ]
    assert tried.status == 1
    well, ill = tried.objects
    assert well == {"engine": "libretranslate", "problems": []}
    assert [problem["code"] for problem in ill["problems"]] == ["not_authorized"]
    for said in (listed, tried):
        assert KEY not in said.out + said.err
        assert "wrong" not in said.out + said.err


def test_a_server_that_is_away_is_told(dragoman: Run, store: Store, settings: Any) -> None:
    settings.TRANSLATION_ENGINES = [EngineConfig(kind="libretranslate", url="http://127.0.0.1:1", attempts=1)]
    said = dragoman("engines", "verify")
    assert said.status == 1
    assert said.out == "libretranslate  “libretranslate” cannot be reached (ConnectError).\n"


def test_models_that_were_added_are_verified(
    dragoman: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.offer_real(installed_model().model.parent, "en-pt")
    assert dragoman("engines", "add", "en-pt").status == 0
    said = dragoman("engines", "verify", "--json")
    assert said.status == 0
    assert [(each["pair"], each["problems"]) for each in said.objects] == [(str(Pair("en", "pt")), [])]
    assert json.loads(said.out)["model"].startswith("en-pt-")


def test_killed_in_the_middle_it_goes_on_the_next_time(store: Store, tmp_path: Path) -> None:
    """`kill -9` while the last file is on its way: nothing is in place, and what had come is not loaded again."""
    here = installed_model()
    store.offer_real(here.model.parent, "en-pt")
    asked, killed = threading.Event(), threading.Event()
    vocabulary = store.entry("en-pt")["files"]["vocab"]["path"]

    def hold(request: Asked, reply: Reply) -> Reply:
        if request.path.endswith(vocabulary) and not killed.is_set():
            reply.before = lambda: (asked.set(), killed.wait(60))
        return reply

    store.change = hold
    command = [
        sys.executable,
        "-m",
        "dragoman.site.cli",
        "engines",
        "add",
        "en-pt",
        "--from",
        store.url,
        "--json",
    ]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DRAGOMAN_", "DJANGO_"))
    }
    environment |= {"DRAGOMAN_VAR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=environment, cwd=tmp_path) as process:
        assert asked.wait(60)
        process.kill()
    killed.set()
    assert not (tmp_path / "engines" / "en-pt").exists()
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["added"]
    [first, again] = store.requests("alphas.bin.gz")
    assert "Range" not in first.headers
    assert again.headers["Range"] == f"bytes={len(store.files[first.path])}-"
    model = next((tmp_path / "engines" / "en-pt").glob("model.*"))
    assert model.read_bytes() == here.model.read_bytes()
