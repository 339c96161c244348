"""`bench read`: a stored page beside nginx: alone, while pages are rendered, and while comments arrive."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from dragoman.site.bench import peers
from dragoman.site.bench.measuring import (
    CLIENT_CORE,
    QUICK_RUNS,
    RUNS,
    SERVER_CORE,
    Result,
    alternating,
    measurement,
    on_core,
    wait_for_core,
)
from dragoman.site.bench.product import Product, free_port

_CONNECTIONS, _SLOW_CONNECTIONS = 16, 2
_REPORT = """
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"bad":%d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
_SLOW = {"wagtail", "wordpress", "isso"}


@dataclass(slots=True)
class Wrk:
    """Runs of wrk on the client's core; keeps the 99th percentile of the last run of each address."""

    script: Path
    seconds: int
    p99: dict[str, list[float]]

    def __call__(
        self, name: str, url: str, *headers: str, connections: int = _CONNECTIONS, at_rest: bool = True
    ) -> float:
        """Requests a second, from when the server is `at_rest`, unless it is to be busy. Raises RuntimeError when one
        was answered badly."""
        if at_rest:
            wait_for_core(SERVER_CORE)
        told = [part for each in ("Accept-Encoding: gzip", *headers) for part in ("-H", each)]
        done = subprocess.run(
            [
                "wrk", "-t1", f"-c{connections}", f"-d{self.seconds}s", "--timeout", "20s",
                "-s", str(self.script), *told, url,
            ],
            capture_output=True, text=True, check=True, preexec_fn=on_core(CLIENT_CORE),
        )  # fmt: skip
        report = json.loads(done.stdout.splitlines()[-1])
        if report["bad"]:
            raise RuntimeError(
                f"{name}: {report['bad']} requests of {report['requests']} were answered badly"
            )
        self.p99.setdefault(name, []).append(report["p99"])
        return float(report["requests"] / report["seconds"])


@measurement("read")
def read(quick: bool) -> Result:
    """A stored page: requests a second on one core, beside nginx with the same bytes."""
    if absent := peers.missing("wrk", "nginx"):
        raise click.UsageError(f"{' and '.join(absent)} is not installed (Debian: nginx-light, wrk).")
    seconds = 1 if quick else 3
    method = (
        f"one core for the server, wrk on the other; {_CONNECTIONS} connections × {seconds} s (slow peers "
        f"{_SLOW_CONNECTIONS}), gzip, {QUICK_RUNS if quick else RUNS} alternating runs"
    )
    result = Result("read", "Reading from the response store", method)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dragoman-bench-")))
        (folder / "report.lua").write_text(_REPORT)
        wrk = Wrk(folder / "report.lua", seconds, {})
        product = stack.enter_context(Product({"DRAGOMAN_TRANSLATION__FAKE_ENGINE": "true"}))
        facts = product.tell("content", key="bench:1", language="fr", content=peers.content())
        product.wait_for_rest()
        _measure(result, product, facts, wrk, stack, folder, quick=quick)
    return result


def _measure(
    result: Result,
    product: Product,
    facts: dict[str, Any],
    wrk: Wrk,
    stack: ExitStack,
    folder: Path,
    *,
    quick: bool,
) -> None:
    page, small = facts["path"], "/fr/"
    _sizes(result, product, page)
    port = free_port()
    files = {
        f"{name}.html.gz": product.get(path, Accept_Encoding="gzip")[2]
        for name, path in (("page", page), ("small", small))
    }
    result.peers["nginx"] = stack.enter_context(peers.nginx(folder, port, files))
    tag = product.get(page, Accept_Encoding="gzip")[1].get(
        "ETag", product.get(page, Accept_Encoding="gzip")[1].get("etag", "")
    )
    own, limit = product.address, f"http://127.0.0.1:{port}"
    rows: dict[str, Callable[[], float]] = {
        "nginx, the page": lambda: wrk("nginx, the page", f"{limit}/page.html"),
        "stored page": lambda: wrk("stored page", own + page),
        "nginx, small page": lambda: wrk("nginx, small page", f"{limit}/small.html"),
        "stored small page": lambda: wrk("stored small page", own + small),
        "not modified (304)": lambda: wrk("not modified (304)", own + page, f"If-None-Match: {tag}"),
    }
    rows |= _peers(result, stack, wrk)
    found = alternating(rows, QUICK_RUNS if quick else RUNS)
    for name, values in found.items():
        result.add(name, values, "req/s")
    _ratios(result, found)
    result.add("p99 of the stored page, quiet", wrk.p99["stored page"], "ms")
    _while_busy(result, product, facts, wrk, found["stored page"], quick=quick)


def _ratios(result: Result, found: dict[str, list[float]]) -> None:
    share = [own / limit for own, limit in zip(found["stored page"], found["nginx, the page"], strict=True)]
    result.add("stored page ÷ nginx", share, budget="≥ 0.5", holds=lambda it: it >= 0.5)
    small = [
        own / limit for own, limit in zip(found["stored small page"], found["nginx, small page"], strict=True)
    ]
    result.add("stored small page ÷ nginx", small)
    cached = next((name for name in found if "nginx's cache" in name), None)
    if cached:
        pairs = zip(found["stored page"], found[cached], strict=True)
        times = [own / other for own, other in pairs if other] or [0.0]  # none ended within a short run
        result.add(
            "stored page ÷ WordPress behind nginx's cache", times, budget="≥ 100", holds=lambda it: it >= 100
        )


def _sizes(result: Result, product: Product, page: str) -> None:
    for encoding, budget in (("br", 30.0), ("gzip", None), ("identity", None)):
        size = len(product.get(page, Accept_Encoding=encoding)[2]) / 1000
        holds = (lambda it: it <= 30.0) if budget else None
        result.add(
            f"the page, {encoding}", size, "kB", budget="≤ 30" if budget else "", holds=holds, counted=True
        )


def _peers(result: Result, stack: ExitStack, wrk: Wrk) -> dict[str, Callable[[], float]]:
    rows: dict[str, Callable[[], float]] = {}
    names = [name for name in peers.prepared() if name in _SLOW]
    if not names:
        result.peers["WordPress, plain Wagtail, Isso"] = (
            "left out: the harness beside this checkout (../shared/peers) is not set up (./peers.py setup all)"
        )
    for peer in stack.enter_context(peers.running(names)):
        result.peers[peer.name] = peer.version()
        for row, url in peer.rows():
            connections = _CONNECTIONS if "cache" in row else _SLOW_CONNECTIONS
            rows[row] = _row(wrk, row, url, connections)
    return rows


def _row(wrk: Wrk, name: str, url: str, connections: int) -> Callable[[], float]:
    return lambda: wrk(name, url, connections=connections)


# --- while something else is done ------------------------------------------------------------------------------------


def _while_busy(
    result: Result, product: Product, facts: dict[str, Any], wrk: Wrk, quiet: list[float], *, quick: bool
) -> None:
    runs = QUICK_RUNS if quick else RUNS
    url = product.address + facts["path"]
    with _rendering(product, facts):
        rendering = [wrk("while rendering", url, at_rest=False) for _ in range(runs)]
    result.add("stored page while two clients have pages rendered", rendering, "req/s")
    p99 = wrk.p99["while rendering"]
    result.add("p99 of it", p99, "ms", budget="≤ 10", holds=lambda it: it <= 10)
    arriving, writers = [], list[dict[str, float]]()
    for run in range(runs):
        wait_for_core(SERVER_CORE)
        with _arriving(product, facts, wrk.seconds, run, writers):
            arriving.append(wrk("while arriving", url, at_rest=False))
    result.add("stored page while 20 comments/s arrive in its thread", arriving, "req/s")
    share = [busy / alone for busy, alone in zip(arriving, quiet, strict=True)]
    result.add("of its quiet figure", share, budget="≥ 0.5", holds=lambda it: it >= 0.5)
    result.add("p99 while comments arrive", wrk.p99["while arriving"], "ms")
    for share_of in ("p50", "p99"):
        waited = [each[f"{share_of}_ms"] for each in writers]
        result.add(f"their writers wait for an answer, {share_of}", waited, "ms")


@contextmanager
def _rendering(product: Product, facts: dict[str, Any]) -> Iterator[None]:
    """Two clients ask for pages that nobody asked for before: each must be rendered."""
    over = threading.Event()

    def ask(first: int) -> None:
        number = first
        while not over.is_set():
            product.get(f"{facts['path']}?original={number}")
            number += 2

    clients = [threading.Thread(target=ask, args=(first,)) for first in (10_000_000, 10_000_001)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        over.set()
        for client in clients:
            client.join()


@contextmanager
def _arriving(
    product: Product, facts: dict[str, Any], seconds: int, run: int, writers: list[dict[str, float]]
) -> Iterator[None]:
    """`writers` gets what they say of their waiting: who reads fast because nobody can write is not fast."""
    cookies = product.tell("writers", count=20)["cookies"]
    told = {
        "port": product.port, "path": f"/fr/threads/{facts['thread']}/write/", "language": "fr",
        "cookies": cookies, "rate": 20, "seconds": seconds + 1, "run": run,
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "dragoman.site.bench.load", "arrive"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    ) as load:  # fmt: skip
        assert load.stdin is not None
        assert load.stdout is not None
        load.stdin.write(json.dumps(told) + "\n")
        load.stdin.close()
        load.stdout.readline()  # they begin
        yield
        writers.append(json.loads(load.stdout.read()))
