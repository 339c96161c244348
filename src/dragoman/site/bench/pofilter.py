"""translate-toolkit's pofilter checks on a pairing: what a translator's tool of today notices."""

from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from dragoman.fidelity.findings import Pairing


def available() -> bool:
    """Whether translate-toolkit is installed (it is a development dependency only)."""
    return find_spec("translate") is not None


def alarmed(pairing: Pairing) -> bool:
    """Whether any of its checks fails that is not about style or a format of files."""
    return bool(failures(pairing))


def failures(pairing: Pairing) -> frozenset[str]:
    """The names of the failing checks."""
    from translate.storage.base import TranslationUnit

    unit = TranslationUnit(pairing.source)
    unit.target = pairing.target
    failed: dict[str, Any] = _checker(pairing.target_language).run_filters(unit)
    return frozenset(failed)


@lru_cache(maxsize=32)
def _checker(language: str) -> Any:
    from translate.filters import checks

    return checks.StandardChecker(checkerconfig=checks.CheckerConfig(targetlanguage=language))
