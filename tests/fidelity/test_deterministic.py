"""The same pair gets the same findings in every process: no order of a set, no chance, no clock decides."""

import os
import subprocess
import sys

PROGRAM = """
import json, sys
from dataclasses import asdict
from dragoman.fidelity.findings import Pairing
from dragoman.fidelity.gate import examine
from dragoman.fidelity.lint import lint
pairs = json.load(sys.stdin)
print(json.dumps([[asdict(each) for each in examine(Pairing(*pair))] for pair in pairs]))
print(json.dumps([[asdict(each) for each in lint(pair[1], pair[3])] for pair in pairs]))
"""
PAIRS = [
    [
        "It has 12 rooms and 4,400 km² on 3 May 2020.",
        "Il a 13 chambres et 4 500 km le 4 mai 2020.",
        "en",
        "fr",
    ],
    ["Putin met Erdogan and Macron in Paris.", "Путин встретил Меркель и Байдена в Берлине.", "en", "ru"],
    ["She did not see @bob at https://a.org 😀", "Ela viu em https://b.org 😀😀", "en", "pt"],
    [
        "The council of the town will vote tomorrow.",
        "The council of the town will vote tomorrow.",
        "en",
        "es",
    ],
    ["“One”, he said.", "Here is the translation: &#39;Un&#39; XQZ1 un un un un", "en", "fr"],
    ["В 11:40 было 4,4 тыс. кв. км.", "À 11: 40, 4,4 mille mètres carrés. km. am", "ru", "fr"],
    ["السعر ٢٠ دولارًا", "O preço é 30 euros e 40", "ar", "pt"],
]


def _told(seed: str) -> str:
    import json

    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(PAIRS),
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return run.stdout


def test_findings_do_not_depend_on_the_process() -> None:
    first, second = _told("1"), _told("4242")
    assert first.count('"check"') > len(PAIRS)
    assert first == second
