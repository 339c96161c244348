"""Measurements behind docs/measurements.md, on the shared corpora (../shared/corpora); prints Markdown.

    python tools/measure.py gate
    python tools/measure.py identification

The same rows in every run: nothing is drawn by chance, and nothing leaves the machine.
"""

import csv
import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from dragoman.fidelity.findings import Pairing, Severity
from dragoman.fidelity.gate import examine
from dragoman.text.identify import EXPECTED_WEIGHT, identify

CORPORA = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"
DEMO = ("en", "fr", "es", "pt", "ru", "ar")
NOT_SYSTEMS = frozenset({"set", "line", "source", "reference"})
LANGUAGES = {
    "chinese_simple": "zh",
    "chinese": "zh",
    "czech": "cs",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "italian": "it",
    "japanese": "ja",
    "polish": "pl",
    "russian": "ru",
    "spanish": "es",
}


def rows(path: Path) -> list[dict[str, str]]:
    """A corpus file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


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


# --- the gate --------------------------------------------------------------------------------------------------------


class Tally:
    """How many pairings were refused or doubted, and by which checks."""

    def __init__(self) -> None:
        self.count = 0
        self.refused: Counter[str] = Counter()
        self.doubted: Counter[str] = Counter()

    def add(self, pairing: Pairing) -> None:
        found = examine(pairing)
        refusing = {finding.check for finding in found if finding.severity is Severity.REFUSE}
        doubting = {finding.check for finding in found if finding.severity is Severity.DOUBTFUL}
        self.count += 1
        self.refused.update(refusing or (), any=bool(refusing))
        self.doubted.update(doubting - refusing, any=bool(doubting) and not refusing)

    def line(self, name: str) -> list[object]:
        checks = sorted((self.refused | self.doubted).keys() - {"any"})
        told = (
            f"{check} {share(self.refused[check], self.count)}/{share(self.doubted[check], self.count)}"
            for check in checks
        )
        return [
            name,
            self.count,
            share(self.refused["any"], self.count),
            share(self.doubted["any"], self.count),
            ", ".join(told),
        ]


HEAD = ("what", "pairs", "refused %", "doubted %", "by check, refused/doubted %")


def gate() -> None:
    """Good translations the gate stops, and bad ones it lets pass."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for name, pairing in (*_machine(), *_human()):
        tallies[name].add(pairing)
    print("### Translations to be let pass\n")
    table(HEAD, (tallies[name].line(name) for name in sorted(tallies)))
    changed: defaultdict[str, Tally] = defaultdict(Tally)
    for name, pairing in _demetr("demetr_benign.tsv.gz"):
        changed[name].add(pairing)
    print("### DEMETR, changes that must raise no alarm\n")
    table(HEAD, (changed[name].line(name) for name in sorted(changed)))
    broken: defaultdict[str, Tally] = defaultdict(Tally)
    for name, pairing in (*_demetr("demetr.tsv.gz"), *_corrupted()):
        broken[name].add(pairing)
    print("### Errors to be stopped (DEMETR, and one thing broken in translations that pass)\n")
    table(HEAD, (broken[name].line(name) for name in sorted(broken)))


def _machine() -> Iterator[tuple[str, Pairing]]:
    for path in sorted((CORPORA / "mt_outputs").glob("*-*.*.tsv.gz")):
        source, target = path.name[:2], path.name[3:5]
        for row in rows(path):
            for column, text in row.items():
                if text and column not in NOT_SYSTEMS:
                    yield f"machine: {column.split('-')[0]}", Pairing(row["source"], text, source, target)
            if row["reference"]:
                yield "human: references", Pairing(row["source"], row["reference"], source, target)


def _human() -> Iterator[tuple[str, Pairing]]:
    path = CORPORA / "mt_outputs" / "multiparallel.newstest2013.human.tsv.gz"
    for row in rows(path)[::5]:
        for one, other in permutations([column for column in row if len(column) == 2], 2):
            yield f"human: newstest2013 from {one}", Pairing(row[one], row[other], one, other)


def _demetr(name: str) -> Iterator[tuple[str, Pairing]]:
    for row in rows(CORPORA / "mt_errors" / name):
        language = LANGUAGES.get(row["langpair"].split("-")[0], row["langpair"].split("-")[0])
        phenomenon = row["phenomenon"].split("_", 2)[-1]
        yield f"demetr: {phenomenon}", Pairing(row["source"], row["bad_translation"], language, "en")


_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w.,]?\w)")


def _other_digit(text: str) -> str:
    """The last digit of the text is another one."""
    places = [match.start() for match in _DIGIT.finditer(text)]
    return _replaced(text, places[-1], str((int(text[places[-1]]) + 3) % 10)) if places else ""


def _replaced(text: str, place: int, other: str) -> str:
    return text[:place] + other + text[place + 1 :]


def _swapped_digits(text: str) -> str:
    """Two different neighbouring digits change places: 184 → 148."""
    found = re.search(r"(\d)(?!\1)(\d)", text)
    return text[: found.start()] + found[2] + found[1] + text[found.end() :] if found else ""


def _lost_number(text: str) -> str:
    return _NUMBER.sub("", text, count=1) if _NUMBER.search(text) else ""


def _ten_times(text: str) -> str:
    found = re.search(r"(?<![\d.,])\d{2,3}(?![\d.,\w])", text)
    return text[: found.end()] + "0" + text[found.end() :] if found else ""


BREAKING: dict[str, Callable[[str], str]] = {
    "number: another digit": _other_digit,
    "number: digits swapped": _swapped_digits,
    "number: lost": _lost_number,
    "number: ten times": _ten_times,
    "half of it lost": lambda text: text[: len(text) // 2],
    "nine tenths of it lost": lambda text: text[: len(text) // 10],
    "an entity": lambda text: text.replace("'", "&#39;", 1) if "'" in text else "",
    "a placeholder left": lambda text: text.replace(" ", " XQZ1 ", 1) if " " in text else "",
}


def _corrupted() -> Iterator[tuple[str, Pairing]]:
    for path in sorted((CORPORA / "mt_outputs").glob("*-*.*.tsv.gz")):
        source, target = path.name[:2], path.name[3:5]
        for row in rows(path)[::3]:
            text = row.get("microsoft") or row.get("bergamot-tiny") or ""
            if not text or examine(Pairing(row["source"], text, source, target)):
                continue
            yield "broken: the original again", Pairing(row["source"], row["source"], source, target)
            for name, broken in BREAKING.items():
                if result := broken(text):
                    yield f"broken: {name}", Pairing(row["source"], result, source, target)


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


MEASUREMENTS = {"gate": gate, "identification": identification}

if __name__ == "__main__":
    wanted = sys.argv[1:]
    if len(wanted) != 1 or wanted[0] not in MEASUREMENTS:
        sys.exit(f"Name one measurement: {', '.join(MEASUREMENTS)}.")
    if not CORPORA.is_dir():
        sys.exit(f"The corpora are not at {CORPORA}.")
    MEASUREMENTS[wanted[0]]()
