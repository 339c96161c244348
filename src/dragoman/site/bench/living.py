"""`bench live`: open pages while comments arrive: nothing lost, how late, and what a connection takes."""

import json
import subprocess
import sys
from itertools import permutations
from typing import Any

from dragoman.site.bench import peers
from dragoman.site.bench.measuring import Result, measurement
from dragoman.site.bench.product import Product

_SENTENCES = (
    "The bridge over the river was closed this morning because of the high water.",
    "I have lived in this street for twenty years and I have never seen the water so high.",
    "The council should have repaired the old lock before the winter.",
    "My neighbour says that the ferry will cross again on Friday.",
    "Nobody told us that the school would stay closed until Monday.",
    "The lamps along the quay were still burning at noon.",
)


@measurement("live")
def live(quick: bool) -> Result:
    """500 open pages and 20 comments a second; the neural engine at one a second; 2,000 idle pages."""
    readers, idle, rate, seconds = (20, 50, 5, 2) if quick else (500, 2000, 20, 20)
    method = f"{readers} pages open on one thread, from the moment a comment begins to be sent; the server on one core"
    result = Result("live", "Open pages while comments arrive", method)
    with Product({"DRAGOMAN_TRANSLATION__FAKE_ENGINE": "true"}) as product:
        facts = _thread(product, "en")
        _idle(result, product, facts, idle)
        about = {"rate": rate, "seconds": seconds, "patience": 30, "texts": _texts()}
        told = _listen(product, facts, "en", "pt", readers=readers, **about)
        _tell(result, told, f"{rate}/s, fake engine", strict=True)
    with Product() as product:
        facts = _thread(product, "en")
        product.wait_for_rest()
        told = _listen(
            product,
            facts,
            "en",
            "pt",
            readers=readers,
            rate=1,
            seconds=3 if quick else 20,
            patience=30,
            texts=_texts(),
        )
        _tell(result, told, "1/s, neural engine", strict=False)
    return result


def _thread(product: Product, language: str) -> dict[str, Any]:
    said = peers.content() | {"comments": []}
    return product.tell("content", key="bench:4", language=language, content=said)


def _texts() -> list[str]:
    """Different words each time, or the memory would answer, and whoever said the same again be refused: 720."""
    several = enumerate(permutations(_SENTENCES, 5))
    return [f"{' '.join(sentences)} Number {number}." for number, sentences in several]


def _listen(product: Product, facts: dict[str, Any], writes: str, reads: str, **about: Any) -> dict[str, Any]:
    told = {
        "port": product.port, "thread": facts["thread"], "path": f"/{writes}/threads/{facts['thread']}/write/",
        "language": writes, "reads": reads, "editions": True, "cookies": product.tell("writers", count=20)["cookies"],
    } | about  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.site.bench.load", "listen"],
        input=json.dumps(told) + "\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _tell(result: Result, told: dict[str, Any], how: str, *, strict: bool) -> None:
    result.add(
        f"{how}: events of {told['sent']} comments lost, of {told['wanted']:,}", told["lost"],
        budget="0", holds=lambda it: it == 0, counted=True,
    )  # fmt: skip
    result.add(f"{how}: pages told to reload instead", told["reloads"], counted=True)
    result.add(f"{how}: source event, p50", told["source_p50_ms"], "ms")
    result.add(
        f"{how}: source event, p95", told["source_p95_ms"], "ms",
        budget="≤ 1000" if strict else "", holds=(lambda it: it <= 1000) if strict else None,
    )  # fmt: skip
    result.add(f"{how}: translation, p50", told["translation_p50_ms"], "ms")
    result.add(f"{how}: translation, p95", told["translation_p95_ms"], "ms")
    result.add(f"{how}: translations told, of {told['wanted']:,}", told["translated"], counted=True)


def _idle(result: Result, product: Product, facts: dict[str, Any], count: int) -> None:
    before = product.memory()
    told = {"port": product.port, "thread": facts["thread"], "readers": count, "reads": "en"}
    with subprocess.Popen(
        [sys.executable, "-m", "dragoman.site.bench.load", "hold"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as load:  # fmt: skip
        assert load.stdin is not None
        assert load.stdout is not None
        load.stdin.write(json.dumps(told) + "\n")
        load.stdin.flush()
        opened = json.loads(load.stdout.readline())["opened"]
        after = product.memory()
        load.stdin.close()
        load.wait(60)
    result.add(
        "idle pages held by one process",
        opened,
        budget=f"{count:,}",
        holds=lambda it: it >= count,
        counted=True,
    )
    result.add("the front with them, PSS", after["front"], "MB")
    result.add("memory of one open page", 1024 * (after["front"] - before["front"]) / max(opened, 1), "kB")
