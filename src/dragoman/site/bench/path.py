"""`bench path`: real sentences through the whole path (protect, ask, restore, rewrite, examine, ask again) with a real
engine, and what the gate says of them."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.protocol import Answer, Pair, Request
from dragoman.engines.weights import WeightsSource
from dragoman.fidelity.findings import Severity, Verdict
from dragoman.site.bench.fidelity import CORPORA
from dragoman.site.bench.specimens import rows
from dragoman.text.blocks import plain, with_sentences
from dragoman.translation.asking import Asked, Told, Translate, ask

AT_ONCE = 20  # sentences a request, as an article asks
_DEADLINE = 120.0


@dataclass(slots=True)
class Counted:
    """An engine's `translate` that counts: requests, and the texts in them."""

    translate: Translate
    requests: int = 0
    texts: int = 0

    def __call__(self, request: Request) -> Answer:
        self.requests += 1
        self.texts += len(request.texts)
        return self.translate(request)


@dataclass(slots=True)
class Walked:
    """What came of all sentences."""

    told: list[tuple[str, Told]] = field(default_factory=list)
    seconds: float = 0.0
    requests: int = 0
    texts: int = 0


@click.command()
@click.option("--json", "file", type=click.Path(dir_okay=False), help="Write the figures there as JSON.")
@click.option("--corpora", type=click.Path(exists=True, file_okay=False), default=None)
@click.option("--sources", "count", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--to", "target", default="pt", show_default=True, help="Language to translate English to.")
@click.option("--show", type=click.IntRange(min=0), default=0, help="Examples of each finding.")
def path(file: str | None, corpora: str | None, count: int, target: str, show: int) -> None:
    """Verdicts, findings by check, second questions and speed of the whole path on real neural output."""
    place = Path(corpora) if corpora else CORPORA
    if not (place / "mt_outputs").is_dir():
        raise click.UsageError(f"The corpora are not at {place}; name them with --corpora.")
    pair = Pair("en", target)
    models = [each for each in WeightsSource().find() if each.pair == pair]
    if not models:
        raise click.UsageError(f"No model from en to {target} is installed.")
    engine = EmbeddedEngine(models, processes=2)
    try:
        engine.warm([pair])
        walked = walk(sources(place, count), pair, engine.translate)
    finally:
        engine.close()
    result = figures(walked)
    _show(result)
    _show_examples(walked, show)
    if file:
        Path(file).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def sources(corpora: Path, count: int) -> list[str]:
    """English sources, the sets in turn, the same in every run: in each set by their hashes."""
    files = sorted((corpora / "mt_outputs").glob("en-*.tsv.gz"))
    in_turn = zip_longest(*map(_by_hash, files))
    chosen = dict.fromkeys(text for round_ in in_turn for text in round_ if text)
    return list(islice(chosen, count))


def _by_hash(one: Path) -> list[str]:
    texts = {row["source"] for row in rows(one)}
    return sorted(texts, key=lambda text: sha256(text.encode()).digest())


def walk(texts: Sequence[str], pair: Pair, translate: Translate) -> Walked:
    """The sentences of all texts through the path, `AT_ONCE` in a request."""
    counted, walked = Counted(translate), Walked()
    sentences = [sentence for text in texts for sentence in _sentences(text, pair.source)]
    began = time.perf_counter()
    for start in range(0, len(sentences), AT_ONCE):
        group = sentences[start : start + AT_ONCE]
        told = ask([Asked(text) for text in group], pair, counted, _DEADLINE)
        walked.told += zip(group, told, strict=True)
    walked.seconds = time.perf_counter() - began
    walked.requests, walked.texts = counted.requests, counted.texts
    return walked


def _sentences(text: str, language: str) -> list[str]:
    block = with_sentences(plain(text), language)
    return [block.text[start:end] for start, end in block.sentences]


def figures(walked: Walked) -> dict[str, Any]:
    """Counts of sentences, in all and by what was noticed."""
    count = len(walked.told)
    verdicts = Counter(told.verdict for _, told in walked.told)
    found: dict[str, Counter[Severity]] = {}
    for _, told in walked.told:
        for name, severity in {(_name(one.check, one.code), one.severity) for one in told.findings}:
            found.setdefault(name, Counter())[severity] += 1
    return {
        "sentences": count,
        "verdicts": {verdict.value: verdicts[verdict] for verdict in Verdict},
        "asked_again": sum(told.retries > 0 for _, told in walked.told),
        "findings": {
            name: {severity.value: found[name][severity] for severity in Severity}
            for name in sorted(found, key=lambda name: (-found[name].total(), name))
        },
        "requests_per_sentence": round(walked.requests / count, 3) if count else None,
        "texts_per_sentence": round(walked.texts / count, 3) if count else None,
        "sentences_per_second": round(count / walked.seconds, 1) if walked.seconds else None,
    }


def _name(check: str, code: str) -> str:
    return check if code in ("", check) else f"{check}: {code}"


def _show(result: dict[str, Any]) -> None:
    verdicts = result["verdicts"]
    console = Console(width=None if Console().is_terminal else 120)
    console.print(
        f"{result['sentences']} sentences: {verdicts['pass']} passed, {verdicts['doubtful']} doubted, "
        f"{verdicts['refuse']} refused; {result['asked_again']} were asked again."
    )
    console.print(
        f"{result['requests_per_sentence']} requests and {result['texts_per_sentence']} texts a sentence, "
        f"{result['sentences_per_second']} sentences a second."
    )
    table = Table(title="Sentences by what was noticed", title_justify="left")
    table.add_column("finding")
    for severity in Severity:
        table.add_column(severity.value, justify="right")
    for name, counts in result["findings"].items():
        table.add_row(name, *(str(counts[severity.value]) for severity in Severity))
    console.print(table)


def _show_examples(walked: Walked, count: int) -> None:
    shown: Counter[str] = Counter()
    for source, told in walked.told:
        for one in told.findings:
            name = _name(one.check, one.code)
            if shown[name] < count:
                shown[name] += 1
                click.echo(f"\n[{one.severity}] {name}: {one.message}\n  {source}\n  {told.text}")
