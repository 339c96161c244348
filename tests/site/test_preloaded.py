"""What the fork server loads, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ground.publication import environment

LOADED = """
import json, sys, threading
from dragoman.site.preloaded import load
load()
loaded = {name.partition(".")[0] for name in sys.modules}
import bs4, rest_framework.compat
import lxml, pygments, requests
parsed = bs4.BeautifulSoup("<p>One &amp; two</p>", "html.parser").get_text()
print(json.dumps({"loaded": sorted(loaded), "threads": threading.active_count(), "parsed": parsed}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    var: Path = tmp_path_factory.mktemp("var")
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=environment(var), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_it_loads_the_site_and_no_extras_that_nobody_asks_for(told: dict[str, object]) -> None:
    loaded = told["loaded"]
    assert isinstance(loaded, list)
    assert {"django", "wagtail", "granian", "procrastinate", "bs4", "rest_framework"} <= set(loaded)
    assert {"charset_normalizer", "lxml", "pygments", "requests", "urllib3"}.isdisjoint(loaded)


def test_whoever_needs_an_extra_has_it(told: dict[str, object]) -> None:
    assert told["parsed"] == "One & two"


def test_it_can_be_forked(told: dict[str, object]) -> None:
    assert told["threads"] == 1
