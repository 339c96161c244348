"""What languages count in different ways: rounds of a cup ("the last 16", "octavos", "1/8 финала"), heights (6'7")."""

import re
from functools import lru_cache

from dragoman.fidelity.words import AT_HAND

_FOLLOWS = (
    r"(?=\s*(?:[.,;:!?)”\"]|$)"
    r"|\s+(?:in|of|with|tie|match|game|clash|draw|stage|at|after|against|despite|for|on)\b)"
)
_ROUND = re.compile(
    rf"\blast (?:8|16|32|eight|sixteen){_FOLLOWS}|\bround of (?:16|32|64|sixteen)\b"
    r"|\b(?:4|8|16|32)(?:e|es|ème|èmes) de finale\b|\b(?:seizièmes|huitièmes|quarts?) de finale\b"
    r"|\b(?:dieciseisavos|octavos|cuartos) de final\b|\b(?:dezasseis avos|oitavos|oitavas|quartos|quartas) de final\b"
    r"|\b(?:sedicesimi|ottavi|quarti) di finale\b|\b(?:Sechzehntel|Achtel|Viertel)final\w*"
    r"|\b1/(?:4|8|16|32) фінал\w*|\b1/(?:4|8|16|32) финал\w*|\b(?:čtvrt|osmi|šestnácti)finál\w*"
    r"|\b(?:ćwierćfina|1/(?:4|8|16) fina)\w*|\b(?:çeyrek|son 16|son 32) ?(?:final\w*|tur\w*)",
    re.IGNORECASE,
)


_SIGNS_OF_ROUND = ("fina", "finá", "финал", "фінал", "last ", "round of", "çeyrek", "son 16", "son 32")
"""One of them stands in every round, case folded."""
_HEIGHT = re.compile(r"(?<![\d'’.,])[3-7]['’]\s?(?:\d|1[01])(?:[\"”″]|''|’’)?(?![\d'’])")


@lru_cache(maxsize=AT_HAND)
def without_elsewise(text: str) -> str:
    """The text with spaces in their place."""
    folded = text.casefold()
    if any(sign in folded for sign in _SIGNS_OF_ROUND):
        text = _ROUND.sub(_blank, text)
    return _HEIGHT.sub(_blank, text)


def _blank(found: "re.Match[str]") -> str:
    return " " * len(found[0])
