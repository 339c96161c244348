"""The real weights of the installed extra, for the tests that need a real model."""

from pathlib import Path
from shutil import copy

import pytest

from dragoman.engines.model_files import ModelFiles
from dragoman.engines.protocol import Pair
from dragoman.engines.weights import PACKAGE, WeightsSource

ENGLISH_PORTUGUESE = Pair("en", "pt")


def installed_model(pair: Pair = ENGLISH_PORTUGUESE) -> ModelFiles:
    """The installed model of `pair`; skips the calling test when the extra is not installed."""
    for files in WeightsSource().find():
        if files.pair == pair:
            return files
    pytest.skip(f"needs the weights of the package {PACKAGE} (the extra “weights”)")


def copied_model(folder: Path, pair: Pair = ENGLISH_PORTUGUESE) -> ModelFiles:
    """The installed model, copied to `folder`/<pair> so that a test may damage it."""
    place = folder / str(pair)
    place.mkdir()
    for path in installed_model(pair).paths():
        copy(path, place)
    [files] = WeightsSource([folder], package=None).find()
    return files
