"""`bench memory`: the whole product at rest, with one engine loaded."""

import time

from dragoman.site.bench import peers
from dragoman.site.bench.measuring import Result, measurement
from dragoman.site.bench.product import Product

_BUDGET = 350
_REST_SECONDS = 25.0
"""At rest: connections that nobody needs have been closed by then."""


@measurement("memory")
def memory(quick: bool) -> Result:
    """Proportional set size of every process at rest, after an article was translated by the embedded engine."""
    method = (
        "PSS from /proc, so that what processes share is counted once; after reading, writing and translating"
    )
    result = Result("memory", "Memory at rest", method)
    said = peers.content() | {"comments": []}
    english = {
        "headline": "High water",
        "standfirst": "The river rose.",
        "body": ["The bridge is closed. Nobody was hurt."],
    }
    with Product() as product:
        product.tell(
            "content",
            key="bench:5",
            language="en",
            content={"article": said["article"] | english, "comments": []},
        )
        product.wait_for_rest()
        for path in ("/en/", "/pt/", "/en/bench/"):
            product.get(path)
        product.wait_for_rest()
        time.sleep(_REST_SECONDS)
        sizes = product.memory()
    for name, size in sorted(sizes.items(), key=lambda each: -each[1]):
        result.add(name, size, "MB")
    result.add("all of it", sum(sizes.values()), "MB", budget=f"≤ {_BUDGET}", holds=lambda it: it <= _BUDGET)
    if "engine" not in sizes:
        result.notes.append("No model is installed for this machine's languages: no engine was loaded.")
    if quick:
        result.notes.append("A quick look is the same as the whole measurement.")
    return result
