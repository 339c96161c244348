"""Measurements behind docs/measurements.md, on the shared corpora (../shared/corpora); prints Markdown.

    python tools/measure.py identification

The same rows in every run: nothing is drawn by chance, and nothing leaves the machine.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from dragoman.site.bench.specimens import rows
from dragoman.text.identify import EXPECTED_WEIGHT, identify

CORPORA = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"
DEMO = ("en", "fr", "es", "pt", "ru", "ar")


def table(head: Iterable[str], body: Iterable[Iterable[object]]) -> None:
    """A Markdown table."""
    names = list(head)
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for line in body:
        print("| " + " | ".join(map(str, line)) + " |")
    print()


def share(part: int, whole: int) -> str:
    """Per cent."""
    return f"{100 * part / whole:.1f}" if whole else "-"


# --- language identification -----------------------------------------------------------------------------------------


def identification() -> None:
    """News cut short, in the demo's languages and in others: plainly, and with the demo's expected."""
    print(f"Expected languages weigh {EXPECTED_WEIGHT} times as much. Told % / right % of what is told.\n")
    texts = list(_news())
    body = []
    for cut in (20, 40, 80):
        short = [(language, _cut(text, cut)) for language, text in texts]
        for name, own in (("demo", True), ("other", False)):
            chosen = [(language, text) for language, text in short if (language in DEMO) is own]
            body.append(
                [f"{cut} characters, {name} languages", len(chosen), _told(chosen, ()), _told(chosen, DEMO)]
            )
    table(("texts", "number", "among 77", "expected weighed"), body)


def _news() -> Iterator[tuple[str, str]]:
    for path in sorted((CORPORA / "mt_outputs").glob("*-*.*.tsv.gz")):
        yield from ((path.name[:2], row["source"]) for row in rows(path)[::10])
    for row in rows(CORPORA / "mt_outputs" / "multiparallel.newstest2013.human.tsv.gz")[::30]:
        yield from ((column, text) for column, text in row.items() if len(column) == 2)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0]


def _told(texts: list[tuple[str, str]], expected: tuple[str, ...]) -> str:
    found = [(language, identify(text, expected=expected).language) for language, text in texts]
    told = [(language, said) for language, said in found if said is not None]
    return f"{share(len(told), len(found))} / {share(sum(one == said for one, said in told), len(told))}"


MEASUREMENTS = {"identification": identification}

if __name__ == "__main__":
    wanted = sys.argv[1:]
    if len(wanted) != 1 or wanted[0] not in MEASUREMENTS:
        sys.exit(f"Name one measurement: {', '.join(MEASUREMENTS)}.")
    if not CORPORA.is_dir():
        sys.exit(f"The corpora are not at {CORPORA}.")
    MEASUREMENTS[wanted[0]]()
