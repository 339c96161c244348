"""What the gate is measured on: good and broken translations of the shared corpora, split by hash of the source."""

import csv
import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import permutations
from pathlib import Path

from dragoman.fidelity.findings import Pairing

NOT_SYSTEMS = frozenset({"set", "line", "source", "reference"})
LANGUAGES = {
    "chinese_simple": "zh",
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
PHENOMENA = {
    "empty": "empty",
    "shuffle_trans": "unrelated sentence",
    "shuffled": "words shuffled",
    "codemix": "part left untranslated",
    "addition": "addition of a word",
    "negation": "negation",
    "repeat2": "repetition, twice",
    "repeat4": "repetition, four times",
    "antonym": "antonym",
    "subj_removed": "omission: subject",
    "noun_removed": "omission: noun",
    "verb_removed": "omission: verb",
    "adj_adv_removed": "omission: adjective or adverb",
    "pp_removed": "omission: phrase",
    "ne_replaced": "name replaced",
    "ne_removed": "name removed",
    "numbers_replaced": "numbers replaced",
    "gender": "gender",
}


class Half(StrEnum):
    """Rules and thresholds are tuned on one half; the other only tells how well."""

    TUNED = "tuned on"
    UNSEEN = "not tuned on"


class Kind(StrEnum):
    """What the gate should say: nothing, or something."""

    HUMAN = "human references"
    BENIGN = "benign changes"
    GOOD = "good versions"
    BROKEN = "errors"


@dataclass(frozen=True, slots=True)
class Specimen:
    """One pairing, what it is an example of, and in which half."""

    kind: Kind
    name: str
    pairing: Pairing
    half: Half


def half_of(source: str) -> Half:
    """The same source is always in the same half."""
    return Half.UNSEEN if sha256(source.encode()).digest()[0] & 1 else Half.TUNED


def specimens(corpora: Path) -> Iterator[Specimen]:
    """All of them, in a fixed order. Raises FileNotFoundError where a corpus is missing."""
    yield from _references(corpora)
    yield from _multiparallel(corpora)
    yield from _demetr(corpora)
    yield from _broken(corpora)


def rows(path: Path) -> list[dict[str, str]]:
    """A corpus file: gzip, tab-separated, unquoted, with header."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _specimen(kind: Kind, name: str, source: str, target: str, languages: tuple[str, str]) -> Specimen:
    return Specimen(kind, name, Pairing(source, target, *languages), half_of(source))


def _outputs(corpora: Path) -> Iterator[tuple[dict[str, str], tuple[str, str]]]:
    for path in sorted((corpora / "mt_outputs").glob("*-*.*.tsv.gz")):
        languages = (path.name[:2], path.name[3:5])
        yield from ((row, languages) for row in rows(path))


def _references(corpora: Path) -> Iterator[Specimen]:
    for row, languages in _outputs(corpora):
        if row["reference"]:
            name = f"references {'-'.join(languages)}"
            yield _specimen(Kind.HUMAN, name, row["source"], row["reference"], languages)


def _multiparallel(corpora: Path) -> Iterator[Specimen]:
    """Every fifth line, in all directions."""
    for row in rows(corpora / "mt_outputs" / "multiparallel.newstest2013.human.tsv.gz")[::5]:
        for one, other in permutations([column for column in row if len(column) == 2], 2):
            yield _specimen(Kind.HUMAN, f"newstest2013 into {other}", row[one], row[other], (one, other))


def _demetr(corpora: Path) -> Iterator[Specimen]:
    seen = set()
    for row in rows(corpora / "mt_errors" / "demetr.tsv.gz"):
        languages = (LANGUAGES[row["langpair"].removesuffix("-en")], "en")
        name = PHENOMENA[row["phenomenon"].split("_", 2)[-1]]
        yield _specimen(Kind.BROKEN, f"DEMETR {name}", row["source"], row["bad_translation"], languages)
        good = (row["source"], row["good_translation"])
        if good not in seen:
            seen.add(good)
            yield _specimen(Kind.GOOD, f"DEMETR good {languages[0]}-en", *good, languages)
    for row in rows(corpora / "mt_errors" / "demetr_benign.tsv.gz"):
        languages = (LANGUAGES[row["langpair"].removesuffix("-en")], "en")
        name = row["phenomenon"].split("_", 2)[-1].replace("_", " ")
        yield _specimen(Kind.BENIGN, f"DEMETR {name}", row["source"], row["bad_translation"], languages)


# --- one thing broken in a machine's translation of news --------------------------------------------------------------

_DIGIT = re.compile(r"[0-9]")
_NUMBER = re.compile(r"(?<![\w.,])[0-9]+(?:[.,][0-9]+)*(?![\w.,]?\w)")
_OTHERS_NAME = "Korvalin"  # no row has such a name
_NAME = re.compile(r"(?<=[^\W\d_] )[^\W\d_a-z][^\W\d_]{3,}\b")


def _other_digit(text: str) -> str:
    places = [match.start() for match in _DIGIT.finditer(text)]
    if not places:
        return ""
    other = str((int(text[places[-1]]) + 3) % 10)
    return text[: places[-1]] + other + text[places[-1] + 1 :]


def _number_lost(text: str) -> str:
    return _NUMBER.sub("", text, count=1) if _NUMBER.search(text) else ""


def _last_word_twice(text: str) -> str:
    words = text.rstrip(" .!?").split()
    return f"{' '.join(words)} {words[-1]}." if words and words[-1].isalpha() else ""


BREAKING: dict[str, Callable[[str], str]] = {
    "number: another digit": _other_digit,
    "number: lost": _number_lost,
    "half of it lost": lambda text: text[: len(text) // 2],
    "last word twice": _last_word_twice,
    "an entity": lambda text: text.replace("'", "&#39;", 1) if "'" in text else "",
    "explained": lambda text: f"Here is the translation: {text}",
    "empty": lambda _text: "",
}


def _broken(corpora: Path) -> Iterator[Specimen]:
    before = ("", ("", ""))
    for row, languages in _outputs(corpora):
        source, pair = row["source"], "-".join(languages)
        text = row.get("microsoft") or row.get("bergamot-tiny") or ""
        if not text or int(row["line"]) % 3:
            continue
        yield _specimen(Kind.GOOD, f"machine {pair}", source, text, languages)
        for name, breaking in BREAKING.items():
            if (broken := breaking(text)) or name == "empty":
                yield _specimen(Kind.BROKEN, f"made: {name}", source, broken, languages)
        words = source.split()
        if len(words) >= 8:
            mixed = f"{' '.join(text.split()[: len(text.split()) // 2])} {' '.join(words[len(words) // 2 :])}"
            yield _specimen(Kind.BROKEN, "made: half left untranslated", source, mixed, languages)
            yield _specimen(Kind.BROKEN, "made: the original again", source, source, languages)
        if before[1] == languages:
            yield _specimen(Kind.BROKEN, f"made: unrelated {pair}", source, before[0], languages)
        before = (text, languages)
