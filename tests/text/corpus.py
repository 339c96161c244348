"""Sentences and comments that nobody here wrote, sampled evenly: the same ones in every run."""

import csv
import gzip
import json
from functools import lru_cache

from tests.shared import shared


@lru_cache(maxsize=1)
def comments() -> tuple[str, ...]:
    """The comments of all real threads."""
    found: list[str] = []
    for path in sorted(shared("corpora/threads").glob("*.json")):
        found += [comment["body"] for comment in json.loads(path.read_text("utf-8"))["comments"]]
    assert found
    return tuple(found)


@lru_cache(maxsize=1)
def news(per_file: int = 150) -> tuple[tuple[str, str], ...]:
    """(language, source) from each file of machine translations."""
    found: list[tuple[str, str]] = []
    for path in sorted(shared("corpora/mt_outputs").glob("*-*.*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        found += [(path.name[:2], row["source"]) for row in rows[:: max(1, len(rows) // per_file)]]
    assert found
    return tuple(found)


def texts() -> list[tuple[str, str]]:
    """(language, text): comments and news."""
    return [("en", comment) for comment in comments()] + list(news())
