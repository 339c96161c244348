"""`bench write`: comments written, durable and acknowledged, their jobs queued, on one core; acknowledged = stored."""

import json
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

from dragoman.site.bench import peers
from dragoman.site.bench.measuring import RUNS, Result, measurement
from dragoman.site.bench.product import Product

_LEVELS = (1, 10, 50)
_BUDGET, _P99_BUDGET = 400, 200
_WHERE_SET = {"isso": 380, "wagtail": 290, "wordpress": 90}
"""Comments a second of the peers at 50 writers, on the machine where the budgets were set."""


@measurement("write")
def write(quick: bool) -> Result:
    """Comments a second through the whole product: session, form, rules, text, memory, job, notification, commit."""
    runs, seconds = (1, 1) if quick else (RUNS, 3)
    method = (
        f"one core for everything (front, Django, PostgreSQL, worker with the fake engine), writers on the other; "
        f"{runs} runs × {seconds} s at each number of writers, every answer waited for; peers in turn with ours"
    )
    result = Result("write", "Comments written, durable and acknowledged", method)
    with ExitStack() as stack:
        product = stack.enter_context(Product({"DRAGOMAN_TRANSLATION__FAKE_ENGINE": "true"}))
        facts = product.tell("content", key="bench:2", language="fr", content=peers.content())
        cookies = product.tell("writers", count=max(_LEVELS))["cookies"]
        told = {
            "port": product.port, "path": f"/fr/threads/{facts['thread']}/write/", "language": "fr",
            "cookies": cookies, "seconds": seconds, "thread": facts["thread"],
        }  # fmt: skip
        product.wait_for_rest()
        running = stack.enter_context(peers.running(_names(result)))
        found: dict[int, list[dict[str, Any]]] = {level: [] for level in _LEVELS}
        theirs: dict[str, list[float]] = {peer.name: [] for peer in running}
        _once(product, told | {"connections": 4, "run": -1, "seconds": 1})
        for run in range(runs):
            for level in _LEVELS:
                found[level].append(_once(product, told | {"connections": level, "run": run}))
            for peer in running:
                theirs[peer.name].append(peers.posted(peer, max(_LEVELS), seconds, run))
        _tell(result, found)
        _memory(result, product)
        result.peers.update({peer.name: peer.version() for peer in running})
    _compare(result, found[max(_LEVELS)], theirs)
    return result


def _once(product: Product, told: dict[str, Any]) -> dict[str, Any]:
    """One run into the thread, which is put back afterwards; what is stored is counted in the database."""
    before, counted_before = product.stored(told["thread"])
    spent = product.processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.site.bench.load", "write"],
        input=json.dumps(told) + "\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    answer["processor_ms"] = 1e3 * (product.processor_seconds() - spent) / max(answer["acknowledged"], 1)
    after, counted = product.stored(told["thread"])
    answer["stored"], answer["counted"] = after - before, counted - counted_before
    product.reset(told["thread"])
    return answer


def _tell(result: Result, found: dict[int, list[dict[str, Any]]]) -> None:
    for level, answers in found.items():
        most = level == max(found)
        result.add(
            f"{level} writers", [each["per_second"] for each in answers], "comments/s",
            budget=f"≥ {_BUDGET}" if most else "", holds=(lambda it: it >= _BUDGET) if most else None,
        )  # fmt: skip
        result.add(
            f"{level} writers, p99", [each["p99_ms"] for each in answers], "ms",
            budget=f"≤ {_P99_BUDGET}" if most else "", holds=(lambda it: it <= _P99_BUDGET) if most else None,
        )  # fmt: skip
        result.add(
            f"{level} writers, processor time a comment", [each["processor_ms"] for each in answers], "ms"
        )
    every = [each for answers in found.values() for each in answers]
    acknowledged = sum(each["acknowledged"] for each in every)
    lost = sum(max(0, each["acknowledged"] - each["stored"]) for each in every)
    wrong = sum(abs(each["stored"] - each["counted"]) for each in every)
    bad = sum(number for each in every for status, number in each["statuses"].items() if int(status) >= 400)
    bad += sum(each["broken"] for each in every)
    result.add(
        f"lost of {acknowledged:,} acknowledged", lost, budget="0", holds=lambda it: it == 0, counted=True
    )
    result.add("errors and missing answers", bad, budget="0", holds=lambda it: it == 0, counted=True)
    result.add(
        "stored, but not in the thread's count", wrong, budget="0", holds=lambda it: it == 0, counted=True
    )


def _memory(result: Result, product: Product) -> None:
    result.add("memory after it, PSS", sum(product.memory().values()), "MB")


def _names(result: Result) -> list[str]:
    names = [name for name in peers.prepared() if name in _WHERE_SET]
    if not names:
        result.peers["plain Wagtail, Isso, WordPress"] = (
            "left out: the harness beside this checkout (../shared/peers) is not set up; it measured 290, 360 and 90 "
            "comments/s at 50 writers on 2026-11-23"
        )
    return names


def _compare(result: Result, own: list[dict[str, Any]], theirs: dict[str, list[float]]) -> None:
    """The budgets as shares of the peers, too: those were measured where the budgets were set."""
    for name, rates in theirs.items():
        result.add(f"{name}, {max(_LEVELS)} writers", rates, "comments/s")
        times = round(_BUDGET / _WHERE_SET[name], 2)
        shares = [each["per_second"] / rate for each, rate in zip(own, rates, strict=True)]
        result.add(
            f"ours ÷ {name}", shares, "×",
            budget=f"≥ {times}, as {_BUDGET}/s where {name} wrote {_WHERE_SET[name]}",
            holds=lambda it, times=times: it >= times,
        )  # fmt: skip
    if "isso" in theirs:
        pace = [rate / _WHERE_SET["isso"] for rate in theirs["isso"]]
        waits = [each["p99_ms"] * share for each, share in zip(own, pace, strict=True)]
        result.add(
            f"{max(_LEVELS)} writers, p99, at the pace of the machine where isso writes {_WHERE_SET['isso']}",
            waits, "ms", budget=f"≤ {_P99_BUDGET}", holds=lambda it: it <= _P99_BUDGET,
        )  # fmt: skip
