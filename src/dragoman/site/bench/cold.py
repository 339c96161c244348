"""`bench cold`: the first read after a change: processor time and queries of one rendering, in every language."""

from dragoman.site.bench import peers
from dragoman.site.bench.measuring import QUICK_RUNS, RUNS, Result, measurement
from dragoman.site.bench.product import Product

_LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")


@measurement("cold")
def cold(quick: bool) -> Result:
    """An article with 200 comments made anew: processor time of Django, and SQL queries, in six languages."""
    runs, times = (QUICK_RUNS, 3) if quick else (RUNS, 10)
    method = (
        f"rendered through all of Django's middleware, processor time of Python; {runs} runs × {times} pages"
    )
    result = Result("cold", "The first read after a change", method)
    said = peers.content()
    if quick:
        said = said | {"comments": said["comments"][:20]}
    with Product({"DRAGOMAN_TRANSLATION__FAKE_ENGINE": "true"}) as product:
        facts = product.tell("content", key="bench:3", language="fr", content=said)
        product.wait_for_rest()
        paths = {language: f"/{language}/bench/{facts['article']}-x/" for language in _LANGUAGES}
        told = [product.tell("queries", paths=list(paths.values()), times=times) for _ in range(runs)]
        for language, path in paths.items():
            values = [1e3 * sum(each[path]["seconds"]) / times for each in told]
            result.add(f"{language}", values, "ms of processor", budget="≤ 30", holds=lambda it: it <= 30)
            number = max(each[path]["queries"] for each in told)
            result.add(f"{language}, queries", number, budget="≤ 12", holds=lambda it: it <= 12, counted=True)
    result.notes.append(
        f"{len(said['comments'])} comments; written in French, read in the others as the fake engine's editions."
    )
    result.notes.append(
        "Known of others for such a page: plain Wagtail 30 ms, Isso 70, WordPress 350 (../shared/peers)."
    )
    return result
